"""How many of a position's reserved units each brand holds, where brands share stores."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select, text, tuple_

from core.domain.stock_rules import RuleKind
from core.service.stock_book import Book
from core.store import tables as t


def holdings(connection: Connection, book: Book, keys: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str, str], int]:
    """Reserved units by position and brand; nothing where no rule divides positions."""
    if not keys or not book.rules.has(RuleKind.SHARE):
        return {}
    s = t.segments.c
    query = select(s.location_id, s.sku, s.division_id, s.reserved).where(s.sku.in_(sorted({sku for _, sku in keys})))
    wanted = set(keys)
    return {(row[0], row[1], row[2]): row[3] for row in connection.execute(query) if (row[0], row[1]) in wanted}


def brand_reserved(connection: Connection, key: tuple[str, str], division_id: str) -> int:
    s = t.segments.c
    query = select(s.reserved).where(tuple_(s.location_id, s.sku, s.division_id) == (*key, division_id))
    return connection.execute(query).scalar() or 0


def hold(connection: Connection, held: Mapping[tuple[str, str, str], int]) -> None:
    """Adds to what brands hold of positions."""
    rows = [
        {"location_id": place, "sku": sku, "division_id": division_id, "reserved": units}
        for (place, sku, division_id), units in sorted(held.items())
        if units
    ]
    if rows:
        connection.execute(_HOLD, rows)


_HOLD = text(
    "INSERT INTO segment (location_id, sku, division_id, reserved) VALUES (:location_id, :sku, :division_id, :reserved)"
    " ON CONFLICT (location_id, sku, division_id) DO UPDATE SET reserved = segment.reserved + excluded.reserved"
)
