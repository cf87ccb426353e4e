"""Every kind of work and every state has words of its own and an icon."""

from typing import Any

from app.components import work_words
from app.i18n import LANGUAGES as SHIPPED
from app.i18n import translations
from core.contract.reference import OWN_REASONS
from core.domain.lifecycle import FulfilmentState, ParcelState
from core.domain.runs import Method
from core.domain.worklist import Age, Urgency, WorkKind


def test_every_state_and_kind_is_told_apart_in_words() -> None:
    _ = translations("en")
    assert set(work_words.KIND_ICONS) == set(WorkKind)
    told: list[tuple[Any, Any]] = [
        (work_words.kind_word, WorkKind),
        (work_words.urgency_word, Urgency),
        (work_words.age_word, Age),
        (work_words.state_word, FulfilmentState),
        (work_words.parcel_word, ParcelState),
        (work_words.method_words, Method),
    ]
    for say, of in told:
        assert len({say(_, value) for value in of}) == len(of)


def test_every_reason_of_the_core_itself_has_words_in_every_language() -> None:
    english = {reason: work_words.reason_word(translations("en"), reason) for reason in OWN_REASONS}
    assert english["closed"] == english["location_closed"]  # the same to whoever reads it
    assert len({*english.values(), *OWN_REASONS}) == 2 * len(OWN_REASONS) - 1
    for language in {known.tag for known in SHIPPED} - {"en"}:
        told = {reason: work_words.reason_word(translations(language), reason) for reason in OWN_REASONS}
        assert not set(told.values()) & {*english.values(), *OWN_REASONS}, language


def test_a_reason_of_the_retailer_is_shown_as_it_is() -> None:
    assert work_words.reason_word(translations("fr"), "Contrôle fraude") == "Contrôle fraude"


def test_a_code_without_words_is_left_out_of_a_line_of_facts() -> None:
    _ = translations("en")
    assert work_words.told_reason(_, "not_collected") == "Not collected in time"
    assert work_words.told_reason(_, "card_velocity_exceeded") == ""
    assert work_words.told_reason(_, "Contrôle fraude") == "Contrôle fraude"


def test_a_service_level_nobody_knows_is_shown_as_it_is() -> None:
    assert work_words.service_word(translations("en"), "same-day") == "same-day"
