"""Who can work here."""

from pathlib import Path

from app.queries.people import person, staff, store, who_may
from app.store.database import Database
from tests.support.desk import World


def test_the_store_and_its_staff_are_known_after_the_first_pull(world: World) -> None:
    shop = store(world.database, "paris")
    assert shop is not None
    assert (shop.name, shop.brands, shop.demo) == ("Paris Opéra", (("Maison", "#224466"),), False)
    assert [someone.name for someone in staff(world.database)] == ["Ann", "Bob"]
    found = person(world.database, "bob")
    assert found is not None
    assert "unpack" in found.permissions


def test_before_the_first_pull_nothing_is_known(tmp_path: Path) -> None:
    database = Database.open(tmp_path)
    assert store(database, "paris") is None
    assert staff(database) == ()
    assert person(database, "ann") is None
    database.close()


def test_whom_to_ask_is_known(world: World) -> None:
    assert who_may(world.database, "unpack") == ("Bob",)
    assert who_may(world.database, "fly") == ()
