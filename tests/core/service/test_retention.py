"""A week after an order was closed no tablet has its customer any more."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from core.contract import commands as c
from core.contract.sync import Commit, Delete, Group, PullRequest, Put
from core.domain.lifecycle import CollectionState, FulfilmentState
from core.service import inbox, retention, sync
from core.service.cause import office_cause
from core.service.events import Happening, record
from core.service.quarantine import REPLAYED
from core.store import documents
from core.store import tables as t
from tests.contract.examples import DOCUMENT_EXAMPLES
from tests.core.service.collect_world import collection_of, handover, prepared
from tests.core.service.delivery_world import build_delivery_world
from tests.core.service.office import place, tell
from tests.support.core import NOW, Sender, build_world, put_device, put_fulfilment

LATER = NOW + retention.KEPT_ON_TABLETS + timedelta(hours=1)


@pytest.fixture
def world(database):
    return build_world(database)


def close(database, made, state=FulfilmentState.SHIPPED, at=NOW, picked=0):
    lines = tuple(replace(line, picked=picked) for line in made.lines)
    with database.write() as connection:
        documents.save(connection, made, replace(made, state=state, lines=lines))
        connection.execute(update(t.fulfilments).where(t.fulfilments.c.id == made.id).values(closed_at=at))


def withdraw(database, at=LATER) -> int:
    with database.write() as connection:
        return retention.withdraw_closed(connection, at)


def test_a_closed_order_leaves_the_tablets_after_a_week(database, world):
    device = put_device(database, world.lille)
    close(database, put_fulfilment(database, world))
    frames = list(sync.pull(database, device, PullRequest(Group.MAIN, None), NOW))
    assert any(isinstance(frame, Put) and frame.e == "fulfilment" for frame in frames)
    assert withdraw(database, NOW + retention.KEPT_ON_TABLETS) == 0
    assert withdraw(database) == 1
    assert isinstance(frames[-1], Commit)
    later = list(sync.pull(database, device, PullRequest(Group.MAIN, frames[-1].cursor), LATER))
    assert Delete("fulfilment", ("f-1",)) in later
    assert withdraw(database) == 0


def test_open_orders_and_those_with_articles_in_hands_stay(database, world):
    put_fulfilment(database, world, "f-1")
    close(database, put_fulfilment(database, world, "f-2"), FulfilmentState.CANCELLED, picked=1)
    close(database, put_fulfilment(database, world, "f-3"), FulfilmentState.CANCELLED)
    close(database, put_fulfilment(database, world, "f-4"), FulfilmentState.SHIPPED, picked=1)
    assert withdraw(database) == 2


def test_what_was_collected_leaves_too_and_what_lies_here_for_nobody_stays(database, world):
    made = place(database, world, {"SKU-1": 1})
    done = replace(DOCUMENT_EXAMPLES["collection"], order_id=made.order_id, location_id=world.lille)
    line = replace(done.lines[0], refused=1, put_back=1)
    done = replace(done, state=CollectionState.COLLECTED, lines=(line,))
    left = replace(done, id="c-2", lines=(replace(line, put_back=0),))
    with database.write() as connection:
        for one in (done, left):
            documents.save(connection, None, one)
        connection.execute(update(t.collections).values(closed_at=NOW))
    assert [withdraw(database, NOW + retention.KEPT_ON_TABLETS), withdraw(database), withdraw(database)] == [0, 1, 0]


def test_after_half_a_year_nobody_knows_who_fetched_it_and_how_they_signed(database):
    world = build_delivery_world(database)
    ready = prepared(database, world, 2)
    tell(database, handover(ready, 2, collector="Bo Prima", relation="friend", signature="1,1 2,2"))
    still = prepared(database, world, 1)

    def forget(days: int) -> int:
        with database.write() as connection:
            return retention.forget_who_fetched(connection, NOW + timedelta(days=days))

    assert forget(179) == 0
    assert who(database, ready) == ("Bo Prima", world.ana)
    assert forget(181) == 2  # the proof and the collection
    after = collection_of(database, ready.order_id)
    assert (after.customer_name, after.phone, after.email, after.pick_up_code) == ("", "", "", "")
    assert (who(database, ready), after.lines[0].handed) == (("", world.ana), 2)
    with database.read() as connection:
        assert connection.execute(select(t.handovers)).all() == []
    assert collection_of(database, still.order_id).email == "camille@example.org"
    assert forget(181) == 0


def test_after_half_a_year_the_story_and_the_answers_do_not_say_either_who_fetched_it(database):
    world = build_delivery_world(database)
    ready = prepared(database, world, 2)
    sender = Sender(put_device(database, world.lille), world.ana)
    first = handover(ready, 2, collector="Bo Prima", relation="friend", identity="passport")
    commands = [sender.command(one) for one in (first, replace(first, handover_id="h2", collector="Cy Seconda"))]
    for command in commands:
        assert inbox.receive(database, sender.device, command, NOW).verdict is not None
    with database.write() as connection:
        played = [Happening(REPLAYED, "command", commands[1].id, data={"params": {"collector": "Bo Prima"}})]
        record(connection, office_cause(NOW), played)
    names = ("Bo Prima", "Cy Seconda", "friend", "passport")
    assert all(name in told(database) for name in names)
    assert '"collector": "Bo Prima"' in answers(database)
    with database.write() as connection:
        retention.forget_who_fetched(connection, NOW + timedelta(days=181))
    assert not any(name in told(database) + answers(database) for name in names)
    assert '"handover_id": "h2"' in told(database)


def test_a_handover_of_what_nobody_knows_is_told_without_who_and_how(database):
    world = build_delivery_world(database)
    sender = Sender(put_device(database, world.lille), world.ana)
    unknown = c.HandOverCollection("c-0", "h1", (), identity="passport", collector="Bo Prima", signature="1,1 2,2")
    assert inbox.receive(database, sender.device, sender.command(unknown), NOW).code == "document_missing"
    assert not any(word in told(database) for word in ("passport", "Bo Prima", "1,1 2,2"))


def told(database) -> str:
    """All that events say."""
    with database.read() as connection:
        return json.dumps(list(connection.execute(select(t.events.c.data)).scalars()))


def answers(database) -> str:
    with database.read() as connection:
        return json.dumps(list(connection.execute(select(t.processed_commands.c.params)).scalars()))


def who(database, collection) -> tuple[str, str]:
    handed = collection_of(database, collection.order_id).handed
    assert handed is not None
    return handed.collector, handed.by
