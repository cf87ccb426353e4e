"""Timers of offers: the time of a step is over; a closed offer is forgotten."""

from collections.abc import Mapping

from sqlalchemy import Connection

from core.jobs.queue import Taken
from core.jobs.worker import Handler
from core.service import claims, offers
from core.service.cause import Cause


def time_out(connection: Connection, cause: Cause, job: Taken) -> None:
    offers.time_out(connection, cause, job.subject, job.arguments["step"])


def forget(connection: Connection, _: Cause, job: Taken) -> None:
    claims.forget_copies(connection, job.subject)


HANDLERS: Mapping[str, Handler] = {claims.TIMEOUT: time_out, claims.FORGET: forget}
