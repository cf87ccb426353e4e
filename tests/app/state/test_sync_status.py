"""Redraws come from a changed status only, and nothing is promised that the sync loop did not tell."""

from datetime import UTC, datetime, timedelta

import pytest

from app.state import SyncState, SyncStatus
from app.state.sync_status import blocked, seen
from sync import status as told
from sync.steps import Connection

SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def test_an_equal_status_redraws_nothing() -> None:
    state, heard = SyncState(), []

    def listen(_sender: object, field: str | None) -> None:
        heard.append(field)

    state.subscribe(listen)
    state.status = SyncStatus("offline", SINCE, waiting=3)
    state.status = SyncStatus("offline", SINCE, waiting=3)
    assert heard == ["status"]


@pytest.mark.parametrize(
    ("connection", "shown", "stops"),
    [
        ("connecting", "asking", ""),
        ("online", "online", ""),
        ("offline", "offline", ""),
        ("paused", "offline", "token_invalid"),
        ("revoked", "offline", "device_revoked"),
        ("upgrade_required", "offline", "wire_unsupported"),
    ],
)
def test_people_see_three_states_and_what_stops_the_device(connection: Connection, shown: str, stops: str) -> None:
    status = told.SyncStatus(connection, offline_since=SINCE, waiting=2, attention=1)
    assert seen(status).connection == shown
    assert (seen(status).waiting, seen(status).attention, seen(status).since) == (2, 1, SINCE)
    assert blocked(status) == stops


def test_how_long_a_device_was_away_is_counted_from_the_last_answer_also_before_the_app_was_started() -> None:
    status = told.SyncStatus("offline", offline_since=SINCE)
    before = SINCE - timedelta(hours=7)
    assert seen(status).long_offline(SINCE + timedelta(hours=7, minutes=59)) is None
    assert seen(status).long_offline(SINCE + timedelta(hours=8)) == timedelta(hours=8)
    assert seen(status, before).long_offline(SINCE + timedelta(hours=1)) == timedelta(hours=8)
    # The clock was put back meanwhile: the moment that is longest ago counts.
    assert seen(status, SINCE + timedelta(days=1)).since == SINCE
    assert seen(told.SyncStatus("online")).long_offline(SINCE) is None


def test_a_full_outbox_is_known_to_who_asks() -> None:
    assert not SyncStatus("online", waiting=19_999).link.crowded
    assert SyncStatus("online", waiting=20_000).link.crowded


def test_an_app_that_is_newer_than_the_core_says_so_until_the_core_answers() -> None:
    outdated = told.SyncStatus("offline", offline_since=SINCE, waiting=2, fault="core_outdated")
    assert blocked(outdated) == "core_outdated"
    assert blocked(told.SyncStatus("online")) == ""
    assert blocked(told.SyncStatus("offline", fault="unreachable")) == ""
