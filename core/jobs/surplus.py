"""What a place has promised and does not have is sourced again, soon after somebody corrected its stock."""

from collections.abc import Mapping

from sqlalchemy import Connection

from core.jobs.queue import Taken
from core.jobs.worker import Handler
from core.service import surplus
from core.service.cause import Cause


def resource(connection: Connection, cause: Cause, job: Taken) -> None:
    surplus.resource(connection, cause, [(location_id, sku) for location_id, sku in job.arguments["keys"]])


HANDLERS: Mapping[str, Handler] = {surplus.RESOURCE: resource}
