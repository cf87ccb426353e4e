"""The list of what customers fetch: tabs with counts, who waits on top, one code or one name opens the order."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.devices.scanning import Scan
from app.screens.collect import CollectScreen
from tests.support import collect_world
from tests.support import store_world as world
from tests.support.flet_harness import Harness
from tests.support.workplace import Place, shown, workplace

PHONE = (360, 740)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    opened = workplace(tmp_path)
    opened.pulled("collection", *collect_world.everything())
    yield opened
    opened.database.close()


def opened(place: Place, **options: Any) -> Any:
    return shown(CollectScreen, "/collect", place, **options)


def rows(h: Harness) -> list[str]:
    return [str(c.key) for c in h.controls() if str(c.key).startswith("collect-c") and str(c.key).endswith("-row")]


async def scan(h: Harness, place: Place, text: str, source: str = "wedge") -> None:
    await place.ui.scans.publish(Scan(text, source))  # type: ignore[arg-type]
    await h.settle()


@pytest.mark.parametrize("size", [PHONE, (1280, 800)])
async def test_who_waits_is_on_top_and_each_tab_counts(place: Place, size: tuple[int, int]) -> None:
    async with opened(place, size=size) as h:
        texts = h.texts()
        assert {"Incoming 1", "To prepare 3", "Ready 2", "Late 1", "Done 1", "Here now"} <= set(texts)
        assert "Here for 6 minutes, bay 3" in texts
        assert "To pay: €99.80" in texts
        assert rows(h) == ["collect-c2-row", "collect-c1-row"]
        await h.fire("collect-prepare-chip", "select", True)
        here = [] if size == PHONE else ["collect-c2-row"]
        assert rows(h) == [*here, "collect-c3-row", "collect-c5-row", "collect-c8-row"]
        assert "Nordlys" in h.texts()
        assert ("1 customer waits for an order, for 6 minutes." in h.texts()) == (size == PHONE)
        await h.fire("collect-late-chip", "select", True)
        assert "1 unit to put back · 1 unit" in h.texts()


async def test_on_a_phone_the_chosen_tab_is_scrolled_into_sight(place: Place) -> None:
    async with opened(place, size=PHONE) as h:
        for tab in ("late", "incoming"):
            await h.fire(f"collect-{tab}-chip", "select", True)
        assert [arguments["offset"] for name, arguments in h.connection.calls if name == "scroll_to"] == [-1, 0]


async def test_on_a_phone_one_line_leads_back_to_who_waits(place: Place) -> None:
    async with opened(place, size=PHONE) as h:
        await h.fire("collect-late-chip", "select", True)
        await h.click("collect-waits-button")
        assert rows(h) == ["collect-c2-row", "collect-c1-row"]


async def test_a_tap_opens_the_order(place: Place) -> None:
    async with opened(place) as h:
        await h.click("collect-c1-row")
        assert h.page.route == "/collect/c1"


async def test_a_pick_up_code_opens_its_order_and_a_strange_one_is_said(place: Place) -> None:
    async with opened(place) as h:
        await scan(h, place, "999999999999")
        assert h.page.route == "/collect"
        assert any("999999999999" in text for text in h.texts())
        await scan(h, place, collect_world.CODES["c6"])
        assert h.page.route == "/collect/c6"


async def test_a_parcel_that_is_expected_arrives_by_its_scan(place: Place) -> None:
    place.offline()
    async with opened(place) as h:
        await scan(h, place, world.sscc(41))
        assert h.page.route == "/collect/c4"
    assert [name for _, name in place.commands()] == ["ArriveParcel"]


async def test_a_shelf_shows_what_lies_on_it_and_a_name_is_searched_in_all_tabs(place: Place) -> None:
    async with opened(place) as h:
        await scan(h, place, "comptoir:shelf:c-01")
        assert rows(h) == ["collect-c1-row"]
        await h.type("search-field", "Maximilian")
        assert rows(h) == ["collect-c5-row", "collect-c1-row"]
        await h.type("search-field", "zzz")
        assert "No order to collect is called so" in h.texts()


async def test_who_may_not_collect_can_look_but_receives_nothing(place: Place) -> None:
    place.pulled("user", *place.without("collect"))
    async with opened(place) as h:
        await scan(h, place, world.sscc(41))
        assert h.page.route == "/collect/c4"
    assert place.commands() == []


async def test_it_draws_in_arabic_on_a_phone_and_without_any_order(tmp_path: Path) -> None:
    place = workplace(tmp_path, language="ar")
    async with opened(place, size=PHONE) as h:
        assert h.has("empty-state")
        place.pulled("collection", *collect_world.everything())
        place.changed("work")
        await h.settle()
        assert len(rows(h)) == 2
    place.database.close()
