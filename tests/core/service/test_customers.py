from sqlalchemy import select

from core.service.cause import office_cause
from core.service.customers import Customer, change, put
from core.store import tables as t
from core.store.database import Database
from tests.support.core import NOW, build_world


def test_blank_leaves_what_is_known_and_addresses_add_up(database: Database):
    build_world(database)
    home, work = {"town": "Lille"}, {"town": "Lyon"}
    with database.write() as connection:
        cause = office_cause(NOW)
        results = [
            put(connection, cause, "acc", Customer("C-1", "Camille", "c@example.org", addresses=(home,))),
            put(connection, cause, "acc", Customer("C-1", "Camille")),
            put(connection, cause, "acc", Customer("C-1", "Camille R.", addresses=(home, work))),
        ]
        row = connection.execute(select(t.customers)).one()
    assert [what for _, what in results] == ["created", "unchanged", "updated"]
    assert len({id for id, _ in results}) == 1
    assert (row.name, row.email, row.addresses, row.version) == ("Camille R.", "c@example.org", [home, work], 2)


def test_a_change_needs_the_version_that_was_read(database: Database):
    build_world(database)
    with database.write() as connection:
        id, _ = put(connection, office_cause(NOW), "acc", Customer("C-1", "Camille"))
        refusals = [change(connection, id, 1, {"phone": "1"}), change(connection, id, 1, {"phone": "2"})]
        refusals.append(change(connection, "nobody", 1, {}))
    assert [refused.code if refused else "" for refused in refusals] == ["", "stale_version", "customer_unknown"]
