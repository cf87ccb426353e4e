from datetime import timedelta

from core.service.cause import Cause, id_maker
from core.service.events import Happening, record, timeline
from core.store.database import Database
from tests.support.core import NOW, build_world


def test_a_timeline_is_in_the_order_things_happened_and_names_people_and_places(database: Database):
    world = build_world(database)
    with database.write() as connection:
        for minutes, name in ((5, "Later"), (0, "Earlier")):
            at = NOW + timedelta(minutes=minutes)
            cause = Cause(at, NOW, id_maker(NOW), world.ana, "dev-1", world.lille, "cmd-1")
            happening = Happening(name, "fulfilment", "f1", "o1", {"sku": "SKU-1"}, "not_found")
            record(connection, cause, [happening, Happening("Elsewhere", "order", "o2", "o2")])
        record(connection, cause, [])
        story = timeline(connection, "o1")
    assert [entry.code for entry in story] == ["Earlier", "Later"]
    first = story[0]
    assert (first.user, first.location, first.device_id, first.subject) == ("Ana", "Lille", "dev-1", "fulfilment:f1")
    assert (first.params, first.reason, first.command_id) == ({"sku": "SKU-1"}, "not_found", "cmd-1")
