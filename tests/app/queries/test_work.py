"""The work list shows everything there is to do here, and counts what each filter would show."""

from dataclasses import replace

from app.actions import runs
from app.queries.work import Reader, wave, work_list
from core.contract.sync import Group
from core.domain.runs import Method
from core.domain.worklist import Urgency, WorkFilter, WorkKind
from tests.support import device
from tests.support.desk import World, at, order

READER = Reader("paris", "ann", "fr")
ALL = WorkFilter()


def test_orders_come_by_target_time_with_brand_and_customer(world: World) -> None:
    view = work_list(world.database, READER, world.now, ALL)
    assert [item.item.short_id for item in view.items] == ["A001", "A002"]
    assert (view.items[0].brand, view.items[0].customer) == ("Maison", "Ada Lovelace")
    assert (view.store, view.total, view.next_wave) == ("Paris Opéra", 2, 2)


def test_a_run_is_one_item_and_says_who_holds_it(world: World) -> None:
    runs.start_wave(world.desk("bob"), ["f1", "f2"], Method.MULTI)
    (only,) = work_list(world.database, READER, world.now, ALL).items
    assert (only.item.kind, only.who, only.mine) == (WorkKind.CONTINUE_RUN, "Bob", False)


def test_a_held_order_says_why_in_the_readers_language(world: World) -> None:
    reason = replace(device.REASONS[0], id="fraud", usage="hold", labels={"en": "Fraud check", "fr": "Contrôle fraude"})
    world.feed(Group.MAIN, device.put("reason", reason), device.put("fulfilment", order(1, hold="fraud"), ver=2))
    held = work_list(world.database, READER, world.now, WorkFilter(kind=WorkKind.HELD)).items
    assert [item.hold for item in held] == ["Contrôle fraude"]


def test_a_hold_that_nobody_named_keeps_its_code_for_the_screen(world: World) -> None:
    world.feed(Group.MAIN, device.put("fulfilment", order(1, hold="gathering"), ver=2))
    held = work_list(world.database, READER, world.now, WorkFilter(kind=WorkKind.HELD)).items
    assert [item.hold for item in held] == ["gathering"]


def test_filters_count_what_they_would_show(world: World) -> None:
    world.feed(Group.MAIN, device.put("fulfilment", order(3, target_at=at(-1)), ver=2))
    view = work_list(world.database, READER, world.now, WorkFilter(urgency=Urgency.OVERDUE))
    assert [item.item.short_id for item in view.items] == ["A003"]
    assert view.counts["urgency"] == {"overdue": 1, "urgent": 1, "later": 1}
    assert view.total == 3


def test_an_order_is_hidden_until_it_is_released(world: World) -> None:
    world.feed(Group.MAIN, device.put("fulfilment", order(3, release_at=at(2)), ver=2))
    assert len(work_list(world.database, READER, at(1), ALL).items) == 2
    assert len(work_list(world.database, READER, at(2), ALL).items) == 3


def test_the_wave_suggests_soonest_first_and_names_colleagues(world: World) -> None:
    view = wave(world.database, READER, world.now)
    assert [found.short_id for found in view.orders] == ["A001", "A002"]
    assert (view.suggested, view.orders[0].units) == (2, 3)
    assert view.colleagues == (("bob", "Bob"),)
