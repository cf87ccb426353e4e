"""What is so and what was asked are told apart."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from app.actions import offering
from app.queries.offer_pause import PauseView, pause_view
from core.domain.outcome import Verdict
from tests.support.store_world import LOCATION, NOW, STORE_ID
from tests.support.workplace import workplace


def test_a_pause_is_so_when_the_core_says_so(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    assert pause_view(place.database, STORE_ID, NOW) == PauseView(paused=False, asking=None)
    assert offering.pause(place.desk, paused=True).code == "asked"
    assert offering.pause(place.desk, paused=False).code == "already_submitted"
    assert pause_view(place.database, STORE_ID, NOW) == PauseView(paused=False, asking=True)
    place.judged(place.commands()[0][0], Verdict.ACCEPTED, "offers_paused")
    until = NOW + timedelta(hours=14)
    place.pulled("location", replace(LOCATION, offers_paused_until=until), ver=5)
    assert pause_view(place.database, STORE_ID, NOW) == PauseView(paused=True, asking=None)
    assert pause_view(place.database, STORE_ID, until) == PauseView(paused=False, asking=None)


def test_a_device_that_has_pulled_nothing_knows_of_no_pause(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    assert pause_view(place.database, "elsewhere", NOW) == PauseView(paused=False, asking=None)
