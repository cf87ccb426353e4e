"""After a change that concerns every article: what can be promised is made again, some articles a job."""

from collections.abc import Mapping

from sqlalchemy import Connection

from core.jobs.queue import Taken
from core.jobs.worker import Handler
from core.service import atp_remake
from core.service.cause import Cause


def remake(connection: Connection, cause: Cause, job: Taken) -> None:
    atp_remake.go_on(connection, cause, int(job.subject))


HANDLERS: Mapping[str, Handler] = {atp_remake.REMAKE: remake}
