from sqlalchemy import select

from core.service import orders, replay_orders, rulesets
from core.service.cause import office_cause
from core.service.orders import NewLine, NewOrder, Received
from core.service.refusal import Refusal
from core.service.replay_orders import Wanted
from core.service.rulesets import Draft
from core.store import tables as t
from core.store.database import Database
from tests.support.core import ADDRESS, NOW, World, build_world


def placed(connection, world: World, *quantities: int) -> list[str]:
    made = []
    for units in quantities:
        lines = (NewLine("SKU-1", units), NewLine("SKU-2", 1))
        received = orders.create(connection, office_cause(NOW), NewOrder(world.division, ADDRESS, lines))
        assert isinstance(received, Received)
        made.append(received.order_id)
    return made


def drafted(connection, world: World, body) -> str:
    made = rulesets.draft(connection, office_cause(NOW), Draft(world.division, "Draft", body))
    assert not isinstance(made, Refusal)
    return str(made["id"])


def test_past_orders_meet_the_stock_that_they_met(database: Database):
    world = build_world(database)
    with database.write() as connection:
        placed(connection, world, 4, 4, 4)
        draft = drafted(connection, world, {"filters": {"exclude_locations": [world.lille]}})
        result = replay_orders.what_if(connection, Wanted(draft), NOW, lambda _: None)
        assert not isinstance(result, Refusal)
        kept = replay_orders.keep(connection, office_cause(NOW), result, NOW)
        row = connection.execute(select(t.replays).where(t.replays.c.id == kept)).one()
    assert (result["orders"], result["against_id"]) == (3, "")
    assert result["old"]["units_waiting"] == 0
    assert (set(result["new"]["load"]), result["new"]["units_waiting"]) == ({world.lyon}, 2)
    assert row.result["changed_orders"] == result["changed_orders"]


def test_a_what_if_needs_a_version_and_a_brand(database: Database):
    world = build_world(database)
    with database.write() as connection:
        draft = drafted(connection, world, {})
        everywhere = rulesets.draft(connection, office_cause(NOW), Draft("", "All", {}))
        assert not isinstance(everywhere, Refusal)
        asked = [Wanted("nothing"), Wanted(draft, against_id="nothing"), Wanted(everywhere["id"])]
        refused = [replay_orders.what_if(connection, one, NOW, lambda _: None) for one in asked]
    assert [one.code for one in refused if isinstance(one, Refusal)] == [
        "ruleset_unknown", "ruleset_unknown", "division_missing",
    ]  # fmt: skip


def test_only_the_newest_orders_are_replayed(database: Database):
    world = build_world(database)
    with database.write() as connection:
        ids = placed(connection, world, 1, 1, 1)
        past = replay_orders.read_orders(connection, world.division, NOW, 2)
    assert [one.order_id for one in past] == sorted(ids)[-2:]
    assert past[0].case.weights_g == {"SKU-1": 200, "SKU-2": 200}
