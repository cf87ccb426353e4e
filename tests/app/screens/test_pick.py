"""Walking a pick run: each scan answers at once in colour, sound and words, and every way on is in sight."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.actions import runs
from app.actions.desk import Desk
from app.devices.scanning import Scan
from app.screens.pick import PickScreen
from core.contract.sync import Group
from core.domain.lifecycle import FulfilmentState
from core.domain.runs import Method
from tests.support import collect_world
from tests.support import store_world as world
from tests.support.device import apply, put
from tests.support.flet_harness import Harness
from tests.support.workplace import Place, shown, workplace

PHONE = (360, 740)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    opened = workplace(tmp_path)
    yield opened
    opened.database.close()


def desk(place: Place, user_id: str = "ann") -> Desk:
    w = place.workplace
    return Desk(w.database, w.walks, world.STORE_ID, 7, world.COMPANY_PREFIX, user_id, w.clock, w.new_id)


def start(place: Place, orders: tuple[str, ...] = ("f1", "f3"), method: Method = Method.MULTI, who: str = "ann") -> str:
    return runs.start_wave(desk(place, who), orders, method).run_id


def process(place: Place, **settings: Any) -> None:
    place.pulled("location", replace(world.LOCATION, process=settings))


def opened(place: Place, run_id: str, **options: Any) -> Any:
    return shown(PickScreen, "/run/:id", place, route=f"/run/{run_id}", **options)


async def scan(h: Harness, place: Place, sku: str) -> None:
    await read(h, place, world.gtin13(sku))


async def read(h: Harness, place: Place, text: str) -> None:
    await place.ui.scans.publish(Scan(text, "wedge"))
    await h.settle()


def said(h: Harness) -> str:
    return next((str(c.value) for c in h.controls() if str(c.key).startswith("answer-") and hasattr(c, "value")), "")


async def test_a_scan_counts_says_so_and_the_complete_stop_gives_way_to_the_next(place: Place) -> None:
    async with opened(place, start(place)) as h:
        assert h.find("pick-place-text").value == "A-12"
        assert h.find("pick-count-text").value == "0 of 1"
        await scan(h, place, "AL-1001")
        assert said(h) == "Into tote 1. Counted. This stop is complete."
        assert h.find("pick-place-text").value == "B-10"
        await scan(h, place, "AL-1003")
        assert said(h) == "Into tote 1. Counted. 1 more to pick here."
        assert h.find("pick-count-text").value == "1 of 2"
        assert place.feedback.given == ["ok", "ok"]
    assert [line.picked for line in place.order("f1").lines] == [1, 1]


@pytest.mark.parametrize(
    ("code", "sentence", "sound"),
    [
        (world.gtin13("AL-1004"), "Wrong article: you scanned Suede boots Arras", "error"),
        (
            world.gtin13("NO-2002"),
            "Into tote 2. Counted for another stop: Stoneware mug Kyst Sage (F Table, place F-04).",
            "warn",
        ),
        ("4006381333931", "No article has the code 4006381333931. Expected is ", "error"),
        ("3760123000010", "The code could not be read properly.", "error"),
        ("comptoir:enrol:ABC", "This is a pairing code, not an article.", "error"),
        ("comptoir:pickup:204518830156", "This is a customer's pick-up code, not an article.", "error"),
        ("comptoir:voucher:1", "This code was made by a newer version of the app.", "error"),
        ("comptoir:parcel", "This code of ours is damaged.", "error"),
    ],
)  # fmt: skip
async def test_every_other_answer_has_its_words_and_sound(place: Place, code: str, sentence: str, sound: str) -> None:
    async with opened(place, start(place), size=PHONE) as h:
        await read(h, place, code)
        assert said(h).startswith(sentence)
        assert place.feedback.given == [sound]
        assert h.find("pick-place-text").value == "A-12"


async def test_too_many_of_an_article_are_refused(place: Place) -> None:
    async with opened(place, start(place, ("f1",))) as h:
        await scan(h, place, "AL-1001")
        await scan(h, place, "AL-1001")
        assert said(h) == "Enough of Linen shirt Camille Ecru M: all 1 are picked. Put this one back."


async def test_the_last_scan_makes_finishing_the_next_action_and_leads_to_packing(place: Place) -> None:
    async with opened(place, start(place, ("f2",)), size=PHONE) as h:
        await scan(h, place, "AL-1002")
        assert said(h) == "The order is picked completely."
        await h.click("pick-finish-button")
        assert h.page.route == "/pack/f2"
    assert place.order("f2").state is FulfilmentState.PICKED


async def test_a_complete_run_that_is_opened_again_says_that_everything_is_fetched(place: Place) -> None:
    run_id = start(place, ("f2",))
    async with opened(place, run_id, size=PHONE) as h:
        await scan(h, place, "AL-1002")
    async with opened(place, run_id, size=PHONE) as h:
        assert h.find("pick-empty-text").value == "Everything is fetched."
        assert not h.find("pick-finish-button").disabled


async def test_a_tap_on_a_stop_aims_at_it_and_from_there_the_walk_goes_on(place: Place) -> None:
    async with opened(place, start(place)) as h:
        await h.click("pick-2-tile")
        assert h.find("pick-place-text").value == "E-1"
        for _ in range(4):
            await scan(h, place, "NO-2001")
        assert h.find("pick-place-text").value == "F-04"


async def test_the_last_unit_is_undone(place: Place) -> None:
    async with opened(place, start(place)) as h:
        await h.click("pick-1-tile")
        await scan(h, place, "AL-1003")
        await h.click("pick-undo-button")
        assert said(h) == "Put back."
        assert h.find("pick-count-text").value == "0 of 2"
        assert not h.has("pick-undo-button")
    assert place.order("f1").lines[1].held == 0


async def test_a_tap_counts_only_where_the_rule_allows_it(place: Place) -> None:
    run_id = start(place)
    async with opened(place, run_id) as h:
        assert not h.has("pick-one-button")
    process(place, scan="first")
    async with opened(place, run_id) as h:
        await h.click("pick-1-tile")
        assert not h.has("pick-one-button")
        await scan(h, place, "AL-1003")
        await h.click("pick-one-button")
        assert said(h) == "Into tote 1. This line is complete."
    assert place.order("f1").lines[1].held == 2


async def test_several_units_are_counted_at_once(place: Place) -> None:
    process(place, scan="none")
    async with opened(place, start(place, ("f3",)), size=PHONE) as h:
        await h.click("pick-quantity-button")
        assert "Count 4 units" in h.texts()
        await h.click("quantity-less-button")
        await h.click("quantity-count-button")
        assert h.find("pick-count-text").value == "3 of 4"
        assert not h.has("pick-quantity-sheet")


async def test_a_manager_may_count_without_the_scan_that_is_asked_for(place: Place) -> None:
    place.session.user_id = "bruno"
    async with opened(place, start(place, ("f3",), who="bruno")) as h:
        assert not h.has("pick-one-button")
        await h.click("pick-override-item")
        await h.click("quantity-count-button")
        assert h.find("pick-place-text").value == "F-04"
    assert place.order("f3").lines[0].held == 4


async def test_an_associate_is_not_offered_what_the_rule_forbids(place: Place) -> None:
    process(place, manual_entry=False)
    async with opened(place, start(place)) as h:
        for missing in ("pick-override-item", "pick-type-button", "pick-code-item", "pick-one-button"):
            assert not h.has(missing)


async def test_the_shelf_is_scanned_first_where_the_store_wants_it(place: Place) -> None:
    process(place, location_scan=True)
    async with opened(place, start(place)) as h:
        assert h.has("pick-shelf-text")
        await scan(h, place, "AL-1001")
        assert said(h) == "Scan the shelf first: A Women, place A-12."
        await read(h, place, "comptoir:shelf:B-99")
        assert said(h) == "Wrong shelf: you scanned B-99, expected is A Women, place A-12."
        await read(h, place, "comptoir:shelf:A-12")
        assert said(h) == "Right shelf. Now scan the article."
        assert not h.has("pick-shelf-text")
        await scan(h, place, "AL-1001")
        assert h.find("pick-place-text").value == "B-10"


async def test_a_code_that_cannot_be_read_is_typed(place: Place) -> None:
    async with opened(place, start(place), size=PHONE) as h:
        await h.click("pick-type-button")
        await h.type("code-text-field", "AL-1001")
        await h.click("code-use-button")
        assert said(h) == "Into tote 1. Counted. This stop is complete."
        assert not h.has("pick-code-sheet")


async def test_missing_units_are_reported_with_a_reason_that_says_what_it_does(place: Place) -> None:
    async with opened(place, start(place), size=PHONE) as h:
        await h.click("pick-short-button")
        assert "The missing units are taken off the stock." in h.texts()
        assert h.find("short-report-button").disabled
        await h.click("reason-not_found-button")
        assert any(text.startswith("2 other orders of the store want this article too") for text in h.texts())
        await h.fire("short-others-switch", "change", True)
        await h.click("short-report-button")
        assert not h.has("pick-short-sheet")
        assert said(h) == "Reported missing here and in 2 other orders."
        assert h.find("pick-place-text").value == "B-10"
    assert place.order("f1").lines[0].short == 1
    assert place.order("f4").lines[0].short == 1


async def test_a_part_can_be_missing(place: Place) -> None:
    async with opened(place, start(place)) as h:
        await h.click("pick-1-tile")
        await h.click("pick-short-button")
        await h.click("quantity-less-button")
        await h.click("reason-damaged-button")
        await h.click("short-report-button")
        assert h.find("pick-count-text").value == "0 of 1"
    assert (place.order("f1").lines[1].short, place.order("f4").lines[0].short) == (1, 0)


async def test_summed_orders_show_who_gets_what(place: Place) -> None:
    async with opened(place, start(place, ("f1", "f4"), Method.BATCH)) as h:
        assert h.find("pick-count-text").value == "0 of 2"
        assert h.find("pick-orders-text").value == "Tote 1 · K001: 0 of 1\nTote 2 · K004: 0 of 1"
        await scan(h, place, "AL-1001")
        assert h.find("pick-orders-text").value == "Tote 2 · K004: 0 of 1\nTote 1 · K001: 1 of 1"


async def test_a_pause_leads_back_and_nothing_counts_until_the_run_goes_on(place: Place) -> None:
    run_id = start(place)
    async with opened(place, run_id) as h:
        await h.click("pick-pause-item")
        assert h.page.route == "/"
    async with opened(place, run_id) as h:
        await scan(h, place, "AL-1001")
        assert place.feedback.given[-1] == "warn"
        assert place.order("f1").lines[0].picked == 0
        await h.click("pick-resume-button")
        await scan(h, place, "AL-1001")
        assert place.order("f1").lines[0].picked == 1


async def test_a_colleagues_run_is_named_and_can_be_taken_over_by_permission(place: Place) -> None:
    async with opened(place, "run-b") as h:
        assert "Bruno Martin has this run." in h.texts()
        await h.click("pick-take-over-button")
        assert h.has("pick-stop-card")


async def test_who_has_no_permission_is_told_instead_of_taking_over(tmp_path: Path) -> None:
    place = workplace(tmp_path, user_id="samira")
    async with opened(place, "run-b") as h:
        assert h.find("pick-take-over-button").disabled
        assert "You have no permission to take it over." in h.texts()
    place.database.close()


async def test_what_a_customer_fetches_goes_to_its_shelf_and_not_to_the_packing_table(place: Place) -> None:
    made = collect_world.collection(3, {"AL-1001": 1})
    place.pulled("fulfilment", collect_world.work(93, made, FulfilmentState.OPEN))
    waiting = replace(place.order("f93"), lines=tuple(replace(line, picked=0) for line in place.order("f93").lines))
    place.pulled("fulfilment", waiting, ver=3)
    place.pulled("collection", collect_world.own(made, "f93"))
    run_id = start(place, ("f93",))
    async with opened(place, run_id, size=PHONE) as h:
        await scan(h, place, "AL-1001")
        await h.click("pick-finish-button")
        assert h.page.route == "/collect/c3"
    async with opened(place, run_id) as h:
        assert h.find("pick-pack-button").content == "Put order K093 on its shelf"


async def test_finishing_early_says_first_how_many_orders_go_back(place: Place) -> None:
    async with opened(place, start(place), size=PHONE) as h:
        await h.click("pick-end-item")
        assert any(text.startswith("2 orders are not complete and go back") for text in h.texts())
        await h.click("finish-now-button")
        assert h.page.route == "/"
    assert place.order("f1").run_id == ""


async def test_an_order_cancelled_under_way_leaves_the_walk_and_leads_to_putting_back(place: Place) -> None:
    run_id = start(place)
    async with opened(place, run_id) as h:
        await scan(h, place, "AL-1001")
        base = next(order for order in world.orders() if order.id == "f1")
        place.pulled("fulfilment", replace(base, state=FulfilmentState.CANCELLED, run_id=run_id))
        place.changed("work")
        await h.settle()
        assert "Order K001 was cancelled. Nothing more is fetched for it." in h.texts()
        assert h.find("pick-place-text").value == "E-1"
        await h.click("pick-f1-putback")
        assert h.page.route == "/put-back/f1"


async def test_an_order_a_colleague_has_is_left_out_and_said(place: Place) -> None:
    async with opened(place, start(place, ("f1", "f11"))) as h:
        assert "1 order is left out: a colleague has it." in h.texts()


async def test_an_unknown_or_finished_run_leads_on(place: Place) -> None:
    async with opened(place, "nobody") as h:
        await h.click("pick-work-button")
        assert h.page.route == "/"
    run_id = start(place, ("f2",))
    async with opened(place, run_id) as h:
        await scan(h, place, "AL-1002")
    runs.finish(desk(place), run_id)
    async with opened(place, run_id) as h:
        assert "1 order is ready to be packed." in h.texts()
        await h.click("pick-pack-button")
        assert h.page.route == "/pack/f2"


async def test_a_killed_app_stands_where_it_was(place: Place, tmp_path: Path) -> None:
    run_id = start(place)
    async with opened(place, run_id) as h:
        await scan(h, place, "AL-1001")
        await scan(h, place, "AL-1003")
    place.database.close()
    again = workplace(tmp_path, filled=False)
    again.session.user_id = "ann"
    async with opened(again, run_id) as h:
        assert h.find("pick-place-text").value == "B-10"
        assert h.find("pick-count-text").value == "1 of 2"
        assert [arguments["duration"] for name, arguments in h.connection.calls if name == "scroll_to"] == [200]
    again.database.close()


async def test_the_pick_list_is_printed_and_a_failing_printer_is_said(place: Place) -> None:
    async with opened(place, start(place)) as h:
        await h.click("pick-print-item")
        await h.until(lambda: place.printer.printed)
        assert said(h) == "Sent to the printer."
    assert place.printer.printed[0][2].startswith(b"%PDF")


@pytest.mark.parametrize("size", [PHONE, (1280, 800)])
@pytest.mark.parametrize("language", ["fr", "ar"])
async def test_it_draws_in_other_languages_offline(tmp_path: Path, language: str, size: tuple[int, int]) -> None:
    place = workplace(tmp_path, language=language)
    place.offline()
    async with opened(place, start(place), size=size) as h:
        await scan(h, place, "AL-1001")
        assert place.feedback.given == ["ok"]
        assert h.page.rtl is (language == "ar")
    place.database.close()


async def test_a_scan_in_a_run_of_200_lines_redraws_a_few_controls(place: Place) -> None:
    """performance.md `redraw`: at most 4 KB and 30 controls."""
    template = world.order(50, dict.fromkeys(world.SKUS, 3), timedelta(hours=2))
    many = [
        replace(
            template, id=f"m{n}", short_id=f"M{n:03}", number=f"M-{n}",
            lines=tuple(replace(line, id=f"m{n}-{line.sku}") for line in template.lines),
        )
        for n in range(20)
    ]  # fmt: skip
    apply(place.store, Group.MAIN, put("fulfilment", *many), cursor="many")
    async with opened(place, start(place, tuple(f.id for f in many))) as h:
        assert len(h.find("pick-stop-list").controls) == 200
        await scan(h, place, "AL-1001")
        h.mark()
        await scan(h, place, "AL-1001")
        counting = (h.patch_bytes, h.controls_built)
        assert h.find("pick-count-text").value == "2 of 3"
        h.mark()
        await scan(h, place, "AL-1001")
        completing = (h.patch_bytes, h.controls_built)
    for patch_bytes, controls_built in (counting, completing):
        assert patch_bytes <= 4096
        assert controls_built <= 30
