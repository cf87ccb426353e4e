"""The work list: everything in order, narrowed by filters, opened by tap or by code, true again every minute."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.components import minute
from app.devices.scanning import Scan
from app.screens.work_list import WorkListScreen
from tests.support import collect_world
from tests.support import store_world as world
from tests.support.flet_harness import Harness
from tests.support.workplace import Place, shown, workplace

PHONE = (360, 740)


def cards(h: Harness) -> list[str]:
    return [str(c.key) for c in h.controls() if str(c.key).startswith("work-") and str(c.key).endswith("-row")]


async def at(h: Harness, route: str) -> None:
    await h.until(lambda: h.page.route == route)


async def test_all_work_is_listed_soonest_first_with_what_is_late(tmp_path: Path) -> None:
    async with shown(WorkListScreen, "/", workplace(tmp_path), size=PHONE) as h:
        assert len(cards(h)) == 13
        assert cards(h)[:3] == ["work-pick:f13-row", "work-pick:f1-row", "work-pick:f2-row"]
        texts = h.texts()
        assert {"K001", "25 minutes late", "40 minutes left", "Start picking (next 6 orders)", "Online"} <= set(texts)
        assert "Bruno Martin picks it" in texts
        assert "Paused, yours" in texts
        assert any("The address is being checked" in text for text in texts)


async def test_filters_narrow_and_count(tmp_path: Path) -> None:
    async with shown(WorkListScreen, "/", workplace(tmp_path)) as h:
        assert "Overdue 2" in h.texts()
        await h.fire("work-kind-pick-chip", "select", True)
        assert len(cards(h)) == 6
        await h.fire("work-service_level-express-chip", "select", True)
        assert cards(h) == ["work-pick:f1-row"]
        await h.fire("work-kind-pick-chip", "select", False)
        assert len(cards(h)) == 2
        await h.type("search-field", "zzz")
        assert "Nothing here" in h.texts()
        await h.click("work-clear-button")
        assert len(cards(h)) == 13


async def test_an_empty_store_says_that_everything_is_done(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    place.gone("fulfilment", *[f.id for f in world.orders()])
    async with shown(WorkListScreen, "/", place) as h:
        assert "Everything is done" in h.texts()
        assert not h.has("work-start-button")


@pytest.mark.parametrize(
    ("row", "route"),
    [
        ("pick:f1", "/wave?order=f1"),
        ("pack:f6", "/pack/f6"),
        ("put_back:f9", "/put-back/f9"),
        ("held:f10", "/order/f10"),
        ("hand_over:colissimo", "/handover"),
        ("continue_run:run-a", "/run/run-a"),
    ],
)
async def test_a_tap_leads_to_the_work(tmp_path: Path, row: str, route: str) -> None:
    async with shown(WorkListScreen, "/", workplace(tmp_path)) as h:
        await h.click(f"work-{row}-row")
        await at(h, route)


async def test_what_customers_fetch_is_one_tap_and_one_scan_away(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    place.pulled("fulfilment", *collect_world.works())
    place.pulled("collection", *collect_world.everything())
    async with shown(WorkListScreen, "/", place, size=PHONE) as h:
        assert "1 customer waits for an order, for 6 minutes." in h.texts()
        assert h.find("work-collect-button").tooltip == "Collect, 5 to do"
        assert "work-put_away:c3-row" in cards(h)
        assert not any("pack:f93" in card for card in cards(h))
        await h.click("work-put_away:c3-row")
        await at(h, "/collect/c3")
    async with shown(WorkListScreen, "/", place) as h:
        await place.ui.scans.publish(Scan(collect_world.CODES["c1"], "wedge"))
        await at(h, "/collect/c1")
    async with shown(WorkListScreen, "/", place) as h:
        await h.click("work-waits-button")
        await at(h, "/collect")
    place.database.close()


async def test_a_colleagues_run_is_taken_over_only_on_purpose(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    async with shown(WorkListScreen, "/", place) as h:
        await h.click("work-continue_run:run-b-row")
        assert "Bruno Martin picks this run" in h.texts()
        await h.click("work-take-back-button")
        assert place.commands() == []
        await h.click("work-continue_run:run-b-row")
        await h.click("work-take-over-button")
        await at(h, "/run/run-b")
    assert [name for _, name in place.commands()] == ["TakeOverRun"]


async def test_who_may_not_take_over_is_told_so(tmp_path: Path) -> None:
    async with shown(WorkListScreen, "/", workplace(tmp_path, user_id="samira")) as h:
        await h.click("work-continue_run:run-b-row")
        assert not h.has("work-take-over-button")
        assert any("You may not take over" in text for text in h.texts())


async def scan(place: Place, h: Harness, text: str) -> None:
    await place.ui.scans.publish(Scan(text, "wedge"))
    await h.settle()


@pytest.mark.parametrize(
    ("code", "route"),
    [
        (world.sscc(1), "/order/f7"),
        ("comptoir:run:run-a", "/run/run-a"),
        ("k006", "/pack/f6"),
        ("FR-10231", "/wave?order=f1"),
    ],
)
async def test_a_code_opens_what_is_meant(tmp_path: Path, code: str, route: str) -> None:
    place = workplace(tmp_path)
    async with shown(WorkListScreen, "/", place) as h:
        await scan(place, h, code)
        await at(h, route)


async def test_a_code_of_nothing_says_so(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    async with shown(WorkListScreen, "/", place) as h:
        await h.type("search-field", "K999")
        await h.submit("search-field")
        assert "No work in this store is called K999." in h.texts()
        assert place.feedback.given == ["error"]


async def test_time_makes_work_urgent_without_a_touch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minute, "LOOK_EVERY_S", 0.01)
    place = workplace(tmp_path)
    async with shown(WorkListScreen, "/", place) as h:
        place.now = world.NOW + timedelta(minutes=45)
        await h.until(lambda: "5 minutes late" in h.texts())


async def test_offline_is_calm_and_everything_stays_usable(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    place.offline(minutes=20)
    place.ui.sync.status = replace(place.ui.sync.status, waiting=3, attention=1)
    async with shown(WorkListScreen, "/", place, size=PHONE) as h:
        assert any(text.startswith("Offline since 09:40") for text in h.texts())
        assert "3 waiting" in h.texts()
        await h.click("connection-attention-button")
        await at(h, "/attention")


async def test_it_draws_from_right_to_left(tmp_path: Path) -> None:
    async with shown(WorkListScreen, "/", workplace(tmp_path, user_id="samira", language="ar"), size=PHONE) as h:
        assert h.page.rtl
        assert len(cards(h)) == 13


async def test_three_hundred_orders_redraw_only_what_changed(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    many = [world.order(n, {"NO-2002": 2}, timedelta(minutes=n)) for n in range(100, 400)]
    place.pulled("fulfilment", *many)
    async with shown(WorkListScreen, "/", place) as h:
        assert len(cards(h)) == 313
        place.pulled("fulfilment", replace(many[200], hold="address"), ver=3)
        h.mark()
        place.changed("work")
        await h.settle()
        assert h.controls_built < 500  # one component a row, and the drawing of few
        assert h.patch_bytes < 30_000
