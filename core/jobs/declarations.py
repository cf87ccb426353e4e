"""Units that were declared unavailable for a time are for sale again when it is over."""

from collections.abc import Mapping

from sqlalchemy import Connection

from core.jobs.queue import Taken
from core.jobs.worker import Handler
from core.service import declarations
from core.service.cause import Cause


def expire(connection: Connection, cause: Cause, job: Taken) -> None:
    while declarations.expire(connection, cause):
        pass


HANDLERS: Mapping[str, Handler] = {declarations.EXPIRE: expire}
