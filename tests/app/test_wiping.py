"""A withdrawn device gives head office everything it still held, and then it is empty (I13)."""

import base64
import json
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from app import wiping
from app.state.session import Identity, Session
from app.store import outbox
from app.store.database import Database as DeviceDatabase
from app.store.device_store import DeviceStore
from app.store.intents import Stamp
from app.store.keys import FileKeys
from app.store.sealer import Sealer
from app.tablet import Tablet, Tablets, Window, clock, new_id
from app.ui import UiState
from app.wiping import Wipe, Wiping
from core.contract.commands import How, ScanItem
from core.contract.sync import Answer, Commit, Frame, Group, Head, OpaqueCommand, PushAnswer, PushRequest
from core.domain.outcome import Verdict
from core.service import devices
from core.store import tables as t
from core.store.database import Database
from sync import errors
from tests.support import canaries
from tests.support.core import sqlite_database, sqlite_template
from tests.support.http import wall_clock
from tests.support.keys import MemoryKeys
from tests.support.paired import Page, Pair, paired, until

__all__ = ["sqlite_database", "sqlite_template"]


def scan(database: DeviceDatabase, user_id: str = "ann") -> str:
    """A scan that nobody tells the sync loop about; its command id."""
    stamp = Stamp(new_id(), new_id(), user_id, clock())
    with database.write() as connection:
        outbox.submit(connection, ScanItem("f-1", "f-1-l0", 1, How.TAP), stamp)
    return stamp.id


def quarantined(core: Database) -> dict[str, tuple[str, str]]:
    with core.read() as connection:
        rows = connection.execute(select(t.quarantine.c.id, t.quarantine.c.device_id, t.quarantine.c.code))
        return {id: (device_id, code) for id, device_id, code in rows}


def revoke(pair: Pair) -> None:
    assert devices.revoke(pair.core, pair.device_id, wall_clock())


async def test_a_withdrawn_device_hands_over_what_it_holds_and_forgets_everything(
    sqlite_database: Database, tmp_path: Path
) -> None:
    async with paired(sqlite_database, tmp_path / "device") as pair:
        canaries.put_canary(pair.core, "f-1", pair.world.lille)
        await until(lambda: pair.customer() == canaries.CUSTOMER.name)
        device_id = pair.device_id
        held = [scan(pair.tablet.database, pair.world.ana) for _ in range(2)]
        revoke(pair)
        pair.tablet.try_now()
        await until(lambda: pair.window.session.blocked == "device_wiped")
        assert quarantined(pair.core) == dict.fromkeys(held, (device_id, "device_revoked"))
        assert pair.window.session.handed_over == 2
        assert [file.name for file in pair.folder.iterdir()] == ["wipe.json"]
        assert pair.window.session.user_id == ""
        # Their effects are nobody's yet: head office decides.
        with pair.core.read() as connection:
            assert connection.execute(select(t.fulfilment_lines.c.picked)).scalars().all() == [0, 0]
        await until(lambda: pair.tablet.is_wiped)


async def test_a_device_that_listens_is_told_at_once(sqlite_database: Database, tmp_path: Path) -> None:
    async with paired(sqlite_database, tmp_path / "device") as pair:
        await until(lambda: pair.tablet._engine._state.listening)
        revoke(pair)  # nobody asks the tablet to try
        await until(lambda: pair.window.session.blocked == "device_wiped", 10)


async def test_a_suspended_device_is_not_wiped(sqlite_database: Database, tmp_path: Path) -> None:
    async with paired(sqlite_database, tmp_path / "device") as pair:
        scan(pair.tablet.database, pair.world.ana)
        with pair.core.write() as connection:
            devices._set_state(connection, pair.device_id, "suspended", wall_clock())
        pair.tablet.try_now()
        await until(lambda: pair.window.session.blocked == "device_revoked")
        assert pair.customer() == "Jo"
        assert (pair.folder / "main.db").exists()
        assert quarantined(pair.core) == {}


async def test_what_was_wiped_can_be_paired_again_and_says_what_happened(
    sqlite_database: Database, tmp_path: Path
) -> None:
    async with paired(sqlite_database, tmp_path / "device") as pair:
        revoke(pair)
        pair.tablet.try_now()
        await until(lambda: pair.tablet.is_wiped)
        again = Tablet(pair.folder, pair.url)
        window = Window(Page(), UiState(), Session())
        again.join(window)
        assert (window.session.identity, window.session.pair_refusal) == (None, "device_was_wiped")
        code = devices.create_code(pair.core, pair.world.lille, wall_clock())
        assert isinstance(await again.enrol(code, "Till 1"), Identity)
        assert wiping.under_way(pair.folder) is None
        await again.stop()


class Office:
    """Takes commands; `faults` come first. A `bad` one comes through only as bytes, a `worse` one never."""

    def __init__(self, *faults: Exception) -> None:
        self.faults, self.taken = list(faults), list[str]()
        self.bad, self.worse = set[str](), set[str]()
        self.seen: list[str] = []  # what each request says that the device has seen

    async def take(self, request: PushRequest | OpaqueCommand) -> PushAnswer:
        self.seen += [request.seen] if isinstance(request, PushRequest) else []
        if self.faults:
            raise self.faults.pop(0)
        if isinstance(request, OpaqueCommand):
            ids = {json.loads(zlib.decompress(base64.b64decode(request.opaque)))["id"]}
        else:
            ids = {command.id for command in request.commands}
        if ids & self.worse or (ids & self.bad and isinstance(request, PushRequest)):
            raise errors.Broken
        self.taken += sorted(ids, key=lambda id: int(id[1:]))
        answers = tuple(Answer(id, Verdict.ATTENTION, "device_revoked") for id in ids)
        return PushAnswer(answers, datetime(2026, 3, 2, tzinfo=UTC))


