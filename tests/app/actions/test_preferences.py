"""Choices are kept one by one; choosing one leaves the others."""

from pathlib import Path

from app.actions import preferences
from tests.support.workplace import workplace


def test_each_choice_is_kept_and_leaves_the_others(tmp_path: Path) -> None:
    database = workplace(tmp_path).database
    preferences.choose_language(database, "fr")
    preferences.choose_theme(database, "dark")
    preferences.choose_sounds(database, False)
    chosen = preferences.chosen(database)
    assert (chosen.language, chosen.theme, chosen.sounds) == ("fr", "dark", False)
