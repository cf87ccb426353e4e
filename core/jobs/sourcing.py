"""Orders that waited for announced stock, or for their own time, are decided when it has come."""

from collections.abc import Mapping

from sqlalchemy import Connection

from core.jobs.queue import Taken
from core.jobs.worker import Handler
from core.service import order_state, resourcing, sourcing
from core.service.cause import Cause


def source_again(connection: Connection, cause: Cause, job: Taken) -> None:
    resourcing.source_again(connection, cause, job.subject)
    order_state.refresh(connection, cause, job.subject)


HANDLERS: Mapping[str, Handler] = {sourcing.SOURCE_AGAIN: source_again}
