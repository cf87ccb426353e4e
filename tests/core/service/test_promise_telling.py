import ast
import gettext
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.domain.promise import Option
from core.service.promise_telling import SENTENCES, sentences
from core.service.telling import Translations
from tests.architecture.sources import Source
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


@pytest.mark.parametrize(
    ("code", "params", "sentence"),
    [
        ("no_stock", {"sku": "A", "missing": 2}, "2 x A are missing: no place that could send has them."),
        ("no_stock", {"sku": "A", "missing": 2, "store": "LYO1"}, "LYO1 lacks 2 x A."),
        ("no_store_near", {"km": 30}, "No store that takes part is within 30 km."),
        (
            "too_heavy",
            {"sku": "A", "weight_g": 31000, "limit_g": 30000},
            "A weighs 31000 g: the carrier takes 30000 g at most.",
        ),
    ],
)
def test_a_method_that_cannot_be_had_says_why(code: str, params: dict[str, Any], sentence: str):
    assert told(code, **params) == [sentence]


def reasons() -> Iterator[str]:
    """Every code of a step or refusal that is written in the promise's modules."""
    root = Path(__file__).parents[3] / "core"
    for module in [*root.glob("domain/promise*.py"), *root.glob("service/promise*.py")]:
        for node in ast.walk(Source(module).tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                place = {"Reason": 0, "refuse": 1}.get(node.func.id)
                if place is not None and isinstance(code := node.args[place], ast.Constant):
                    yield str(code.value)


def test_every_reason_has_a_sentence():
    found = set(reasons())
    assert {"leaves", "no_stock", "sku_unknown", "address_not_located"} <= found
    assert found - set(SENTENCES) == set()


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
        "missing": 1,
        "most": 2,
        "stores": 2,
    } | dict.fromkeys(("weight_g", "limit_g", "length_mm", "girth_mm", "limit_mm"), 1)
    for code in SENTENCES:
        assert told(code, **values, **AMOUNTS, rate_bp=0)
