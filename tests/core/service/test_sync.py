from dataclasses import is_dataclass, replace
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import delete, insert, update

from core.contract import commands as c
from core.contract.reference import Position, User, Variant
from core.contract.sync import ENTITIES, MAX_FRAME_ROWS, Commit, Delete, Group, Head, PullRequest, Put, VerdictDocument
from core.domain.lifecycle import FulfilmentState
from core.domain.outcome import Verdict
from core.domain.runs import Method
from core.service import cursors, effects, sync
from core.service.envelope import Unread
from core.store import documents, feed, render
from core.store import tables as t
from tests.contract.examples import DOCUMENT_EXAMPLES
from tests.support.core import NOW, Sender, build_world, put, put_device, put_fulfilment, put_offer, variant_of


class Copy:
    """What a device would hold: rows by entity and id, and a cursor, following the frames of each pull."""

    def __init__(self, database, device, group=Group.MAIN) -> None:
        self.database, self.device, self.group = database, device, group
        self.cursor: str | None = None
        self.rows: dict[tuple[str, str], tuple[int, object]] = {}

    def pull(self, at=NOW) -> list:
        frames = list(sync.pull(self.database, self.device, PullRequest(self.group, self.cursor), at))
        assert isinstance(frames[0], Head)
        assert isinstance(frames[-1], Commit)
        if frames[0].full:
            self.rows = {}
        for frame in frames[1:-1]:
            if isinstance(frame, Put):
                assert 0 < len(frame.rows) <= MAX_FRAME_ROWS
                self.rows |= {(frame.e, id): (version, body) for id, version, body in frame.rows}
            else:
                assert isinstance(frame, Delete)
                for id in frame.ids:
                    self.rows.pop((frame.e, id), None)
        self.cursor = frames[-1].cursor
        return frames

    def body(self, entity: str, id: str) -> Any:
        return self.rows[entity, id][1]


@pytest.fixture
def world(database):
    return build_world(database)


@pytest.fixture
def device(database, world):
    return put_device(database, world.lille)


def test_a_first_pull_brings_everything_of_the_store_and_nothing_of_another(database, world, device):
    put_fulfilment(database, world)
    copy = Copy(database, device)
    assert copy.pull()[0] == Head(full=True)
    assert set(copy.rows) == {
        ("division", world.division), ("location", world.lille), ("user", world.ana), ("reason", "not_found"),
        ("carrier", "car-post"), ("packaging", "box-s"), ("fulfilment", "f-1"),
    }  # fmt: skip


def test_every_entity_has_a_renderer_and_is_written_by_this_test(database, world, device):
    """A body of the contract's type for each entity of the contract; a new entity fails here until it is rendered."""
    work = put_fulfilment(database, world)
    put_offer(database, world)
    fetched = replace(DOCUMENT_EXAMPLES["collection"], order_id=work.order_id, location_id=world.lille)
    with database.write() as connection:
        documents.save(connection, None, fetched)
    sender = Sender(device, world.ana)
    start = c.StartRun("r-1", "R1", world.lille, Method.MULTI, ("f-1",), (world.ana,))
    facts: list[c.Arguments] = [start, c.OpenManifest("m-1", world.lille, "post")]
    sync.push(database, device, [sender.command(fact) for fact in facts], NOW)
    found: dict[str, set[type]] = {}
    for group in Group:
        copy = Copy(database, device, group)
        copy.pull()
        for (entity, _), (version, body) in copy.rows.items():
            assert version >= 1
            body = variant_of(body) if isinstance(body, bytes) else body
            assert is_dataclass(body)
            found.setdefault(entity, set()).add(type(body))
        assert {entity for entity, _ in copy.rows} == set(ENTITIES[group])
    assert set(found) == set(render.RENDERERS)
    assert {len(types) for types in found.values()} == {1}


def test_bodies_are_the_rows(database, world, device):
    main, stock, catalogue = (Copy(database, device, group) for group in Group)
    for copy in (main, stock, catalogue):
        copy.pull()
    assert main.body("user", world.ana) == User(
        world.ana, "ana", "Ana", "fr", "", ("claim", "collect", "hand_over", "pack", "pick", "unpack"), ("Associate",)
    )
    assert stock.body("position", "SKU-1") == Position("SKU-1", 10, 0, 0, 0, 0, "A", "A-0")
    assert variant_of(catalogue.body("variant", "SKU-2")) == Variant(
        "SKU-2", "prod-1", world.division, "Shirt", "Nord", "Shirts", "Blue", "M", ("03760123000001",), 1990, "EUR", 200
    )


