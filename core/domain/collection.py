"""The collection: what one customer fetches at one store, from when it is expected until it is handed over or put back.

Its parts come from the store's own shelves (a fulfilment of this store) or in parcels from other places. Facts only add
to counts, so that they may arrive in any order; the state is derived from the counts (`settled`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from core.domain.lifecycle import COLLECTION, CollectionState, next_state

CLOSED_STATES = frozenset({CollectionState.COLLECTED, CollectionState.REFUSED, CollectionState.CANCELLED})


class CollectionKind(StrEnum):
    COLLECT = "collect"  # from the store's own stock
    SHIP_TO_STORE = "ship_to_store"
    RESERVATION = "reservation"  # tried on here, then paid or released
    LOCKER = "locker"


@dataclass(frozen=True, slots=True)
class CollectionLine:
    """`id`: of the order line. Units: `handed` went out with the customer, `refused` stay here, `put_back` lie on a
    shelf again; `cancelled` are wanted no more.
    """

    id: str
    sku: str
    quantity: int
    name: str = ""
    colour: str = ""
    size: str = ""
    image: str = ""
    gtins: tuple[str, ...] = ()  # 14 digits each
    unit_price_minor: int = 0
    handed: int = 0
    refused: int = 0
    refused_reason: str = ""
    put_back: int = 0
    cancelled: int = 0

    @property
    def wanted(self) -> int:
        return max(0, self.quantity - self.cancelled)

    @property
    def open(self) -> int:
        """Units the customer can still be given."""
        return max(0, self.wanted - self.handed - self.refused)


@dataclass(frozen=True, slots=True)
class PartItem:
    """Units of an order line: `quantity` belong to the part, `returned` did until they went back to the shelves."""

    line_id: str
    quantity: int
    returned: int = 0


@dataclass(frozen=True, slots=True)
class CollectionPart:
    """What arrives and is put away as one thing: a fulfilment of this store (`parcel_id` ""), or one parcel.

    `id`: of the fulfilment, or of the parcel. `shelf`: "" until it is put away.
    """

    id: str
    fulfilment_id: str
    items: tuple[PartItem, ...]
    parcel_id: str = ""
    sscc: str = ""
    tracking: str = ""
    from_location: str = ""  # name of the place that sent it; "" for the store's own
    arrived_at: datetime | None = None
    shelf: str = ""

    @property
    def own(self) -> bool:
        return not self.parcel_id

    @property
    def units(self) -> int:
        return sum(item.quantity for item in self.items)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The customer is here. `where`: as they said it ("desk", "bay 3")."""

    since: datetime
    where: str = ""


@dataclass(frozen=True, slots=True)
class Handed:
    """The last handover, for who comes second. `id`: made by the device when it began."""

    id: str
    at: datetime
    by: str  # user id
    collector: str = ""


@dataclass(frozen=True, slots=True)
class Collection:
    """`due_minor`: still to be paid here. `pick_up_by`: None until it is ready; `latest_pick_up`: to when it may be
    extended at most, None where nothing is said.
    """

    id: str
    number: str  # of the order
    short_id: str
    order_id: str
    division_id: str
    location_id: str
    kind: CollectionKind
    customer_name: str
    placed_at: datetime
    expected_at: datetime
    lines: tuple[CollectionLine, ...]
    parts: tuple[CollectionPart, ...] = ()
    complete: bool = True  # no further part will be added
    state: CollectionState = CollectionState.EXPECTED
    phone: str = ""
    email: str = ""
    pick_up_code: str = ""
    currency: str = "EUR"
    due_minor: int = 0
    ready_at: datetime | None = None
    pick_up_by: datetime | None = None
    waiting: Waiting | None = None
    handed: Handed | None = None
    locker: str = ""  # compartment it was dropped in
    latest_pick_up: datetime | None = None

    @property
    def closed(self) -> bool:
        return self.state in CLOSED_STATES

    @property
    def ended(self) -> bool:
        """Nobody is waited for any more: who comes now is late."""
        return self.closed or self.state is CollectionState.EXPIRED

    @property
    def taken_off(self) -> bool:
        """What the customer has not fetched is off the order, and its money goes back."""
        return self.state in (CollectionState.EXPIRED, CollectionState.REFUSED)

    def line(self, line_id: str) -> CollectionLine | None:
        return next((line for line in self.lines if line.id == line_id), None)

    def part(self, part_id: str) -> CollectionPart | None:
        return next((part for part in self.parts if part.id == part_id), None)

    def with_line(self, changed: CollectionLine) -> "Collection":
        return replace(self, lines=tuple(changed if line.id == changed.id else line for line in self.lines))

    def with_part(self, changed: CollectionPart) -> "Collection":
        """With `changed` in place of the part of the same id, or added at the end."""
        if self.part(changed.id) is None:
            return replace(self, parts=(*self.parts, changed))
        return replace(self, parts=tuple(changed if part.id == changed.id else part for part in self.parts))

    def after(self, event: str) -> "Collection":
        """After an event; unchanged where the table does not know it in this state. When it ends nobody waits."""
        state = next_state(COLLECTION, self.state, event)
        if state is self.state:
            return self
        after = replace(self, state=state)
        return replace(after, waiting=None) if after.ended else after


def settled(collection: Collection) -> Collection:
    """In the state that its counts stand for. Every fact ends here."""
    if not any(line.wanted for line in collection.lines):
        return collection.after("cancel")
    if not any(line.open for line in collection.lines):
        return collection.after("hand_over" if any(line.handed for line in collection.lines) else "refuse")
    if collection.state is CollectionState.EXPIRED and not any(
        to_put_back(collection, one) for one in collection.lines
    ):
        return collection.after("return")
    known = bool(collection.parts) and collection.complete
    if known and all(part.arrived_at for part in collection.parts):
        collection = collection.after("arrive")
    if known and all(part.shelf or collection.locker for part in collection.parts):
        collection = collection.after("put_away")
    return collection


def here(collection: Collection) -> Mapping[str, int]:
    """Units by line of the parts that came into this house, also what was handed over or put back of them."""
    return _units(part for part in collection.parts if part.arrived_at)


def to_put_back(collection: Collection, line: CollectionLine) -> int:
    """Units of the line that lie here for nobody. A cancelled order's own goods go back through their fulfilment."""
    match collection.state:
        case CollectionState.EXPIRED | CollectionState.REFUSED:
            units = here(collection).get(line.id, 0) - line.handed
        case CollectionState.CANCELLED:
            came = _units(part for part in collection.parts if part.arrived_at and not part.own)
            units = came.get(line.id, 0) - line.handed
        case _:
            units = line.refused
    return max(0, units - line.put_back)


def shelves(collection: Collection) -> tuple[str, ...]:
    """Where its parts lie, each once."""
    return tuple(dict.fromkeys(part.shelf for part in collection.parts if part.shelf))


def _units(parts: Iterable[CollectionPart]) -> dict[str, int]:
    units: dict[str, int] = {}
    for part in parts:
        for item in part.items:
            units[item.line_id] = units.get(item.line_id, 0) + item.quantity + item.returned
    return units
