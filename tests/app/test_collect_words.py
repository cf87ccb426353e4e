"""Who handed over first, when and to whom is said on the store's clock, in the reader's language."""

from app.collect_words import COLLECTING
from app.i18n import translations

FIRST: dict[str, str | int] = {
    "units": 2,
    "by": "Bruno Martin",
    "at": "2026-03-02T10:00:00+01:00",
    "collector": "Léa Martin",
}


def test_twice_says_who_when_and_to_whom() -> None:
    said = COLLECTING["handed_over_twice"](translations("en"), FIRST)
    assert said.startswith("2 articles were already handed over on 02/03/2026, 10:00 by Bruno Martin to Léa Martin.")
    assert "Bruno Martin" in COLLECTING["handed_over_twice"](translations("ar"), FIRST)


def test_who_is_not_known_is_a_colleague_and_the_buyer_the_customer() -> None:
    said = COLLECTING["handed_over_twice"](translations("en"), {**FIRST, "units": 1, "by": "", "collector": ""})
    assert "by a colleague to the customer" in said


def test_the_customer_is_said_in_the_grammar_of_the_language() -> None:
    told = {**FIRST, "collector": ""}
    said = {tag: COLLECTING["handed_over_twice"](translations(tag), told) for tag in ("fr", "de", "it", "es", "pt")}
    assert "par Bruno Martin au client" in said["fr"]
    assert "an den Kunden" in said["de"]
    assert "al cliente" in said["it"]
    assert "al cliente" in said["es"]
    assert "ao cliente" in said["pt"]


def test_a_moment_that_is_said_otherwise_is_quoted() -> None:
    assert "yesterday" in COLLECTING["handed_over_twice"](translations("en"), {**FIRST, "at": "yesterday"})


def test_how_long_it_is_kept_at_most_is_said_as_a_day() -> None:
    en = translations("en")
    said = COLLECTING["extended_too_far"](en, {"latest": "2026-03-09T00:00:00+01:00"})
    assert said == "It cannot stay so long: this store keeps it until 8 Mar 2026 at most."
    assert "yesterday" in COLLECTING["extended_too_far"](en, {"latest": "yesterday"})


def test_what_is_left_is_counted_and_the_end_is_said() -> None:
    en = translations("en")
    assert COLLECTING["put_away"](en, {"left": 2}) == "Put away. 2 more parts to put away."
    assert COLLECTING["put_away"](en, {"left": 0}) == "Put away. Another part of the order is still expected."
    assert COLLECTING["returned_to_shelf"](en, {"left": 0}) == "Back on the shelf."


def test_a_card_that_is_declined_says_why_where_that_is_known() -> None:
    en = translations("en")
    assert "not enough money" in COLLECTING["card_declined"](en, {"reason": "insufficient_funds"})
    said = COLLECTING["card_declined"](en, {"reason": "x"})
    assert said == "The card was declined. Ask for another card, or cash."
