"""People need the name of what they hold, not its number."""

from app.actions import articles
from core.domain.scanning import WrongItem
from tests.support.desk import World, ean


def test_an_article_of_the_catalogue_is_named_with_colour_and_size(world: World) -> None:
    with world.database.read() as connection:
        answer = articles.name(connection, WrongItem(ean(2).zfill(14), "sku0", "Linen shirt 0"))
    assert answer.params()["scanned_name"] == "Linen shirt 2 Écru M"
    assert answer.params()["expected_name"] == "Linen shirt 0 Écru M"


def test_a_number_that_no_article_has_is_said_as_it_is_printed(world: World) -> None:
    with world.database.read() as connection:
        answer = articles.name(connection, WrongItem("04006381333931", "sku0", "Linen shirt 0"))
    assert (answer.code, answer.params()) == (
        "unknown_code",
        {"scanned": "4006381333931", "expected_name": "Linen shirt 0 Écru M"},
    )