def test_nothing_new_keeps_the_cursor_and_still_commits(database, world, device):
    copy = Copy(database, device)
    copy.pull()
    before = copy.cursor
    change_another_store(database, world)
    rows = len(copy.rows)
    head, commit = copy.pull()
    assert (head, commit.cursor, commit.rows) == (Head(full=False), before, rows)


def change_another_store(database, world):
    with database.write() as connection:
        feed.mark(connection, feed.store_part(world.lyon), "location", world.lyon)


def test_a_delta_brings_what_changed_and_its_verdict_together(database, world, device):
    put_fulfilment(database, world)
    copy = Copy(database, device)
    copy.pull()
    command = Sender(device, world.ana).command(c.ScanItem("f-1", "f-1-l0", 2, c.How.WEDGE))
    sync.push(database, device, [command], NOW)
    frames = copy.pull()
    assert frames[0] == Head(full=False)
    assert copy.body("verdict", command.id) == VerdictDocument(command.id, Verdict.ACCEPTED, "line_complete", {}, NOW)
    fulfilment = copy.body("fulfilment", "f-1")
    assert fulfilment.lines[0].picked == 2
    assert {frame.e for frame in frames[1:-1]} == {"fulfilment", "verdict"}


def test_work_that_moves_to_another_store_disappears_here_and_appears_there(database, world, device):
    fulfilment = put_fulfilment(database, world)
    here, there = Copy(database, device), Copy(database, put_device(database, world.lyon, 2))
    here.pull()
    there.pull()
    with database.write() as connection:
        documents.save(connection, fulfilment, replace(fulfilment, location_id=world.lyon))
    here.pull()
    there.pull()
    assert ("fulfilment", "f-1") not in here.rows
    assert ("fulfilment", "f-1") in there.rows


def test_a_row_that_nobody_can_render_any_more_is_deleted_on_the_device(database, world, device):
    copy = Copy(database, device)
    copy.pull()
    with database.write() as connection:
        connection.execute(update(t.reasons).values(active=False))
        feed.mark(connection, feed.ORG, "reason", "not_found")
    copy.pull()
    assert ("reason", "not_found") not in copy.rows


def test_frames_hold_at_most_500_rows(database, world, device):
    skus = [f"BULK-{n:04d}" for n in range(1203)]
    with database.write() as connection:
        connection.execute(delete(t.positions))
        variant = {"product_id": "prod-1", "division_id": world.division, "colour": "", "size": "", "price_minor": 0,
                   "currency": "EUR", "weight_g": 0, "image": "", "active": True, "version": 1}  # fmt: skip
        connection.execute(insert(t.variants), [{"id": sku} | variant for sku in skus])
        feed.mark_many(connection, feed.catalogue_part(world.division), "variant", skus)
    copy = Copy(database, device, Group.CATALOGUE)
    frames = copy.pull()
    assert [len(frame.rows) for frame in frames[1:-1]] == [500, 500, 206]
    assert len(copy.rows) == 1206


def test_the_cursor_stands_in_the_commit_alone(database, world, device):
    copy = Copy(database, device)
    frames = copy.pull()
    assert copy.cursor
    assert copy.cursor not in b"".join(orjson.dumps(frame, default=orjson.Fragment) for frame in frames[:-1]).decode()


@pytest.mark.parametrize("text", ["", "nonsense", "!!!", "e30=", "W10=", "eyJnIjoxfQ==", "x" * 5000])
def test_a_cursor_that_is_none_of_ours_gets_everything(database, world, device, text):
    frames = list(sync.pull(database, device, PullRequest(Group.MAIN, text), NOW))
    assert frames[0] == Head(full=True)


def test_a_cursor_of_another_group_or_other_partitions_gets_everything(database, world, device):
    main = Copy(database, device)
    main.pull()
    assert next(sync.pull(database, device, PullRequest(Group.STOCK, main.cursor), NOW)) == Head(full=True)
    elsewhere = replace(device, location_id=world.lyon)
    assert next(sync.pull(database, elsewhere, PullRequest(Group.MAIN, main.cursor), NOW)) == Head(full=True)


