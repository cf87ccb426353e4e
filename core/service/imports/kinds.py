"""Which importer reads which kind of file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any, Final

from sqlalchemy import select

from core.service.imports import lookups
from core.service.imports.customers import Customers
from core.service.imports.engine import Errand, Importer, run
from core.service.imports.online_retail import OnlineRetail
from core.service.imports.orders import Orders
from core.service.imports.products import Products
from core.service.imports.report import Report
from core.service.imports.stock import Mode, Stock
from core.service.imports.stock_full import FullStock
from core.service.refusal import Refusal
from core.store import tables as t
from core.store.database import Database

STOCK_MODES: Final[Mapping[str, Mode]] = {"stock": "count", "stock-full": "full", "stock-delta": "delta"}
KINDS: Final = ("products", *STOCK_MODES, "orders", "customers")
MAPPINGS: Final = {"online-retail": "orders"}


@dataclass(frozen=True, slots=True)
class Asked:
    """`mapping`: how to read a foreign file, "" for our own columns."""

    kind: str
    mapping: str = ""


def import_file(database: Database, asked: Asked, stream: IO[bytes], errand: Errand) -> Report | Refusal:
    """A Refusal where no such import exists; else a report, whatever the file holds."""
    importer = _importer(database, asked)
    return importer if isinstance(importer, Refusal) else run(database, importer, stream, errand)


def _importer(database: Database, asked: Asked) -> Importer[Any] | Refusal:
    if asked.kind not in KINDS:
        return Refusal("import_kind_unknown", params={"kind": asked.kind}, remedy=f"One of: {', '.join(KINDS)}.")
    if asked.mapping:
        if MAPPINGS.get(asked.mapping) != asked.kind:
            known = ", ".join(f"{kind} --mapping {name}" for name, kind in MAPPINGS.items())
            return Refusal("mapping_unknown", params={"mapping": asked.mapping}, remedy=f"There is: {known}.")
        return OnlineRetail()
    with database.read() as connection:
        known_codes = lookups.read(connection)
        account_id = connection.execute(select(t.accounts.c.id).order_by(t.accounts.c.id)).scalar()
    if account_id is None:
        return Refusal("account_missing", remedy="Set the retailer up first, for example with `comptoir demo-data`.")
    if asked.kind == "stock-full":
        return FullStock(known_codes)
    if asked.kind in STOCK_MODES:
        return Stock(known_codes, STOCK_MODES[asked.kind])
    if asked.kind == "customers":
        return Customers(account_id)
    return Products(known_codes) if asked.kind == "products" else Orders(known_codes)
