"""Stock of one article in one place: buckets, and the ledger of movements whose sum they are.

What an order takes is a function of its fulfilment (`claim_of`); a fact moves the difference of two claims. So a
position is cleared exactly when its orders are, in whatever order the facts arrived.
"""

from dataclasses import dataclass, fields
from enum import StrEnum

from core.domain.fulfilment import Fulfilment, Line, handed_over_by_line


class MovementKind(StrEnum):
    IMPORT = "import"
    SALE = "sale"
    RESERVATION = "reservation"
    RELEASE = "release"
    PICK = "pick"
    PUT_BACK = "put_back"
    SHIP = "ship"
    SHORT = "short"
    CORRECTION = "correction"
    DECLARED_UNAVAILABLE = "declared_unavailable"
    TRANSFER = "transfer"
    COUNT = "count"
    RETURN = "return"


class StockEffect(StrEnum):
    """What a short pick says about the rest of the stock."""

    NONE = "none"
    MINUS = "minus"  # the units not found
    ZERO = "zero"  # nothing is left on the shelf


class StockTarget(StrEnum):
    ATP = "atp"  # declared unavailable: not sold any more, still counted as on hand
    ON_HAND = "on_hand"


@dataclass(frozen=True, slots=True)
class Position:
    """Units. `on_hand` is all that the place owns, `picked` the part of it that is off the shelf for orders."""

    on_hand: int = 0
    reserved: int = 0
    picked: int = 0
    unavailable: int = 0
    safety: int = 0

    @property
    def shelf(self) -> int:
        return max(0, self.on_hand - self.picked)


@dataclass(frozen=True, slots=True)
class Movement:
    """One row of the ledger: what it adds to each bucket, in units."""

    kind: MovementKind
    on_hand: int = 0
    reserved: int = 0
    picked: int = 0
    unavailable: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.on_hand or self.reserved or self.picked or self.unavailable)


@dataclass(frozen=True, slots=True)
class LineMovement:
    line_id: str
    sku: str
    movement: Movement


def apply_movement(position: Position, movement: Movement) -> Position:
    return Position(
        position.on_hand + movement.on_hand,
        position.reserved + movement.reserved,
        position.picked + movement.picked,
        position.unavailable + movement.unavailable,
        position.safety,
    )


def atp(position: Position) -> int:
    """Available to promise: units that a new order may have."""
    return max(0, position.on_hand - position.reserved - position.unavailable - position.safety)


@dataclass(frozen=True, slots=True)
class Claim:
    """What one line takes from its position: units reserved, in hands or parcels of the store, and gone for good."""

    reserved: int = 0
    picked: int = 0
    gone: int = 0


NO_CLAIM = Claim()


def claim_of(fulfilment: Fulfilment, line: Line, handed_over: int) -> Claim:
    """`handed_over`: units of the line that the carrier has."""
    reserved = 0 if fulfilment.closed else max(0, line.wanted - handed_over)
    return Claim(reserved, max(0, line.held - handed_over), handed_over)


def line_movements(before: Fulfilment | None, after: Fulfilment | None) -> tuple[LineMovement, ...]:
    """What a change of a fulfilment moves in the ledger of its location: a movement for each line that moves any.

    `before is None`: the order is assigned here. `after is None`: it leaves for another location, and `line_movements(
    None, after)` reserves it again there. The further effect of a short pick's reason is `shortage_movements`.
    """
    taken, takes = _claims(before), _claims(after)
    moved: list[LineMovement] = []
    for line_id in dict.fromkeys((*taken, *takes)):
        old_line, old = taken.get(line_id, (None, NO_CLAIM))
        new_line, new = takes.get(line_id, (None, NO_CLAIM))
        kind = _kind(old_line, old, new_line, new)
        movement = Movement(kind, old.gone - new.gone, new.reserved - old.reserved, new.picked - old.picked)
        line = new_line or old_line
        if line is not None and not movement.is_empty:
            moved.append(LineMovement(line_id, line.sku, movement))
    return tuple(moved)


def found_movement(position: Position) -> Movement | None:
    """The books were wrong where more is in hands than was on hand: apply after a pick or a shipment."""
    extra = max(position.picked, 0) - position.on_hand
    return Movement(MovementKind.CORRECTION, on_hand=extra) if extra > 0 else None


def shortage_movements(
    position: Position, quantity: int, effect: StockEffect, target: StockTarget
) -> tuple[Movement, ...]:
    """What a short pick of `quantity` units says of the rest, by its reason. The reservation is released already.

    Only units on the shelf can be missing: those in somebody's hands are seen.
    """
    missing = {
        StockEffect.NONE: 0,
        StockEffect.MINUS: min(max(0, quantity), position.shelf),
        StockEffect.ZERO: position.shelf,
    }[effect]
    if target is StockTarget.ON_HAND:
        left = position.shelf - missing
        # What was declared unavailable lay on the shelf too.
        freed = min(0, left - position.unavailable) if missing else 0
        movement = Movement(MovementKind.CORRECTION, on_hand=-missing, unavailable=freed)
    else:
        declarable = max(0, position.shelf - position.unavailable)
        movement = Movement(MovementKind.DECLARED_UNAVAILABLE, unavailable=min(missing, declarable))
    return () if movement.is_empty else (movement,)


def sale_corrections(position: Position, units: int) -> tuple[Movement, ...]:
    """Before `units` are sold from the shelf over the counter: the books were wrong where fewer lay there.

    What was sold had not been unavailable after all.
    """
    found = max(0, units - position.shelf)
    freed = min(0, position.shelf + found - units - position.unavailable)
    movement = Movement(MovementKind.CORRECTION, on_hand=found, unavailable=freed)
    return () if movement.is_empty else (movement,)


def counted(position: Position, on_hand: int, kind: MovementKind = MovementKind.COUNT) -> Movement:
    """To the number somebody counted or a file says, in hands and parcels included. `kind`: COUNT or IMPORT."""
    return Movement(kind, on_hand=on_hand - position.on_hand)


def declared(position: Position, unavailable: int) -> Movement:
    """To this many units that are not for sale."""
    return Movement(MovementKind.DECLARED_UNAVAILABLE, unavailable=max(0, unavailable) - position.unavailable)


def total(movements: tuple[Movement, ...], safety: int = 0) -> Position:
    """The position that a whole ledger stands for."""
    sums = {
        field.name: sum(getattr(movement, field.name) for movement in movements)
        for field in fields(Movement)
        if field.name != "kind"
    }
    return Position(**sums, safety=safety)


def _claims(fulfilment: Fulfilment | None) -> dict[str, tuple[Line, Claim]]:
    if fulfilment is None:
        return {}
    gone = handed_over_by_line(fulfilment)
    return {line.id: (line, claim_of(fulfilment, line, gone.get(line.id, 0))) for line in fulfilment.lines}


def _kind(old_line: Line | None, old: Claim, new_line: Line | None, new: Claim) -> MovementKind:
    if old_line is None:
        return MovementKind.RESERVATION
    if new_line is None:
        return MovementKind.RELEASE
    if new.gone != old.gone:
        return MovementKind.SHIP
    if new_line.picked != old_line.picked:
        return MovementKind.PICK
    if new_line.put_back != old_line.put_back:
        return MovementKind.PUT_BACK
    if new_line.short != old_line.short:
        return MovementKind.SHORT
    return MovementKind.RELEASE if new.reserved < old.reserved else MovementKind.RESERVATION
