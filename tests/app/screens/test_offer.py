"""A claim is won when the core has said so, and only then; every other answer is said as plainly."""

from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from app.actions import offering
from app.screens.offer import OfferScreen
from app.store import room
from core.contract.offers import Offer
from core.domain.outcome import Verdict
from tests.support.flet_harness import Harness
from tests.support.offer_world import BOOTS, MANAGER, REASONS, SHIRT, lost, offer, won
from tests.support.store_world import order
from tests.support.workplace import Place, shown, workplace

OPEN = offer("o1", 30, SHIRT, BOOTS)


def store(tmp_path: Path, made: Offer = OPEN, user_id: str = MANAGER) -> Place:
    place = workplace(tmp_path, user_id=user_id, language="en")
    place.pulled("reason", *REASONS)
    place.pulled("offer", made)
    return place


def screen(place: Place, size: tuple[int, int] = (360, 740)) -> AbstractAsyncContextManager[Harness]:
    return shown(OfferScreen, "/offers/:id", place, route="/offers/o1", size=size)


async def told(place: Place, h: Harness) -> None:
    place.changed("offers", "work")
    await h.settle()


async def test_a_claim_is_asking_until_the_verdict_came_down_the_feed(tmp_path: Path) -> None:
    place = store(tmp_path)
    async with screen(place) as h:
        await h.click("offer-claim-button")
        assert place.commands()[-1][1] == "ClaimOffer"
        assert "Nothing is yours before it has answered." in h.find("offer-asking-text").value
        assert not h.has("offer-claim-button")
        assert "ok" not in place.feedback.given
        place.judged(place.commands()[-1][0], Verdict.ACCEPTED, "offer_claimed")
        place.pulled("offer", won(OPEN), ver=4)
        place.pulled(
            "fulfilment", order(30, {"AL-1001": 1}, OPEN.target_at - place.now, order_number=OPEN.order_number)
        )
        await told(place, h)
        assert h.find("offer-stage-text").value == "Your store has it. (Bruno Martin)"
        assert not any(text.startswith(f"{OPEN.order_number}: ") for text in h.texts())  # not a second time over it
        await h.click("offer-order-button")
        await h.until(lambda: h.page.route == "/order/f30")


async def test_a_claim_whose_connection_drops_is_never_shown_as_won(tmp_path: Path) -> None:
    place = store(tmp_path)
    async with screen(place) as h:
        await h.click("offer-claim-button")
        place.offline()
        await h.settle()
        assert "The order is not yours unless it says so" in h.find("offer-asking-text").value
        assert not h.has("offer-order-button")
        assert not any(place.order(id).order_number == OPEN.order_number for id in ("f1", "f2", "f3"))


async def test_offline_the_claim_says_why_it_cannot_be_made(tmp_path: Path) -> None:
    place = store(tmp_path)
    place.offline()
    async with screen(place) as h:
        assert h.find("offer-claim-button").disabled
        assert "Nobody can claim without the core" in h.find("offer-offline-text").value


async def test_a_device_that_holds_too_much_says_why_nothing_can_be_claimed(tmp_path: Path) -> None:
    place = store(tmp_path)
    place.ui.sync.status = replace(place.ui.sync.status, waiting=20_000)
    async with screen(place) as h:
        assert h.find("offer-claim-button").disabled
        assert "the core can be asked nothing more (20,000 actions)" in h.find("offer-crowded-text").value


async def test_on_a_device_that_is_nearly_full_a_claim_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = store(tmp_path)
    monkeypatch.setattr(room, "LEAST_FREE_BYTES", 10**18)
    async with screen(place) as h:
        await h.click("offer-claim-button")
        assert h.find("answer-error-text").value.startswith("This device is nearly full")
        assert not h.find("offer-claim-button").disabled
    assert place.commands() == []


async def test_a_claim_tapped_twice_asks_once(tmp_path: Path) -> None:
    place = store(tmp_path)
    first, second = offering.claim(place.desk, "o1"), offering.claim(place.desk, "o1")
    assert (first.code, second.code) == ("asked", "already_submitted")
    assert [name for _, name in place.commands()] == ["ClaimOffer"]


