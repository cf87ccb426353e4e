"""The moment from which a location is closed: it is told, and what waits there can be sourced elsewhere."""

from collections.abc import Mapping

from sqlalchemy import Connection

from core.jobs.queue import Taken
from core.jobs.worker import Handler
from core.service import closures
from core.service.cause import Cause


def close(connection: Connection, cause: Cause, job: Taken) -> None:
    closures.begin(connection, cause, job.subject)


HANDLERS: Mapping[str, Handler] = {closures.LOCATION_CLOSED: close}
