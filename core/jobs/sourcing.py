"""Orders that waited for stock or for their own time are decided when it has come; and work goes elsewhere that a place
does not begin, or cannot because it has closed.
"""

from collections.abc import Mapping

from sqlalchemy import Connection

from core.jobs.queue import Taken
from core.jobs.worker import Handler
from core.service import fulfilments, order_state, resourcing, sourcing, taking_away
from core.service.cause import Cause


def source_again(connection: Connection, cause: Cause, job: Taken) -> None:
    # It may get more units: its work is locked before the order, as everywhere.
    fulfilments.load_of_order(connection, job.subject, lock=True)
    resourcing.source_again(connection, cause, job.subject)
    order_state.refresh(connection, cause, job.subject)


def unanswered(connection: Connection, cause: Cause, job: Taken) -> None:
    taking_away.unanswered(connection, cause, job.subject)


def leave_closed(connection: Connection, cause: Cause, job: Taken) -> None:
    taking_away.leave_closed(connection, cause, job.subject, job.arguments["at"])


HANDLERS: Mapping[str, Handler] = {
    sourcing.SOURCE_AGAIN: source_again,
    sourcing.NO_ANSWER: unanswered,
    taking_away.CLOSED: leave_closed,
}
