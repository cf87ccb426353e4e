"""A week after an order was closed no tablet has its customer any more."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from core.contract.sync import Commit, Delete, Group, PullRequest, Put
from core.domain.lifecycle import FulfilmentState
from core.service import retention, sync
from core.store import documents
from core.store import tables as t
from tests.support.core import NOW, build_world, put_device, put_fulfilment

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
