"""Maps the file "Online Retail" (UCI) as it is: articles, customers, past orders and returns of a real retailer.

Which rows become what, and which are refused and why, is in docs/imports.md. Orders are history: they reserve nothing.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, insert, select

from core.adapters.delimited import BrokenRow, Row
from core.service.catalogue import Article, put_articles
from core.service.cause import Cause
from core.service.imports.engine import Parsed
from core.service.imports.fields import RowRefused, integer, key, moment, money
from core.store import feed
from core.store import tables as t

CODE: Final = "OR"
CURRENCY: Final = "GBP"
BATCH_ROWS: Final = 500
_ARTICLE = re.compile(r"\d{5}[A-Z]{0,2}|DCGS\d{4}[A-Z]?")
_REMEDY = "Nothing to do: it is no article (postage, discount, fee, voucher or manual entry)."


@dataclass(frozen=True, slots=True)
class SoldLine:
    """`quantity` is positive, also of what came back."""

    invoice: str
    is_return: bool
    sku: str
    name: str
    quantity: int
    price_minor: int
    at: datetime
    customer: str


class OnlineRetail:
    kind = "orders"
    together = True
    required = frozenset(
        {"InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"}
    )

    def __init__(self) -> None:
        self._skus: set[str] = set()
        self._names: dict[str, str] = {}
        self._division: Any = None

    def parse(self, row: Row) -> SoldLine:
        invoice, sku = key(row, "InvoiceNo"), row.values["StockCode"].upper()
        name = row.values["Description"]
        is_return = invoice.startswith("C")
        if not _ARTICLE.fullmatch(sku):
            raise RowRefused("not_an_article", "StockCode", sku, _REMEDY)
        quantity = integer(row, "Quantity", -1_000_000)
        if not quantity or (quantity < 0) != is_return or (not name and not float(row.values["UnitPrice"] or 0)):
            remedy = "It corrects stock and sells nothing: import it as a stock delta."
            raise RowRefused("stock_adjustment", "Quantity", row.values["Quantity"], remedy)
        price = money(row, "UnitPrice", CURRENCY)
        if name:
            self._names.setdefault(sku, name)
        at = moment(row, "InvoiceDate")
        return SoldLine(invoice, is_return, sku, name, abs(quantity), price, at, row.values["CustomerID"])

    def broken(self, row: BrokenRow) -> None:
        """Its invoice is history: the other rows are as true without it."""

    def group(self, rows: Iterator[Parsed[SoldLine]]) -> Iterator[list[Parsed[SoldLine]]]:
        """Whole invoices, some of them together."""
        batch: list[Parsed[SoldLine]] = []
        for _, same in groupby(rows, key=lambda parsed: parsed.value.invoice):
            batch.extend(same)
            if len(batch) >= BATCH_ROWS:
                yield batch
                batch = []
        if batch:
            yield batch

    def write(self, connection: Connection, cause: Cause, batch: Sequence[Parsed[SoldLine]]) -> Counter[str]:
        if self._division is None:
            self._division = _division(connection, cause)
        lines = [parsed.value for parsed in batch]
        invoices = {invoice: list(same) for invoice, same in groupby(lines, key=lambda line: line.invoice)}
        known = _known(connection, invoices)
        counts: Counter[str] = Counter(unchanged=sum(len(invoices[invoice]) for invoice in known))
        new = {invoice: same for invoice, same in invoices.items() if invoice not in known}
        counts["products"] += self._put_articles(connection, [line for same in new.values() for line in same])
        customers = _put_customers(connection, cause, self._division.account_id, new)
        counts["customers"] += customers.pop("", 0) or 0
        for invoice, same in new.items():
            self._put_invoice(connection, cause, invoice, same, customers)
            counts["returns" if same[0].is_return else "orders"] += 1
            counts["created"] += len(same)
        return +counts

    def end(self, connection: Connection, cause: Cause) -> Counter[str]:
        return Counter()

    def _put_articles(self, connection: Connection, lines: Sequence[SoldLine]) -> int:
        """Those seen for the first time, with the first price and the first description."""
        fresh: dict[str, Article] = {}
        for line in lines:
            if line.sku not in self._skus and line.sku not in fresh:
                name = self._names.get(line.sku) or line.name or line.sku
                fresh[line.sku] = Article(
                    line.sku, self._division.id, line.sku, name, price_minor=line.price_minor, currency=CURRENCY
                )
        known = connection.execute(select(t.variants.c.id).where(t.variants.c.id.in_(sorted(fresh)))).scalars().all()
        made = [article for sku, article in fresh.items() if sku not in known]
        put_articles(connection, made)
        self._skus.update(fresh)
        return len(made)

    def _put_invoice(
        self,
        connection: Connection,
        cause: Cause,
        invoice: str,
        lines: Sequence[SoldLine],
        customers: Mapping[str, Any],
    ) -> None:
        first = lines[0]
        total = sum(line.quantity * line.price_minor for line in lines)
        shared = {
            "id": cause.new_id(),
            "account_id": self._division.account_id,
            "division_id": self._division.id,
            "number": f"{CODE}-{invoice}",
            "customer_id": customers.get(first.customer),
            "currency": CURRENCY,
            "total_minor": total,
        }
        if first.is_return:
            names = ("sku", "quantity", "price_minor")
            given = [{name: getattr(line, name) for name in names} for line in lines]
            connection.execute(insert(t.sales_returns), [shared | {"returned_at": first.at, "lines": given}])
            return
        times = {"placed_at": first.at, "target_at": first.at, "received_at": cause.received_at}
        order = shared | times | {"channel": "import", "state": "shipped", "ship_to": _nowhere()}
        connection.execute(insert(t.orders), [order])
        rows = [
            {
                "id": cause.new_id(),
                "order_id": shared["id"],
                "position": position,
                "sku": line.sku,
                "quantity": line.quantity,
                "name": line.name or self._names.get(line.sku, line.sku),
                "unit_price_minor": line.price_minor,
            }
            for position, line in enumerate(lines)
        ]
        connection.execute(insert(t.order_lines), rows)


def _nowhere() -> dict[str, str]:
    """The file says no addresses; its retailer sold from the United Kingdom."""
    return {"name": "", "street": "", "postcode": "", "town": "", "country": "GB", "phone": "", "email": ""}


def _division(connection: Connection, cause: Cause) -> Any:
    """The brand of the file, made at its first import."""
    d = t.divisions.c
    found = connection.execute(select(t.divisions).where(d.code == CODE)).first()
    if found is not None:
        return found
    account_id = connection.execute(select(t.accounts.c.id).order_by(t.accounts.c.id)).scalar()
    if account_id is None:
        account_id = cause.new_id()
        row = {"id": account_id, "name": "Online Retail", "created_at": cause.received_at}
        connection.execute(insert(t.accounts), [row])
    division_id = cause.new_id()
    row = {"id": division_id, "account_id": account_id, "code": CODE, "name": "Online Retail", "currency": CURRENCY}
    connection.execute(insert(t.divisions), [row | {"brand": "Online Retail", "country": "GB"}])
    feed.mark(connection, feed.ORG, "division", division_id)
    return connection.execute(select(t.divisions).where(d.code == CODE)).one()


def _known(connection: Connection, invoices: Mapping[str, Any]) -> set[str]:
    numbers = [f"{CODE}-{invoice}" for invoice in sorted(invoices)]
    found: set[str] = set()
    for column in (t.orders.c.number, t.sales_returns.c.number):
        found |= set(connection.execute(select(column).where(column.in_(numbers))).scalars())
    return {number.partition("-")[2] for number in found}


def _put_customers(
    connection: Connection, cause: Cause, account_id: str, invoices: Mapping[str, Sequence[SoldLine]]
) -> dict[str, Any]:
    """Ids by the file's number; under "" how many are new. The file says no names."""
    wanted = {line.customer for lines in invoices.values() for line in lines if line.customer}
    numbers = {f"{CODE}-{number}": number for number in sorted(wanted)}
    c = t.customers.c
    query = select(c.number, c.id).where(c.number.in_(sorted(numbers)))
    found: dict[str, Any] = {numbers[row.number]: row.id for row in connection.execute(query)}
    new = [
        {"id": cause.new_id(), "account_id": account_id, "number": number, "name": f"Customer {raw}"}
        for number, raw in numbers.items()
        if raw not in found
    ]
    if new:
        connection.execute(insert(t.customers), [row | {"created_at": cause.received_at} for row in new])
    found |= {numbers[row["number"]]: row["id"] for row in new}
    return found | {"": len(new)}
