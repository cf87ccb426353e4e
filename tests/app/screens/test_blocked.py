"""A device that was switched off says so and loses nothing."""

from pathlib import Path

from app.screens.blocked import BlockedScreen
from app.screens.work_list import WorkListScreen
from app.state import SyncStatus
from tests.support.workplace import shown, workplace


async def test_it_says_why_what_it_keeps_and_how_it_goes_on(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    place.session.blocked = "device_revoked"
    place.ui.sync.status = SyncStatus("offline", place.now, waiting=3)
    async with shown(BlockedScreen, "/", place) as h:
        assert "This device was switched off by head office. Hand it to your manager." in h.texts()
        assert "3 actions that were not sent are kept on this device." in h.texts()
        await h.click("blocked-pair-button")
    assert place.session.identity is None


async def test_an_app_that_is_too_old_goes_on_and_says_what_to_do(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    place.session.blocked = "wire_unsupported"
    async with shown(WorkListScreen, "/", place) as h:
        assert "The app is too old for the core. Update it; your work is kept." in h.texts()
        assert "Work list" in h.texts()


async def test_a_device_that_is_being_wiped_says_so_and_offers_nothing(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    place.session.blocked = "device_wiping"
    place.ui.sync.status = SyncStatus("offline", place.now, waiting=3)
    async with shown(BlockedScreen, "/", place) as h:
        assert "3 actions that were not sent are kept on this device." in h.texts()
        assert not h.has("blocked-pair-button")


async def test_a_device_that_was_wiped_says_what_became_of_its_work(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    place.session.blocked, place.session.handed_over = "device_wiped", 3
    async with shown(BlockedScreen, "/", place) as h:
        assert "3 actions that were not sent were handed to head office." in h.texts()
        assert not h.has("blocked-pair-button")
        assert not h.has("blocked-left-text")


async def test_what_head_office_did_not_take_of_a_wiped_device_is_said(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    place.session.blocked, place.session.left_over = "device_wiped", 1
    told = "1 action could not be handed over and stays in a file on this device. Give the device to head office."
    async with shown(BlockedScreen, "/", place) as h:
        assert told in h.texts()


async def test_an_app_that_is_newer_than_the_core_goes_on_and_says_what_will_be(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    place.session.blocked = "core_outdated"
    async with shown(WorkListScreen, "/", place) as h:
        assert "The core is older than this app. Your work is kept and sent when it is updated." in h.texts()
        assert "Work list" in h.texts()
