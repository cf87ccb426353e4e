"""`python -m tests.core.jobs.deeds URL PAUSE_S`: a worker process whose work is one event a job, until it is killed."""

import sys
import threading
import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from core.jobs.queue import Taken
from core.jobs.worker import Handler, Pace, Worker
from core.service.cause import Cause
from core.service.events import Happening, record
from core.store.database import Database

LEASE = timedelta(seconds=2)
PACE = Pace(batch=20, together=4, lease=LEASE, poll_s=0.05)


def telling(pause_s: float = 0.0) -> dict[str, Handler]:
    def tell(connection: Connection, cause: Cause, job: Taken) -> None:
        record(connection, cause, [Happening("Told", "deed", job.subject)])
        time.sleep(pause_s)

    return {"tell": tell}


def main(url: str, pause_s: float) -> None:
    print("working", flush=True)  # noqa: T201
    Worker(Database(url), telling(pause_s), lambda: datetime.now(UTC), PACE).run(threading.Event())


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
