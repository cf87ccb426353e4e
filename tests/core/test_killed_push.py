"""A core that is killed while tablets push loses no scan and counts none twice: one process, or some of three.

Real processes, real files, HTTP. Each tablet sends its batches in order, each of them once or twice; where it hears
nothing it sends the same again, to whoever listens. When so many batches are answered, a process gets SIGKILL.
"""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import orjson
import pytest
from sqlalchemy import select

from core.contract.commands import How, ScanItem
from core.service.devices import Device
from core.store import tables as t
from core.store.database import Database
from core.store.tables.device import SIGNING_KEY
from tests.support.core import Sender, World, build_world, put_device, put_fulfilment
from tests.support.fleet import Caller, Fleet, fleet, until

pytestmark = pytest.mark.slow

TABLETS, BATCHES, SCANS = 4, 12, 4  # scans of a batch
KILLED_AFTER = (8, 20, 32)  # batches that were answered
SHARED = "f-9"
PATIENCE = 4000  # turns of a tablet whose core is being started


class Shift:
    """What the tablets of one store do, and what they hear. Half of their scans are for one order of all of them.

    Every order wants one unit more, so that each scan is answered alike.
    """

    def __init__(self, database: Database, running: Fleet) -> None:
        self.database, self.fleet = database, running
        self.world: World = build_world(database)
        own = SCANS * BATCHES // 2
        for number in range(TABLETS):
            put_fulfilment(database, self.world, f"f-{number}", (own + 1,))
        put_fulfilment(database, self.world, SHARED, (own * TABLETS + 1,))
        self.devices = [put_device(database, self.world.lille, number) for number in range(TABLETS)]
        self.heard: dict[str, list[dict[str, Any]]] = {}
        self.answered = 0
        self._lock = threading.Lock()

    def work(self, device: Device) -> None:
        caller = Caller(self.fleet, _token(self.database, device), device.number, PATIENCE)
        sender, last = Sender(device, self.world.ana), {SHARED: "", f"f-{device.number}": ""}
        for _ in range(BATCHES):
            batch = []
            for number in range(SCANS):
                id = sorted(last)[number % 2]
                command = sender.command(ScanItem(id, f"{id}-l0", 1, How.WEDGE), prev=last[id])
                last[id] = command.id
                batch.append(orjson.loads(orjson.dumps(command)))
            deliveries = caller.post("/sync/v1/push", {"commands": batch, "wire": 1})
            with self._lock:
                self.answered += 1
                for answer in (one for answers in deliveries for one in answers["answers"]):
                    self.heard.setdefault(answer["id"], []).append(answer)
        caller.close()

    def play(self, killed: Sequence[int], restarted: bool) -> None:
        """`killed`: a process dies when so many batches were answered; where it is `restarted` always the same."""
        with ThreadPoolExecutor(TABLETS) as pool:
            working = [pool.submit(self.work, device) for device in self.devices]
            for place, batches in enumerate(killed):
                until(lambda batches=batches: self.answered >= batches or _failed(working), 180)  # type: ignore[misc]
                self.fleet.kill_api(0 if restarted else place)
                if restarted:
                    self.fleet.restart_api(0)
            for one in working:
                one.result(180)


def _failed(working: Sequence[Any]) -> bool:
    return any(one.done() and one.exception() for one in working)


def _token(database: Database, device: Device) -> str:
    with database.read() as connection:
        key = connection.execute(select(t.secrets.c.value).where(t.secrets.c.name == SIGNING_KEY)).scalar_one()
    lasts_until = int((datetime.now(UTC) + timedelta(minutes=14)).timestamp())
    return jwt.encode({"sub": device.id, "exp": lasts_until}, key, algorithm="HS256")


def test_one_process_on_sqlite_is_killed_three_times(sqlite_database: Database):
    url = sqlite_database.url.render_as_string(hide_password=False)
    with fleet(url, apis=1, workers=0) as running:
        shift = Shift(sqlite_database, running)
        shift.play(KILLED_AFTER, restarted=True)
        _every_scan_counts_once(shift)
        _tablets_are_told(shift)


@pytest.mark.postgres
def test_two_of_three_processes_on_postgresql_are_killed(postgres_database: Database):
    url = postgres_database.url.render_as_string(hide_password=False).replace("+psycopg", "")
    with fleet(url, apis=3, workers=0) as running:
        shift = Shift(postgres_database, running)
        shift.play(KILLED_AFTER[:2], restarted=False)
        _every_scan_counts_once(shift)
        _tablets_are_told(shift)


def _every_scan_counts_once(shift: Shift) -> None:
    p, lines, positions = t.processed_commands.c, t.fulfilment_lines.c, t.positions.c
    with shift.database.read() as connection:
        kept = {row.id: (row.verdict, row.code) for row in connection.execute(select(p.id, p.verdict, p.code))}
        query = select(lines.fulfilment_id, lines.picked).where(lines.id.like("%-l0"))
        picked = {row.fulfilment_id: row.picked for row in connection.execute(query)}
        held = connection.execute(select(positions.picked).where(positions.picked > 0)).scalars().all()
        moved = connection.execute(select(t.movements.c.picked)).scalars().all()
    scans = TABLETS * BATCHES * SCANS
    assert len(shift.heard) == len(kept) == scans
    assert set(kept.values()) == {("accepted", "picked")}
    assert picked == {SHARED: scans // 2} | {f"f-{n}": scans // 2 // TABLETS for n in range(TABLETS)}
    assert sum(held) == sum(moved) == scans
    for id, answers in shift.heard.items():
        assert {(one["verdict"], one["code"]) for one in answers} == {kept[id]}


def _tablets_are_told(shift: Shift) -> None:
    """A process that lives tells each its verdicts, and the counts that hold them."""
    for device in shift.devices:
        caller = Caller(shift.fleet, _token(shift.database, device), 99, PATIENCE)
        rows = caller.lines("/sync/v1/pull", {"group": "main", "cursor": None, "wire": 1})
        caller.close()
        told = {frame["e"]: frame["rows"] for frame in rows if frame["t"] == "put"}
        assert {id for id, _, _ in told["verdict"]} == {id for id in shift.heard if id.startswith(f"{device.id}-")}
        counts = {id: body["lines"][0]["picked"] for id, _, body in told["fulfilment"]}
        assert counts[SHARED] == TABLETS * BATCHES * SCANS // 2
