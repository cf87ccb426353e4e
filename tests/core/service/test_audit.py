"""What rows say, between the real core and the real device store: what differs is found without another version."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import select, update

from app.store import audit as device_audit
from app.store import references, settings
from app.store.database import Database as DeviceDatabase
from app.store.database import driver
from app.store.device_store import DeviceStore
from app.store.keys import NAMES
from app.store.sealer import MARK, SEALED_BY, Sealer
from core.contract import audits
from core.contract.sync import Commit, Group, Head, PullRequest
from core.service import audit, sync
from core.store import feed
from core.store import tables as t
from sync.codec import decode_frame
from sync.store import Pulled
from tests.core.service.test_restored import alarms
from tests.support.core import NOW, build_world, put_device, put_fulfilment
from tests.support.demo import OPENED, sqlite_demo, sqlite_demo_template
from tests.support.keys import MemoryKeys

__all__ = ["sqlite_demo", "sqlite_demo_template"]
DAY = timedelta(days=1)


class Tablet:
    """A device with sealed personal data, that pulls from the core without a wire. `at`: its clock, and the core's."""

    def __init__(self, core, device, folder, at=NOW) -> None:
        self.core, self.device, self.at = core, device, at
        self.keys = MemoryKeys(*NAMES)
        self.database = DeviceDatabase.open(folder, Sealer(self.keys))
        self.store = DeviceStore(self.database)
        self.request: PullRequest = PullRequest(Group.MAIN, None)
        self.frames: list = []

    def pull(self, group: Group = Group.MAIN) -> Pulled:
        pull = self.store.begin_pull(group)
        self.request = pull.request
        self.frames = list(sync.pull(self.core, self.device, pull.request, self.at))
        for frame in self.frames:
            pull.receive(decode_frame(orjson.dumps(frame, default=orjson.Fragment)))
        done = pull.finish(self.at)
        assert done is not None
        return done

    @property
    def said(self) -> str:
        """What the core said of the slice, "" for nothing."""
        commit = self.frames[-1]
        assert isinstance(commit, Commit)
        return commit.audit

    def spoil(self, statement: str, group: Group) -> None:
        with self.database.merging(group) as connection:
            assert driver(connection).execute(statement).rowcount == 1

    def state(self, group: Group) -> device_audit.State:
        with self.database.read() as connection:
            return device_audit.state_of(driver(connection), group)


@pytest.fixture
def one_slice(monkeypatch) -> None:
    """Every audit is of all rows."""
    monkeypatch.setattr(audits, "SLICES", 1)


@pytest.fixture
def tablet(database, tmp_path) -> Iterator[Tablet]:
    world = build_world(database)
    for number in range(20):
        put_fulfilment(database, world, f"f-{number}")
    made = Tablet(database, put_device(database, world.lille), tmp_path / "tablet")
    for group in Group:
        made.pull(group)
    yield made
    made.database.close()


@pytest.mark.usefixtures("one_slice")
@pytest.mark.parametrize("group", list(Group))
def test_a_whole_retailer_says_the_same_here_and_there(sqlite_demo, tmp_path, group):
    with sqlite_demo.read() as connection:
        location_id = connection.execute(select(t.offer_copies.c.location_id).limit(1)).scalar_one()
    tablet = Tablet(sqlite_demo, put_device(sqlite_demo, location_id), tmp_path / "tablet", OPENED)
    tablet.pull(group)
    assert (tablet.pull(group).doubt, bool(tablet.said)) == (0, True)
    assert tablet.state(group) == device_audit.State(OPENED.date().isoformat())
    assert alarms(sqlite_demo) == []


def test_one_slice_a_day_and_each_has_its_turn(tablet):
    asked = []
    for _ in range(64):
        tablet.at += DAY
        tablet.pull()  # the first one of a morning still has the day of the one before
        tablet.pull()
        asked.append(tablet.request.audit)
        tablet.pull()
        assert (tablet.request.audit, tablet.said) == (None, "")
    assert sorted(asked) == list(range(64))


@pytest.mark.usefixtures("one_slice")
def test_a_pin_that_was_forgotten_here_is_no_difference_and_stays_forgotten(sqlite_demo, tmp_path):
    with sqlite_demo.read() as connection:
        location_id = connection.execute(select(t.offer_copies.c.location_id).limit(1)).scalar_one()
    tablet = Tablet(sqlite_demo, put_device(sqlite_demo, location_id), tmp_path / "tablet", OPENED)
    tablet.pull()
    with tablet.database.write() as connection:
        user = references.users(connection)[0]
        assert user.pin_hash != MARK
        references.forget_pin(connection, user)
    assert (tablet.pull().doubt, bool(tablet.said)) == (0, True)
    with tablet.database.read() as connection:
        assert references.users(connection)[0].pin_hash == MARK
    assert alarms(sqlite_demo) == []


SPOILT = {
    Group.MAIN: "UPDATE main.document SET body = replace(body, '\"quantity\":2', '\"quantity\":9') WHERE id = 'f-1'",
    Group.STOCK: "UPDATE stock.position SET on_hand = on_hand + 1 WHERE sku = 'SKU-1'",
    Group.CATALOGUE: "UPDATE catalogue.variant SET price_minor = 1 WHERE sku = 'SKU-1'",
}


