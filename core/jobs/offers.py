"""Timers of offers: the time of a step is over; a closed offer is forgotten. And a place that closed leaves one."""

from collections.abc import Mapping

from sqlalchemy import Connection

from core.jobs.queue import Taken
from core.jobs.worker import Handler
from core.service import claims, offer_closing, offers
from core.service.cause import Cause


def time_out(connection: Connection, cause: Cause, job: Taken) -> None:
    offers.time_out(connection, cause, job.subject, job.arguments["step"])


def forget(connection: Connection, _: Cause, job: Taken) -> None:
    claims.forget_copies(connection, job.subject)


def leave(connection: Connection, cause: Cause, job: Taken) -> None:
    offer_closing.leave(connection, cause, job.subject, job.arguments["location_id"])


HANDLERS: Mapping[str, Handler] = {claims.TIMEOUT: time_out, claims.FORGET: forget, offer_closing.LEAVE: leave}
