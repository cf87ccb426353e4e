from sqlalchemy import insert, select

from core.service.intake_desk import open_desk
from core.store import tables as t
from tests.core.service.office import new_order, place
from tests.support.core import NOW, build_world


def test_a_number_that_is_taken_is_not_given_again(database, monkeypatch):
    world = build_world(database)
    with database.write() as connection:
        desk = open_desk(connection, [], NOW)
        (first,) = desk.give_numbers(connection, {"order": "N-1"}).values()
    place(database, world, {"SKU-1": 1}, number=first)
    with database.write() as connection:
        found = open_desk(connection, [], NOW).give_numbers(connection, {"order": "N-1", "other": "N-1"})
    assert len({first, *found.values()}) == 3
    assert all(number.startswith("N-1-") and len(number) == 10 for number in found.values())


def test_the_carrier_is_the_one_wanted_or_the_first_that_serves(database):
    world = build_world(database)
    with database.write() as connection:
        account_id = connection.execute(select(t.divisions.c.account_id)).scalars().first()
        connection.execute(t.carriers.delete())
        rows = [("c1", "ALPHA", ["standard"]), ("c2", "BETA", ["standard", "express"])]
        for id, code, services in rows:
            row = {"id": id, "account_id": account_id, "code": code, "name": code, "services": services}
            connection.execute(insert(t.carriers), [row])
        desk = open_desk(connection, [new_order(world, {"SKU-1": 1})], NOW)
    assert desk.carrier("", "express") == "BETA"
    assert desk.carrier("", "standard") == "ALPHA"
    assert desk.carrier("c2", "standard") == desk.carrier("BETA", "standard") == "BETA"
    assert desk.carrier("GAMMA", "standard") == ""
