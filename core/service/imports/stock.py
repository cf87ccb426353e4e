"""Stock: what lies where. Three modes, each of which may be sent again without doing anything twice:

- `count`: the rows say how many there are; what the file does not name stays as it is.
- `full`: as `count`, and what the file does not name at a location that it names is not there any more.
- `delta`: the rows say how many came or went, each under a reference of its own that counts once.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import Connection, select, update

from core.adapters.delimited import BrokenRow, Row
from core.domain import stock as rules
from core.domain.stock import MovementKind
from core.service import resourcing, surplus
from core.service.cause import Cause
from core.service.imports.engine import EachRow, Parsed
from core.service.imports.fields import MAX_UNITS, RowRefused, integer, key, text
from core.service.imports.lookups import Lookups
from core.service.stock import Delta, Movement, make_positions, move
from core.service.stock_effects import positions
from core.store import feed
from core.store import tables as t

Mode = Literal["count", "full", "delta"]


@dataclass(frozen=True, slots=True)
class StockRow:
    """None: the row does not say (blank is not zero)."""

    location_id: str
    sku: str
    on_hand: int | None = None
    change: int | None = None
    reference: str = ""
    safety: int | None = None
    unavailable: int | None = None
    zone: str | None = None
    place: str | None = None


class Stock(EachRow[StockRow]):
    kind = "stock"

    def __init__(self, lookups: Lookups, mode: Mode) -> None:
        self._lookups, self._mode = lookups, mode
        self.required = frozenset({"sku", "location", *(("change", "reference") if mode == "delta" else ("on_hand",))})
        self._named: dict[str, set[str]] = {}
        self._unreadable = False

    def broken(self, row: BrokenRow) -> None:
        self._unreadable = True

    def parse(self, row: Row) -> StockRow:
        try:
            location_id, sku = self._lookups.location(row), key(row, "sku")
        except RowRefused:
            self._unreadable = True
            raise
        self._named.setdefault(location_id, set()).add(sku)
        if self._mode == "delta":
            change = integer(row, "change", -MAX_UNITS)
            return StockRow(location_id, sku, change=change, reference=key(row, "reference"))
        return StockRow(
            location_id,
            sku,
            on_hand=_optional(row, "on_hand"),
            safety=_optional(row, "safety"),
            unavailable=_optional(row, "unavailable"),
            zone=text(row, "zone", longest=40) if row.values.get("zone") else None,
            place=text(row, "place", longest=40) if row.values.get("place") else None,
        )

    def write(self, connection: Connection, cause: Cause, batch: Sequence[Parsed[StockRow]]) -> Counter[str]:
        rows = [parsed.value for parsed in batch]
        _need_variants(connection, batch)
        counts: Counter[str] = Counter()
        raised: set[str] = set()
        by_place: dict[str, list[StockRow]] = {}
        for row in rows:
            by_place.setdefault(row.location_id, []).append(row)
        for _, here in sorted(by_place.items()):
            changed = len(self.write_location(connection, cause, here, raised))
            counts["updated"] += changed
            counts["unchanged"] += len(here) - changed
        if raised:
            counts["orders_served"] += resourcing.serve_waiting(connection, cause, raised)
        return +counts

    def write_location(
        self, connection: Connection, cause: Cause, rows: Sequence[StockRow], raised: set[str]
    ) -> list[StockRow]:
        """Rows of one place; those that changed anything. Adds to `raised` what can be promised more of now."""
        return _write_location(connection, cause, rows, raised)

    def end(self, connection: Connection, cause: Cause) -> Counter[str]:
        """Full files only. With a row that could not be read nobody knows what it named: then nothing is zeroed."""
        if self._mode != "full":
            return Counter()
        gone: list[Movement] = []
        for location_id, named in sorted(self._named.items()):
            p = t.positions.c
            query = select(p.sku, p.on_hand).where(p.location_id == location_id, p.on_hand != 0)
            for sku, on_hand in connection.execute(query):
                if sku not in named:
                    delta = Delta(on_hand=-on_hand)
                    gone.append(Movement(location_id, sku, MovementKind.IMPORT.value, delta, "not_in_full_file"))
        if self._unreadable:
            return Counter({"not_zeroed": len(gone)} if gone else {})
        move(connection, cause, gone)
        surplus.watch(connection, cause, [movement.key for movement in gone])
        return Counter({"zeroed": len(gone)} if gone else {})


def _optional(row: Row, name: str) -> int | None:
    return integer(row, name, 0) if row.values.get(name) else None


def _need_variants(connection: Connection, batch: Sequence[Parsed[StockRow]]) -> None:
    wanted = {parsed.value.sku for parsed in batch}
    known = set(connection.execute(select(t.variants.c.id).where(t.variants.c.id.in_(sorted(wanted)))).scalars())
    for parsed in batch:
        if parsed.value.sku not in known:
            raise RowRefused("sku_unknown", "sku", parsed.value.sku, "Import the product first.")


def _write_location(connection: Connection, cause: Cause, rows: Sequence[StockRow], raised: set[str]) -> list[StockRow]:
    """Those that changed anything."""
    location_id = rows[0].location_id
    skus = sorted({row.sku for row in rows})
    make_positions(connection, location_id, skus)
    current = dict(positions(connection, location_id, skus, lock=True))
    counted = _references(connection, rows)
    movements: list[Movement] = []
    changed = []
    for row in rows:
        reference = _movement_id(row) if row.reference else ""
        if reference in counted:
            continue
        before = current[row.sku]
        delta = _delta(before, row)
        if _place_changed(connection, row) or delta:
            changed.append(row)
        if not delta:
            continue
        after = rules.Position(before.on_hand + delta.on_hand, before.reserved, before.picked,
                               before.unavailable + delta.unavailable, before.safety + delta.safety)  # fmt: skip
        if rules.atp(after) > rules.atp(before):
            raised.add(row.sku)
        current[row.sku] = after
        movement = Movement(location_id, row.sku, MovementKind.IMPORT.value, delta, row.reference)
        if reference:
            counted.add(reference)
            move(connection, replace(cause, new_id=lambda made=reference: made), [movement])  # type: ignore[misc]
        else:
            movements.append(movement)
    move(connection, cause, movements)
    surplus.watch(connection, cause, [(location_id, row.sku) for row in changed])
    return changed


def _delta(before: rules.Position, row: StockRow) -> Delta:
    on_hand = row.change or 0 if row.on_hand is None else row.on_hand - before.on_hand
    return Delta(
        on_hand=on_hand,
        unavailable=0 if row.unavailable is None else row.unavailable - before.unavailable,
        safety=0 if row.safety is None else row.safety - before.safety,
    )


def _movement_id(row: StockRow) -> str:
    """The reference of a delta is the key of its ledger row: it exists once."""
    return "delta-" + hashlib.sha256(f"{row.location_id}|{row.sku}|{row.reference}".encode()).hexdigest()[:32]


def _references(connection: Connection, rows: Sequence[StockRow]) -> set[str]:
    ids = sorted({_movement_id(row) for row in rows if row.reference})
    if not ids:
        return set()
    return set(connection.execute(select(t.movements.c.id).where(t.movements.c.id.in_(ids))).scalars())


def _place_changed(connection: Connection, row: StockRow) -> bool:
    given = {name: value for name, value in (("zone", row.zone), ("place", row.place)) if value is not None}
    if not given:
        return False
    p = t.positions.c
    differs = (p.zone != given.get("zone", p.zone)) | (p.place != given.get("place", p.place))
    query = update(t.positions).where(p.location_id == row.location_id, p.sku == row.sku, differs)
    if connection.execute(query.values(**given, version=p.version + 1)).rowcount != 1:
        return False
    feed.mark(connection, feed.stock_part(row.location_id), "position", row.sku)
    return True
