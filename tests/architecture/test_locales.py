"""Every text is translated in every language that ships; and the check that says so can fail."""

import pytest
from babel.messages.catalog import Catalog, Message

import locales


def test_every_text_is_translated_in_every_language():
    faults = locales.check()
    shown = "\n".join(faults[:40])
    assert not faults, f"{len(faults)} faults; run python3 build_scripts/locales.py update and translate:\n{shown}"


@pytest.mark.parametrize(
    ("source", "translation", "fault"),
    [
        ("Pick {n} items", "", "is not translated"),
        ("Pick {n} items", "Prenez {count} articles", "needs the placeholders"),
        ("Pick {n} items", "Prenez des articles", "needs the placeholders"),
        ("Pick %(n)s items", "Prenez {n} articles", "needs the placeholders"),
        ("Pick %(n)s items", "Prenez %(n)s articles", None),
        ("Pick %s items", "Prenez des articles", "needs the placeholders"),
        ("Literal {{braces}}", "Accolades {{vraies}}", None),
        ("Close", "Fermer ", "white space"),
        ("Next", "Suite \N{RIGHTWARDS ARROW}", "use an icon"),
        ("{n} x 5", "{n} \N{MULTIPLICATION SIGN} 5\N{DEGREE SIGN}\N{EURO SIGN}\N{HORIZONTAL ELLIPSIS}", None),
        (("{n} item of {order}", "{n} items of {order}"), ("un article de {order}", "{n} articles de {order}"), None),
        (("{n} item of {order}", "{n} items of {order}"), ("un article", "{n} articles"), "needs the placeholders"),
        (("{n} item", "{n} items"), ("{n} article",), "has 1 plural forms instead of 2"),
        (("{n} item", "{n} items"), ("{n} article", ""), "is not translated"),
    ],
)
def test_a_faulty_translation_is_told(source, translation, fault):
    told = list(locales.faults_of(Message(source, translation), plural_forms=2))
    assert told == [] if fault is None else any(fault in sentence for sentence in told)


def test_a_fuzzy_translation_is_told():
    assert "fuzzy" in next(locales.faults_of(Message("Close", "Fermer", flags=["fuzzy"]), plural_forms=2))


def test_english_fills_itself_in():
    catalog = Catalog(locale="en")
    catalog.add("Close")
    catalog.add(("{n} item", "{n} items"))
    locales.fill_in(catalog)
    assert [list(locales.faults_of(message, 2)) for message in locales.messages_of(catalog).values()] == [[], []]


def test_the_same_texts_make_the_same_file():
    assert locales.rendered(locales.extract()) == locales.rendered(locales.extract())


@pytest.mark.parametrize("language", [known for known in locales.LANGUAGES if known != locales.SOURCE_LANGUAGE])
def test_no_sentence_stands_in_english_in_another_language(language):
    messages = locales.messages_of(locales.read(locales.po_path(language), language)).values()
    sentences = [message for message in messages if len(locales.texts_of(message)[0]) > 25]
    assert sentences
    english = [
        message.id for message in sentences if set(locales.texts_of(message)) & set(locales.translations_of(message))
    ]
    assert not english
