"""Redraws come from a changed status only."""

from datetime import UTC, datetime

from app.state import SyncState, SyncStatus


def test_an_equal_status_redraws_nothing() -> None:
    state, heard = SyncState(), []

    def listen(_sender: object, field: str | None) -> None:
        heard.append(field)

    state.subscribe(listen)
    since = datetime(2026, 1, 1, tzinfo=UTC)
    state.status = SyncStatus("offline", since, waiting=3)
    state.status = SyncStatus("offline", since, waiting=3)
    assert heard == ["status"]
