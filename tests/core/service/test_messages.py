import pytest
from sqlalchemy import update

from core.contract import commands as c
from core.domain.collection import Collection
from core.domain.outcome import Outcome
from core.domain.outside_answers import CustomerTold, MessageUnknown, NoEmail, NotReadyYet
from core.service import messages
from core.service.cause import office_cause
from core.service.refusal import Refusal
from core.store import tables as t
from core.store.database import Database
from tests.core.service.collect_world import messages_of, place, prepared
from tests.core.service.delivery_world import build_delivery_world
from tests.support.core import NOW, World


@pytest.fixture
def world(database: Database) -> World:
    return build_delivery_world(database)


def notify(database: Database, collection: Collection, message: str) -> Outcome:
    with database.write() as connection:
        return messages.notify(connection, office_cause(NOW), collection, c.NotifyCustomer(collection.id, message))


def test_the_customer_is_told_once_more_because_somebody_asks(database: Database, world: World):
    ready = prepared(database, world)
    assert notify(database, ready, "reminder") == CustomerTold()
    assert [one.kind for one in messages_of(database, ready.id)] == ["reminder", "ready"]


def test_what_cannot_be_told_is_refused_with_a_reason(database: Database, world: World):
    waiting = place(database, world, "collect", {"SKU-1": 1})
    assert notify(database, waiting, "ready") == NotReadyYet()
    ready = prepared(database, world)
    assert notify(database, ready, "expired") == MessageUnknown()
    with database.write() as connection:
        connection.execute(update(t.collections).values(email=""))
    silent = Collection(**{name: getattr(ready, name) for name in Collection.__slots__} | {"email": ""})
    assert notify(database, silent, "ready") == NoEmail()


def test_only_what_was_given_up_is_tried_again(database: Database, world: World):
    ready = prepared(database, world)
    (row,) = messages_of(database, ready.id)
    with database.write() as connection:
        refused = messages.retry(connection, office_cause(NOW), row.id)
        assert isinstance(refused, Refusal)
        assert refused.code == "message_not_dead"
        messages.dead(connection, office_cause(NOW), row, "no")
        assert messages.retry(connection, office_cause(NOW), row.id) is None
        unknown = messages.retry(connection, office_cause(NOW), "nothing")
        assert isinstance(unknown, Refusal)
    (row,) = messages_of(database, ready.id)
    assert (row.state, row.due_at, row.failures) == ("waiting", NOW, 0)
