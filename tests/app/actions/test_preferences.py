"""Choices are kept one by one; choosing one leaves the others."""

from pathlib import Path

from app.actions import preferences
from app.devices.wedge import WedgeSettings
from app.store import settings
from app.store.database import driver
from tests.support.workplace import workplace


def test_each_choice_is_kept_and_leaves_the_others(tmp_path: Path) -> None:
    database = workplace(tmp_path).database
    preferences.choose_language(database, "fr")
    preferences.choose_theme(database, "dark")
    preferences.choose_sounds(database, False)
    chosen = preferences.chosen(database)
    assert (chosen.language, chosen.theme, chosen.sounds) == ("fr", "dark", False)


def test_the_scanner_is_set_up_once_for_the_tablet(tmp_path: Path) -> None:
    database = workplace(tmp_path).database
    assert preferences.scanner(database) == WedgeSettings()
    chosen = WedgeSettings("fr-us", "~", "F7", "pause")
    preferences.choose_scanner(database, chosen)
    preferences.choose_sounds(database, False)
    assert preferences.scanner(database) == chosen
    with database.write() as connection:
        settings.put(driver(connection), "scanner_keyboards", "klingon")
    assert preferences.scanner(database).keyboards == "auto"
