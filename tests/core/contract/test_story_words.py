"""The story of an order has a sentence for whatever may happen to it, in every language."""

from gettext import NullTranslations

import pytest

from app.i18n import LANGUAGES, translations
from core.contract.story_words import sentence, sentences
from core.service import collections, effects, offers, order_state, transition_events
from core.service.telling import Translations

ENGLISH = Translations(NullTranslations())
NOT_OF_ORDERS = {
    "OffersPaused",
    "RunStarted", "RunPaused", "RunResumed", "RunTakenOver", "RunFinished", "ManifestOpened", "ManifestClosed",
}  # fmt: skip


def test_every_change_of_state_and_every_command_on_an_order_has_a_sentence_of_its_own():
    named = {
        *order_state.TOLD.values(),
        *transition_events.NAMES.values(),
        *offers.ENDED.values(),
        *collections.EVENTS.values(),
    }
    named |= {*effects.EVENT_NAMES.values()} - NOT_OF_ORDERS
    known = sentences(ENGLISH)
    assert named <= set(known), named - set(known)
    assert len({*known.values()}) == len(known)


@pytest.mark.parametrize("tag", [language.tag for language in LANGUAGES if language.tag != "en"])
def test_every_sentence_is_translated(tag):
    _ = translations(tag)
    assert [text for text in sentences(ENGLISH).values() if _(text) == text] == []


def test_a_sentence_names_what_it_is_about():
    assert sentence(ENGLISH, "ItemPicked", {"name": "Shirt", "quantity": 1}) == "Picked: Shirt"
    assert sentence(ENGLISH, "FulfilmentPacked", {"number": "N-1-2"}) == "N-1-2 is packed."
    assert sentence(ENGLISH, "FulfilmentPacked", {}) == " is packed."
    assert sentence(ENGLISH, "SomethingNew", {"number": "N-1"}) == "SomethingNew"