def test_a_cursor_of_another_history_is_refused(database, world, device):
    copy = Copy(database, device)
    copy.pull()
    with database.write() as connection:
        connection.execute(update(t.sync_clocks).values(epoch="another"))
    with pytest.raises(sync.HistoryUnknown):
        list(sync.pull(database, device, PullRequest(Group.MAIN, copy.cursor), NOW))


def test_a_cursor_from_the_future_of_a_restored_database_is_refused(database, world, device):
    copy = Copy(database, device)
    copy.pull()
    known = cursors.read_cursor(copy.cursor)
    assert known is not None
    future = replace(known, s=str(10**12) if database.is_sqlite else f"{10**12}:{10**12}:")
    with pytest.raises(sync.HistoryUnknown):
        list(sync.pull(database, device, PullRequest(Group.MAIN, future.text()), NOW))


def test_a_cursor_below_the_floor_gets_everything(database, world, device):
    copy = Copy(database, device)
    copy.pull()
    with database.write() as connection:
        put(connection, t.sync_floors, part=feed.ORG, tx=10**9)
    assert copy.pull()[0] == Head(full=True)


def test_a_batch_goes_on_after_a_command_that_cannot_be_read(database, world, device):
    put_fulfilment(database, world)
    sender = Sender(device, world.ana)
    good = sender.command(c.ScanItem("f-1", "f-1-l0", 1, c.How.WEDGE))
    bad = Unread("dev-1-x", 9, "unsupported_command", {"id": "dev-1-x", "name": "Teleport"})
    answer = sync.push(database, device, [bad, good], NOW)
    assert [one.verdict for one in answer.answers] == [Verdict.ATTENTION, Verdict.ACCEPTED]
    assert answer.server_time == NOW


def test_a_command_that_fails_keeps_waiting_what_touches_the_same_work_and_nothing_else(
    database, world, device, monkeypatch
):
    sender = Sender(device, world.ana)
    put_fulfilment(database, world)
    put_fulfilment(database, world, "f-2")
    scan = sender.command(c.ScanItem("f-1", "f-1-l0", 1, c.How.WEDGE))
    other = sender.command(c.ScanItem("f-2", "f-2-l0", 1, c.How.WEDGE))
    # Its `prev` is the newest of its predecessors, which is decided; the oldest is not.
    start = sender.command(c.StartRun("r-1", "R1", world.lille, Method.MULTI, ("f-1", "f-2"), (world.ana,)))
    healthy = effects.after

    def explode(connection, applied, cause):
        if cause.command_id == scan.id:
            raise RuntimeError("poison")
        healthy(connection, applied, cause)

    monkeypatch.setattr(effects, "after", explode)
    answers = sync.push(database, device, [scan, other, replace(start, prev=other.id)], NOW).answers
    assert [answer.verdict for answer in answers] == [None, Verdict.ACCEPTED, None]
    assert answers[2].code == "waiting"


def test_following_by_cursor_equals_starting_anew(database, world, device):
    """After any work, the device that followed holds what a fresh device gets, versions included."""
    put_fulfilment(database, world)
    follower = Copy(database, device)
    sender = Sender(device, world.ana)
    steps: list[c.Arguments] = [
        c.StartRun("r-1", "R1", world.lille, Method.MULTI, ("f-1",), (world.ana,)),
        c.ScanItem("f-1", "f-1-l0", 2, c.How.WEDGE, run_id="r-1"),
        c.ReportShort("f-1", "f-1-l1", 1, "not_found", "r-1"),
        c.FinishRun("r-1", ("f-1",)),
        c.OpenParcel("f-1", "p-1", "box-s"),
        c.PackItem("f-1", "p-1", "f-1-l0", 2, c.How.WEDGE),
        c.CloseParcel("f-1", "p-1", "376012300000000018", "post", 500),
        c.OpenManifest("m-1", world.lille, "post"),
        c.LoadParcel("m-1", "f-1", "p-1", c.How.WEDGE),
        c.CloseManifest("m-1", ("f-1",)),
    ]
    for number, step in enumerate(steps):
        sync.push(database, device, [sender.command(step)], NOW + timedelta(minutes=number))
        follower.pull()
        fresh = Copy(database, device)
        fresh.pull()
        assert follower.rows == fresh.rows
    assert follower.body("fulfilment", "f-1").state is FulfilmentState.SHIPPED
