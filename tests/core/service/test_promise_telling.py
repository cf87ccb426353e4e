import gettext
from typing import Any

import pytest

from core.domain.promise import Option
from core.service.promise_telling import SENTENCES, sentences
from core.service.telling import Translations
from tests.core.domain.promise_world import MONDAY, promise, shop

ENGLISH = Translations(gettext.NullTranslations())
AMOUNTS: dict[str, Any] = {
    "currency": "EUR",
    "country": "FR",
    "listed_minor": 600,
    "tax_minor": 100,
    "price_minor": 600,
}


def told(code: str, **params: str | int) -> list[str]:
    return list(sentences(ENGLISH, [{"code": code, "params": params}]))


def test_every_step_of_a_promise_is_a_sentence():
    found = promise(MONDAY, [[1]], [1], [shop()])
    assert isinstance(found, Option)
    steps = [{"code": one.code, "params": dict(one.params)} for one in found.explanation]
    assert list(sentences(ENGLISH, steps)) == [
        "Ordered until 2026-05-04T12:00:00+00:00, it leaves place-0 at 2026-05-04T15:00:00+00:00.",
        "hexa (standard) takes 1 to 2 delivery days to zone FR.",
        "It is there on 2026-05-06 at the latest.",
    ]


def test_prices_say_whether_tax_is_in_them():
    assert told("price_with_tax", rate_bp=2000, **AMOUNTS) == [
        "The price of 600 contains 100 of tax (20 %, FR), in minor units of EUR."
    ]
    assert told("tax_added", **AMOUNTS | {"price_minor": 649, "tax_minor": 49, "rate_bp": 810}) == [
        "To 600 comes 49 of tax (8.1 %, FR): 649 in all, in minor units of EUR."
    ]


@pytest.mark.parametrize(("why", "words"), [("public_holiday", "public holiday (Victoire)"), ("special_day", "closed")])
def test_a_day_that_was_passed_over_says_why(why: str, words: str):
    assert words in told("day_passed_over", day="2026-05-08", why=why, name="Victoire")[0]


def test_what_has_no_sentence_is_left_out():
    assert told("something_new") == []


def test_all_sentences_find_their_values():
    values: dict[str, Any] = {
        "cutoff_at": "",
        "leaves_at": "",
        "location": "",
        "carrier": "",
        "service": "",
        "zone": "",
        "days_min": 1,
    }
    values |= {"days": ""}
    values |= {
        "days_max": 2,
        "day": "",
        "why": "",
        "name": "",
        "store": "",
        "minutes": 1,
        "at": "",
        "units": 1,
        "sku": "",
    }
    for code in SENTENCES:
        assert told(code, **values, **AMOUNTS, rate_bp=0)
