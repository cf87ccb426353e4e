"""A declaration is noted wherever units become unavailable, so that the end of the day can review every one of them."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from core.service.cause import Cause
from core.store import tables as t


@dataclass(frozen=True, slots=True)
class Note:
    """`origin`: "office", "short_pick", "offer" or "import"; the movement itself is written by who declares."""

    location_id: str
    sku: str
    units: int
    reason: str = ""
    expires_at: datetime | None = None
    origin: str = "office"


def note(connection: Connection, cause: Cause, declared: Note) -> dict[str, Any]:
    """Returns the row."""
    row: dict[str, Any] = {
        **asdict(declared),
        "id": cause.new_id(),
        "state": "open",
        "declared_at": cause.at,
        "declared_by": cause.user_id,
        "reviewed_at": None,
        "reviewed_by": "",
        "version": 1,
    }
    connection.execute(insert(t.declarations), [row])
    return row
