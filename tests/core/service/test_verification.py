"""Sums of rows between the real core and the real device store: what differs is told, repaired and an alarm."""

from collections.abc import Iterator

import orjson
import pytest
from sqlalchemy import select, update

from app.store import sums as device_sums
from app.store.database import Database as DeviceDatabase
from app.store.database import driver
from app.store.device_store import DeviceStore
from core.contract.sync import Commit, Group, Head, PullRequest
from core.service import sync
from core.service.cursors import read_cursor
from core.store import feed, sums
from core.store import tables as t
from sync.codec import decode_frame
from sync.store import Pulled
from tests.core.service.test_restored import alarms
from tests.support.core import NOW, build_world, put_device, put_fulfilment


class Tablet:
    """A device database that pulls from the core without a wire."""

    def __init__(self, database, device, folder) -> None:
        self.core, self.device = database, device
        self.database = DeviceDatabase.open(folder)
        self.store = DeviceStore(self.database)
        self.frames: list = []

    def pull(self, group: Group = Group.MAIN) -> Pulled:
        pull = self.store.begin_pull(group)
        self.frames = list(sync.pull(self.core, self.device, pull.request, NOW))
        for frame in self.frames:
            pull.receive(decode_frame(orjson.dumps(frame, default=orjson.Fragment)))
        done = pull.finish(NOW)
        assert done is not None
        return done

    def spoil(self, statement: str, group: Group = Group.MAIN) -> None:
        """Changes rows behind the back of the store; the sum that is kept is counted anew as at every day's end."""
        with self.database.merging(group) as connection:
            driver(connection).execute(statement)
            device_sums.forget(driver(connection), group)

    def rows(self, group: Group = Group.MAIN) -> set[tuple[str, str, int]]:
        with self.database.read() as connection:
            return set(device_sums.rows_of(driver(connection), group))

    def checked_at(self, group: Group = Group.MAIN) -> str:
        with self.database.read() as connection:
            return device_sums.check_of(driver(connection), group).checked_at


@pytest.fixture
def world(database):
    made = build_world(database)
    for number in range(20):
        put_fulfilment(database, made, f"f-{number}")
    return made


@pytest.fixture
def tablet(database, world, tmp_path) -> Iterator[Tablet]:
    made = Tablet(database, put_device(database, world.lille), tmp_path / "tablet")
    for group in Group:
        made.pull(group)
    yield made
    made.database.close()


def there(database, world, group: Group, device_id: str = "dev-1") -> set[tuple[str, str, int]]:
    of: dict[Group, tuple[str, ...]] = {
        Group.MAIN: (feed.ORG, feed.store_part(world.lille), feed.device_part(device_id))
    }
    of |= {Group.STOCK: (feed.stock_part(world.lille),), Group.CATALOGUE: (feed.catalogue_part(world.division),)}
    with database.read() as connection:
        return set(sums.living(connection, of[group]))


@pytest.mark.parametrize("group", list(Group))
def test_every_commit_says_what_the_device_holds_and_the_device_holds_it(database, world, tablet, group):
    assert tablet.frames[-1].rows is not None or group is not Group.CATALOGUE
    with database.write() as connection:
        feed.mark(connection, feed.store_part(world.lille), "fulfilment", "f-1")
        feed.mark(connection, feed.store_part(world.lille), "fulfilment", "f-2", deleted=True)
        feed.mark(connection, feed.stock_part(world.lille), "position", world.skus[0])
        feed.mark(connection, feed.catalogue_part(world.division), "variant", world.skus[0])
    assert tablet.pull(group).doubt == 0
    commit = tablet.frames[-1]
    assert isinstance(commit, Commit)
    assert commit.rows == len(tablet.rows(group))
    assert tablet.rows(group) == there(database, world, group)
    assert tablet.checked_at(group) == NOW.isoformat()


SPOILT = {
    Group.MAIN: "DELETE FROM main.document WHERE id IN ('f-1', 'f-2')",
    Group.STOCK: "UPDATE stock.position SET ver = ver + 1, on_hand = 99 WHERE sku = 'SKU-1'",
    Group.CATALOGUE: """INSERT INTO catalogue.variant SELECT 99, 'SKU-99', ver, product_id, division_id, name, brand,
        category, colour, size, gtins, price_minor, currency, weight_g, image FROM catalogue.variant LIMIT 1""",
}


@pytest.mark.parametrize("group", list(Group))
def test_rows_that_differ_are_told_again_in_their_ranges_alone_and_head_office_hears_of_it(
    database, world, tablet, group
):
    tablet.spoil(SPOILT[group], group)
    assert tablet.pull(group).doubt == 1
    again = tablet.pull(group)
    head = tablet.frames[0]
    assert isinstance(head, Head)
    assert 1 <= len(head.ranges) <= 2
    assert again.doubt == 0
    assert tablet.rows(group) == there(database, world, group)
    assert alarms(database) == [("rows_differ", group.value, 1)]
    with database.read() as connection:
        (alarm,) = connection.execute(select(t.device_alarms)).all()
    assert (alarm.device_id, alarm.data) == ("dev-1", {"ranges": len(head.ranges)})
    assert read_cursor(alarm.cursor) is not None


def test_where_the_ranges_do_not_help_everything_is_told_and_after_that_it_is_said_once(database, world, tablet):
    """A core whose sum is wrong: the worst case, in which nothing helps."""
    with database.write() as connection:
        wrong = update(t.sync_sums).where(t.sync_sums.c.part == feed.ORG)
        connection.execute(wrong.values(lo=t.sync_sums.c.lo + 1))
    assert [tablet.pull().doubt for _ in range(5)] == [1, 2, 3, 4, 4]
    assert alarms(database) == [
        ("rows_differ", "main", 1), ("rows_differ_again", "main", 1), ("rows_never_equal", "main", 1),
    ]  # fmt: skip
    tablet.store.tidy(NOW)  # on another day it tries again
    assert tablet.pull().doubt == 1


def test_a_row_that_cannot_be_shown_is_no_difference(database, world, tablet):
    with database.write() as connection:
        hidden = update(t.variants).where(t.variants.c.id == world.skus[0]).values(active=False)
        connection.execute(hidden)
        feed.mark(connection, feed.catalogue_part(world.division), "variant", world.skus[0])
    for _ in range(3):
        assert tablet.pull(Group.CATALOGUE).doubt == 0
        assert tablet.frames[-1].rows == 2
    assert tablet.rows(Group.CATALOGUE) == there(database, world, Group.CATALOGUE)
    assert alarms(database) == []


def test_a_sum_that_nobody_reckoned_is_not_compared_and_found_out(database, world, tablet):
    with database.write() as connection:
        rows = "SELECT part, id FROM sync_row WHERE entity = 'position'"
        feed.mark_selected(connection, "position", rows, [feed.stock_part(world.lille), feed.stock_part(world.lyon)])
    assert tablet.pull(Group.STOCK).doubt == 0
    assert tablet.frames[-1].rows is None
    assert tablet.pull(Group.STOCK).doubt == 0
    assert tablet.frames[-1].rows == len(tablet.rows(Group.STOCK))


def test_ranges_that_make_no_sense_are_not_answered_with_ranges(database, world, tablet):
    request = PullRequest(Group.MAIN, None, doubt=1, have=((1, 2),))
    assert next(sync.pull(database, tablet.device, request, NOW)) == Head(full=True)
