"""The list of a driver: every scan answers, what stays behind is said, and a closed list is printed again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.actions import handover
from app.devices.printer import PrintFailed
from app.devices.scanning import Scan
from app.screens.manifest import ManifestScreen
from core.contract.commands import How
from core.domain.lifecycle import FulfilmentState, ParcelState
from tests.support import store_world as world
from tests.support.flet_harness import Harness
from tests.support.workplace import Place, shown, workplace

PHONE = (360, 740)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Two parcels wait for Colissimo (f7, f21), one for Chronopost (f8)."""
    opened = workplace(tmp_path)
    opened.pulled("fulfilment", world.packed(world.order(21, {"AL-1002": 1}, timedelta(hours=5)), "colissimo", 21))
    yield opened
    opened.database.close()


@pytest.fixture
def manifest_id(place: Place) -> str:
    return handover.open_manifest(place.desk, "colissimo")


def opened(place: Place, manifest_id: str, **options: Any) -> Any:
    return shown(ManifestScreen, "/handover/:id", place, route=f"/handover/{manifest_id}", **options)


async def scan(h: Harness, place: Place, text: str) -> None:
    await place.ui.scans.publish(Scan(text, "wedge"))
    await h.settle()


def said(h: Harness) -> str:
    return next((str(c.value) for c in h.controls() if str(c.key).startswith("answer-") and hasattr(c, "value")), "")


def progress(h: Harness) -> str:
    return next(text for text in h.texts() if " of " in text and text.endswith("on the list"))


async def test_what_is_no_parcel_is_called_what_it_is(place: Place, manifest_id: str) -> None:
    async with opened(place, manifest_id, size=PHONE) as h:
        await scan(h, place, "comptoir:shelf:A-1")
        assert said(h) == "This is a shelf label. Scan the label of the parcel."
        await scan(h, place, "comptoir:pickup:400112345678")
        assert said(h) == "This is a customer's pick-up code. Scan the label of the parcel."
        await scan(h, place, "comptoir:enrol:AB")
        assert said(h) == "This code is not of a parcel. Scan the label of the parcel."
    assert [name for _, name in place.commands()] == ["OpenManifest"]


async def test_parcels_are_scanned_and_the_closed_list_ships_the_orders(place: Place, manifest_id: str) -> None:
    async with opened(place, manifest_id, size=PHONE) as h:
        assert progress(h) == "0 of 2 on the list"
        assert not h.has("manifest-close-button")
        await scan(h, place, f"(00){world.sscc(1)}")
        assert said(h) == "Parcel of order K007 loaded."
        await scan(h, place, world.sscc(21))
        assert progress(h) == "2 of 2 on the list"
        await h.click("manifest-close-button")
        assert h.find("manifest-going-text").value == "2 parcels go with Colissimo."
        assert not h.has("manifest-staying-text")
        await h.click("manifest-confirm-button")
        assert said(h) == "Handed over: 2 parcels."
        assert h.find("manifest-closed-text").value.startswith("Handed over: 2 parcels, ")
        await h.click("manifest-print-button")
        await h.until(lambda: said(h) == "Sent to the printer.")
        await h.click("manifest-back-button")
        assert h.page.route == "/handover"
    assert place.order("f7").state is FulfilmentState.SHIPPED
    assert [kind for kind, _, _ in place.printer.printed] == ["pdf"]


async def test_what_stays_behind_is_said_before_closing(place: Place, manifest_id: str) -> None:
    async with opened(place, manifest_id) as h:
        await scan(h, place, world.sscc(1))
        await h.click("manifest-close-button")
        assert h.find("manifest-staying-text").value == "1 parcel stays behind."
        await h.click("manifest-stay-button")
        assert not h.has("manifest-confirm-button")
        await h.click("manifest-close-button")
        await h.click("manifest-confirm-button")
    assert place.order("f21").parcels[0].state is ParcelState.CLOSED
    assert place.order("f21").state is FulfilmentState.PACKED


@pytest.mark.parametrize(
    ("code", "sentence", "sound"),
    [
        (world.sscc(2), "This parcel goes with Chronopost, not with Colissimo.", "error"),
        ("6A00011122", "No waiting parcel has the number 6A00011122.", "error"),
        (world.sscc(1), "This parcel is already on the list.", "warn"),
        (
            "4006381333932",
            "The code could not be read properly. Scan it again, or type the number under the bars.",
            "error",
        ),
    ],
)
async def test_every_refusal_has_its_words_and_sound(
    place: Place, manifest_id: str, code: str, sentence: str, sound: str
) -> None:
    handover.scan(place.desk, manifest_id, world.sscc(1), How.WEDGE)
    async with opened(place, manifest_id) as h:
        await scan(h, place, code)
        assert said(h) == sentence
        assert place.feedback.given == [sound]
    assert len(place.commands()) == 2


