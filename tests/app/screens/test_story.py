"""What happened is told in words, newest first; without the core, as far as this device knows."""

from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

from app.screens.order import OrderScreen
from app.screens.story import StoryScreen
from app.store import stories
from core.contract.commands import How, ScanItem
from core.contract.story import Story, StoryLine, Subject
from tests.support.flet_harness import Harness
from tests.support.store_world import NOW
from tests.support.workplace import Place, shown, workplace

STORY = Story(
    NOW,
    (
        StoryLine("e1", "OrderReceived", NOW - timedelta(hours=3)),
        StoryLine("e2", "FulfilmentCreated", NOW - timedelta(hours=2), {"number": "FR-10231-1"}, "", "Lyon"),
        StoryLine("e3", "LineShort", NOW, {"name": "Linen shirt"}, "Ann Peeters", "Lille", "not_found"),
    ),
)


def screen(place: Place, size: tuple[int, int] = (360, 740)) -> AbstractAsyncContextManager[Harness]:
    return shown(StoryScreen, "/story/:kind/:id", place, route="/story/fulfilment/f1", size=size)


async def test_the_core_is_asked_and_its_story_read_newest_first(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    place.link.told = (place.database, STORY)
    async with screen(place) as h:
        await h.until(lambda: "The order was received." in h.texts())
        texts = h.texts()
        said = ["Not found: Linen shirt", "FR-10231-1 was given to a store.", "The order was received."]
        assert [text for text in texts if text in said] == said
        assert any(text.endswith("Ann Peeters · Lille · Not found") for text in texts)
        assert not h.has("story-age-text")


async def test_without_the_core_it_tells_what_it_knows_and_how_old_that_is(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    with place.database.write() as connection:
        stories.keep(connection, Subject.FULFILMENT, "f1", STORY)
    place.offline()
    place.now += timedelta(minutes=5)
    place.tell(ScanItem("f1", "f1-AL-1001", 1, How.WEDGE))
    async with screen(place) as h:
        assert "The core cannot be asked now. This is as it told it on" in h.find("story-age-text").value
        assert "Article picked" in h.texts()
        assert any("The core has not confirmed it yet" in text for text in h.texts())


async def test_a_core_that_does_not_answer_leaves_what_was_done_here(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    place.tell(ScanItem("f1", "f1-AL-1001", 1, How.WEDGE))
    async with screen(place) as h:
        await h.until(lambda: h.has("story-age-text"))
        assert h.find("story-age-text").value.endswith("This is what was done on this device.")


async def test_nothing_known_is_said(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    place.offline()
    async with screen(place) as h:
        assert "Nothing is known here yet" in h.texts()


async def test_an_order_leads_to_its_story(tmp_path: Path) -> None:
    async with shown(OrderScreen, "/order/:id", workplace(tmp_path), route="/order/f1") as h:
        await h.click("fulfilment-story-button")
        await h.until(lambda: h.page.route == "/story/fulfilment/f1")


async def test_it_reads_from_right_to_left(tmp_path: Path) -> None:
    place = workplace(tmp_path, language="ar")
    place.link.told = (place.database, STORY)
    async with screen(place) as h:
        await h.until(lambda: h.has("story-e1-line"))
        assert "The order was received." not in h.texts()


async def test_a_reason_that_nobody_has_words_for_is_left_out(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    known = StoryLine("e1", "OrderCancelled", NOW, {"number": "FR-1"}, "Ann Peeters", "Lille", "not_collected")
    strange = StoryLine("e2", "OrderCancelled", NOW, {"number": "FR-1"}, "Bruno Martin", "Lille", "from_tomorrow")
    place.link.told = (place.database, Story(NOW, (known, strange)))
    async with screen(place) as h:
        await h.until(lambda: any(text.endswith("Ann Peeters · Lille · Not collected in time") for text in h.texts()))
        assert any(text.endswith("Bruno Martin · Lille") for text in h.texts())
