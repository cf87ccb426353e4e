"""I12: an outbox that an earlier app wrote is opened, worked on and sent by this one, and this core takes all of it.

The files are what the apps of their time wrote (`golden/make_outbox.py`); `outbox-0-settled` is version 1 as its first
hour had it, with one column more.
"""

import gzip
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from app.store import documents, outbox
from app.store.database import Database, driver
from app.store.device_store import DeviceStore
from app.store.intents import Stamp
from app.store.migrations import MAIN_VERSION
from core.contract.commands import OpenManifest
from core.contract.sync import Group, PushRequest
from core.domain.lifecycle import FulfilmentState
from core.service import envelope, sync
from core.store import documents as core_documents
from core.store.database import Database as CoreDatabase
from sync.codec import decode_frame, decode_push_answer, encode_request
from tests.app.store.golden import make_outbox
from tests.app.store.golden.make_outbox import DONE
from tests.support.core import NOW, build_world, put_device, put_fulfilment

GOLDEN = Path(make_outbox.__file__).parent
FILES = sorted(GOLDEN.glob("*.db.gz"))
IDS = [f"dev-1-c{number}" for number in range(1, len(DONE) + 1)]


@pytest.fixture(params=FILES, ids=lambda path: path.name.partition(".")[0])
def tablet(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """The app was updated: today's code opens the files of the earlier one."""
    folder = tmp_path / "device"
    folder.mkdir()
    (folder / "main.db").write_bytes(gzip.decompress(request.param.read_bytes()))
    database = Database.open(folder)
    yield database
    database.close()


def states(database: Database) -> list[tuple[str, str]]:
    with database.read() as connection:
        return driver(connection).execute("SELECT id, state FROM command ORDER BY seq").fetchall()


def test_there_is_an_outbox_of_every_version_of_the_files() -> None:
    versions = {int(path.name.split("-")[1].partition(".")[0]) for path in FILES}
    assert versions >= set(range(1, MAIN_VERSION + 1)), "an app of this version has to leave one: make_outbox.py"


def test_nothing_of_it_is_lost_by_the_update(tablet: Database) -> None:
    assert states(tablet) == [*zip(IDS, ["accepted", "answered", *["queued"] * (len(DONE) - 2)], strict=True)]
    assert [c.arguments for c in DeviceStore(tablet).next_batch(NOW)] == list(DONE[2:])
    with tablet.read() as connection:
        shown = documents.fulfilment(connection, "f-1")
    assert shown is not None
    assert ([line.picked - line.put_back for line in shown.lines], shown.lines[2].short) == ([2, 1, 0], 1)
    assert shown.state is FulfilmentState.SHIPPED


def test_it_is_worked_with_and_all_of_it_arrives(tablet: Database, database: CoreDatabase) -> None:
    world = build_world(database)
    put_fulfilment(database, world, quantities=(2, 1, 1))
    device, store = put_device(database, world.lille), DeviceStore(tablet)
    with tablet.write() as connection:
        outbox.submit(connection, OpenManifest("man-2", world.lille, "post"), Stamp("new", "tap", world.ana, NOW))
    with tablet.write() as connection:  # the core is another one than then: what it decided is offered again
        driver(connection).execute("UPDATE command SET state = 'queued'")

    body = orjson.loads(encode_request(PushRequest(store.next_batch(NOW))))
    answer = sync.push(database, device, [envelope.read(raw) for raw in body["commands"]], NOW, body["seen"])
    store.record_answers(decode_push_answer(orjson.dumps(answer)), NOW)
    pull = store.begin_pull(Group.MAIN)
    for frame in sync.pull(database, device, pull.request, NOW):
        pull.receive(decode_frame(orjson.dumps(frame, default=orjson.Fragment)))
    assert pull.finish(NOW) is not None

    assert states(tablet) == [(id, "accepted") for id in [*IDS, "new"]]
    with database.read() as connection:
        arrived = core_documents.load_fulfilments(connection, ["f-1"])["f-1"]
    assert ([line.picked - line.put_back for line in arrived.lines], arrived.lines[2].short) == ([2, 1, 0], 1)
    assert arrived.parcels[0].tracking == "TRACK-1"
    assert arrived.state is FulfilmentState.SHIPPED
