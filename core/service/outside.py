"""Commands that only the core can answer, because it asks somebody outside: mail now, bank and locker by a job.

`answer` may say "not yet" (None): the device sends the command again after a moment, and finds the answer that a job
has written meanwhile. Nothing outside is asked here, with a transaction open.
"""

from sqlalchemy import Connection

from core.contract.commands import ChargeCard, Command, NotifyCustomer, ReserveLocker, TakeCash
from core.domain.outcome import Outcome
from core.domain.outside_answers import CollectionUnknown
from core.service import collections, lockers, messages, payments
from core.service.cause import Cause


def answer(connection: Connection, cause: Cause, command: Command) -> Outcome | None:
    """In the transaction of the inbox. None: it is being asked."""
    a = command.arguments
    known = collections.load(connection, getattr(a, "collection_id", ""), lock=True)
    if known is None or known.location_id != cause.location_id:
        return CollectionUnknown()
    match a:
        case NotifyCustomer():
            in_locker = bool(lockers.code_of(connection, known.id))
            return messages.notify(connection, cause, known, a, in_locker)
        case ChargeCard():
            return payments.charge(connection, cause, known, a)
        case ReserveLocker():
            return lockers.reserve(connection, cause, known, a)
        case _:
            raise TypeError(command.name)


def answered_before(connection: Connection, command: Command) -> Outcome | None:
    """What this fact was answered when another command told it: cash of one id is taken once."""
    a = command.arguments
    return payments.taken_before(connection, a) if isinstance(a, TakeCash) else None
