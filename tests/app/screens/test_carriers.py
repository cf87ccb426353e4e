"""Which driver comes when, and what waits: the list of a carrier is opened once and found again."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.i18n import translations
from app.screens.carriers import CarriersScreen, pickup_words
from core.contract.sync import Group
from tests.support.device import apply, stream
from tests.support.workplace import Place, shown, workplace

PHONE = (360, 740)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    opened = workplace(tmp_path)
    yield opened
    opened.database.close()


async def test_carriers_show_what_waits_and_when_they_come(place: Place) -> None:
    async with shown(CarriersScreen, "/handover", place, size=PHONE) as h:
        texts = h.texts()
        assert "Chronopost" in texts
        assert "Colissimo" in texts
        assert texts.count("1 parcel waits") == 2
        assert any(text.startswith("Pick-up at") and text.endswith("in 2 hours") for text in texts)


async def test_a_list_is_opened_once_and_found_again(place: Place) -> None:
    async with shown(CarriersScreen, "/handover", place) as h:
        await h.click("carriers-colissimo-button")
        first = h.page.route
        assert first.startswith("/handover/")
        await h.go("/handover")
        assert h.find("carriers-colissimo-button").content == "Go on with the list"
        await h.click("carriers-colissimo-button")
        assert h.page.route == first
    assert [name for _, name in place.commands()] == ["OpenManifest"]


async def test_a_store_without_carriers_says_whom_to_ask(tmp_path: Path) -> None:
    place = workplace(tmp_path, filled=False)
    apply(place.store, Group.MAIN, *stream()[1:-1], full=True)
    async with shown(CarriersScreen, "/handover", place) as h:
        assert "No carrier comes here." in h.texts()
    place.database.close()


def test_a_pick_up_is_told_before_and_after() -> None:
    _ = translations("en")
    now = datetime(2026, 3, 2, 16, 30, tzinfo=ZoneInfo("Europe/Paris"))
    assert pickup_words(_, "17:00", now) == "Pick-up at 5:00\u202fPM, in 30 minutes"
    assert pickup_words(_, "12:30", now) == "Pick-up was at 12:30\u202fPM"
    assert pickup_words(_, "", now) == "No fixed pick-up time"


@pytest.mark.parametrize("language", ["fr", "ar"])
async def test_it_draws_in_other_languages_offline(tmp_path: Path, language: str) -> None:
    place = workplace(tmp_path, language=language)
    place.offline()
    async with shown(CarriersScreen, "/handover", place, size=PHONE) as h:
        assert h.has("carriers-colissimo-button")
    place.database.close()