@pytest.mark.usefixtures("one_slice")
@pytest.mark.parametrize("group", list(Group))
def test_a_row_that_says_something_else_is_found_told_again_and_an_alarm(tablet, group):
    tablet.spoil(SPOILT[group], group)
    assert tablet.pull(group).doubt == 1
    found = tablet.said
    again = tablet.pull(group)
    head = tablet.frames[0]
    assert isinstance(head, Head)
    assert head.ranges == tuple(range(256))
    assert (again.doubt, tablet.said, tablet.state(group).differs) == (0, found, None)
    assert alarms(tablet.core) == [("rows_differ", group.value, 1)]
    with tablet.core.read() as connection:
        assert connection.execute(select(t.device_alarms.c.data)).scalar_one() == {"ranges": 256, "audit": 0}
    tablet.pull(group)
    assert tablet.request.audit is None


def test_only_the_ranges_of_the_slice_are_told_again(tablet):
    place = next(place for place in range(64) if audits.is_in(place, "position", "SKU-1"))
    tablet.spoil(SPOILT[Group.STOCK], Group.STOCK)
    for _ in range(65):  # a pull a day
        tablet.at += DAY
        if tablet.pull(Group.STOCK).doubt:
            break
    assert tablet.request.audit == place
    tablet.pull(Group.STOCK)
    assert tablet.frames[0] == Head(False, audits.ranges_of(place))
    assert len(audits.ranges_of(place)) == 4


@pytest.mark.usefixtures("one_slice")
def test_a_change_that_the_core_marked_nowhere_is_found(tablet):
    with tablet.core.write() as connection:
        connection.execute(update(t.products).values(name="Another name"))
    assert tablet.pull(Group.CATALOGUE).doubt == 1
    assert tablet.pull(Group.CATALOGUE).doubt == 0
    with tablet.database.read() as connection:
        names = driver(connection).execute("SELECT DISTINCT name FROM catalogue.variant").fetchall()
    assert names == [("Another name",)]


@pytest.mark.usefixtures("one_slice")
def test_where_nothing_helps_everything_is_told_and_after_that_it_is_said_once(tablet, monkeypatch):
    monkeypatch.setattr(audit, "told", lambda *_: "0" * 64)
    assert [tablet.pull().doubt for _ in range(6)] == [1, 2, 3, 4, 0, 0]
    assert tablet.request.audit is None  # not before another day
    assert alarms(tablet.core) == [
        ("rows_differ", "main", 1), ("rows_differ_again", "main", 1), ("rows_never_equal", "main", 1),
    ]  # fmt: skip


@pytest.mark.usefixtures("one_slice")
def test_an_app_that_knows_other_fields_is_told_nothing_and_goes_on(tablet, monkeypatch):
    monkeypatch.setattr(audits, "form_of", lambda group: "older")
    request = tablet.store.begin_pull(Group.MAIN).request
    monkeypatch.undo()
    monkeypatch.setattr(audits, "SLICES", 1)
    assert not audit.is_asked(request)
    asked = PullRequest(Group.MAIN, None, audit=0, form=audits.form_of(Group.MAIN))
    assert [audit.is_asked(replace(asked, audit=place)) for place in (0, 1, -1, None)] == [True, False, False, False]


@pytest.mark.usefixtures("one_slice")
def test_what_cannot_be_read_is_not_compared(tablet):
    tablet.keys.known.pop("data")
    assert (tablet.pull().doubt, tablet.request.audit) == (0, None)
    # New keys: everything is fetched again and sealed by them, then compared.
    tablet.keys.known["data"] = b"k" * 32
    assert (tablet.pull().doubt, tablet.request.cursor) == (0, None)
    assert (tablet.pull().doubt, bool(tablet.said)) == (0, True)
    with tablet.database.read() as connection:
        assert settings.get(driver(connection), SEALED_BY) == Sealer(tablet.keys).fingerprint


@pytest.mark.usefixtures("one_slice")
def test_who_is_told_much_compares_another_time(tablet, monkeypatch):
    monkeypatch.setattr(sync, "MAX_FRAME_ROWS", 5)
    with tablet.core.write() as connection:
        for number in range(6):
            feed.mark(connection, feed.store_part(tablet.device.location_id), "fulfilment", f"f-{number}")
    assert (tablet.pull().doubt, tablet.request.audit, tablet.said) == (0, 0, "")
    assert (tablet.pull().doubt, bool(tablet.said)) == (0, True)


@pytest.mark.usefixtures("one_slice")
def test_tablets_that_ask_for_the_same_rows_are_answered_from_one_look(tablet, tmp_path, monkeypatch):
    looks, usual = [], audit._rows

    def look(*wanted):
        looks.append(wanted)
        return usual(*wanted)

    monkeypatch.setattr(audit, "_rows", look)
    other = Tablet(tablet.core, tablet.device, tmp_path / "other")
    other.pull(Group.STOCK)
    assert (tablet.pull(Group.STOCK).doubt, other.pull(Group.STOCK).doubt, len(looks)) == (0, 0, 1)
    with tablet.core.write() as connection:
        feed.mark(connection, feed.stock_part(tablet.device.location_id), "position", "SKU-1")
    third = Tablet(tablet.core, tablet.device, tmp_path / "third")
    third.pull(Group.STOCK)
    assert (third.pull(Group.STOCK).doubt, len(looks)) == (0, 2)
    for one in (other, third):
        one.database.close()
