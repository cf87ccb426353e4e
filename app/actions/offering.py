"""Answering offers: claimed, declined, given back, an article declared out of stock; and when new ones may sound."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from app.actions.desk import Desk
from app.store import asked, attention, ringing
from app.store.database import Database
from app.store.intents import AlreadySubmitted
from app.store.ringing import Ringing
from core.contract.commands import Arguments, ClaimOffer, DeclareOutOfStock, DeclineOffer, PauseOffers, ReleaseClaim
from core.domain.outcome import Outcome

QUESTIONS = (ClaimOffer.__name__, DeclineOffer.__name__, ReleaseClaim.__name__)
READ = "read"  # the note under which a refusal that somebody has read is done with


def claim(desk: Desk, offer_id: str) -> Outcome:
    """`Asked`: it is nobody's before the core's verdict came down the feed."""
    return _ask(desk, offer_id, ClaimOffer(offer_id))


def decline(desk: Desk, offer_id: str, reason: str) -> Outcome:
    return _ask(desk, offer_id, DeclineOffer(offer_id, reason))


def release(desk: Desk, offer_id: str, reason: str) -> Outcome:
    return _ask(desk, offer_id, ReleaseClaim(offer_id, reason))


def declare_out(desk: Desk, offer_id: str, sku: str) -> Outcome:
    """A fact: it holds at once and without the core. Said once for an article of an offer."""
    with desk.database.write() as connection:
        said = asked.latest(connection, DeclareOutOfStock.__name__, offer_id=offer_id, sku=sku)
        outcome = AlreadySubmitted() if said else desk.say(connection, DeclareOutOfStock(offer_id, sku))
    desk.walks.forget()
    return outcome


def pause(desk: Desk, paused: bool) -> Outcome:
    """No more new offers for the rest of the store's day, or again; one question at a time."""
    with desk.database.write() as connection:
        before = asked.latest(connection, PauseOffers.__name__)
        return AlreadySubmitted() if before is not None and before.open else desk.say(connection, PauseOffers(paused))


def put_off(database: Database, offer_id: str, later: bool) -> None:
    """ "Not now" for one offer: on this device it stands below the others and is not counted, as long as `later`."""
    with database.write() as connection:
        known = ringing.put_off(connection)
        ringing.keep_put_off(connection, known | {offer_id} if later else known - {offer_id})


def _ask(desk: Desk, offer_id: str, arguments: Arguments) -> Outcome:
    """One question about an offer at a time: what was said before is answered first."""
    with desk.database.write() as connection:
        before = [asked.latest(connection, name, offer_id=offer_id) for name in QUESTIONS]
        if any(ask.open for ask in before if ask is not None):
            return AlreadySubmitted()
        return desk.say(connection, arguments)


def read_refusal(desk: Desk, command_id: str) -> bool:
    """Somebody has read why it was refused: it needs no attention any more."""
    with desk.database.write() as connection:
        return attention.dismiss(connection, command_id, desk.user_id, READ, desk.clock())


def hear(database: Database, news: Collection[str], known: Collection[str]) -> frozenset[str]:
    """Which of these ids this device has not told before; from now on it has. `known`: all that can still be told."""
    with database.write() as connection:
        before = ringing.heard(connection)
        fresh = frozenset(news) - before
        if fresh:
            ringing.hear(connection, (before | fresh) & frozenset(known))
    return fresh


def be_silent(database: Database, until: datetime | None) -> None:
    """ "Not now": new offers make no sound on this device before that moment. None: they do again."""
    with database.write() as connection:
        ringing.write(connection, replace(ringing.read(connection), silent_until=until))


def keep_quiet_hours(database: Database, from_hour: int, until_hour: int) -> None:
    """On the store's clock, every day; equal hours: none."""
    with database.write() as connection:
        ringing.write(connection, replace(ringing.read(connection), quiet_from=from_hour, quiet_until=until_hour))


def rules_of_sound(database: Database) -> Ringing:
    with database.read() as connection:
        return ringing.read(connection)