async def test_the_loser_reads_who_was_faster_and_the_refusal_is_read(tmp_path: Path) -> None:
    place = store(tmp_path)
    async with screen(place) as h:
        await h.click("offer-claim-button")
        place.judged(place.commands()[-1][0], Verdict.REJECTED, "taken_by", taken_by="Comptoir Lyon")
        place.pulled("offer", lost(OPEN), ver=4)
        await told(place, h)
        assert h.find("offer-stage-text").value == "Comptoir Lyon was faster."
        assert place.store.counts(place.now).attention == 1
        await h.click("offer-back-button")
        assert place.store.counts(place.now).attention == 0


async def test_a_claim_refused_for_its_stock_says_so_and_may_be_declined(tmp_path: Path) -> None:
    place = store(tmp_path)
    async with screen(place) as h:
        await h.click("offer-claim-button")
        place.judged(place.commands()[-1][0], Verdict.REJECTED, "offer_stock_gone", sku="AL-1004")
        await told(place, h)
        assert "AL-1004 was sold here in the meantime" in h.find("offer-refusal-text").value


async def test_declining_says_what_the_reason_does_to_the_stock(tmp_path: Path) -> None:
    place = store(tmp_path)
    async with screen(place) as h:
        await h.click("offer-decline-button")
        texts = h.texts()
        assert "No article of this offer is sold from here any more until the shelf is counted." in texts
        assert h.find("offer-decline-now-button").disabled
        await h.click("reason-busy-button")
        await h.click("offer-decline-now-button")
        assert place.commands()[-1][1] == "DeclineOffer"
        assert h.has("offer-asking-text")


async def test_an_article_is_declared_out_of_stock_without_the_core(tmp_path: Path) -> None:
    place = store(tmp_path)
    place.offline()
    async with screen(place) as h:
        await h.click("offer-AL-1004-out-button")
        await h.click("offer-out-now-button")
        assert place.commands()[-1][1] == "DeclareOutOfStock"
        assert "Declared out of stock. It is not sold from here any more." in h.texts()
        assert not h.has("offer-AL-1004-out-button")
        assert place.feedback.given[-1] == "ok"


async def test_an_order_is_given_back_only_while_nobody_has_begun_it(tmp_path: Path) -> None:
    place = store(tmp_path, won(OPEN))
    work = order(30, {"AL-1001": 1}, OPEN.target_at - place.now, order_number=OPEN.order_number)
    place.pulled("fulfilment", work)
    async with screen(place, (1280, 800)) as h:
        await h.click("offer-release-button")
        await h.click("reason-mistake-button")
        await h.click("offer-release-now-button")
        assert place.commands()[-1][1] == "ReleaseClaim"
        place.judged(place.commands()[-1][0], Verdict.REJECTED, "work_has_begun")
        place.pulled("fulfilment", order(30, {"AL-1001": 1}, OPEN.target_at - place.now, run_id="r",
                                         order_number=OPEN.order_number), ver=5)  # fmt: skip
        await told(place, h)
        assert h.has("offer-begun-text")
        assert not h.has("offer-release-button")


async def test_who_only_picks_reads_the_offer_and_cannot_claim_it(tmp_path: Path) -> None:
    async with screen(store(tmp_path, user_id="ann")) as h:
        assert not h.has("offer-claim-button")


async def test_an_offer_nobody_knows_is_said(tmp_path: Path) -> None:
    place = workplace(tmp_path, user_id=MANAGER, language="en")
    async with screen(place) as h:
        assert "This offer is not known here" in h.texts()


@pytest.mark.parametrize(("size", "lines"), [((360, 740), 2), ((1280, 800), 1)])
async def test_the_number_stands_once_and_has_room(tmp_path: Path, size: tuple[int, int], lines: int) -> None:
    async with screen(store(tmp_path), size) as h:
        assert [text for text in h.texts() if OPEN.order_number in text] == [f"Offer {OPEN.order_number}"]
        assert h.find("frame-title-text").max_lines == lines
