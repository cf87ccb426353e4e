"""A piece of work offered to several stores at once; the first claim wins."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class OfferState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Offer:
    id: str
    order_number: str
    location_id: str  # the store this copy of the offer is shown to
    units: int
    value_minor: int
    currency: str
    target_at: datetime
    expires_at: datetime
    state: OfferState = OfferState.OPEN
    winner: str = ""  # location id
