"""A person deals with what the core refused or flagged: it is done with, or the same is said again."""

from app.actions.desk import Desk
from app.store import attention
from app.store.intents import AlreadySubmitted, Stamp
from core.domain.outcome import Outcome

LONGEST_NOTE = 200


def dismiss(desk: Desk, command_id: str, note: str) -> bool:
    """`note`: what was done about it. False where somebody else was faster."""
    with desk.database.write() as connection:
        return attention.dismiss(connection, command_id, desk.user_id, note.strip()[:LONGEST_NOTE], desk.clock())


def retry(desk: Desk, command_id: str) -> Outcome:
    """As a new command of the person at the desk."""
    new_id = desk.new_id()
    with desk.database.write() as connection:
        outcome = attention.retry(connection, command_id, Stamp(new_id, new_id, desk.user_id, desk.clock()))
    desk.walks.forget()
    return outcome or AlreadySubmitted()
