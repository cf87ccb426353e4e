"""Reads the story of an order through: from the core into the device's own database, where the screen finds it."""

import asyncio
import logging
from typing import Final, Protocol

from app.store import stories
from app.store.database import Database
from core.contract.story import Story, Subject
from sync import errors

log = logging.getLogger(__name__)
TIMEOUT_S: Final = 4.0


class Teller(Protocol):
    async def story(self, kind: Subject, id: str) -> Story: ...


async def fetch_story(teller: Teller, database: Database, kind: Subject, id: str) -> bool:
    """False where the core cannot be asked now, or does not know it (a newer or older core, a store that lost it)."""
    try:
        async with asyncio.timeout(TIMEOUT_S):
            story = await teller.story(kind, id)
    except (errors.SyncFault, TimeoutError) as fault:
        log.info("the story of %s %s was not told: %s", kind.value, id, type(fault).__name__)
        return False

    def keep() -> None:
        with database.write() as connection:
            stories.keep(connection, kind, id, story)

    await asyncio.to_thread(keep)
    return True
