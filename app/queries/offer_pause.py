"""Whether the store takes new offers today: as the core knows it, and what was asked of it meanwhile."""

from dataclasses import dataclass
from datetime import datetime

from app.store import asked, references
from app.store.database import Database
from core.contract.commands import PauseOffers


@dataclass(frozen=True, slots=True)
class PauseView:
    """`paused`: the core offers nothing new; `asking`: whether it is asked to pause; None: nothing is asked."""

    paused: bool
    asking: bool | None


def pause_view(database: Database, location_id: str, now: datetime) -> PauseView:
    """`now`: the core's time; a pause is over at the store's midnight."""
    with database.read() as connection:
        here = next((place for place in references.locations(connection) if place.id == location_id), None)
        ask = asked.latest(connection, PauseOffers.__name__)
    asking = None
    if ask is not None and ask.open and isinstance(ask.command.arguments, PauseOffers):
        asking = ask.command.arguments.paused
    until = here.offers_paused_until if here is not None else None  # None: nothing was pulled yet
    return PauseView(until is not None and now < until, asking)
