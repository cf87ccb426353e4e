"""Quiet hours go over midnight, silence ends by itself, and what was told is told once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.store import ringing
from app.store.database import Database
from app.store.ringing import Ringing

STORE = ZoneInfo("Europe/Paris")  # an hour ahead in March


def at(hour: int) -> datetime:
    return datetime(2026, 3, 2, hour, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("from_hour", "until_hour", "utc_hour", "quiet"),
    [(20, 8, 19, True), (20, 8, 18, False), (20, 8, 6, True), (20, 8, 7, False), (12, 14, 11, True), (9, 9, 8, False)],
)
def test_quiet_hours_are_on_the_clock_of_the_store(from_hour: int, until_hour: int, utc_hour: int, quiet: bool) -> None:
    assert Ringing(from_hour, until_hour).is_quiet(at(utc_hour), STORE) is quiet


def test_silence_ends_by_itself() -> None:
    rings = Ringing(silent_until=at(9))
    assert not rings.sounds(at(9) - timedelta(seconds=1), STORE)
    assert rings.sounds(at(9), STORE)


def test_what_was_chosen_and_told_outlives_a_restart(tmp_path: Path) -> None:
    database = Database.open(tmp_path)
    with database.write() as connection:
        assert ringing.read(connection) == Ringing()
        ringing.write(connection, Ringing(20, 8, at(9)))
        ringing.hear(connection, {"o1"})
    database.close()
    database = Database.open(tmp_path)
    with database.read() as connection:
        assert ringing.read(connection) == Ringing(20, 8, at(9))
        assert ringing.heard(connection) == {"o1"}
