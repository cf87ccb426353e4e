"""Stories of orders as the core told them last, for when it cannot be asked."""

from typing import Final

import msgspec
from sqlalchemy import Connection

from app.store.database import driver
from core.contract.story import Story, Subject

KEPT: Final = 200  # those told last


def keep(connection: Connection, kind: Subject, id: str, story: Story) -> None:
    raw = driver(connection)
    raw.execute(
        "INSERT OR REPLACE INTO story (kind, id, told_at, body) VALUES (?, ?, ?, ?)",
        (kind.value, id, story.told_at.isoformat(), msgspec.json.encode(story)),
    )
    raw.execute(
        "DELETE FROM story WHERE (kind, id) NOT IN (SELECT kind, id FROM story ORDER BY told_at DESC LIMIT ?)", (KEPT,)
    )


def kept(connection: Connection, kind: Subject, id: str) -> Story | None:
    row = driver(connection).execute("SELECT body FROM story WHERE kind = ? AND id = ?", (kind.value, id)).fetchone()
    return msgspec.json.decode(row[0], type=Story) if row else None
