"""An article is known by its picture, size and colour, also where there is no photograph."""

from pathlib import Path

import pytest

from app.components.article import ArticleFacts, ArticlePicture
from app.components.colours import UNKNOWN, is_light, swatch
from app.components.silhouettes import SHAPES, silhouette
from app.queries.run import PutBackLineView
from core.demo.articles import COLOURS, KINDS
from tests.support.workplace import shown_part, workplace

SHIRT = PutBackLineView("l", "AL-1", "Linen shirt", "Sky blue", "M", "", "tops", "A", "A-1", 1)


async def test_without_a_photograph_the_kind_is_drawn_in_its_colour(tmp_path: Path) -> None:
    async with shown_part(ArticlePicture, SHIRT, place=workplace(tmp_path)) as h:
        [picture] = [c for c in h.controls() if hasattr(c, "src")]
        assert picture.src.startswith("<svg")
        assert swatch("sky blue") in picture.src
        assert "Linen shirt Sky blue M" in h.texts()


async def test_size_and_colour_are_said_in_words(tmp_path: Path) -> None:
    async with shown_part(ArticleFacts, SHIRT, True, place=workplace(tmp_path)) as h:
        assert {"Linen shirt", "Size M", "Sky blue", "AL-1"} <= set(h.texts())


@pytest.mark.parametrize("colour", COLOURS)
def test_every_colour_of_the_demo_has_a_swatch(colour: str) -> None:
    assert swatch(colour) != UNKNOWN


def test_every_category_of_the_demo_has_a_drawing_and_an_unknown_one_is_a_box() -> None:
    categories = {kind.category for kinds in KINDS.values() for kind in kinds}
    assert categories <= set(SHAPES)
    assert silhouette("spaceships", "black") == silhouette("", "black")


def test_the_longest_name_wins_and_nobody_guesses() -> None:
    assert swatch("Dark blue") == swatch("dark blue") != swatch("blue")
    assert swatch("Bluebell") == UNKNOWN
    assert is_light("#FFFFFF")
    assert not is_light("#101010")
