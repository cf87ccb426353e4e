"""Orders: a row per line, the rows of an order one below the other; an order is taken whole or refused whole."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from sqlalchemy import Connection, select

from core.adapters.delimited import BrokenRow, Row
from core.domain.fulfilment import Address
from core.service import orders
from core.service.cause import Cause
from core.service.customers import Customer
from core.service.imports.customers import address
from core.service.imports.engine import Parsed
from core.service.imports.fields import RowRefused, choice, integer, key, moment, money, text
from core.service.imports.lookups import Lookups
from core.service.orders import MOST_UNITS, SERVICE_LEVELS, NewLine, NewOrder, Received
from core.store import tables as t


class Orders:
    kind = "orders"
    together = True
    required = frozenset({"order_number", "division", "sku", "quantity", "name", "town", "country"})

    def __init__(self, lookups: Lookups) -> None:
        self._lookups = lookups
        self._broken: list[str] = []
        self._seen: set[str] = set()

    def parse(self, row: Row) -> str:
        """The order's number; the rest is read together with the order's other rows."""
        return key(row, "order_number")

    def broken(self, row: BrokenRow) -> None:
        self._broken.append(row.raw)

    def group(self, rows: Iterator[Parsed[str]]) -> Iterator[list[Parsed[str]]]:
        for _, same in groupby(rows, key=lambda parsed: parsed.value):
            yield list(same)

    def write(self, connection: Connection, cause: Cause, batch: Sequence[Parsed[str]]) -> Counter[str]:
        number = batch[0].value
        if any(number in raw for raw in self._broken):
            raise RowRefused("order_row_broken", "order_number", number, "Repair its broken row, send all of it again.")
        if number in self._seen:
            raise RowRefused("order_rows_apart", "order_number", number, "Put the rows of an order below each other.")
        self._seen.add(number)
        new = self._order([parsed.row for parsed in batch], number, cause)
        if (known := _known_lines(connection, number)) is not None:
            if known == Counter((line.sku, line.quantity) for line in new.lines):
                return Counter(unchanged=len(batch))
            raise RowRefused("order_number_taken", "order_number", number, "Another order has this number already.")
        made = orders.create(connection, cause, new)
        if not isinstance(made, Received):
            raise RowRefused(made.code, "", " ".join(map(str, made.params.values())), made.remedy)
        return Counter(created=len(batch), orders=1) + Counter(units_waiting=made.missing_units)

    def end(self, connection: Connection, cause: Cause) -> Counter[str]:
        return Counter()

    def _order(self, rows: Sequence[Row], number: str, cause: Cause) -> NewOrder:
        first = rows[0]
        brand = self._lookups.brand(first)
        name = text(first, "name", required=True)
        customer = text(first, "customer_number", longest=64)
        hold = text(first, "hold", longest=64)
        place = address(first, name)
        if not place:
            raise RowRefused("value_missing", "town", "", "Fill in the column 'town'.")
        return NewOrder(
            division_id=brand.id,
            ship_to=Address(**place),
            lines=tuple(_line(row, brand.currency) for row in rows),
            number=number,
            channel=text(first, "channel", longest=40) or "import",
            customer=Customer(customer, name, place["email"], place["phone"]) if customer else None,
            service_level=choice(first, "service_level", SERVICE_LEVELS, SERVICE_LEVELS[0]),
            carrier=text(first, "carrier", longest=64),
            gift_message=text(first, "gift_message", longest=500),
            placed_at=moment(first, "placed_at", default=cause.received_at),
            release_at=moment(first, "release_at") if first.values.get("release_at") else None,
            hold=hold,
            location_id=self._lookups.location(first) if first.values.get("location") else "",
        )


def _line(row: Row, currency: str) -> NewLine:
    price = money(row, "unit_price", currency) if row.values.get("unit_price") else None
    return NewLine(key(row, "sku"), integer(row, "quantity", 1, MOST_UNITS), price)


def _known_lines(connection: Connection, number: str) -> Counter[tuple[str, int]] | None:
    lines = t.order_lines.c
    order_id = connection.execute(select(t.orders.c.id).where(t.orders.c.number == number)).scalar()
    if order_id is None:
        return None
    rows = connection.execute(select(lines.sku, lines.quantity).where(lines.order_id == order_id))
    return Counter((row.sku, row.quantity) for row in rows)
