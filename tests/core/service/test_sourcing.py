import pytest
from sqlalchemy import update

from core.adapters.town_directory import Place
from core.service import rulesets, sourcing
from core.service.cause import office_cause
from core.service.refusal import Refusal
from core.service.rulesets import Draft
from core.service.sourcing import Question
from core.store import tables as t
from core.store.database import Database
from tests.support.core import NOW, World, build_world


def question(world: World, quantity: int = 1, **more: object) -> Question:
    values = {"order_id": "o", "division_id": world.division, "town": "Lille", "country": "FR"}
    return Question(**{**values, "demand": (("l1", "SKU-1", quantity),), "excluded": {}} | more)  # type: ignore[arg-type]


def on_the_map(database: Database, world: World) -> None:
    with database.write() as connection:
        for id, latitude, longitude in ((world.lille, 50.63, 3.06), (world.lyon, 45.75, 4.85)):
            here = update(t.locations).where(t.locations.c.id == id)
            connection.execute(here.values(latitude=latitude, longitude=longitude))


def decide(database: Database, asked: Question) -> sourcing.Answer:
    with database.read() as connection:
        return sourcing.decide(connection, asked, NOW)


def reasons(answer: sourcing.Answer) -> dict[str, str]:
    return {reason["location_id"]: reason["code"] for reason in sourcing.explained(answer.document)["locations"]}


def test_the_nearest_place_that_has_all_sends_it(database: Database):
    world = build_world(database)
    on_the_map(database, world)
    answer = decide(database, question(world))
    assert answer.decision.location_ids == (world.lille,)
    assert reasons(answer) == {world.lille: "chosen", world.lyon: "not_needed"}
    params = {one["location_id"]: one["params"] for one in sourcing.explained(answer.document)["locations"]}
    assert params[world.lille]["distance_m"] < 2_000
    assert params[world.lyon]["distance_m"] == pytest.approx(558_000, rel=0.02)
    assert decide(database, question(world, town="Lyon")).decision.location_ids == (world.lyon,)


def test_every_place_is_told_why_not(database: Database):
    world = build_world(database)
    barred = decide(database, question(world, excluded={"SKU-1": frozenset({world.lille})}))
    assert reasons(barred) == {world.lyon: "chosen", world.lille: "short_before"}
    asked = decide(database, question(world, location_id=world.lyon))
    assert reasons(asked) == {world.lyon: "chosen", world.lille: "not_requested"}
    with database.write() as connection:
        here = update(t.locations).where(t.locations.c.id == world.lille)
        connection.execute(here.values(capacity_per_day=0))
        there = (t.positions.c.location_id == world.lyon) & (t.positions.c.sku == "SKU-1")
        connection.execute(update(t.positions).where(there).values(on_hand=0))
    nobody = decide(database, question(world))
    assert reasons(nobody) == {world.lille: "no_capacity", world.lyon: "no_stock"}
    assert nobody.document["unfilled"] == [{"line_id": "l1", "quantity": 1}]


def test_a_published_ruleset_decides_how(database: Database):
    world = build_world(database)
    assert len(decide(database, question(world, 15)).decision.location_ids) == 2
    with database.write() as connection:
        body = {"name": "one place", "max_splits": 0, "prefer": ["store"]}
        made = rulesets.draft(connection, office_cause(NOW), Draft(world.division, "One", body))
        assert not isinstance(made, Refusal)
        rulesets.publish(connection, office_cause(NOW), made["id"])
    answer = decide(database, question(world, 15))
    assert answer.ruleset_id == made["id"]
    assert len(answer.decision.location_ids) == 1
    assert answer.document["strategy"] == "one place"


def test_a_decision_is_kept_as_it_was_taken(database: Database):
    world = build_world(database)
    with database.write() as connection:
        answer = sourcing.decide(connection, question(world), NOW)
        sourcing.keep(connection, office_cause(NOW), "o", "sourcing", answer)
        (kept,) = sourcing.decisions_of(connection, "o")
    assert kept["explanation"]["proof"] == answer.document["proof"]
    assert kept["location_names"][world.lille] == {"code": "LILLE", "name": "Lille"}


def test_distance_follows_the_globe():
    class Pole:
        latitude, longitude = 90.0, 0.0

    assert sourcing.distance_km(Place(0, 0), Pole) == pytest.approx(10_007, rel=0.001)
