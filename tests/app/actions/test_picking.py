"""Picking: each scan is decided at once, committed with its command, and said in words."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.actions import picking, runs
from app.actions.picking import Aim, Missing
from core.contract.commands import How
from core.contract.sync import Group
from core.domain.barcodes import check_digit
from core.domain.lifecycle import FulfilmentState
from core.domain.outcome import Outcome
from core.domain.runs import Method
from tests.support import device
from tests.support.desk import World, ean, order


@pytest.fixture
def run_id(world: World) -> str:
    return runs.start_wave(world.desk(), ["f1", "f2"], Method.MULTI).run_id


def scan(world: World, run_id: str, text: str, stop: str | None = "f1:l1-0", intent: str = "") -> Outcome:
    return picking.scan(world.desk(), Aim(run_id, stop), text, How.WEDGE, intent)


def test_a_scan_counts_one_unit_and_makes_one_command(world: World, run_id: str) -> None:
    answer = scan(world, run_id, ean(0))
    assert (answer.code, answer.params()["remaining"]) == ("counted", 1)
    assert world.fulfilment(1).lines[0].picked == 1
    assert world.commands() == ["StartRun", "ScanItem"]


def test_the_last_unit_completes_the_stop_and_the_last_line_the_order(world: World, run_id: str) -> None:
    scan(world, run_id, ean(0))
    assert scan(world, run_id, ean(0)).code == "stop_complete"
    assert scan(world, run_id, ean(1), "f1:l1-1").code == "fulfilment_complete"
    assert world.fulfilment(1).state is FulfilmentState.PICKED


def test_an_article_of_another_stop_counts_there_and_says_where(world: World, run_id: str) -> None:
    answer = scan(world, run_id, ean(1))
    assert answer.code == "other_stop"
    assert world.fulfilment(1).lines[1].picked == 1


def test_a_wrong_article_is_named_and_counts_nothing(world: World, run_id: str) -> None:
    answer = scan(world, run_id, ean(3))
    assert answer.code == "wrong_item"
    assert answer.params()["scanned_name"] == "Linen shirt 3 Écru M"
    assert world.commands() == ["StartRun"]


@pytest.mark.parametrize(
    ("text", "code"),
    [("4006381333931", "unknown_code"), ("no such thing", "unknown_code"), ("4006381000010", "unreadable_code")],
)
def test_a_code_that_is_no_article_says_so(world: World, run_id: str, text: str, code: str) -> None:
    assert scan(world, run_id, text).code == code


def test_one_more_than_wanted_is_refused_before_it_counts(world: World, run_id: str) -> None:
    for _ in range(3):
        scan(world, run_id, ean(0))
    assert scan(world, run_id, ean(0)).code == "over_scan"
    assert world.fulfilment(1).lines[0].picked + world.fulfilment(2).lines[0].picked == 3


def test_the_same_scan_delivered_twice_counts_once(world: World, run_id: str) -> None:
    scan(world, run_id, ean(0), intent="burst-1")
    assert scan(world, run_id, ean(0), intent="burst-1").code == "already_submitted"
    assert world.fulfilment(1).lines[0].picked == 1


def test_a_scan_of_a_run_that_is_not_known_says_so(world: World) -> None:
    assert scan(world, "elsewhere", ean(0)).code == "run_unknown"


def test_a_tap_counts_only_where_the_rule_or_the_role_allows_it(world: World, run_id: str) -> None:
    assert picking.confirm(world.desk(), Aim(run_id, "f1:l1-0"), 2).code == "scan_needed"
    assert picking.confirm(world.desk(), Aim(run_id, "f1:l1-0"), 2, override=True).code == "line_complete"
    assert world.fulfilment(1).lines[0].picked == 2


def test_a_short_pick_completes_the_line_with_its_reason(world: World, run_id: str) -> None:
    scan(world, run_id, ean(0))
    answer = picking.report_short(world.desk(), Missing(run_id, "f1:l1-0", 1, "not_found"))
    line = world.fulfilment(1).lines[0]
    assert (answer.code, line.short, line.short_reason, line.remaining) == ("shorted", 1, "not_found", 0)


def test_a_short_pick_can_reach_the_same_article_in_other_orders(world: World, run_id: str) -> None:
    with world.database.read() as connection:
        assert picking.collateral(connection, "sku0", {"l1-0"}) == [("f2", "l2-0", 1)]
    picking.report_short(world.desk(), Missing(run_id, "f1:l1-0", 2, "not_found", collateral=True))
    assert world.fulfilment(2).state is FulfilmentState.REJECTED
    assert world.commands() == ["StartRun", "ReportShort", "ReportShort"]


def test_the_last_unit_is_undone_by_another_fact(world: World, run_id: str) -> None:
    scan(world, run_id, ean(0))
    assert picking.undo(world.desk(), run_id, "f1:l1-0").code == "put_back"
    line = world.fulfilment(1).lines[0]
    assert (line.picked, line.put_back, line.remaining) == (1, 1, 2)
    assert picking.undo(world.desk(), run_id, "f1:l1-0").code == "nothing_to_put_back"


def test_an_order_cancelled_after_picking_is_put_back_by_scan(world: World, run_id: str) -> None:
    scan(world, run_id, ean(0))
    cancelled = replace(order(1), state=FulfilmentState.CANCELLED)
    world.feed(Group.MAIN, device.put("fulfilment", cancelled, ver=2))
    assert picking.put_back(world.desk(), "f1", ean(3), How.WEDGE).code == "wrong_item"
    assert picking.put_back(world.desk(), "f1", ean(1), How.WEDGE).code == "nothing_to_put_back"
    assert picking.put_back(world.desk(), "f1", ean(0), How.WEDGE).params() == {"remaining": 0}


def test_the_rest_is_put_back_without_scanning_each(world: World, run_id: str) -> None:
    scan(world, run_id, ean(0))
    scan(world, run_id, ean(0))
    world.feed(Group.MAIN, device.put("fulfilment", replace(order(1), state=FulfilmentState.CANCELLED), ver=2))
    assert picking.put_back_rest(world.desk(), "f1").code == "put_back"
    assert world.fulfilment(1).lines[0].held == 0


def test_a_store_that_scans_shelves_asks_for_the_shelf_first(world: World) -> None:
    world.feed(Group.MAIN, device.put("location", replace(device.LOCATION, process={"location_scan": True}), ver=3))
    run_id = runs.start_wave(world.desk(), ["f1"], Method.MULTI).run_id
    assert scan(world, run_id, ean(0)).code == "shelf_first"
    assert scan(world, run_id, "comptoir:shelf:A-0").code == "shelf_matched"
    aim = Aim(run_id, "f1:l1-0", shelves=("f1:l1-0",))
    assert picking.scan(world.desk(), aim, ean(0), How.CAMERA).code == "counted"


def with_process(world: World, **process: object) -> None:
    world.feed(Group.MAIN, device.put("location", replace(device.LOCATION, process=process), ver=3))


def house(item: int, measure: int, prefix: int = 21) -> str:
    body = f"{prefix}{item:05}{measure:05}"
    return body + check_digit(body)


def kept_under_a_code_of_the_house(world: World, run_id: str) -> None:
    """f1 is cancelled with two of sku0 picked, which the shop weighs and bundles itself."""
    with_process(world, store_codes=[{"pattern": "21{ppppp}{wwwww}{check}"}, {"pattern": "22{ppppp}{nnnnn}{check}"}])
    scan(world, run_id, ean(0))
    scan(world, run_id, ean(0))
    first, other = order(1).lines
    kept = replace(first, gtins=(house(1, 0).zfill(14), house(1, 1, 22).zfill(14)))
    cancelled = replace(order(1), state=FulfilmentState.CANCELLED, lines=(kept, other))
    world.feed(Group.MAIN, device.put("fulfilment", cancelled, ver=2))


def test_what_was_weighed_goes_back_by_its_label_with_any_weight(world: World, run_id: str) -> None:
    kept_under_a_code_of_the_house(world, run_id)
    assert picking.put_back(world.desk(), "f1", house(2, 534), How.WEDGE).code == "unknown_code"
    assert picking.put_back(world.desk(), "f1", house(1, 534), How.WEDGE).params() == {"remaining": 1}
    assert world.fulfilment(1).lines[0].held == 1


def test_a_bundle_goes_back_with_all_its_pieces_or_not_at_all(world: World, run_id: str) -> None:
    kept_under_a_code_of_the_house(world, run_id)
    assert picking.put_back(world.desk(), "f1", house(1, 3, 22), How.WEDGE).code == "nothing_to_put_back"
    assert picking.put_back(world.desk(), "f1", house(1, 2, 22), How.WEDGE).code == "put_back"
    assert world.fulfilment(1).lines[0].held == 0


def test_an_article_is_over_when_the_day_is_over_in_the_store(world: World, run_id: str) -> None:
    text = f"(01){ean(0)}(17)260301"
    world.now = datetime(2026, 3, 1, 22, 59, tzinfo=UTC)  # a minute to midnight in Paris
    assert scan(world, run_id, text).params()["expired"] == ""
    world.now = datetime(2026, 3, 1, 23, 0, tzinfo=UTC)
    assert scan(world, run_id, text).params()["expired"] == "2026-03-01"


def test_an_expired_article_counts_with_a_warning(world: World, run_id: str) -> None:
    answer = scan(world, run_id, f"(01){ean(0)}(17)200101")
    assert (answer.code, answer.params()["expired"]) == ("counted", "2020-01-01")
    assert world.fulfilment(1).lines[0].picked == 1


def test_an_expired_article_is_refused_where_the_process_says_so(world: World, run_id: str) -> None:
    with_process(world, expired="refuse")
    assert scan(world, run_id, f"(01){ean(0)}(17)200101").code == "article_expired"
    assert world.fulfilment(1).lines[0].picked == 0


def test_a_code_of_the_scale_that_no_article_has_says_so(world: World, run_id: str) -> None:
    with_process(world, store_codes=[{"pattern": "21{ppppp}{wwwww}{check}"}])
    body = "219999900534"
    answer = scan(world, run_id, body + check_digit(body))
    assert answer.code == "unknown_code"
