"""A story is kept when the core tells it; whatever hinders it, the device goes on with what it has."""

import pytest

from app.store import stories
from app.store.database import Database
from app.telling import fetch_story
from core.contract.story import Story, StoryLine, Subject
from core.contract.sync import Problem
from sync import errors
from tests.support.device import NOW, database

__all__ = ["database"]
STORY = Story(NOW, (StoryLine("e1", "OrderReceived", NOW),))


class Core:
    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault

    async def story(self, kind: Subject, id: str) -> Story:
        if self.fault is not None:
            raise self.fault
        return STORY


async def test_what_was_told_is_kept(database: Database) -> None:
    assert await fetch_story(Core(), database, Subject.OFFER, "o1")
    with database.read() as connection:
        assert stories.kept(connection, Subject.OFFER, "o1") == STORY


@pytest.mark.parametrize(
    "fault", [errors.Unreachable("no"), errors.Refused(Problem("offer_unknown", "", 404)), TimeoutError()]
)
async def test_what_is_not_told_changes_nothing(database: Database, fault: Exception) -> None:
    with database.write() as connection:
        stories.keep(connection, Subject.OFFER, "o1", STORY)
    assert not await fetch_story(Core(fault), database, Subject.OFFER, "o1")
    with database.read() as connection:
        assert stories.kept(connection, Subject.OFFER, "o1") == STORY
