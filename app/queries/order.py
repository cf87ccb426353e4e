"""One order of this store, to be read: what was asked, what happened, what stands in its way."""

from dataclasses import dataclass
from datetime import datetime

from app.queries.work import label
from app.state.walks import collections_by_work
from app.store import documents, outbox, references
from app.store.database import Database
from core.domain.fulfilment import Fulfilment, Line, Parcel
from core.domain.lifecycle import FulfilmentState, ParcelState


@dataclass(frozen=True, slots=True)
class OrderLineView:
    """Units: `quantity` asked, `held` in hand or in parcels, `short` not found, for `reason` in words."""

    line_id: str
    sku: str
    name: str
    colour: str
    size: str
    image: str
    category: str
    quantity: int
    held: int
    short: int
    reason: str


@dataclass(frozen=True, slots=True)
class OrderParcelView:
    number: int
    state: ParcelState
    units: int
    carrier: str
    sscc: str
    tracking: str


@dataclass(frozen=True, slots=True)
class OrderView:
    """`unsent`: actions on it that the core has not confirmed. `collection_id`: "" where a carrier takes it.

    The street and the phone are not needed here.
    """

    fulfilment_id: str
    short_id: str
    number: str
    order_number: str
    state: FulfilmentState
    hold: str
    brand: str
    colour: str
    customer: str
    postcode: str
    town: str
    country: str
    service_level: str
    carrier: str
    target_at: datetime
    placed_at: datetime
    release_at: datetime | None
    gift_message: str
    run_id: str
    lines: tuple[OrderLineView, ...]
    parcels: tuple[OrderParcelView, ...]
    unsent: int
    collection_id: str = ""


def order_view(database: Database, fulfilment_id: str, language: str) -> OrderView | None:
    """None where this device does not know the order (any more)."""
    with database.read() as connection:
        fulfilment = documents.get(connection, ("fulfilment", fulfilment_id))
        if not isinstance(fulfilment, Fulfilment):
            return None
        brands = {division.id: division for division in references.divisions(connection)}
        carriers = {carrier.code: carrier.name for carrier in references.carriers(connection)}
        known = references.reasons(connection, "short", "hold")
        reasons = {reason.id: label(reason.labels, language) for reason in known}
        unsent = outbox.unfinished_on(connection, ("fulfilment", fulfilment_id))
        collection_id = collections_by_work(connection).get(fulfilment_id, "")
    brand = brands.get(fulfilment.division_id)
    return OrderView(
        fulfilment_id=fulfilment.id,
        short_id=fulfilment.short_id,
        number=fulfilment.number,
        order_number=fulfilment.order_number,
        state=fulfilment.state,
        hold=reasons.get(fulfilment.hold, fulfilment.hold),
        brand=brand.brand if brand else "",
        colour=brand.colour if brand else "",
        customer=fulfilment.ship_to.name,
        postcode=fulfilment.ship_to.postcode,
        town=fulfilment.ship_to.town,
        country=fulfilment.ship_to.country,
        service_level=fulfilment.service_level,
        carrier=carriers.get(fulfilment.carrier, fulfilment.carrier),
        target_at=fulfilment.target_at,
        placed_at=fulfilment.placed_at,
        release_at=fulfilment.release_at,
        gift_message=fulfilment.gift_message,
        run_id=fulfilment.run_id,
        lines=tuple(_line(line, reasons.get(line.short_reason, line.short_reason)) for line in fulfilment.lines),
        parcels=tuple(_parcel(parcel, carriers.get(parcel.carrier, parcel.carrier)) for parcel in fulfilment.parcels),
        unsent=unsent,
        collection_id=collection_id,
    )


def _line(line: Line, reason: str) -> OrderLineView:
    article = (line.id, line.sku, line.name, line.colour, line.size, line.image, line.category)
    return OrderLineView(*article, line.quantity, line.held, line.short, reason if line.short else "")


def _parcel(parcel: Parcel, carrier: str) -> OrderParcelView:
    return OrderParcelView(parcel.number, parcel.state, parcel.units, carrier, parcel.sscc, parcel.tracking)
