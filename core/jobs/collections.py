"""Timers of collections: a reminder, and the end of the time for which a store keeps them."""

from collections.abc import Mapping

from sqlalchemy import Connection

from core.jobs.queue import Taken
from core.jobs.worker import Handler
from core.service import collections, order_state
from core.service.cause import Cause


def expire(connection: Connection, cause: Cause, job: Taken) -> None:
    collections.expire(connection, cause, job.subject)
    known = collections.load(connection, job.subject)
    if known is not None:
        order_state.refresh(connection, cause, known.order_id)


def remind(connection: Connection, cause: Cause, job: Taken) -> None:
    collections.remind(connection, cause, job.subject)


HANDLERS: Mapping[str, Handler] = {collections.EXPIRE: expire, collections.REMIND: remind}
