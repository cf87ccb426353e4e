"""Which importer reads which kind of file."""

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
from core.service.imports.stock import MODES, Stock
from core.service.refusal import Refusal
from core.store import tables as t
from core.store.database import Database

KINDS: Final = ("products", "stock", "orders", "customers")
MAPPINGS: Final = {"online-retail": "orders"}


@dataclass(frozen=True, slots=True)
class Asked:
    """`mode` is for stock only."""

    kind: str
    mapping: str = ""
    mode: str = "count"


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
    if asked.mode not in MODES:
        return Refusal("import_mode_unknown", params={"mode": asked.mode}, remedy=f"One of: {', '.join(MODES)}.")
    with database.read() as connection:
        known_codes = lookups.read(connection)
        account_id = connection.execute(select(t.accounts.c.id).order_by(t.accounts.c.id)).scalar()
    if account_id is None:
        return Refusal("account_missing", remedy="Set the retailer up first, for example with `comptoir demo-data`.")
    if asked.kind == "stock":
        return Stock(known_codes, next(mode for mode in MODES if mode == asked.mode))
    if asked.kind == "customers":
        return Customers(account_id)
    return Products(known_codes) if asked.kind == "products" else Orders(known_codes)
