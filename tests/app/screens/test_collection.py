"""One order to collect: it arrives, lies on a shelf, is told, extended, put back; a locker is asked for."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.devices.scanning import Scan
from app.screens.collection import CollectionScreen
from app.store import documents, room
from core.domain.collection import Collection
from core.domain.lifecycle import CollectionState
from core.domain.outcome import Verdict
from tests.support import collect_world
from tests.support import store_world as world
from tests.support.flet_harness import Harness
from tests.support.workplace import Place, shown, workplace

PHONE = (360, 740)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    opened = workplace(tmp_path)
    opened.pulled("fulfilment", *collect_world.works())
    opened.pulled("collection", *collect_world.everything())
    yield opened
    opened.database.close()


def opened(place: Place, id: str, **options: Any) -> Any:
    return shown(CollectionScreen, "/collect/:id", place, route=f"/collect/{id}", **options)


def known(place: Place, id: str) -> Collection:
    with place.database.read() as connection:
        found = documents.collection(connection, id)
    assert found is not None
    return found


async def scan(h: Harness, place: Place, text: str, source: str = "wedge") -> None:
    await place.ui.scans.publish(Scan(text, source))  # type: ignore[arg-type]
    await h.settle()


def terms(place: Place, **changes: Any) -> None:
    place.pulled("location", replace(world.LOCATION, collect=changes), ver=3)


async def test_a_parcel_arrives_and_is_put_away_by_two_scans_offline(place: Place) -> None:
    place.offline()
    async with opened(place, "c4", size=PHONE) as h:
        assert {"Being prepared", "Lyon Part-Dieu", "On its way"} <= set(h.texts())
        await scan(h, place, world.sscc(41))
        assert "All of this order is here. Put it on its shelf." in h.texts()
        await scan(h, place, "comptoir:shelf:D-07")
        assert "Ready. The customer is told by mail if there is an address." in h.texts()
        assert "D-07" in h.texts()
        assert h.has("collection-hand-over-button")
    assert [name for _, name in place.commands()] == ["ArriveParcel", "PutAway"]
    assert known(place, "c4").state is CollectionState.READY


async def test_a_parcel_with_an_unreadable_label_is_received_by_a_tap(place: Place) -> None:
    async with opened(place, "c4") as h:
        await h.click("collection-p41-receive")
        assert h.has("collection-shelf-button")


async def test_own_goods_are_put_away_after_picking_and_need_no_parcel(place: Place) -> None:
    async with opened(place, "c3") as h:
        assert h.has("collection-early-button")  # the customer may come before it is put away
        assert "Picked, to be put on a shelf" in h.texts()
        await h.click("collection-shelf-button")
        assert h.has("scan-panel")
        await scan(h, place, "comptoir:shelf:C-09")
        assert h.has("collection-hand-over-button")
    assert place.order("f93").state.value == "packed"


async def test_where_a_shelf_must_be_scanned_a_typed_name_does_not_count(place: Place) -> None:
    async with opened(place, "c3") as h:
        await scan(h, place, "C-09", "typed")
        assert "Scan the label of the shelf: a typed name does not count here." in h.texts()
    assert place.commands() == []
    terms(place, shelf_scan=False)
    async with opened(place, "c3") as h:
        await h.click("collection-shelf-button")
        await h.click("shelf-C-01-button")  # where another order lies already
        assert h.has("collection-hand-over-button")
    assert known(place, "c3").parts[0].shelf == "C-01"


async def test_what_is_no_shelf_is_said(place: Place) -> None:
    async with opened(place, "c3") as h:
        await scan(h, place, world.gtin13("AL-1003"))
        assert any("is no shelf" in text and "3760" not in text for text in h.texts())
        await scan(h, place, "comptoir:run:r1")
        assert "This is the code of a pick run. Scan the label of the shelf." in h.texts()
    assert place.commands() == []


async def test_a_customers_code_says_whose_order_it_is(place: Place) -> None:
    here, other = known(place, "c1"), known(place, "c2")
    async with opened(place, "c1", size=PHONE) as h:
        assert f"Collect {here.short_id}" in h.texts()
        await scan(h, place, other.pick_up_code)
        assert f"This code is of order {other.number}, not of this one." in h.texts()
        await scan(h, place, here.pick_up_code)
        assert "The code is right: this is the order." in h.texts()
    assert place.commands() == []


async def test_ready_can_be_told_again_and_extended(place: Place) -> None:
    async with opened(place, "c1") as h:
        assert any(text.startswith("until ") for text in h.texts())
        await h.click("collection-resend-button")
        await h.click("reason-reminder-button")
        await h.click("tell-button")
        assert "Message waits to be sent" in h.texts()
        await h.click("collection-extend-button")
        await h.click("reason-7-button")
        await h.click("extend-button")
        assert "The customer has more time now." in h.texts()
    before = collect_world.UNTIL
    assert known(place, "c1").pick_up_by == before.replace(day=before.day + 7)
    assert [name for _, name in place.commands()] == ["NotifyCustomer", "ExtendPickUp"]


async def test_a_customer_who_is_here_is_noted_with_the_place(place: Place) -> None:
    async with opened(place, "c1") as h:
        await h.click("collection-here-button")
        await h.type("here-where-field", "bay 2")
        await h.click("here-button")
        assert "Here for 1 minute, bay 2" in h.texts() or "Here for 0 minutes, bay 2" in h.texts()
        assert not h.has("collection-here-button")


async def test_what_expired_goes_back_by_scan_or_all_at_once(place: Place) -> None:
    async with opened(place, "c6") as h:
        assert h.has("collection-back-text")
        await scan(h, place, world.gtin13("AL-1005"))
        assert "Back on the shelf." in h.texts()
        assert "Nothing was taken" in h.texts()
    assert known(place, "c6").state is CollectionState.REFUSED


async def test_a_compartment_is_asked_for_and_never_shown_as_had_before_the_answer(place: Place) -> None:
    async with opened(place, "c8") as h:
        await h.click("collection-locker-button")
        await h.click("reason-m-button")
        await h.click("locker-ask-button")
        assert h.has("collection-asking-text")
        assert h.find("collection-locker-button").disabled
        (command,) = place.commands()
        assert not h.has("collection-drop-code-text")
        place.judged(command[0], Verdict.ACCEPTED, "locker_reserved", compartment="12", drop_code="480215")
        place.changed("work")
        await h.settle()
        assert "Compartment 12 is reserved." in h.find("collection-locker-text").value
        assert h.find("collection-drop-code-text").value == "480215"
        assert h.find("collection-drop-button").content == "It is in compartment 12"
        await h.click("collection-drop-button")
        assert "Locker, compartment 12" in h.texts()
        assert not h.has("collection-drop-code-text")
    assert known(place, "c8").state is CollectionState.READY


async def test_what_a_nearly_full_device_cannot_ask_for_is_refused_in_words(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LEAST_FREE_BYTES", 10**18)
    async with opened(place, "c8") as h:
        await h.click("collection-locker-button")
        await h.click("reason-m-button")
        await h.click("locker-ask-button")
        assert h.find("answer-error-text").value.startswith("This device is nearly full")
        assert not h.has("collection-asking-text")
    async with opened(place, "c1") as h:
        await h.click("collection-resend-button")
        await h.click("reason-reminder-button")
        await h.click("tell-button")
        assert h.find("answer-error-text").value.startswith("This device is nearly full")
    assert place.commands() == []


async def test_offline_a_message_says_before_the_tap_that_it_goes_later(place: Place) -> None:
    place.offline()
    async with opened(place, "c1") as h:
        await h.click("collection-resend-button")
        assert h.has("tell-offline-text")
        await h.click("reason-ready-button")
        await h.click("tell-button")
    assert [name for _, name in place.commands()] == ["NotifyCustomer"]


async def test_a_network_that_goes_while_the_locker_is_chosen_is_said(place: Place) -> None:
    async with opened(place, "c8") as h:
        await h.click("collection-locker-button")
        await h.click("reason-s-button")
        assert not h.find("locker-ask-button").disabled
        place.offline()
        await h.settle()
        assert h.find("locker-ask-button").disabled
        assert h.has("collection-offline-text")


async def test_offline_no_compartment_can_be_asked_for_and_a_shelf_works(place: Place) -> None:
    place.offline()
    async with opened(place, "c8") as h:
        assert h.find("collection-locker-button").disabled
        assert h.has("collection-offline-text")
        await scan(h, place, "comptoir:shelf:C-01")
        assert h.has("collection-hand-over-button")


async def test_a_refused_compartment_says_why_and_can_be_asked_again(place: Place) -> None:
    async with opened(place, "c8") as h:
        await h.click("collection-locker-button")
        await h.click("reason-s-button")
        await h.click("locker-ask-button")
        place.judged(place.commands()[0][0], Verdict.REJECTED, "not_permitted")
        place.changed("work")
        await h.settle()
        assert h.has("collection-locker-text")
        assert not h.find("collection-locker-button").disabled


async def test_an_order_of_another_brand_says_so(place: Place) -> None:
    async with opened(place, "c5") as h:
        assert "Nordlys" in h.find("collection-brand-text").value


async def test_who_may_not_collect_reads_whom_to_ask(place: Place) -> None:
    place.pulled("user", *place.without("collect")[:1], ver=5)
    async with opened(place, "c3") as h:
        assert h.has("collection-forbidden-text")
        assert not h.has("collection-shelf-button")
        await scan(h, place, "comptoir:shelf:C-01")
    assert place.commands() == []


@pytest.mark.parametrize("id", ["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c99"])
async def test_every_state_draws_in_arabic_on_a_phone(tmp_path: Path, id: str) -> None:
    place = workplace(tmp_path, language="ar")
    place.pulled("collection", *collect_world.everything())
    async with opened(place, id, size=PHONE) as h:
        assert h.texts()
    place.database.close()
