"""Offers are read from across the room: what ends first, what it is worth, what lies here; who was faster."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.actions import offering
from app.screens.offer import OfferScreen
from app.screens.offers import OffersScreen
from app.state.sync_status import SyncStatus
from app.store import room
from core.contract.offers import OfferState
from core.domain.outcome import Verdict
from tests.support.offer_world import BOOTS, MANAGER, REASONS, answered, lost, offer, won
from tests.support.store_world import LOCATION, NOW
from tests.support.workplace import Place, shown, workplace


def store(tmp_path: Path, *offers: object, user_id: str = MANAGER, language: str = "en") -> Place:
    place = workplace(tmp_path, user_id=user_id, language=language)
    place.pulled("reason", *REASONS)
    place.pulled("offer", *offers)
    return place


async def test_what_ends_first_stands_on_top_with_its_worth_and_the_stock_here(tmp_path: Path) -> None:
    place = store(tmp_path, offer("o2", 50, BOOTS, days_late=2, others=0), offer("o1", 4))
    async with shown(OffersScreen, "/offers", place, size=(360, 740)) as h:
        texts = h.texts()
        assert texts.index("4:00") < texts.index("50 minutes")
        assert {"€49.90", "€99.80", "4 on the shelf", "1 on the shelf"} <= set(texts)
        assert {"2 other stores see it", "Only your store sees it", "Keeps the promise"} <= set(texts)
        assert "2 days after the promise" in texts


async def test_the_last_minutes_are_told_to_the_second_and_nothing_else_is_drawn_again(tmp_path: Path) -> None:
    place = store(tmp_path, offer("o0", 4), *(offer(f"o{n}", 90 + n) for n in range(1, 10)))
    async with shown(OffersScreen, "/offers", place) as h:
        h.mark()
        place.now = NOW + timedelta(seconds=61)
        await h.until(lambda: "2:59" in h.texts())
        assert h.controls_built < 12
        assert h.patch_bytes < 1_000


async def test_an_offer_can_be_claimed_until_the_core_s_clock_says_that_it_is_over(tmp_path: Path) -> None:
    place = store(tmp_path, offer("o1", 1))
    async with shown(OfferScreen, "/offers/:id", place, route="/offers/o1", size=(360, 740)) as h:
        place.now = NOW + timedelta(seconds=59)
        await h.until(lambda: "0:01" in h.texts())
        assert not h.find("offer-claim-button").disabled
        h.mark()
        place.now = NOW + timedelta(seconds=60)
        await h.until(lambda: "Time is over" in h.texts())
        assert h.find("offer-claim-button").disabled


async def test_numbers_of_the_sync_do_not_draw_the_list_again(tmp_path: Path) -> None:
    place = store(tmp_path, offer("o1", 30))
    async with shown(OffersScreen, "/offers", place) as h:
        h.mark()
        place.ui.sync.status = SyncStatus("online", NOW, waiting=3, last_sync_at=NOW, clock_skew_ms=140)
        await h.settle()
        assert h.controls_built < 12


async def test_the_countdown_goes_by_the_clock_of_the_core(tmp_path: Path) -> None:
    place = store(tmp_path, offer("o1", 30))
    place.ui.sync.status = SyncStatus("online", NOW, clock_skew_ms=600_000)
    async with shown(OffersScreen, "/offers", place) as h:
        assert "20 minutes" in h.texts()
        assert "wrong by 10 minutes" in h.find("offers-clock-text").value


async def test_an_offer_that_another_store_won_leaves_at_once_and_says_who_was_faster(tmp_path: Path) -> None:
    mine = offer("o1", 30)
    place = store(tmp_path, mine)
    async with shown(OffersScreen, "/offers", place) as h:
        assert h.has("offers-o1-row")
        place.pulled("offer", lost(mine), ver=3)
        place.changed("offers")
        await h.settle()
        assert not h.has("offers-o1-row")
        assert h.has("offers-o1-past")
        assert {"Comptoir Lyon was faster.", "No open offer"} <= set(h.texts())


async def test_the_last_day_is_told_in_figures_that_add_up(tmp_path: Path) -> None:
    over = (
        won(offer("o1", 30), 3), won(offer("o2", 30), 7), lost(offer("o3", 30)),
        answered(offer("o4", 30), OfferState.DECLINED, 5, reason="busy", answered_by=MANAGER),
        answered(offer("o5", 30), OfferState.EXPIRED),
        won(offer("o6", 30, offered_at=NOW - timedelta(days=2)), 1),
    )  # fmt: skip
    async with shown(OffersScreen, "/offers", store(tmp_path, *over)) as h:
        said = h.find("offers-figures-text").value
        assert "Won: 2" in said
        assert "Other stores were faster: 1" in said
        assert "Declined: 1" in said
        assert "Not answered: 1" in said
        assert "Typical answer after 5 minutes" in said
        assert "Declined: Too much to do (Bruno Martin)" in h.texts()


async def test_not_now_silences_this_device_and_says_so(tmp_path: Path) -> None:
    place = store(tmp_path)
    async with shown(OffersScreen, "/offers", place) as h:
        await h.click("offers-sound-button")
        await h.click("offers-silence-30-button")
        assert h.find("offers-sound-text").value.startswith("Silent until 10:30")
        await h.click("offers-sound-done-button")
        assert "Other devices of the store go on sounding." in h.find("offers-silent-text").value


async def test_no_more_offers_today_is_asked_of_the_core_and_undone_by_itself(tmp_path: Path) -> None:
    place = store(tmp_path, offer("o1", 30, distance_km=12))
    async with shown(OffersScreen, "/offers", place, size=(360, 740)) as h:
        assert {"Your store takes new offers.", "12 km to the customer"} <= set(h.texts())
        await h.click("offers-pause-button")
        assert place.commands()[-1][1] == "PauseOffers"
        assert h.find("offers-pause-text").value == "The core is being asked."
        assert h.find("offers-pause-button").disabled
        place.offline()
        await h.settle()
        assert "as soon as this device is connected" in h.find("offers-pause-text").value
        place.judged(place.commands()[-1][0], Verdict.ACCEPTED, "offers_paused")
        place.pulled("location", replace(LOCATION, offers_paused_until=NOW + timedelta(hours=14)), ver=5)
        place.changed("offers")
        await h.settle()
        assert "Tomorrow they come again by themselves" in h.find("offers-pause-text").value
        assert h.has("offers-o1-row")
        await h.click("offers-pause-button")
        assert [name for _, name in place.commands()] == ["PauseOffers"] * 2


async def test_a_pause_that_cannot_be_asked_for_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LEAST_FREE_BYTES", 10**18)
    async with shown(OffersScreen, "/offers", store(tmp_path)) as h:
        await h.click("offers-pause-button")
        assert h.find("answer-error-text").value.startswith("This device is nearly full")


async def test_a_pause_of_yesterday_is_over(tmp_path: Path) -> None:
    place = store(tmp_path)
    place.pulled("location", replace(LOCATION, offers_paused_until=NOW), ver=5)
    async with shown(OffersScreen, "/offers", place) as h:
        assert h.find("offers-pause-text").value == "Your store takes new offers."


async def test_an_offer_that_was_put_off_stands_last_and_is_not_counted(tmp_path: Path) -> None:
    place = store(tmp_path, offer("o1", 20), offer("o2", 50))
    async with shown(OfferScreen, "/offers/:id", place, route="/offers/o1") as h:
        assert h.find("offers-bell-button").icon.badge.label == "2"
        await h.click("offer-later-button")
        await h.until(lambda: h.page.route == "/offers")
    async with shown(OffersScreen, "/offers", place) as h:
        texts = h.texts()
        assert h.find("offers-bell-button").icon.badge.label == "1"
        assert texts.index("50 minutes") < texts.index("20 minutes")
        assert "Not now" in texts
    offering.put_off(place.database, "o1", later=False)
    async with shown(OffersScreen, "/offers", place) as h:
        assert h.find("offers-bell-button").icon.badge.label == "2"


async def test_quiet_hours_are_kept_on_the_device(tmp_path: Path) -> None:
    place = store(tmp_path)
    async with shown(OffersScreen, "/offers", place) as h:
        await h.click("offers-sound-button")
        field = h.find("offers-quiet-from-field")
        h.session.apply_patch(field._i, {"value": "20"})
        await h.fire("offers-quiet-from-field", "select", "20")
        assert h.find("offers-quiet-from-field").value == "20"
        assert offering.rules_of_sound(place.database).quiet_from == 20


async def test_who_may_not_answer_is_told_whom_to_ask(tmp_path: Path) -> None:
    async with shown(OffersScreen, "/offers", store(tmp_path, offer("o1", 9), user_id="ann")) as h:
        assert "Offers are answered by managers. Ask Bruno Martin." in h.texts()
        assert not h.has("offers-o1-row")


async def test_the_list_reads_from_right_to_left(tmp_path: Path) -> None:
    place = store(tmp_path, offer("o1", 30), language="ar")
    async with shown(OffersScreen, "/offers", place, size=(360, 740)) as h:
        assert h.has("offers-o1-row")
