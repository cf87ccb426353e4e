"""The stories told last are kept, a few hundred of them."""

from datetime import timedelta

from app.store import stories
from app.store.database import Database
from core.contract.story import Story, StoryLine, Subject
from tests.support.device import NOW, database

__all__ = ["database"]


def test_the_newest_telling_counts_and_old_stories_go(database: Database) -> None:
    line = StoryLine("e1", "ItemPicked", NOW, {"name": "Shirt"}, "Ann", "Lille", "busy", "c1")
    with database.write() as connection:
        for number in range(stories.KEPT + 5):
            story = Story(NOW + timedelta(minutes=number), (line,))
            stories.keep(connection, Subject.FULFILMENT, f"f{number}", story)
        stories.keep(connection, Subject.FULFILMENT, "f9", Story(NOW + timedelta(days=1), ()))
    with database.read() as connection:
        assert stories.kept(connection, Subject.FULFILMENT, "f1") is None
        assert stories.kept(connection, Subject.COLLECTION, "f9") is None
        assert stories.kept(connection, Subject.FULFILMENT, "f9") == Story(NOW + timedelta(days=1), ())
        assert stories.kept(connection, Subject.FULFILMENT, "f10") == Story(NOW + timedelta(minutes=10), (line,))
