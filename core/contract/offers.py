"""A piece of work offered to several stores at once; the first claim wins."""

from dataclasses import dataclass
from datetime import datetime

from core.domain.lifecycle import OfferState as OfferState


@dataclass(frozen=True, slots=True)
class OfferLine:
    sku: str
    units: int
    name: str = ""
    colour: str = ""
    size: str = ""
    image: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """`days_late`: after what the customer was promised, as far as the core foresees for this store.

    `others`: how many more stores were asked at the same time. `offered_at`: when this store was asked; `answered_at`:
    when it answered, or when it could not any more; `answered_by`: who did, "" where nobody here did.
    """

    id: str
    order_number: str
    location_id: str  # the store this copy of the offer is shown to
    units: int
    value_minor: int
    currency: str
    target_at: datetime
    expires_at: datetime
    state: OfferState = OfferState.OPEN
    winner: str = ""  # location id; its name is `winner_name`
    division_id: str = ""
    days_late: int = 0
    lines: tuple[OfferLine, ...] = ()
    reason: str = ""  # why this store declined it or gave it back
    others: int = 0
    winner_name: str = ""
    offered_at: datetime | None = None
    answered_at: datetime | None = None
    answered_by: str = ""  # user id
    distance_km: int | None = None  # from this store to where the order goes, where that is known
