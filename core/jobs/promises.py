"""Timers of promises: the last moment to begin has passed, the last pick-up in time has left."""

from collections.abc import Mapping

from sqlalchemy import Connection

from core.jobs.queue import Taken
from core.jobs.worker import Handler
from core.service import promise_orders, taking_away
from core.service.cause import Cause


def watch(connection: Connection, cause: Cause, job: Taken) -> None:
    if promise_orders.watch(connection, cause, job.subject) == "at_risk":
        taking_away.too_late(connection, cause, job.subject)


HANDLERS: Mapping[str, Handler] = {promise_orders.WATCH: watch}
