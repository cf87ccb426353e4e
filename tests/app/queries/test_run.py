"""A run as it is walked."""

from dataclasses import replace

from app.actions import picking, runs
from app.actions.picking import Aim
from app.queries.run import counted_into, needs_scan, other_orders_with, put_back_view, run_view, short_reasons
from core.contract.commands import How
from core.contract.sync import Group
from core.domain.lifecycle import FulfilmentState
from core.domain.runs import Method
from tests.support import device
from tests.support.desk import World, ean, order


def start(world: World) -> str:
    return runs.start_wave(world.desk(), ["f1", "f2"], Method.MULTI).run_id


def test_a_scan_moves_the_counts_without_planning_anew(world: World) -> None:
    run_id = start(world)
    before = run_view(world.database, world.walks, run_id, "ann")
    assert before is not None
    picking.scan(world.desk(), Aim(run_id, before.next_stop), ean(0), How.WEDGE)
    after = run_view(world.database, world.walks, run_id, "ann")
    assert after is not None
    assert (before.done, after.done, after.asked) == (0, 1, 4)
    assert [stop.id for stop in after.stops] == [stop.id for stop in before.stops]
    assert after.orders == (("A001", 1, "FR-1001-1"), ("A002", 2, "FR-1002-1"))


def test_the_tote_of_what_was_counted_is_known_after_the_scan(world: World) -> None:
    run_id = start(world)
    before = run_view(world.database, world.walks, run_id, "ann")
    picking.scan(world.desk(), Aim(run_id, None), ean(1), How.WEDGE)
    after = run_view(world.database, world.walks, run_id, "ann")
    assert before is not None
    assert after is not None
    assert counted_into(before, after) == 1
    assert counted_into(after, after) is None


def test_a_complete_run_has_no_next_stop(world: World) -> None:
    run_id = start(world)
    for number in (0, 0, 0, 1):
        picking.scan(world.desk(), Aim(run_id, None), ean(number), How.WEDGE)
    view = run_view(world.database, world.walks, run_id, "ann")
    assert view is not None
    assert view.next_stop is None
    assert all(stop.done for stop in view.stops)


def test_stops_tell_where_the_article_lies_and_whether_it_must_be_scanned(world: World) -> None:
    view = run_view(world.database, world.walks, start(world), "ann")
    assert view is not None
    stop = view.stop(view.next_stop)
    assert stop is not None
    assert (stop.zone, stop.place, stop.shelf) == ("A", "A-0", 5)
    assert needs_scan(view, stop)


def test_orders_cancelled_under_way_are_named(world: World) -> None:
    run_id = start(world)
    picking.scan(world.desk(), Aim(run_id, None), ean(0), How.WEDGE)
    cancelled = replace(order(1), state=FulfilmentState.CANCELLED, run_id=run_id)
    world.feed(Group.MAIN, device.put("fulfilment", cancelled, ver=2))
    view = run_view(world.database, world.walks, run_id, "ann")
    assert view is not None
    assert view.cancelled == (("f1", "A001", 1),)
    back = put_back_view(world.database, "f1")
    assert back is not None
    assert [(line.sku, line.units, line.place) for line in back.lines] == [("sku0", 1, "A-0")]
    assert back.cancelled


def test_reasons_are_in_the_readers_language_and_say_their_effect(world: World) -> None:
    assert [(reason.text, reason.effect) for reason in short_reasons(world.database, "fr")] == [
        ("Abîmé", "minus"),
        ("Introuvable", "minus"),
    ]


def test_the_number_of_other_orders_hit_is_known_before_it_is_chosen(world: World) -> None:
    assert other_orders_with(world.database, "sku0", frozenset({"l1-0"})) == 1
    assert other_orders_with(world.database, "sku5", frozenset()) == 0


def test_what_is_not_known_here_is_none(world: World) -> None:
    assert run_view(world.database, world.walks, "nowhere", "ann") is None
    assert put_back_view(world.database, "nowhere") is None
