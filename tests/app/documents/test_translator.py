from app.documents.translator import Translator, weight_kg
from app.i18n import translations
from tests.support.documents import PlainTranslator


def test_grams_become_kilograms_of_the_language():
    assert weight_kg(PlainTranslator(), 1250) == "1.25 kg"
    assert weight_kg(translations("fr"), 1250).startswith("1,25")


def test_the_app_translations_are_a_translator_and_know_their_direction():
    for tag, rtl in (("fr", False), ("ar", True)):
        translator: Translator = translations(tag)
        assert translator.rtl is rtl
