"""Packing: scan, weigh, close, label; whatever fails on the way, there is a way out, and nothing needs the network."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.devices.printer import Printed, PrintFailed
from app.devices.scanning import Scan
from app.screens.pack import PackScreen
from core.domain.lifecycle import FulfilmentState, ParcelState
from tests.support import store_world as world
from tests.support.flet_harness import Harness
from tests.support.workplace import Place, shown, workplace

PHONE = (360, 740)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """f6 is picked: a pair of jeans and a coat."""
    opened = workplace(tmp_path)
    yield opened
    opened.database.close()


def opened(place: Place, order_id: str = "f6", **options: Any) -> Any:
    return shown(PackScreen, "/pack/:id", place, route=f"/pack/{order_id}", **options)


async def scan(h: Harness, place: Place, sku: str) -> None:
    await place.ui.scans.publish(Scan(world.gtin13(sku), "wedge"))
    await h.settle()


def said(h: Harness) -> str:
    return next((str(c.value) for c in h.controls() if str(c.key).startswith("answer-") and hasattr(c, "value")), "")


async def weigh(h: Harness, keys: str) -> None:
    await h.click("pack-weigh-button")
    for name in keys:
        await h.click(f"weigh-{'point' if name == '.' else name}-key")


async def test_an_order_goes_into_a_parcel_is_weighed_closed_and_labelled(place: Place) -> None:
    async with opened(place, size=PHONE) as h:
        await h.click("reason-box_l-button")
        await h.click("pack-open-button")
        await scan(h, place, "AL-1003")
        assert said(h) == "Packed. 1 more article to pack."
        await scan(h, place, "AL-1006")
        assert said(h) == "Everything is in parcels. Weigh and close the parcel."
        await weigh(h, "2.72")
        assert h.find("weigh-value-text").value == "2.72"
        await h.click("weigh-close-button")
        assert not h.has("pack-weigh-sheet")
        await h.click("label-print-button")
        await h.until(lambda: h.has("label-done-button"))
        await h.click("label-done-button")
        assert h.has("pack-handover-button")
    order = place.order("f6")
    parcel = order.parcels[0]
    assert order.state is FulfilmentState.PACKED
    assert (parcel.packaging, parcel.weight_g, parcel.length_mm, parcel.labels_printed) == ("box_l", 2720, 600, 1)
    assert place.printer.printed[0][0] == "pdf"
    assert len(parcel.sscc) == 18


async def test_the_first_scan_opens_a_parcel_by_itself(place: Place) -> None:
    async with opened(place) as h:
        await scan(h, place, "AL-1003")
        assert said(h) == "Packed. 1 more article to pack."
    assert place.order("f6").parcels[0].packaging == "box_s"


async def test_what_does_not_belong_into_the_parcel_is_named(place: Place) -> None:
    async with opened(place) as h:
        await scan(h, place, "AL-1003")
        await scan(h, place, "AL-1003")
        assert said(h) == "All of Straight jeans Rive is packed already."
        await scan(h, place, "NO-2002")
        assert said(h).startswith("Wrong article: you scanned Stoneware mug Kyst Sage")
        assert place.feedback.given == ["ok", "error", "error"]


async def test_two_parcels_are_closed_one_after_the_other(place: Place) -> None:
    async with opened(place) as h:
        await scan(h, place, "AL-1003")
        await weigh(h, "0.84")
        await h.click("weigh-close-button")
        assert said(h) == "Parcel closed. 1 article still to pack."
        await h.click("label-close-button")
        await scan(h, place, "AL-1006")
        await weigh(h, "1.8")
        await h.click("weigh-close-button")
        await h.click("label-close-button")
        assert h.has("pack-handover-button")
        assert h.texts().count("No label yet") == 2
    async with opened(place) as h:
        assert h.find("pack-label-button").content == "Label of parcel 1"
        await h.click("pack-later-button")
        assert h.find("pack-label-button").content == "Label of parcel 2"
        await h.click("pack-label-button")
        await h.click("label-print-button")
        await h.until(lambda: h.has("label-done-button"))
    assert [parcel.labels_printed for parcel in place.order("f6").parcels] == [0, 1]
    assert [parcel.state for parcel in place.order("f6").parcels] == [ParcelState.CLOSED, ParcelState.CLOSED]


async def test_an_unlikely_weight_is_asked_about_and_grams_can_be_typed(place: Place) -> None:
    async with opened(place) as h:
        await scan(h, place, "AL-1003")
        await h.click("pack-weigh-button")
        assert h.find("weigh-expected-text").value == "Expected: about 840 g"
        assert h.find("weigh-close-button").disabled
        await h.click("weigh-unit-button")
        for name in "84":
            await h.click(f"weigh-{name}-key")
        assert h.find("weigh-close-button").content == "Close it all the same"
        await h.click("weigh-0-key")
        assert h.find("weigh-close-button").content == "Close the parcel"
        await h.click("weigh-close-button")
    assert place.order("f6").parcels[0].weight_g == 840


async def test_a_weight_that_no_parcel_has_is_refused_in_words(place: Place) -> None:
    async with opened(place) as h:
        await scan(h, place, "AL-1003")
        await h.click("pack-weigh-button")
        for name in "840":
            await h.click(f"weigh-{name}-key")
        assert "A parcel weighs at most 99.999 kg." in h.texts()
        assert h.find("weigh-close-button").disabled


async def test_a_label_that_fails_always_has_a_way_out(place: Place) -> None:
    place.printer.answer = PrintFailed("platform", "no printer")
    async with opened(place) as h:
        await scan(h, place, "AL-1003")
        await scan(h, place, "AL-1006")
        await weigh(h, "2.5")
        await h.click("weigh-close-button")
        await h.click("label-print-button")
        await h.until(lambda: h.has("label-ways-out"))
        assert "The printer did not answer. Try again, or save the file and print it later." in h.texts()
        assert place.order("f6").parcels[0].labels_printed == 0
        await h.click("reason-chronopost-button")
        await h.type("label-tracking-field", "XY123")
        await h.click("label-tracking-button")
        assert said(h) == "Label printed."
    parcel = place.order("f6").parcels[0]
    assert (parcel.carrier, parcel.tracking) == ("chronopost", "XY123")


async def test_a_label_is_saved_as_a_file_or_printed_later(place: Place) -> None:
    place.printer.answer = PrintFailed("storage", "full")
    async with opened(place, answers={"save_file": lambda arguments: "label.pdf"}) as h:
        await scan(h, place, "AL-1003")
        await scan(h, place, "AL-1006")
        await weigh(h, "2.5")
        await h.click("weigh-close-button")
        await h.click("label-trouble-button")
        await h.click("label-file-button")
        await h.until(lambda: h.has("label-done-button"))
        await h.click("label-done-button")
        place.printer.answer = Printed("printer")
        parcel_id = place.order("f6").parcels[0].id
        await h.click(f"pack-{parcel_id}-label")
        await h.click("label-zpl-button")
        await h.until(lambda: place.printer.printed)
        await h.click("label-slip-button")
        await h.until(lambda: len(place.printer.printed) == 2 and "Sent to the printer." in h.texts())
    assert [kind for kind, _, _ in place.printer.printed] == ["zpl", "pdf"]
    assert place.order("f6").parcels[0].labels_printed == 2


async def test_taking_out_and_opening_again_need_permission(tmp_path: Path, place: Place) -> None:
    async with opened(place) as h:
        await scan(h, place, "AL-1003")
        await h.click("pack-f6-AL-1003-out")
        assert said(h) == "Taken out of the parcel."
        await scan(h, place, "AL-1003")
        await scan(h, place, "AL-1006")
        await weigh(h, "2.5")
        await h.click("weigh-close-button")
        await h.click("label-close-button")
        await h.click(f"pack-{place.order('f6').parcels[0].id}-reopen")
        assert said(h) == "The parcel is open again. Its old label is not valid any more."
    other = workplace(tmp_path / "other", user_id="samira")
    async with opened(other) as h:
        await scan(h, other, "AL-1003")
        assert not h.has("pack-f6-AL-1003-out")
        assert "Only Ann Peeters or Bruno Martin may take something out again." in h.texts()
    other.database.close()


async def test_the_expected_weight_is_taken_by_one_tap(place: Place) -> None:
    async with opened(place, size=PHONE) as h:
        await scan(h, place, "AL-1003")
        await h.click("pack-weigh-button")
        await h.click("weigh-expected-button")
        assert h.find("weigh-value-text").value == "0.84"
        await h.click("weigh-close-button")
    assert place.order("f6").parcels[0].weight_g == 840


async def test_a_wrong_packaging_is_changed_while_the_parcel_is_empty(place: Place) -> None:
    async with opened(place, size=PHONE) as h:
        await h.click("pack-open-button")
        await h.click("pack-other-button")
        await h.click("reason-box_l-button")
        await h.click("pack-open-button")
        await scan(h, place, "AL-1003")
        await scan(h, place, "AL-1006")
        await h.click("pack-weigh-button")
        await h.click("weigh-expected-button")
        await h.click("weigh-close-button")
    order = place.order("f6")
    assert order.state is FulfilmentState.PACKED
    assert [(parcel.packaging, parcel.units) for parcel in order.parcels] == [("box_s", 0), ("box_l", 2)]


async def test_an_article_that_does_not_belong_here_opens_no_parcel(place: Place) -> None:
    async with opened(place) as h:
        await scan(h, place, "NO-2002")
        assert said(h).startswith("Wrong article: you scanned Stoneware mug Kyst Sage")
        assert h.has("pack-open-button")
    assert place.commands() == []


async def test_nothing_is_packed_on_hold_or_when_everything_is_closed(place: Place) -> None:
    order = place.order("f6")
    place.pulled("fulfilment", replace(order, hold="address"))
    async with opened(place) as h:
        await scan(h, place, "AL-1003")
        assert said(h) == "Nothing was packed: the order is on hold."
    async with opened(place, "f7") as h:
        await scan(h, place, "NO-2002")
        assert said(h) == "Nothing was packed: no picked article of this order is left."
        assert h.find("pack-done-text").value == "Everything is packed. Take it to the handover place."
    assert place.commands() == []
    assert place.feedback.given == ["error", "warn"]


async def test_an_order_that_is_not_picked_leads_to_picking(place: Place) -> None:
    async with opened(place, "f1") as h:
        assert "Nothing of this order is picked yet." in h.texts()
        await h.click("pack-pick-button")
        assert h.page.route == "/wave?order=f1"
    async with opened(place, "f12") as h:
        await h.click("pack-pick-button")
        assert h.page.route == "/run/run-a"


async def test_without_permission_it_says_whom_to_ask(place: Place) -> None:
    user = next(user for user in world.users() if user.id == "samira")
    place.pulled("user", replace(user, permissions=("pick",)))
    place.session.user_id = "samira"
    async with opened(place, size=PHONE) as h:
        words = "You have no permission to pack. Ask Ann Peeters or Bruno Martin."
        assert h.find("pack-forbidden-text").value == words
        assert not h.has("pack-open-button")
        await scan(h, place, "AL-1003")
        assert said(h) == words
    assert place.commands() == []


async def test_a_manager_may_put_the_rest_in_without_scanning(tmp_path: Path) -> None:
    place = workplace(tmp_path, user_id="bruno")
    async with opened(place, size=PHONE) as h:
        await h.click("pack-open-button")
        assert h.has("pack-scan-button")
        await h.click("pack-rest-button")
        assert said(h) == "Everything is in parcels. Weigh and close the parcel."
        await h.click("pack-slip-button")
        await h.until(lambda: said(h) == "Sent to the printer.")
    assert [kind for kind, _, _ in place.printer.printed] == ["pdf"]
    place.database.close()


async def test_the_camera_and_typing_stand_beside_the_work(place: Place) -> None:
    async with opened(place, size=PHONE) as h:
        await h.click("pack-open-button")
        await h.click("pack-scan-button")
        await h.type("scan-code-field", world.gtin13("AL-1003"))
        await h.click("scan-code-button")
        assert said(h) == "Packed. 1 more article to pack."
        assert h.has("camera-column")
        place.pulled("location", replace(world.LOCATION, process={"manual_entry": False}))
        place.changed("work", "people")
        await h.settle()
        assert not h.has("scan-code-field")


async def test_the_rest_goes_in_at_once_only_where_no_scan_is_asked_for(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    async with opened(place) as h:
        await h.click("pack-open-button")
        assert not h.has("pack-rest-button")
        place.pulled("location", replace(world.LOCATION, process={"scan": "none"}))
        place.changed("work", "people")
        await h.settle()
        await h.click("pack-rest-button")
        assert said(h) == "Everything is in parcels. Weigh and close the parcel."
    place.database.close()


async def test_an_order_cancelled_while_it_is_packed_stops_and_leads_to_putting_back(place: Place) -> None:
    async with opened(place, size=PHONE) as h:
        await scan(h, place, "AL-1003")
        place.pulled("fulfilment", replace(place.order("f6"), state=FulfilmentState.CANCELLED))
        place.changed("work")
        await h.settle()
        assert "This order was cancelled." in h.texts()
        assert place.feedback.given == ["ok", "error"]
        await scan(h, place, "AL-1006")
        assert said(h) == "The order was cancelled. Unpack it and put the articles back."
        await h.click("pack-putback-button")
        assert h.page.route == "/put-back/f6"


async def test_gift_message_hold_and_missing_units_are_said(place: Place) -> None:
    order = place.order("f6")
    place.pulled("fulfilment", replace(order, gift_message="Joyeux anniversaire"))
    async with opened(place) as h:
        assert "Gift message: Joyeux anniversaire" in h.texts()
    place.pulled("fulfilment", replace(order, hold="address"), ver=3)
    async with opened(place) as h:
        assert "On hold: The address is being checked. Do not pack it yet." in h.texts()
        assert not h.has("pack-open-button")
    async with opened(place, "f11") as h:
        assert "1 unit is still to be picked. You can pack what is there." in h.texts()
    async with opened(place, "nobody") as h:
        await h.click("pack-work-button")
        assert h.page.route == "/"


async def test_the_next_order_to_pack_is_one_tap_away(place: Place) -> None:
    second = replace(world.picked(world.order(20, {"AL-1001": 1}, timedelta(hours=9))), state=FulfilmentState.PICKED)
    place.pulled("fulfilment", second)
    async with opened(place, "f7") as h:
        assert h.find("pack-next-button").content == "Pack order K006"
        await h.click("pack-next-button")
        assert h.page.route == "/pack/f6"


async def test_a_killed_app_comes_back_to_the_same_parcel(place: Place, tmp_path: Path) -> None:
    async with opened(place) as h:
        await scan(h, place, "AL-1003")
    place.database.close()
    again = workplace(tmp_path, filled=False)
    again.session.user_id = "ann"
    async with opened(again) as h:
        await scan(h, again, "AL-1006")
        assert said(h) == "Everything is in parcels. Weigh and close the parcel."
        assert h.has("pack-weigh-button")
    again.database.close()


@pytest.mark.parametrize("size", [PHONE, (1280, 800)])
@pytest.mark.parametrize("language", ["fr", "ar"])
async def test_it_draws_in_other_languages_offline(tmp_path: Path, language: str, size: tuple[int, int]) -> None:
    place = workplace(tmp_path, language=language)
    place.offline()
    async with opened(place, size=size) as h:
        await scan(h, place, "AL-1003")
        assert place.feedback.given == ["ok"]
        await h.click("pack-weigh-button")
        assert h.has("weigh-close-button")
    place.database.close()
