"""Settings act at once, outlive a restart, and say what support asks for."""

import tomllib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import flet as ft

from app import VERSION
from app.actions import preferences
from app.devices.keyboard import WedgeScanner
from app.devices.wedge import WedgeSettings
from app.screens.pair import PairScreen
from app.screens.settings import SettingsScreen
from app.state import SyncStatus
from app.ui.beside import from_left
from core.contract.commands import How, ScanItem
from core.contract.grants import PairingCode
from core.contract.sync import Group
from sync.status import Fetching
from tests.support import store_world as world
from tests.support.workplace import shown, workplace

PHONE = (360, 740)


async def test_language_colours_and_sounds_act_at_once_and_are_kept(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    async with shown(SettingsScreen, "/settings", place, size=PHONE) as h:
        await h.fire("settings-theme-dark-chip", "select", True)
        assert h.page.theme_mode is ft.ThemeMode.DARK
        switch = h.find("settings-sounds-switch")
        h.session.apply_patch(switch._i, {"value": False})
        await h.fire("settings-sounds-switch", "change", False)
        assert place.feedback.sounds is False
        await h.fire("settings-language-ar-chip", "select", True)
        assert h.page.rtl
    kept = preferences.chosen(place.database)
    assert (kept.theme, kept.sounds, kept.language) == ("dark", False, "ar")


async def test_a_scanner_is_set_up_at_once_and_is_kept(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    async with shown(SettingsScreen, "/settings", place, size=PHONE) as h:
        h.page.data = {"wedge": WedgeScanner(h.page, place.ui.scans)}
        await h.fire("settings-keyboards-fr-us-chip", "select", True)
        switch = h.find("settings-scanner-pause-switch")
        h.session.apply_patch(switch._i, {"value": True})
        await h.fire("settings-scanner-pause-switch", "change", True)
        await h.type("settings-scanner-suffix-field", " F9 ")
        await h.fire("settings-scanner-suffix-field", "blur", None)
        assert h.page.data["wedge"].settings == WedgeSettings("fr-us", "", "F9", "pause")
    assert preferences.scanner(place.database) == WedgeSettings("fr-us", "", "F9", "pause")


async def test_diagnostics_say_what_support_asks_for(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    place.ui.sync.status = SyncStatus(
        "offline", place.now - timedelta(minutes=20), 3, 1, place.now - timedelta(hours=1), clock_skew_ms=300_000
    )
    async with shown(SettingsScreen, "/settings", place) as h:
        texts = set(h.texts())
        assert {"Ann Peeters", "Lille Grand Place", from_left("7 (device-7)"), "https://core.example", VERSION} <= texts
        assert {"3", "1", "5 minutes slow", "10", "Everything was sent"} <= texts
        await h.click("settings-connect-button")
        assert place.link.tried == 1
        place.ui.sync.status = SyncStatus("online", last_sync_at=place.now, clock_skew_ms=200)
        await h.settle()
        assert "right" in h.texts()


async def test_what_is_being_fetched_and_what_finds_no_room_is_told(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    files = (Fetching(Group.STOCK, 500_000, 500_000), Fetching(Group.CATALOGUE, 3_100_000, 7_400_000))
    place.ui.sync.status = SyncStatus("online", fetching=files, fault="no_space")
    async with shown(SettingsScreen, "/settings", place) as h:
        told = "Stock: 0.5 of 0.5 MB; Catalogue: 3.1 of 7.4 MB; Too little free space on this device"
        assert told in h.texts()


async def test_what_somebody_should_do_about_the_connection_is_said(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    place.ui.sync.status = SyncStatus("offline", place.now - timedelta(hours=7), waiting=999)
    async with shown(SettingsScreen, "/settings", place) as h:
        assert not h.has("strain-offline-text")
        assert not h.has("strain-waiting-text")
        place.ui.sync.status = SyncStatus("offline", place.now - timedelta(hours=26), waiting=1_500)
        await h.settle()
        assert h.find("strain-offline-text").value.startswith("This device has not reached the core for 1 day.")
        assert h.find("strain-waiting-text").value.startswith("Much waits here to be sent: 1,500. Nothing is lost")


async def test_signing_out_leaves_the_work_on_the_device(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    async with shown(SettingsScreen, "/settings", place) as h:
        await h.click("settings-sign-out-button")
    assert place.session.user_id == ""
    assert place.session.identity is not None


def test_the_version_is_the_packages() -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text())
    assert project["project"]["version"] == VERSION


async def test_what_is_not_sent_is_told_with_its_reason_and_a_report_can_be_saved(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    saved: list[dict[str, object]] = []

    def save(arguments: dict[str, object]) -> str:
        saved.append(arguments)
        return "report.json"

    order = place.order(world.orders()[0].id)
    place.tell(ScanItem(order.id, order.lines[0].id, 1, How.TAP))
    async with shown(SettingsScreen, "/settings", place, answers={"save_file": save}) as h:
        assert "They wait for the connection" in h.texts()
        await h.click("settings-report-button")
        await h.until(lambda: "The report was saved. Read it, then send it to support." in h.texts())
    (arguments,) = saved
    assert str(arguments["file_name"]).startswith("comptoir report ")
    assert b'"device-7"' in arguments["src_bytes"]  # type: ignore[operator]


async def test_a_manager_shows_the_code_that_pairs_another_device(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    async with shown(SettingsScreen, "/settings", place) as h:
        assert not h.has("settings-pair-button")
    manager = [replace(user, permissions=(*user.permissions, "manage_devices")) for user in world.users()]
    place = workplace(tmp_path / "manager")
    place.pulled("user", *manager)
    async with shown(SettingsScreen, "/settings", place) as h:
        await h.click("settings-pair-button")
        assert any(text.startswith("Only a manager who signed in here") for text in h.texts())
        place.link.code = PairingCode("ABCD2345", "comptoir:enrol:ABCD2345", place.now + timedelta(minutes=10))
        await h.click("settings-pair-button")
        assert {"ABCD2345", "It pairs one device, within 10 minutes."} <= set(h.texts())
        await h.click("pairing-done-button")
        assert not h.has("pairing-code-text")


async def test_what_has_come_of_a_file_is_redrawn_while_it_comes(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    place.ui.sync.status = SyncStatus("online")
    async with shown(SettingsScreen, "/settings", place) as h:
        assert "nothing" in h.texts()
        for come in (700_000, 2_800_000, 7_400_000):
            place.ui.sync.status = SyncStatus("online", fetching=(Fetching(Group.CATALOGUE, come, 7_400_000),))
            await h.settle()
            assert f"Catalogue: {come / 1_000_000:.1f} of 7.4 MB" in h.texts()
        place.ui.sync.status = SyncStatus("online", last_sync_at=place.now)
        await h.settle()
        assert "nothing" in h.texts()


async def test_a_device_that_the_core_does_not_know_says_so_and_can_be_paired_again(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    known = place.session.identity
    place.session.blocked = "token_invalid"
    async with shown(SettingsScreen, "/settings", place) as h:
        assert "The core does not recognise this device. Pair it again; your work is kept." in h.texts()
        await h.click("settings-known-pair-button")
    assert (place.session.identity, place.session.former) == (None, known)
    async with shown(PairScreen, "/", place) as h:
        await h.click("pair-back-button")
    assert (place.session.identity, place.session.former) == (known, None)


async def test_a_device_that_the_core_knows_is_not_asked_to_be_paired_again(tmp_path: Path) -> None:
    async with shown(SettingsScreen, "/settings", workplace(tmp_path)) as h:
        assert not h.has("settings-known-pair-button")
