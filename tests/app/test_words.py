"""Every answer a rule can give has a sentence that can be said with its parameters, in every language."""

import importlib
import pkgutil
from dataclasses import fields

import pytest

import app.actions
import app.store
import core.contract
import core.domain
from app.i18n import LANGUAGES, translations
from app.words import SENTENCES, meaning, sentence
from core.domain.outcome import Outcome, Verdict
from core.domain.scanning import OtherStop, StopComplete, WrongItem

for package in (core.domain, core.contract, app.actions, app.store):
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")


def outcomes() -> list[type[Outcome]]:
    found = list(Outcome.__subclasses__())
    for kind in found:
        found += kind.__subclasses__()
    # Dataclasses with slots are made twice; the first, unfinished one has no __slots__ of its own. What has no code is
    # a base of answers.
    finished = [kind for kind in found if "__slots__" in vars(kind) and kind.code]
    return [kind for kind in finished if kind.__module__.startswith(("core.", "app."))]


def example(kind: type[Outcome]) -> Outcome:
    return kind(**{field.name: 2 if field.type is int else "x" for field in fields(kind)})


@pytest.mark.parametrize("kind", outcomes(), ids=lambda kind: kind.__name__)
def test_an_answer_has_a_sentence_in_every_language(kind: type[Outcome]) -> None:
    answer = example(kind)
    assert answer.code in SENTENCES
    for language in LANGUAGES:
        said = sentence(translations(language.tag), answer.code, answer.params())
        assert said
        assert "{" not in said


def test_a_code_of_a_newer_core_is_named() -> None:
    assert "quantum_pick" in sentence(translations("en"), "quantum_pick", {})


def test_a_wrong_article_says_what_was_scanned_and_what_was_expected() -> None:
    answer = WrongItem("04006381333931", "SKU-1", "Linen shirt")
    said = sentence(translations("en"), answer.code, answer.params() | {"scanned_name": "Wool scarf"})
    assert said == "Wrong article: you scanned Wool scarf, expected is Linen shirt."


def test_every_sentence_belongs_to_one_code_only_and_is_loud_enough() -> None:
    assert meaning(WrongItem("1", "", "")) == "error"
    assert meaning(OtherStop("s", "f", "l", 1, 0, 1, "n", "z", "p")) == "warn"
    assert all(meaning(example(kind)) in ("ok", "warn", "error") for kind in outcomes())
    assert {kind.verdict for kind in outcomes()} == set(Verdict)


def test_what_a_label_says_beside_its_number_is_told_with_the_answer() -> None:
    _ = translations("en")
    base: dict[str, str | int] = {
        "stop_id": "s",
        "fulfilment_id": "f",
        "line_id": "l",
        "quantity": 1,
        "tote": 1,
        "remaining": 2,
    }
    weighed = sentence(_, "counted", {**base, "means": "weight", "amount": 534, "expired": ""})
    assert weighed == "Counted. 2 more to pick here. The label says 0.534 kg."
    bundle = sentence(_, "stop_complete", {**base, "means": "count", "amount": 6, "expired": ""})
    assert bundle == "Counted. This stop is complete. The label stands for 6 pieces."
    old = StopComplete("s", "f", "l", 1, 1, expired="2026-11-21")
    assert meaning(old) == "warn"
    assert sentence(_, old.code, old.params()).endswith("It expired on 21 Nov 2026: show it to your manager.")
    assert meaning(StopComplete("s", "f", "l", 1, 1)) == "ok"