class Held:
    """A withdrawn device with 449 commands of 450 that nobody has."""

    def __init__(self, folder: Path, office: Office) -> None:
        self.keys, self.slept = MemoryKeys("signing", "data", "pepper"), list[float]()
        self.folder, self.database = folder, DeviceDatabase.open(folder, Sealer(self.keys))
        with self.database.write() as connection:
            for number in range(450):
                connection.exec_driver_sql(_COMMAND, (number + 1, f"c{number}", f"i{number}"))
            connection.exec_driver_sql("UPDATE command SET state = 'answered' WHERE seq < 3")
            connection.exec_driver_sql("UPDATE command SET state = 'accepted' WHERE seq = 450")
            connection.exec_driver_sql("UPDATE command SET held_until = '2099-01-01' WHERE seq = 7")
        self.wiping = Wiping(self.database, self.keys, office.take, self.close, self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        assert (self.folder / "main.db").exists()
        assert set(self.keys.known) == {"signing"}

    async def close(self) -> None:
        self.database.close()


async def test_what_nobody_takes_is_kept_and_offered_again(tmp_path: Path) -> None:
    office = Office(errors.Unreachable(), errors.Unavailable(), errors.Unauthorised(), errors.Broken())
    held = Held(tmp_path, office)
    assert await held.wiping.run() == Wipe("done", 449)
    assert office.taken == [f"c{number}" for number in range(449)]
    assert (len(held.slept), held.keys.known) == (4, {})
    assert wiping.under_way(tmp_path) == Wipe("done", 449)


async def test_where_the_core_lost_what_it_had_decided_that_is_handed_over_too(tmp_path: Path) -> None:
    office = Office(errors.ResetRequired())
    held = Held(tmp_path, office)
    told: list[Frame] = [Head(full=True), Commit("of-another-history")]
    store = DeviceStore(held.database)
    store.apply_pull(Group.MAIN, told, clock(), store.marks())
    assert await held.wiping.run() == Wipe("done", 450)
    assert office.taken == [f"c{number}" for number in range(450)]
    assert office.seen[0] == "of-another-history"
    assert set(office.seen[1:]) == {""}


async def test_a_command_that_breaks_the_connection_keeps_nothing_else_from_head_office(tmp_path: Path) -> None:
    office = Office()
    office.bad = {"c17"}
    assert await Held(tmp_path, office).wiping.run() == Wipe("done", 449)
    assert sorted(office.taken) == sorted(f"c{number}" for number in range(449))


async def test_what_no_core_takes_stays_in_a_file_and_the_device_is_emptied_all_the_same(tmp_path: Path) -> None:
    office = Office()
    office.worse = {"c17", "c230"}
    held = Held(tmp_path, office)
    (tmp_path / wiping.LEFT_FILE).write_text('{"earlier": {}}')
    assert await held.wiping.run() == Wipe("done", 447, left=2)
    assert held.slept.count(3600.0) == 23
    assert {file.name for file in tmp_path.iterdir()} == {wiping.FILE, wiping.LEFT_FILE}
    left = json.loads((tmp_path / wiping.LEFT_FILE).read_text())
    assert [(id, left[id].get("name")) for id in left] == [("earlier", None), ("c17", "PauseRun"), ("c230", "PauseRun")]


async def test_an_app_that_is_started_again_does_not_begin_to_count_anew(tmp_path: Path) -> None:
    office = Office()
    office.worse = {"c17"}
    held = Held(tmp_path, office)
    wiping.note(tmp_path, Wipe("handing_over", rounds=22))
    assert await held.wiping.run() == Wipe("done", 448, left=1)
    assert held.slept.count(3600.0) == 1


_COMMAND = """INSERT INTO command (seq, id, intent, name, version, user_id, at, arguments, prev, offset_ms, state,
    answer_mark, tries, held_until, code, params, decided_at, dismissed_by, dismiss_note) VALUES (?, ?, ?, 'PauseRun',
    1, 'ann', '2026-03-02T09:00:00+00:00', '{"run_id":"r"}', '', 0, 'queued', 0, 0, '', '', '{}', '', '', '')"""


async def test_an_app_that_dies_while_it_hands_over_goes_on(sqlite_database: Database, tmp_path: Path) -> None:
    async with paired(sqlite_database, tmp_path / "device") as pair:
        held = scan(pair.tablet.database, pair.world.ana)
        await pair.tablet.stop()
        wiping.note(pair.folder, Wipe("handing_over"))
        revoke(pair)
        again = Tablet(pair.folder, pair.url)
        window = Window(Page(), UiState(), Session())
        again.join(window)
        assert window.session.blocked == "device_wiping"
        await until(lambda: window.session.blocked == "device_wiped")
        assert list(quarantined(pair.core)) == [held]


@pytest.mark.parametrize("rest", ["main.db", "identity.json", "printed/label.pdf"])
def test_an_app_that_dies_while_it_erases_goes_on_before_it_opens_anything(tmp_path: Path, rest: str) -> None:
    folder = tmp_path / "one"
    (folder / rest).parent.mkdir(parents=True)
    (folder / rest).write_bytes(b"Ada Lovelace")
    wiping.note(folder, Wipe("erasing", 3))
    tablet = Tablets(tmp_path, "http://127.0.0.1:9").get("one", FileKeys(folder))
    assert wiping.under_way(folder) == Wipe("done", 3)
    assert b"Lovelace" not in b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    tablet.database.close()
