from datetime import timedelta

from sqlalchemy import select, update

from core.domain.atp import StepCode
from core.domain.stock_rules import Rule, RuleKind, Scope
from core.service import inbound, stock_rules
from core.service.atp import availability, available, explain, place_names
from core.service.cause import office_cause
from core.service.stock_book import book_of
from core.store import tables as t
from core.store.database import Database
from tests.support.core import NOW, build_world
from tests.support.stock_world import OTHER_BRAND, build


def web_of(database: Database, division_id: str) -> str:
    v = t.virtual_catalogues.c
    with database.read() as connection:
        return str(connection.execute(select(v.id).where(v.division_id == division_id)).scalar_one())


def test_a_channel_sells_what_its_rules_leave_it(database):
    world = build(database)
    with database.read() as connection:
        found = availability(connection, web_of(database, world.division), [*world.skus, "SKU-9"], NOW)
        south = availability(connection, web_of(database, OTHER_BRAND), world.skus, NOW)
    # Safety: 10 % of 10 units, in Lyon 2 units of SKU-1; the web keeps one unit back.
    assert {sku: one.units for sku, one in found.items()} == {"SKU-1": 16, "SKU-2": 17, "SKU-3": 17, "SKU-9": 0}
    # The other brand may have 40 % of what can be sold, not SKU-3 from Lyon, and keeps back 3 of SKU-2.
    assert {sku: one.units for sku, one in south.items()} == {"SKU-1": 8, "SKU-2": 5, "SKU-3": 4}


def test_why_tells_every_step_and_every_place(database):
    world = build(database)
    with database.read() as connection:
        (one,) = availability(connection, web_of(database, OTHER_BRAND), ["SKU-3"], NOW, why=True).values()
        names = place_names(connection)
    assert one.why is not None
    assert {step.code: step.units for step in one.why.steps} == {
        StepCode.ON_HAND: 20, StepCode.SAFETY: -2, StepCode.SEGMENT: -10, StepCode.EXCLUDED: -4,
    }  # fmt: skip
    assert {names[slot]: units for slot, units in enumerate(one.why.places) if units} == {world.lille: 4}
    assert one.why.locations == 2


def test_the_whole_explanation_names_the_rules(database):
    world = build(database)
    with database.read() as connection:
        book = book_of(connection)
        full = explain(connection, book.catalogue(OTHER_BRAND, "web"), "SKU-3")
        rules = {row.id: row for row in connection.execute(select(t.stock_rules))}
    lille, lyon = full.places
    assert (lille.location_id, lille.place.units, lille.exclude_rule) == (world.lille, 4, "")
    assert rules[lyon.exclude_rule].kind == "exclude"
    assert rules[lyon.safety_rule].basis_points == 1000
    assert rules[lyon.share_rule].category == "Shirts"
    assert full.total.units == 4


def test_supply_within_the_horizon_is_sold_and_later_supply_is_told(database):
    world = build(database)
    with database.write() as connection:
        for days in (3, 30):
            wanted = inbound.Expected(world.lille, "SKU-1", 10, NOW + timedelta(days=days))
            inbound.expect(connection, office_cause(NOW), wanted)
    with database.read() as connection:
        (one,) = availability(connection, web_of(database, world.division), ["SKU-1"], NOW, why=True).values()
    assert (one.in_stock, one.units) == (16, 16 + 8)
    assert [(supply.units, supply.at) for supply in one.later] == [(8, NOW + timedelta(days=30))]
    assert one.why is not None
    assert one.why.steps[-1] == (StepCode.INBOUND, 8)
    assert sum(step.units for step in one.why.steps) == one.units


def test_sourcing_is_told_units_by_place_within_what_the_channel_may_sell(database):
    world = build(database)
    with database.read() as connection:
        found = available(connection, OTHER_BRAND, "web", ["SKU-1", "SKU-2"])
    assert found.units == {world.lille: {"SKU-1": 4, "SKU-2": 4}, world.lyon: {"SKU-1": 4, "SKU-2": 4}}
    assert found.most == {"SKU-1": 8, "SKU-2": 5}


def test_a_channel_without_a_catalogue_sells_by_the_rules_of_all(database):
    world = build_world(database)
    with database.write() as connection:
        assert available(connection, world.division, "web", ["SKU-1"]).most == {"SKU-1": 20}
        rule = Rule("", RuleKind.SAFETY, Scope(world.lyon), units=4)
        stock_rules.put_rule(connection, office_cause(NOW), rule)
        found = available(connection, world.division, "web", ["SKU-1", "SKU-9"])
        assert found.units == {world.lille: {"SKU-1": 10}, world.lyon: {"SKU-1": 6}}
        connection.execute(update(t.locations).values(active=False))
        stock_rules.locations_changed(connection, office_cause(NOW))
        assert available(connection, world.division, "web", ["SKU-1"]).units == {}