async def test_open_parcels_and_stopped_orders_stay_here(place: Place, manifest_id: str) -> None:
    order = place.order("f21")
    place.pulled("fulfilment", replace(order, parcels=(replace(order.parcels[0], state=ParcelState.OPEN),)))
    async with opened(place, manifest_id, size=PHONE) as h:
        await scan(h, place, world.sscc(21))
        assert said(h) == "The parcel of order K021 is not closed yet."
        place.pulled("fulfilment", replace(order, state=FulfilmentState.CANCELLED), ver=3)
        await scan(h, place, world.sscc(21))
        assert said(h) == "Order K021 was cancelled or is on hold: keep the parcel here."


async def test_a_parcel_that_is_cancelled_on_the_list_is_said_and_taken_off(place: Place, manifest_id: str) -> None:
    handover.scan(place.desk, manifest_id, world.sscc(1), How.WEDGE)
    handover.scan(place.desk, manifest_id, world.sscc(21), How.WEDGE)
    place.pulled("fulfilment", replace(place.order("f7"), state=FulfilmentState.CANCELLED), ver=3)
    async with opened(place, manifest_id) as h:
        assert "Cancelled: keep it here" in h.texts()
        await h.click("manifest-close-button")
        assert h.find("manifest-cancelled-text").value.startswith("1 parcel of a cancelled order is on the list.")
        await h.click("manifest-stay-button")
        await h.click("manifest-f7-p1-unload")
        assert said(h) == "Taken off the list."
        assert not h.has("manifest-f7-p1-unload")
        await h.click("manifest-close-button")
        assert h.find("manifest-going-text").value == "1 parcel goes with Colissimo."


async def test_a_held_parcel_and_one_without_label_are_marked_and_the_label_is_a_tap_away(
    place: Place, manifest_id: str
) -> None:
    order = place.order("f21")
    place.pulled("fulfilment", replace(place.order("f7"), hold="address"))
    place.pulled("fulfilment", replace(order, parcels=(replace(order.parcels[0], labels_printed=0),)), ver=3)
    async with opened(place, manifest_id, size=PHONE) as h:
        assert {"On hold: keep it here", "Without label"} <= set(h.texts())
        assert progress(h) == "0 of 1 on the list"
        await h.click("manifest-f21-p1-label")
        assert h.page.route == "/pack/f21"


async def test_a_list_that_does_not_print_can_be_printed_again(place: Place, manifest_id: str) -> None:
    handover.scan(place.desk, manifest_id, world.sscc(1), How.WEDGE)
    handover.close(place.desk, manifest_id)
    place.printer.answer = PrintFailed("platform", "no printer")
    async with opened(place, manifest_id) as h:
        await h.click("manifest-print-button")
        await h.until(lambda: said(h).startswith("The printer did not answer."))
        assert h.find("manifest-print-button").content == "Print the list"
        await scan(h, place, world.sscc(21))
        assert said(h) == "This list was already closed by a colleague."


async def test_typed_numbers_load_too(place: Place, manifest_id: str) -> None:
    async with opened(place, manifest_id, size=PHONE) as h:
        await h.click("manifest-camera-button")
        await h.type("scan-code-field", world.sscc(1))
        await h.click("scan-code-button")
        assert said(h) == "Parcel of order K007 loaded."


async def test_without_permission_the_list_is_read_only(place: Place, manifest_id: str) -> None:
    handover.scan(place.desk, manifest_id, world.sscc(1), How.WEDGE)
    user = next(user for user in world.users() if user.id == "samira")
    place.pulled("user", replace(user, permissions=("pick",)))
    place.session.user_id = "samira"
    async with opened(place, manifest_id) as h:
        assert h.has("manifest-forbidden-text")
        assert not h.has("manifest-f7-p1-unload")
        await scan(h, place, world.sscc(21))
        assert place.feedback.given == ["error"]
    assert len(place.commands()) == 2


async def test_a_list_nobody_knows_leads_back(place: Place) -> None:
    async with opened(place, "nowhere") as h:
        await h.click("manifest-back-button")
        assert h.page.route == "/handover"


async def test_a_killed_app_comes_back_to_the_same_list(place: Place, manifest_id: str, tmp_path: Path) -> None:
    async with opened(place, manifest_id) as h:
        await scan(h, place, world.sscc(1))
    place.database.close()
    again = workplace(tmp_path, filled=False)
    again.session.user_id = "ann"
    async with opened(again, manifest_id) as h:
        assert progress(h) == "1 of 2 on the list"
    again.database.close()


@pytest.mark.parametrize("size", [PHONE, (1280, 800)])
@pytest.mark.parametrize("language", ["fr", "ar"])
async def test_it_draws_in_other_languages_offline(tmp_path: Path, language: str, size: tuple[int, int]) -> None:
    place = workplace(tmp_path, language=language)
    place.offline()
    manifest_id = handover.open_manifest(place.desk, "colissimo")
    async with opened(place, manifest_id, size=size) as h:
        await scan(h, place, world.sscc(1))
        assert place.feedback.given == ["ok"]
        await h.click("manifest-close-button")
        assert h.has("manifest-confirm-button")
    place.database.close()
