"""The handover desk: ticked or scanned, partly, refused with a reason, paid, signed; twice is said with facts."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.devices.scanning import Scan
from app.screens.hand_over_collection import HandOverScreen
from app.store import documents, room
from core.contract.commands import HandOverCollection
from core.contract.reference import Reason
from core.domain.collection import Collection, Handed
from core.domain.lifecycle import CollectionState
from core.domain.outcome import Verdict
from tests.support import collect_world
from tests.support import store_world as world
from tests.support.flet_harness import Harness
from tests.support.workplace import Place, shown, workplace

PHONE = (360, 740)
DRAWN = [(10, 20), (40, 60), (90, 30)]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    opened = workplace(tmp_path)
    opened.pulled("fulfilment", *collect_world.works())
    opened.pulled("collection", *collect_world.everything())
    opened.pulled(
        "reason", Reason("too_small", "refuse", {"en": "Too small"}), Reason("wrong", "refuse", {"en": "Wrong"})
    )
    yield opened
    opened.database.close()


def opened(place: Place, id: str, **options: Any) -> Any:
    return shown(HandOverScreen, "/collect/:id/hand-over", place, route=f"/collect/{id}/hand-over", **options)


def known(place: Place, id: str) -> Collection:
    with place.database.read() as connection:
        found = documents.collection(connection, id)
    assert found is not None
    return found


def told(place: Place) -> HandOverCollection:
    found = [c.arguments for c in place.store.next_batch(place.now) if c.name == "HandOverCollection"]
    assert isinstance(found[-1], HandOverCollection)
    return found[-1]


async def scan(h: Harness, place: Place, text: str) -> None:
    await place.ui.scans.publish(Scan(text, "wedge"))
    await h.settle()


async def draw(h: Harness) -> None:
    (x, y), *rest = DRAWN
    origin = {"k": "touch", "g": {"x": 0, "y": 0}}
    await h.fire("signature-pad", "pan_start", {**origin, "l": {"x": x, "y": y}})
    for x, y in rest:
        await h.fire("signature-pad", "pan_update", {**origin, "l": {"x": x, "y": y}})


async def test_articles_are_scanned_and_handed_over_offline(place: Place) -> None:
    place.offline()
    async with opened(place, "c1", size=PHONE) as h:
        assert h.find("hand-over-button").disabled
        assert h.find("hand-over-missing-text").value == "Tick or scan what the customer takes."
        await scan(h, place, collect_world.CODES["c1"])
        assert "The code is right: this is the order." in h.texts()
        await scan(h, place, world.gtin13("AL-1005"))
        assert any(text.startswith("Wrong article: you scanned") for text in h.texts())
        await scan(h, place, "comptoir:shelf:C-01")
        assert "This is a shelf label. Scan the article on it." in h.texts()
        await scan(h, place, collect_world.CODES["c2"])
        assert any(text.startswith("This code is of order ") for text in h.texts())
        for sku in ("AL-1001", "AL-1003", "AL-1003"):
            await scan(h, place, world.gtin13(sku))
        await scan(h, place, world.gtin13("AL-1003"))
        assert any(text.startswith("All of ") and "is taken or stays here already" in text for text in h.texts())
        assert h.find("hand-over-button").content == "Hand over (3 articles)"
        await h.click("hand-over-button")
        assert "Handed over." in h.texts()
        assert h.has("hand-over-gift-button")
    said = told(place)
    assert {item.line_id: item.quantity for item in said.items} == {"l1-AL-1001": 1, "l1-AL-1003": 2}
    assert (said.how.value, said.fulfilment_ids) == ("wedge", ("f91",))
    assert known(place, "c1").state is CollectionState.COLLECTED
    assert place.order("f91").state.value == "shipped"


async def test_a_part_is_taken_and_the_rest_stays_for_another_day(place: Place) -> None:
    async with opened(place, "c1") as h:
        await h.fire("hand-over-l1-AL-1001-check", "change", True)
        assert h.has("hand-over-0-page")
        await h.click("hand-over-button")
        assert h.has("hand-over-1-page")  # a new one, so that its answer is seen however far down one was
        assert "Handed over. 2 articles stay here for the customer." in h.texts()
        assert h.has("hand-over-button")
    assert known(place, "c1").state is CollectionState.READY


async def test_what_is_left_here_has_a_reason_and_then_goes_back(place: Place) -> None:
    async with opened(place, "c1") as h:
        await h.click("hand-over-all-button")
        await h.click("hand-over-l1-AL-1001-leave")
        assert h.find("leave-button").disabled
        await h.click("reason-too_small-button")
        await h.click("leave-button")
        assert h.find("hand-over-button").content == "Hand over (2 articles)"
        await h.click("hand-over-button")
        assert h.find("hand-over-back-button").content == "Put 1 article back"
        assert any("Too small" in text for text in h.texts())
        await h.click("hand-over-back-button")
        assert h.page.route == "/collect/c1"
    said = told(place)
    assert [(one.line_id, one.quantity, one.reason) for one in said.refused] == [("l1-AL-1001", 1, "too_small")]


async def test_for_what_stays_here_nothing_is_paid(place: Place) -> None:
    async with opened(place, "c2") as h:
        line = known(place, "c2").lines[0]
        await h.click(f"hand-over-{line.id}-leave")
        await h.click("reason-too_small-button")
        for _ in range(line.open - 1):
            await h.click("quantity-more-button")
        await h.click("leave-button")
        assert h.find("hand-over-nothing-text").value == "Nothing is to be paid for this."


async def test_cash_is_a_fact_and_only_what_is_taken_is_paid(place: Place) -> None:
    place.offline()
    async with opened(place, "c2") as h:
        assert h.find("hand-over-nothing-text").value == "Say first what the customer takes."
        assert not h.has("hand-over-amount-text")
        await h.click("quantity-more-button")
        assert h.find("hand-over-amount-text").value == "€49.90"
        assert h.find("hand-over-missing-text").value == "Take the payment first."
        assert h.find("hand-over-card-button").disabled
        assert h.has("hand-over-offline-text")
        await h.click("hand-over-cash-button")
        assert not h.has("hand-over-missing-text")
        await h.click("hand-over-button")
    names = [name for _, name in place.commands()]
    assert names == ["TakeCash", "HandOverCollection"]
    assert known(place, "c2").due_minor == 4990
    assert known(place, "c2").waiting is None


async def test_a_card_is_asked_for_and_nothing_is_paid_before_the_answer(place: Place) -> None:
    async with opened(place, "c2") as h:
        await h.click("hand-over-all-button")
        await h.click("hand-over-card-button")
        assert h.has("hand-over-asking-text")
        assert h.find("hand-over-card-button").disabled
        assert h.find("hand-over-button").disabled
        (command,) = place.commands()
        place.judged(command[0], Verdict.REJECTED, "not_permitted")
        place.changed("work")
        await h.settle()
        assert h.has("hand-over-declined-text")
        await h.click("hand-over-card-button")
        place.judged(place.commands()[1][0], Verdict.ACCEPTED, "paid", due_minor=0)
        place.pulled("collection", replace(known(place, "c2"), due_minor=0), ver=9)
        place.changed("work")
        await h.settle()
        assert not h.find("hand-over-button").disabled
    payments = [c.arguments.payment_id for c in place.store.next_batch(place.now)]  # type: ignore[union-attr]
    assert len(set(payments)) == len(payments)


async def test_a_card_that_cannot_be_asked_for_is_refused_in_words_and_cash_is_taken(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LEAST_FREE_BYTES", 10**18)
    async with opened(place, "c2") as h:
        await h.click("hand-over-all-button")
        await h.click("hand-over-card-button")
        assert h.find("answer-error-text").value.startswith("This device is nearly full")
        assert not h.has("hand-over-asking-text")
        await h.click("hand-over-cash-button")
    assert [name for _, name in place.commands()] == ["TakeCash"]


async def test_cash_in_the_place_of_a_card_that_is_asked_is_the_same_payment(place: Place) -> None:
    async with opened(place, "c2") as h:
        await h.click("hand-over-all-button")
        await h.click("hand-over-card-button")
        await h.click("hand-over-cash-button")
    card, cash = [c.arguments for c in place.store.next_batch(place.now)]
    assert card.payment_id == cash.payment_id  # type: ignore[union-attr]


async def test_identity_and_signature_are_asked_where_the_store_wants_them(place: Place) -> None:
    place.pulled("location", replace(world.LOCATION, collect={"identity": "required", "signature": True}), ver=3)
    async with opened(place, "c1") as h:
        await h.click("hand-over-all-button")
        assert h.find("hand-over-missing-text").value == "Choose which document you saw."
        await h.fire("hand-over-passport-identity", "select", True)
        assert h.find("hand-over-missing-text").value == "Let the customer sign first."
        await h.click("hand-over-sign-button")
        assert h.find("signature-done-button").disabled
        await draw(h)
        await h.click("signature-done-button")
        assert h.has("hand-over-signed")
        await h.click("hand-over-button")
    said = told(place)
    assert said.identity == "passport"
    assert said.signature == "19,38 77,115 173,58"


async def test_somebody_else_says_who_they_are_and_for_whom_they_come(place: Place) -> None:
    async with opened(place, "c1") as h:
        await h.click("hand-over-all-button")
        await h.fire("hand-over-other-switch", "change", True)
        assert h.find("hand-over-missing-text").value == "Say who fetches it, and for whom they do it."
        await h.type("hand-over-collector-field", "Léa Martin")
        await h.fire("hand-over-family-relation", "select", True)
        await h.click("hand-over-button")
        assert any("to Léa Martin" in text for text in h.texts())
    assert (told(place).collector, told(place).relation) == ("Léa Martin", "family")


async def test_handed_over_twice_says_who_and_when(place: Place) -> None:
    async with opened(place, "c1") as h:
        await h.click("hand-over-all-button")
        first = Handed("h-other", place.now, "bruno", "Léa Martin")
        gone = tuple(replace(line, handed=line.quantity) for line in known(place, "c1").lines)
        over = replace(known(place, "c1"), lines=gone, handed=first, state=CollectionState.COLLECTED)
        place.pulled("collection", over, ver=9)  # the screen has not read it yet
        await h.click("hand-over-button")
        assert any("by Bruno Martin to Léa Martin" in text and "10:00" in text for text in h.texts())


async def test_another_tablet_was_faster_and_nothing_is_left_to_hand_over(place: Place) -> None:
    async with opened(place, "c7") as h:
        assert "by Bruno Martin to Léa Martin" in h.find("hand-over-handed-text").value
        assert not h.has("hand-over-button")
        await h.click("hand-over-gift-button")
        await h.until(lambda: bool(place.printer.printed))


async def test_who_may_not_hand_over_reads_whom_to_ask(place: Place) -> None:
    place.pulled("user", *place.without("collect"), ver=5)
    async with opened(place, "c1") as h:
        assert h.has("hand-over-forbidden-text")
        await scan(h, place, world.gtin13("AL-1001"))
        assert not h.has("hand-over-button")
    assert place.commands() == []


@pytest.mark.parametrize("size", [PHONE, (1280, 800)])
async def test_it_draws_in_arabic(tmp_path: Path, size: tuple[int, int]) -> None:
    place = workplace(tmp_path, language="ar")
    place.pulled("collection", *collect_world.everything())
    place.pulled("location", replace(world.LOCATION, collect={"identity": "required", "signature": True}), ver=3)
    async with opened(place, "c2", size=size) as h:
        assert h.has("hand-over-nothing-text")
        await h.go("/collect/c99/hand-over")
        assert h.has("empty-state")
    place.database.close()
