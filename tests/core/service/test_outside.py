"""Commands that only the core answers, as tablets send them."""

import pytest

from core.contract import commands as c
from core.domain.outcome import Verdict
from core.service import inbox
from core.store.database import Database
from tests.core.service.collect_world import messages_of, prepared
from tests.core.service.delivery_world import build_delivery_world
from tests.support.core import NOW, Sender, World, put_device


@pytest.fixture
def world(database: Database) -> World:
    return build_delivery_world(database)


def test_a_tablet_has_the_customer_told_once_however_often_it_sends(database: Database, world: World):
    ready, device = prepared(database, world), put_device(database, world.lille)
    command = Sender(device, world.ana).command(c.NotifyCustomer(ready.id, "reminder"))
    for _ in range(2):
        answer = inbox.receive(database, device, command, NOW)
        assert (answer.verdict, answer.code) == (Verdict.ACCEPTED, "customer_told")
    assert sorted(one.kind for one in messages_of(database, ready.id)) == ["ready", "reminder"]


def test_what_another_store_hands_over_is_not_known_here(database: Database, world: World):
    ready, device = prepared(database, world), put_device(database, world.lyon)
    command = Sender(device, world.ana).command(c.NotifyCustomer(ready.id, "reminder"))
    answer = inbox.receive(database, device, command, NOW)
    assert (answer.verdict, answer.code) == (Verdict.REJECTED, "collection_unknown")
