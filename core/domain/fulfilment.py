"""The fulfilment: what one location must get ready of one order, with all that a tablet needs to work on it alone."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from core.domain.lifecycle import FULFILMENT, FulfilmentState, ParcelState, next_state

CLOSED_STATES = frozenset({FulfilmentState.SHIPPED, FulfilmentState.CANCELLED, FulfilmentState.REJECTED})


@dataclass(frozen=True, slots=True)
class Address:
    name: str
    street: str
    postcode: str
    town: str
    country: str  # ISO 3166 alpha-2
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One article of a fulfilment. Counts are of units; every count only grows, so that facts can arrive in any order.

    `picked - put_back` is in the picker's hands, a tote or a parcel; `quantity - short` is what is still wanted.
    """

    id: str
    order_line_id: str
    sku: str
    quantity: int
    name: str = ""
    colour: str = ""
    size: str = ""
    image: str = ""
    gtins: tuple[str, ...] = ()  # 14 digits each
    unit_price_minor: int = 0
    weight_g: int = 0
    category: str = ""
    picked: int = 0
    put_back: int = 0
    short: int = 0
    short_reason: str = ""

    @property
    def held(self) -> int:
        """Units taken from the shelf and not put back. More put back than picked: a scan is still on its way."""
        return max(0, self.picked - self.put_back)

    @property
    def wanted(self) -> int:
        return max(0, self.quantity - self.short)

    @property
    def remaining(self) -> int:
        """Units still to be picked."""
        return max(0, self.wanted - self.held)


@dataclass(frozen=True, slots=True)
class ParcelItem:
    line_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Parcel:
    id: str
    number: int
    packaging: str
    state: ParcelState = ParcelState.OPEN
    items: tuple[ParcelItem, ...] = ()
    weight_g: int = 0
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0
    sscc: str = ""  # 18 digits
    carrier: str = ""
    tracking: str = ""
    labels_printed: int = 0
    manifest_id: str = ""

    @property
    def units(self) -> int:
        return sum(item.quantity for item in self.items)


@dataclass(frozen=True, slots=True)
class Fulfilment:
    id: str
    number: str  # order number and part, for example "NL-100234-1"
    short_id: str  # to say aloud: 4 characters, unique among the open work of the location
    order_id: str
    order_number: str
    division_id: str
    location_id: str
    service_level: str  # "standard" | "express"
    carrier: str
    target_at: datetime
    placed_at: datetime
    ship_to: Address
    lines: tuple[Line, ...]
    state: FulfilmentState = FulfilmentState.OPEN
    release_at: datetime | None = None  # hidden from the work list before
    hold: str = ""  # reason code of an open task that blocks work; the state does not change
    run_id: str = ""  # the pick run that works on it now
    parcels: tuple[Parcel, ...] = ()
    gift_message: str = ""
    currency: str = "EUR"

    @property
    def closed(self) -> bool:
        return self.state in CLOSED_STATES

    def line(self, line_id: str) -> Line | None:
        return next((line for line in self.lines if line.id == line_id), None)

    def parcel(self, parcel_id: str) -> Parcel | None:
        return next((parcel for parcel in self.parcels if parcel.id == parcel_id), None)

    def with_line(self, changed: Line) -> "Fulfilment":
        return replace(self, lines=tuple(changed if line.id == changed.id else line for line in self.lines))

    def with_parcel(self, changed: Parcel) -> "Fulfilment":
        """With `changed` in place of the parcel of the same id, or added at the end."""
        if self.parcel(changed.id) is None:
            return replace(self, parcels=(*self.parcels, changed))
        return replace(self, parcels=tuple(changed if parcel.id == changed.id else parcel for parcel in self.parcels))

    def after(self, event: str) -> "Fulfilment":
        """After a lifecycle event; unchanged where the table does not know it in this state."""
        state = next_state(FULFILMENT, self.state, event)
        return self if state is self.state else replace(self, state=state)


def packed_units(fulfilment: Fulfilment, line_id: str) -> int:
    """Units of the line that lie in parcels."""
    return sum(item.quantity for parcel in fulfilment.parcels for item in parcel.items if item.line_id == line_id)


def packed_by_line(fulfilment: Fulfilment) -> dict[str, int]:
    """Units in parcels of each line that has any."""
    return _units(fulfilment.parcels)


def handed_over_by_line(fulfilment: Fulfilment) -> dict[str, int]:
    """Units that the carrier has, of each line that has any."""
    return _units(parcel for parcel in fulfilment.parcels if parcel.state is ParcelState.HANDED_OVER)


def _units(parcels: Iterable[Parcel]) -> dict[str, int]:
    units: dict[str, int] = {}
    for parcel in parcels:
        for item in parcel.items:
            units[item.line_id] = units.get(item.line_id, 0) + item.quantity
    return units


def packable_by_line(fulfilment: Fulfilment) -> dict[str, int]:
    """Units of each line that are picked, wanted and in no parcel. Surplus goes back to the shelf: not counted."""
    packed = packed_by_line(fulfilment)
    return {
        line.id: max(0, min(line.held, line.wanted) - packed.get(line.id, 0)) for line in fulfilment.lines if line.held
    }


def to_pack(fulfilment: Fulfilment) -> int:
    """Picked and wanted units that lie in no parcel."""
    return sum(packable_by_line(fulfilment).values())


def surplus(fulfilment: Fulfilment, line: Line) -> int:
    """Units in hand that the order does not need any more: they go back to the shelf. What the carrier has cannot."""
    needed = 0 if fulfilment.closed else line.wanted
    if line.held <= needed:
        return 0
    return max(0, line.held - max(needed, handed_over_by_line(fulfilment).get(line.id, 0)))


def to_put_back(fulfilment: Fulfilment) -> int:
    return sum(surplus(fulfilment, line) for line in fulfilment.lines if line.held)


def all_found(fulfilment: Fulfilment) -> bool:
    """Whether every unit is in hand or reported short."""
    return all(line.remaining == 0 for line in fulfilment.lines)


def settled(fulfilment: Fulfilment) -> Fulfilment:
    """In the state that its counts and parcels stand for, reached through events of the lifecycle.

    Every fact ends here, so that the last one to arrive moves the order on, whichever of them it is.
    """
    in_hand = any(line.held for line in fulfilment.lines)
    if fulfilment.state is FulfilmentState.OPEN and in_hand:
        fulfilment = fulfilment.after("start")
    if all_found(fulfilment):
        fulfilment = fulfilment.after("finish_picking" if in_hand else "reject")
    elif fulfilment.state in (FulfilmentState.PICKED, FulfilmentState.PACKED):
        fulfilment = fulfilment.after("unpack").after("reopen_picking")
    parcels = [parcel for parcel in fulfilment.parcels if parcel.units]
    if fulfilment.state in (FulfilmentState.PICKED, FulfilmentState.PACKED):
        done = parcels and all(parcel.state is not ParcelState.OPEN for parcel in parcels) and not to_pack(fulfilment)
        fulfilment = fulfilment.after("finish_packing" if done else "unpack")
    gone = parcels and all(parcel.state is ParcelState.HANDED_OVER for parcel in parcels)
    return fulfilment.after("ship") if gone else fulfilment


def picked_share(lines: Iterable[Line]) -> tuple[int, int]:
    """(units done, units asked): short units count as done, surplus does not."""
    done = asked = 0
    for line in lines:
        done += min(line.quantity, line.short + line.held)
        asked += line.quantity
    return done, asked
