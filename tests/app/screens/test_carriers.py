"""The handover place: what waits for which driver, and one tap or one scan begins."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.actions import handover
from app.devices.scanning import Scan
from app.screens.carriers import CarriersScreen
from core.contract.commands import How
from tests.support import store_world as world
from tests.support.flet_harness import Harness
from tests.support.workplace import Place, shown, workplace

PHONE = (360, 740)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """f7 waits for Colissimo (17:00), f8 for Chronopost (12:30)."""
    opened = workplace(tmp_path)
    yield opened
    opened.database.close()


def opened(place: Place, **options: Any) -> Any:
    return shown(CarriersScreen, "/handover", place, **options)


async def scan(h: Harness, place: Place, text: str) -> None:
    await place.ui.scans.publish(Scan(text, "wedge"))
    await h.settle()


def said(h: Harness) -> str:
    return next((str(c.value) for c in h.controls() if str(c.key).startswith("answer-") and hasattr(c, "value")), "")


async def test_each_carrier_says_what_waits_and_when_it_comes(place: Place) -> None:
    handover.scan(place.desk, handover.open_manifest(place.desk, "colissimo"), world.sscc(1), How.WEDGE)
    async with opened(place, size=PHONE) as h:
        texts = h.texts()
        assert {"Colissimo", "Chronopost", "0 parcels wait", "1 parcel waits", "1 on the list"} <= set(texts)
        assert any(text.startswith("Pick-up 12:30") for text in texts)
        assert h.find("carriers-begin-button").content == "Hand over to Chronopost"


async def test_the_first_driver_is_one_tap_away_and_the_open_list_is_used_again(place: Place) -> None:
    async with opened(place, size=PHONE) as h:
        await h.click("carriers-begin-button")
        first = h.page.route
    async with opened(place) as h:
        await h.click("carriers-chronopost-row")
        assert h.page.route == first
    assert first.startswith("/handover/")
    assert [name for _, name in place.commands()] == ["OpenManifest"]


async def test_a_scanned_parcel_begins_the_list_of_its_carrier(place: Place) -> None:
    async with opened(place) as h:
        await scan(h, place, world.sscc(2))
        assert h.page.route.startswith("/handover/")
    assert [name for _, name in place.commands()] == ["OpenManifest", "LoadParcel"]
    async with opened(place) as h:
        await scan(h, place, world.sscc(2))
        assert h.page.route.startswith("/handover/")
    assert len(place.commands()) == 2


async def test_a_code_that_cannot_go_opens_no_list(place: Place) -> None:
    async with opened(place) as h:
        await scan(h, place, "6A00011122")
        assert said(h) == "No waiting parcel has the number 6A00011122."
        place.pulled("fulfilment", replace(place.order("f8"), hold="address"))
        await scan(h, place, world.sscc(2))
        assert said(h) == "Order K008 was cancelled or is on hold: keep the parcel here."
        assert h.page.route == "/handover"
    assert place.commands() == []


async def test_what_must_stay_here_does_not_wait(place: Place) -> None:
    place.pulled("fulfilment", replace(place.order("f8"), hold="address"))
    async with opened(place) as h:
        assert h.find("carriers-begin-button").content == "Hand over to Colissimo"
        assert "Nothing waits." in h.texts()


async def test_a_parcel_with_a_carrier_nobody_set_up_is_not_lost(place: Place) -> None:
    parcel = replace(place.order("f8").parcels[0], carrier="bike")
    place.pulled("fulfilment", replace(place.order("f8"), parcels=(parcel,)))
    async with opened(place) as h:
        await h.click("carriers-bike-row")
        assert h.page.route.startswith("/handover/")


async def test_without_permission_it_says_whom_to_ask(place: Place) -> None:
    user = next(user for user in world.users() if user.id == "samira")
    place.pulled("user", replace(user, permissions=("pick",)))
    place.session.user_id = "samira"
    async with opened(place) as h:
        words = "You have no permission to hand parcels over. Ask Ann Peeters or Bruno Martin."
        assert h.find("carriers-forbidden-text").value == words
        assert not h.has("carriers-begin-button")
        await scan(h, place, world.sscc(2))
        assert said(h) == words
        assert place.feedback.given == ["error"]
    assert place.commands() == []


async def test_nothing_waits_and_old_lists_are_kept_for_a_reprint(place: Place) -> None:
    for carrier, serial in (("colissimo", 1), ("chronopost", 2)):
        manifest_id = handover.open_manifest(place.desk, carrier)
        handover.scan(place.desk, manifest_id, world.sscc(serial), How.WEDGE)
        handover.close(place.desk, manifest_id)
    async with opened(place, size=PHONE) as h:
        assert "No parcel waits for a driver" in h.texts()
        assert not h.has("carriers-begin-button")
        await h.click(f"carriers-{manifest_id}-closed")
        assert h.page.route == f"/handover/{manifest_id}"


async def test_a_store_without_carriers_says_so(place: Place) -> None:
    place.gone("carrier", "colissimo", "chronopost")
    place.gone("fulfilment", *[f.id for f in world.orders()])
    async with opened(place) as h:
        assert "No carrier" in h.texts()


@pytest.mark.parametrize("size", [PHONE, (1280, 800)])
async def test_it_draws_in_arabic_offline(tmp_path: Path, size: tuple[int, int]) -> None:
    place = workplace(tmp_path, language="ar")
    place.offline()
    async with opened(place, size=size) as h:
        await h.click("carriers-begin-button")
        assert h.page.route.startswith("/handover/")
    place.database.close()
