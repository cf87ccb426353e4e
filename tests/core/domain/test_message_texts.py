from itertools import combinations
from string import Formatter

import pytest

from core.domain.message_texts import BUILT_IN
from core.domain.messages import KINDS, LANGUAGES, Template, check


def places(template: Template) -> set[str | None]:
    return {name for part in (template.subject, template.text) for _, name, _, _ in Formatter().parse(part) if name}


def test_every_kind_has_a_text_in_every_language_that_holds():
    assert set(BUILT_IN) == {(kind, language) for kind in KINDS for language in LANGUAGES}
    for (kind, _), template in BUILT_IN.items():
        check(kind, template)


@pytest.mark.parametrize("kind", KINDS)
def test_a_customer_is_told_the_same_in_every_language(kind):
    english = places(BUILT_IN[kind, "en"])
    assert {language: places(BUILT_IN[kind, language]) for language in LANGUAGES} == dict.fromkeys(LANGUAGES, english)


@pytest.mark.parametrize("kind", KINDS)
def test_no_language_stands_in_the_words_of_another(kind):
    for one, other in combinations(LANGUAGES, 2):
        assert BUILT_IN[kind, one].subject != BUILT_IN[kind, other].subject


def test_the_words_stand_in_their_order():
    assert BUILT_IN["locker", "de"].text == (
        "Guten Tag {customer_name},\n\n"
        "Ihre Bestellung {order_number} liegt im Schließfach {compartment}."
        " Bitte holen Sie sie bis {pick_up_by} ab.\n\n"
        "{store}\n{address}\n{hours}\n\n"
        "Das Schließfach öffnet sich mit diesem Code: {locker_code}\n\n"
        "{brand}"
    )
