"""A driver's list: right parcels go on, wrong ones are refused in words, closing says what goes and what stays."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.actions import handover, packing
from app.actions.desk import Desk
from app.devices.printer import PrintFailed
from app.devices.scanning import Scan
from app.screens.manifest import ManifestScreen
from core.domain.lifecycle import FulfilmentState, ManifestState, ParcelState
from tests.support import store_world as world
from tests.support.flet_harness import Harness
from tests.support.workplace import Place, shown, workplace

PHONE = (360, 740)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """f7 goes with Colissimo (parcel number 1), f8 with Chronopost (2)."""
    opened = workplace(tmp_path)
    yield opened
    opened.database.close()


def desk(place: Place) -> Desk:
    w = place.workplace
    return Desk(w.database, w.walks, world.STORE_ID, 7, world.COMPANY_PREFIX, "ann", w.clock, w.new_id)


def open_list(place: Place, carrier: str = "colissimo") -> str:
    return handover.open_manifest(desk(place), carrier)


def opened(place: Place, manifest_id: str, **options: Any) -> Any:
    return shown(ManifestScreen, "/handover/:id", place, route=f"/handover/{manifest_id}", **options)


async def scan(h: Harness, place: Place, text: str) -> None:
    await place.ui.scans.publish(Scan(text, "wedge"))
    await h.settle()


def said(h: Harness) -> str:
    return next((str(c.value) for c in h.controls() if str(c.key).startswith("answer-") and hasattr(c, "value")), "")


async def test_parcels_are_scanned_and_the_list_is_closed(place: Place) -> None:
    manifest_id = open_list(place)
    async with opened(place, manifest_id, size=PHONE) as h:
        assert h.find("manifest-close-button").disabled
        await scan(h, place, world.sscc(1))
        assert said(h) == "Parcel of order FR-10237 loaded."
        await scan(h, place, world.sscc(1))
        assert said(h) == "This parcel is already on the list."
        await h.click("manifest-close-button")
        assert "The driver takes 1 parcel." in h.texts()
        assert not h.has("manifest-stay-text")
        await h.click("manifest-confirm-button")
        assert "The driver has them." in h.texts()
        await h.click("manifest-print-button")
        await h.until(lambda: "Sent to the printer." in h.texts())
        await h.click("manifest-done-button")
        assert h.page.route == "/"
    assert place.order("f7").state is FulfilmentState.SHIPPED
    assert place.feedback.given == ["ok", "warn", "ok"]


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (world.sscc(2), "This parcel goes with Chronopost, not with Colissimo."),
        (world.sscc(99), "No waiting parcel has the number " + world.sscc(99) + "."),
        (
            "376012300000000000",
            "The code could not be read properly. Scan it again, or type the number under the bars.",
        ),
    ],
)
async def test_a_parcel_that_must_not_go_is_refused_in_words(place: Place, number: str, sentence: str) -> None:
    async with opened(place, open_list(place)) as h:
        await scan(h, place, number)
        assert said(h).startswith(sentence)
        assert place.feedback.given == ["error"]


async def test_a_cancelled_orders_parcel_stays_here(place: Place) -> None:
    order = place.order("f7")
    place.pulled("fulfilment", replace(order, state=FulfilmentState.CANCELLED))
    async with opened(place, open_list(place)) as h:
        await scan(h, place, world.sscc(1))
        assert said(h) == "Order FR-10237 was cancelled: keep the parcel here."


async def test_a_parcel_that_is_not_closed_is_refused(place: Place) -> None:
    packing.reopen(desk(place), "f7", "f7-p1")
    async with opened(place, open_list(place)) as h:
        await scan(h, place, world.sscc(1))
        assert said(h) == "The parcel of order FR-10237 is not closed yet."


async def test_a_parcel_is_taken_off_again_and_what_stays_is_said_before_closing(place: Place) -> None:
    order = place.order("f7")
    second = replace(order.parcels[0], id="f7-p2", number=2, sscc=world.sscc(5))
    place.pulled("fulfilment", replace(order, parcels=(*order.parcels, second)))
    manifest_id = open_list(place)
    async with opened(place, manifest_id) as h:
        await scan(h, place, world.sscc(1))
        await h.click("manifest-f7-p1-unload")
        assert said(h) == "Taken off the list."
        assert place.order("f7").parcels[0].state is ParcelState.CLOSED
        await scan(h, place, world.sscc(5))
        await h.click("manifest-close-button")
        assert h.find("manifest-stay-text").value == "1 parcel stays behind."
        await h.click("manifest-stay-button")
        assert not h.has("manifest-close-sheet")
        assert "1 of 2 parcels on the list" in h.texts()


async def test_a_failing_printer_and_an_unknown_list_lead_on(place: Place) -> None:
    manifest_id = open_list(place)
    handover.scan(desk(place), manifest_id, world.sscc(1), "wedge")  # type: ignore[arg-type]
    handover.close(desk(place), manifest_id)
    place.printer.answer = PrintFailed("storage", "full")
    async with opened(place, manifest_id) as h:
        await h.click("manifest-print-button")
        await h.until(lambda: any("storage is full" in text for text in h.texts()))
        await h.go("/handover/nobody")
        await h.click("manifest-back-button")
        assert h.page.route == "/handover"


async def test_a_killed_app_still_has_the_list(place: Place, tmp_path: Path) -> None:
    manifest_id = open_list(place)
    async with opened(place, manifest_id) as h:
        await scan(h, place, world.sscc(1))
    place.database.close()
    again = workplace(tmp_path, filled=False)
    again.session.user_id = "ann"
    async with opened(again, manifest_id) as h:
        assert "1 of 1 parcels on the list" in h.texts()
    assert again.workplace.database is not None
    again.database.close()


@pytest.mark.parametrize("size", [PHONE, (1280, 800)])
@pytest.mark.parametrize("language", ["fr", "ar"])
async def test_it_draws_in_other_languages_offline(tmp_path: Path, language: str, size: tuple[int, int]) -> None:
    place = workplace(tmp_path, language=language)
    place.offline()
    manifest_id = open_list(place)
    async with opened(place, manifest_id, size=size) as h:
        await scan(h, place, world.sscc(1))
        assert place.feedback.given == ["ok"]
    with place.database.read() as connection:
        from app.store import documents

        found = documents.manifest(connection, manifest_id)
    assert found is not None
    assert found.state is ManifestState.OPEN
    place.database.close()
