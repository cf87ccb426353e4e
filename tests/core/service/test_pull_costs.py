"""What the core does for a pull, counted: a thousand tablets ask all day, and mostly nothing has changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, update

from core.contract import commands as c
from core.contract.sync import Group, PullRequest
from core.service import cursors, sync
from core.store import feed
from core.store import tables as t
from tests.support.core import NOW, Sender, build_world, put_device, put_fulfilment

# BEGIN is no statement of PostgreSQL's driver; the look for a copied device, where it stands, what changed.
MOST_UNCHANGED = 4


@pytest.fixture
def world(database):
    return build_world(database)


@contextmanager
def statements(database) -> Iterator[list[str]]:
    found: list[str] = []

    def note(connection, cursor, statement, *_):
        found.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def pull(database, device, cursor, group=Group.MAIN, at=NOW):
    return list(sync.pull(database, device, PullRequest(group, cursor, last_seq=100), at))


def scan(database, sender) -> None:
    sync.push(database, sender.device, [sender.command(c.ScanItem("f-1", "f-1-l0", 1, c.How.WEDGE))], NOW)


@pytest.mark.parametrize("group", [Group.MAIN, Group.STOCK])
def test_a_pull_of_what_has_not_changed_is_a_few_statements_and_no_write(database, world, group):
    device = put_device(database, world.lille)
    cursor = pull(database, device, None, group)[-1].cursor
    with statements(database) as found:
        frames = pull(database, device, cursor, group)
    assert len(frames) == 2
    assert frames[-1].cursor == cursor
    assert len(found) <= MOST_UNCHANGED, found
    assert all(statement.lstrip().startswith(("BEGIN", "SELECT")) for statement in found), found


def test_what_one_tablet_was_told_is_not_read_from_the_tables_again_for_the_next(database, world):
    put_fulfilment(database, world)
    one, other = put_device(database, world.lille, 1), put_device(database, world.lille, 2)
    begun = [pull(database, device, None)[-1].cursor for device in (one, other)]
    scan(database, Sender(one, world.ana))
    first = pull(database, one, begun[0])
    with statements(database) as found:
        second = pull(database, other, begun[1])
    told = {id: body for frame in first if getattr(frame, "e", "") == "fulfilment" for id, _, body in frame.rows}
    assert told["f-1"].lines[0].picked == 1
    assert [frame.rows for frame in second if getattr(frame, "e", "") == "fulfilment"] == [
        frame.rows for frame in first if getattr(frame, "e", "") == "fulfilment"
    ]
    assert not [statement for statement in found if "FROM fulfilment" in statement], found


def test_a_version_that_came_since_is_read_and_an_older_snapshot_sees_its_own(database, world):
    put_fulfilment(database, world)
    one, other = put_device(database, world.lille, 1), put_device(database, world.lille, 2)
    begun = [pull(database, device, None)[-1].cursor for device in (one, other)]
    sender = Sender(one, world.ana)
    scan(database, sender)
    early = sync.pull(database, one, PullRequest(Group.MAIN, begun[0]), NOW)
    head = next(early)  # its snapshot is taken
    scan(database, sender)
    late = pull(database, other, begun[1])
    assert [picked(frames) for frames in ([head, *early], late)] == [1, 2]


def picked(frames) -> int:
    rows = [row for frame in frames if getattr(frame, "e", "") == "fulfilment" for row in frame.rows]
    return next(body.lines[0].picked for id, _, body in rows if id == "f-1")


def test_bodies_are_soon_forgotten(database, world):
    put_fulfilment(database, world)
    device = put_device(database, world.lille)
    pull(database, device, None)
    with statements(database) as found:
        pull(database, device, None, at=NOW + timedelta(minutes=1))
    assert [statement for statement in found if "FROM fulfilment" in statement]


def test_another_history_is_not_answered_with_what_the_last_one_showed(database, world):
    put_fulfilment(database, world)
    device = put_device(database, world.lille)
    cursor = pull(database, device, None)[-1].cursor
    with database.write() as connection:
        connection.execute(update(t.sync_clocks).values(epoch="restored"))
        connection.execute(update(t.fulfilment_lines).values(picked=1))
    with pytest.raises(cursors.HistoryUnknown):
        pull(database, device, cursor)
    assert picked(pull(database, device, None)) == 1


def test_pulls_after_one_change_share_a_proof_on_sqlite(database, world):
    devices = [put_device(database, world.lille, number) for number in (1, 2, 3)]
    begun = [pull(database, device, None)[-1].cursor for device in devices]
    with database.write() as connection:
        feed.mark(connection, feed.store_part(world.lille), "location", world.lille)
    told = [pull(database, device, cursor)[-1].cursor for device, cursor in zip(devices, begun, strict=True)]
    ticks_told = {tick(cursor) for cursor in told}
    assert len(ticks_told) == (1 if database.is_sqlite else 3)
    assert tick(begun[0]) not in ticks_told, "it was written before the change"


def tick(cursor: str) -> str:
    known = cursors.read_cursor(cursor)
    assert known is not None
    return known.k
