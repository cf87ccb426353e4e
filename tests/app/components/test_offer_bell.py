"""New offers are heard once, with words; silence takes the sound away and nothing else."""

from datetime import timedelta
from pathlib import Path

from app.actions import offering
from app.components.offer_bell import OfferBell
from core.domain.outcome import Verdict
from tests.support.offer_world import MANAGER, lost, offer
from tests.support.workplace import Place, shown_part, workplace


def store(tmp_path: Path, user_id: str = MANAGER) -> Place:
    place = workplace(tmp_path, user_id=user_id, language="en")
    place.pulled("offer", offer("o1", 30))
    return place


async def test_a_new_offer_sounds_once_with_words_and_counts(tmp_path: Path) -> None:
    place = store(tmp_path)
    async with shown_part(OfferBell, place=place) as h:
        assert "New offer: 1 unit, €49.90" in h.texts()
        assert h.find("offers-bell-button").icon.badge.label == "1"
        place.changed("offers")
        await h.settle()
        assert place.feedback.rung == 1
        place.pulled("offer", offer("o2", 30), offer("o3", 30))
        place.changed("offers")
        await h.settle()
        assert place.feedback.rung == 2
        assert "2 new offers" in h.texts()
        assert h.find("offers-bell-button").icon.badge.label == "3"


async def test_a_device_that_is_opened_again_does_not_repeat_itself(tmp_path: Path) -> None:
    place = store(tmp_path)
    for _ in range(2):
        async with shown_part(OfferBell, place=place):
            pass
    assert place.feedback.rung == 1


async def test_silence_and_quiet_hours_leave_the_words(tmp_path: Path) -> None:
    place = store(tmp_path)
    offering.be_silent(place.database, place.now + timedelta(minutes=30))
    async with shown_part(OfferBell, place=place) as h:
        assert "New offer: 1 unit, €49.90" in h.texts()
        assert place.feedback.rung == 0
    offering.be_silent(place.database, None)
    offering.keep_quiet_hours(place.database, 22, 11)  # it is 10 o'clock in the store
    place.pulled("offer", offer("o2", 30))
    async with shown_part(OfferBell, place=place):
        assert place.feedback.rung == 0


async def test_an_answer_is_told_wherever_the_person_is(tmp_path: Path) -> None:
    place = store(tmp_path)
    offering.claim(place.desk, "o1")
    place.judged(place.commands()[-1][0], Verdict.REJECTED, "taken_by", taken_by="Comptoir Lyon")
    place.pulled("offer", lost(offer("o1", 30)), ver=3)
    async with shown_part(OfferBell, place=place) as h:
        assert "AL-o1: Comptoir Lyon was faster." in h.texts()
        assert place.feedback.given == ["error"]
        assert place.feedback.rung == 0


async def test_who_may_not_answer_has_no_bell(tmp_path: Path) -> None:
    place = store(tmp_path, "ann")
    async with shown_part(OfferBell, place=place) as h:
        assert not h.has("offers-bell-button")
        assert place.feedback.rung == 0
