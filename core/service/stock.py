"""Stock: every change of a position is one atomic update, one ledger row and one mark in the feed, together.

A reservation is check and reserve in one conditional update, so that nothing is ever oversold, whoever else is buying;
the check heeds the safety stock that the rules say, and what a brand may take of a shared position. Positions are
always touched in the same order, so that two transactions never wait for each other in a circle. What was moved reaches
the projection (`core.service.atp_projection`) before the transaction commits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, Connection, and_, bindparam, case, cast, text, update

from core.domain import atp
from core.domain.stock_rules import FULL_BASIS_POINTS, RuleKind, Subject
from core.service import atp_projection, segments
from core.service.cause import Cause
from core.service.stock_book import Book, book_of, categories_of
from core.store import tables as t
from core.store.feed import mark_each, stock_part
from core.store.rows import insert_each

MANY = 20  # movements that are worth one statement for all
BUCKETS = ("on_hand", "reserved", "picked", "unavailable", "safety")


@dataclass(frozen=True, slots=True)
class Delta:
    """Signed units per bucket."""

    on_hand: int = 0
    reserved: int = 0
    picked: int = 0
    unavailable: int = 0
    safety: int = 0

    def __bool__(self) -> bool:
        return any((self.on_hand, self.reserved, self.picked, self.unavailable, self.safety))


@dataclass(frozen=True, slots=True)
class Movement:
    location_id: str
    sku: str
    kind: str
    delta: Delta
    reason: str = ""
    order_id: str = ""
    fulfilment_id: str = ""
    division_id: str = ""  # the brand that the units are reserved for

    @property
    def key(self) -> tuple[str, str]:
        return self.location_id, self.sku


@dataclass(frozen=True, slots=True)
class Shortage:
    """Nothing was reserved: these (location id, SKU) had fewer units to promise than asked for."""

    lacking: tuple[tuple[str, str], ...] = field(default=())


_P = t.positions.c
_HERE = and_(_P.location_id == bindparam("p_location_id"), _P.sku == bindparam("p_sku"))
_MOVE = (
    update(t.positions)
    .where(_HERE)
    .values({name: t.positions.c[name] + bindparam(f"d_{name}") for name in BUCKETS} | {"version": _P.version + 1})
)
# The position's own safety stock counts before that of a rule; see core.domain.atp.safety_of.
_POINTS: Any = cast(_P.on_hand, BigInteger) * bindparam("p_points") + (FULL_BASIS_POINTS - 1)
_RULED: Any = bindparam("p_units") + _POINTS // FULL_BASIS_POINTS
_SAFETY = case((_P.safety > 0, _P.safety), else_=_RULED)
_RESERVE = (
    update(t.positions)
    .where(_HERE, _P.on_hand - _P.reserved - _P.unavailable - _SAFETY >= bindparam("d_reserved"))
    .values(reserved=_P.reserved + bindparam("d_reserved"), version=_P.version + 1)
)


def reserve(connection: Connection, cause: Cause, movements: Sequence[Movement]) -> Shortage | None:
    """All of them or none: on a Shortage the caller rolls back to its savepoint."""
    book = book_of(connection)
    categories = categories_of(connection, book, {movement.sku for movement in movements})
    taken = []
    for movement in sorted(movements, key=lambda m: m.key):
        subject = Subject(*movement.key, categories.get(movement.sku, ()))
        if connection.execute(_RESERVE, _asked(book, subject, movement.delta.reserved)).rowcount != 1:
            return Shortage((movement.key,))
        taken.append(movement)
        if not _within_share(connection, book, subject, taken):
            return Shortage((movement.key,))
    _write_ledger(connection, [(cause, movement) for movement in movements])
    return None


def reserve_all(connection: Connection, signed: Sequence[tuple[Cause, Movement]]) -> bool:
    """As `reserve`, for what many want at once, in one statement. False: decide one by one, from a savepoint."""
    book = book_of(connection)
    if book.rules.has(RuleKind.SHARE):
        return False
    units: dict[tuple[str, str], int] = {}
    for _, movement in signed:
        units[movement.key] = units.get(movement.key, 0) + movement.delta.reserved
    categories = categories_of(connection, book, {sku for _, sku in units})
    asked = [_asked(book, Subject(*key, categories.get(key[1], ())), units[key]) for key in sorted(units)]
    if asked and connection.execute(_RESERVE, asked).rowcount != len(asked):
        return False
    _write_ledger(connection, signed)
    return True


def _asked(book: Book, subject: Subject, units: int) -> dict[str, Any]:
    rule = book.rules.find(RuleKind.SAFETY, subject)
    safety = {"p_units": (rule.units or 0) if rule else 0, "p_points": (rule.basis_points or 0) if rule else 0}
    return {"p_location_id": subject.location_id, "p_sku": subject.sku, "d_reserved": units} | safety


def _within_share(connection: Connection, book: Book, subject: Subject, taken: Sequence[Movement]) -> bool:
    """The position is locked by its update: nobody else changes what the brand holds of it until the commit."""
    last = taken[-1]
    share = book.rules.find(RuleKind.SHARE, subject, last.division_id) if last.division_id else None
    if share is None:
        return True
    units = sum(one.delta.reserved for one in taken if one.key == last.key and one.division_id == last.division_id)
    row = atp_projection.read_shelves(connection, [last.key])[last.key]
    held = segments.brand_reserved(connection, last.key, last.division_id)
    shelf = atp.Shelf(row.on_hand, row.reserved, row.unavailable, row.safety, held)
    allowed = atp.allowance(shelf, atp.Terms(book.rules.find(RuleKind.SAFETY, subject), share))
    return allowed is not None and units <= allowed


def move(connection: Connection, cause: Cause, movements: Iterable[Movement]) -> None:
    """Facts about stock: they always count. A position nobody knew is made, starting from zero."""
    real = sorted((movement for movement in movements if movement.delta), key=lambda m: m.key)
    changes = [_change(movement) for movement in real]
    if len(real) >= MANY:
        for location_id, skus in _by_location(real).items():
            make_positions(connection, location_id, skus)
        connection.execute(_MOVE, changes)
    else:
        for movement, change in zip(real, changes, strict=True):
            if connection.execute(_MOVE, change).rowcount != 1:
                make_positions(connection, movement.location_id, [movement.sku])
                connection.execute(_MOVE, change)
    _write_ledger(connection, [(cause, movement) for movement in real])


def _change(movement: Movement) -> dict[str, Any]:
    delta = movement.delta
    return {
        "p_location_id": movement.location_id, "p_sku": movement.sku, "d_on_hand": delta.on_hand,
        "d_reserved": delta.reserved, "d_picked": delta.picked, "d_unavailable": delta.unavailable,
        "d_safety": delta.safety,
    }  # fmt: skip


def make_positions(connection: Connection, location_id: str, skus: Sequence[str]) -> None:
    """Empty positions where there are none; others stay as they are."""
    rows = [{"location_id": location_id, "sku": sku} for sku in sorted(set(skus))]
    if rows:
        connection.execute(_MAKE, rows)


# As text, because SQLAlchemy compiles such an insert anew for every execution.
_MAKE = text(
    "INSERT INTO position (location_id, sku, on_hand, reserved, picked, unavailable, safety, zone, place, version) "
    "VALUES (:location_id, :sku, 0, 0, 0, 0, 0, '', '', 1) ON CONFLICT (location_id, sku) DO NOTHING"
)


def _write_ledger(connection: Connection, signed: Sequence[tuple[Cause, Movement]]) -> None:
    if not signed:
        return
    rows = [
        {
            "on_hand": movement.delta.on_hand,
            "reserved": movement.delta.reserved,
            "picked": movement.delta.picked,
            "unavailable": movement.delta.unavailable,
            "safety": movement.delta.safety,
            "id": cause.new_id(),
            "location_id": movement.location_id,
            "sku": movement.sku,
            "kind": movement.kind,
            "reason": movement.reason,
            "order_id": movement.order_id,
            "fulfilment_id": movement.fulfilment_id,
            "command_id": cause.command_id,
            "user_id": cause.user_id,
            "device_id": cause.device_id,
            "at": cause.at,
            "received_at": cause.received_at,
        }
        for cause, movement in signed
    ]
    insert_each(connection, t.movements, rows)
    movements = [movement for _, movement in signed]
    _note(connection, movements)
    mark_each(connection, "position", ((stock_part(one.location_id), one.sku) for one in movements))


def _by_location(movements: Iterable[Movement]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for movement in movements:
        found.setdefault(movement.location_id, []).append(movement.sku)
    return found


def _note(connection: Connection, movements: Sequence[Movement]) -> None:
    """For the projection, and for what each brand holds."""
    touched = atp_projection.touched(connection)
    held: dict[tuple[str, str, str], int] = {}
    for movement in movements:
        delta = movement.delta
        if touched is not None:
            touched.move(movement.key, (delta.on_hand, delta.reserved, delta.unavailable, delta.safety))
        if delta.reserved and movement.division_id:
            name = (*movement.key, movement.division_id)
            held[name] = held.get(name, 0) + delta.reserved
            if touched is not None:
                touched.hold(movement.key, movement.division_id, delta.reserved)
    segments.hold(connection, held)
