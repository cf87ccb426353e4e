"""The story is the core's as far as it was told; what was done here since stands in it once."""

from datetime import timedelta
from pathlib import Path

from app.queries.story import StoryView, story_view
from app.queries.work import Reader
from app.store import stories
from core.contract.commands import How, ScanItem
from core.contract.story import Story, StoryLine, Subject
from core.domain.outcome import Verdict
from tests.support.store_world import NOW, STORE_ID
from tests.support.workplace import Place, workplace

RECEIVED = StoryLine("e1", "OrderReceived", NOW - timedelta(hours=3))


def keep(place: Place, *lines: StoryLine) -> None:
    with place.database.write() as connection:
        stories.keep(connection, Subject.FULFILMENT, "f1", Story(place.now, lines))


def seen(place: Place) -> StoryView:
    return story_view(place.database, Reader(STORE_ID, "ann", "en"), Subject.FULFILMENT, "f1")


def test_what_was_done_here_is_in_the_story_before_the_core_knows_of_it(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    keep(place, RECEIVED)
    place.now += timedelta(minutes=1)
    place.tell(ScanItem("f1", "f1-AL-1001", 1, How.WEDGE))
    place.tell(ScanItem("f2", "f2-AL-1002", 1, How.WEDGE))
    newest, oldest = seen(place).lines
    assert (newest.code, newest.own, newest.waits, newest.who) == ("ScanItem", True, True, "Ann Peeters")
    assert (oldest.code, oldest.own) == ("OrderReceived", False)


def test_what_the_core_tells_is_told_once(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    place.tell(ScanItem("f1", "f1-AL-1001", 1, How.WEDGE))
    command_id = place.commands()[0][0]
    place.judged(command_id, Verdict.ACCEPTED, "picked")
    assert [(line.code, line.waits) for line in seen(place).lines] == [("ScanItem", False)]
    picked = StoryLine("e2", "ItemPicked", NOW, {"name": "Shirt"}, "Ann Peeters", "Lille", "not_found", command_id)
    keep(place, RECEIVED, picked)
    (line, _) = seen(place).lines
    assert (line.code, dict(line.params), line.own, line.reason) == (
        "ItemPicked",
        {"name": "Shirt"},
        False,
        "Not found",
    )


def test_without_a_word_from_the_core_it_says_so(tmp_path: Path) -> None:
    assert seen(workplace(tmp_path)) == StoryView(None, ())
