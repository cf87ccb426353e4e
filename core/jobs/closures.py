"""The moment from which a location is closed: it is told, and the location leaves the offers it was asked."""

from collections.abc import Mapping

from sqlalchemy import Connection

from core.jobs.queue import Taken
from core.jobs.worker import Handler
from core.service import closures, offer_closing
from core.service.cause import Cause


def close(connection: Connection, cause: Cause, job: Taken) -> None:
    location_id = closures.begin(connection, cause, job.subject)
    if location_id is not None:
        offer_closing.close(connection, cause, location_id)


HANDLERS: Mapping[str, Handler] = {closures.LOCATION_CLOSED: close}
