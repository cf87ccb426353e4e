"""Texts, plurals and formats of every language, with catalogues read where they are."""

import ast
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po

import locales
from app.i18n import LANGUAGES, Language, best_of, language, translations
from tests.architecture.sources import Source

ROOT = Path(__file__).resolve().parents[2]
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {plurals}\\n"\n\n'
ARABIC = (
    HEADER.format(
        plurals="nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"
    )
    + 'msgid "one item"\nmsgid_plural "{n} items"\n'
    + "".join(f'msgstr[{i}] "form {i}"\n' for i in range(6))
)
FRENCH = (
    HEADER.format(plurals="nplurals=2; plural=(n > 1);")
    + 'msgid "Work list"\nmsgstr "À faire"\n\nmsgctxt "parcel"\nmsgid "Open"\nmsgstr "Ouvert"\n'
)


@pytest.fixture
def locales_dir(tmp_path: Path) -> Path:
    for tag, text in (("fr", FRENCH), ("ar", ARABIC)):
        folder = tmp_path / tag / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "messages.po").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_sentence_is_translated_and_an_unknown_one_stays_english(locales_dir: Path) -> None:
    _ = translations("fr", locales_dir)
    assert _("Work list") == "À faire"
    assert _("Not in any catalogue") == "Not in any catalogue"
    assert _.pgettext("parcel", "Open") == "Ouvert"
    assert translations("en", locales_dir)("Work list") == "Work list"


@pytest.mark.parametrize(("n", "form"), [(0, 0), (1, 1), (2, 2), (7, 3), (11, 4), (100, 5)])
def test_arabic_has_six_plural_forms(locales_dir: Path, n: int, form: int) -> None:
    assert translations("ar", locales_dir).ngettext("one item", "{n} items", n) == f"form {form}"


def test_money_follows_the_currency_and_the_language() -> None:
    assert translations("fr").money(1990, "EUR") == "19,90\xa0€"
    assert translations("en").money(1990, "JPY") == "JP¥1,990"
    assert translations("fr").money(1990, "TND") == "1,990\xa0TND"


def test_a_moment_is_shown_on_the_clock_of_the_store() -> None:
    moment = datetime(2026, 3, 1, 13, 5, tzinfo=UTC)
    assert translations("fr").time(moment, ZoneInfo("Europe/Paris")) == "14:05"
    assert translations("en").until(timedelta(minutes=-12)) == "12 minutes ago"
    assert translations("fr").day(date(2026, 3, 1)) == "1 mars 2026"
    assert translations("fr").number(12345) == "12\u202f345"


def test_arabic_is_right_to_left_and_keeps_latin_digits() -> None:
    _ = translations("ar")
    assert _.rtl
    assert "1" in _.number(12)


def test_an_unknown_tag_answers_english_and_a_regional_one_its_base() -> None:
    assert language("xx-YY").tag == "en"
    assert language("fr_CA") == Language("fr", "Français", rtl=False)


def test_of_several_languages_someone_reads_the_first_that_there_is_counts() -> None:
    assert best_of(["da-DK", "pl_PL", "fr"]).tag == "pl"
    assert best_of([]).tag == "en"
    assert len({known.own_name for known in LANGUAGES}) == len(LANGUAGES)


def test_english_dates_are_the_ones_of_the_stores_not_of_the_united_states() -> None:
    _, moment = translations("en"), datetime(2026, 3, 1, 13, 5, tzinfo=UTC)
    assert (_.day(date(2026, 3, 1)), _.time(moment, ZoneInfo("Europe/Paris"))) == ("1 Mar 2026", "14:05")


# By language: a day, minutes past two in the afternoon, a number and an amount, as the shops of its country write them.
WRITTEN = {
    "fr": ("1 mars 2026", "14:05", "12 345,5", "19,90 €"),
    "en": ("1 Mar 2026", "14:05", "12,345.5", "€19.90"),
    "es": ("1 mar 2026", "14:05", "12.345,5", "19,90 €"),
    "de": ("01.03.2026", "14:05", "12.345,5", "19,90 €"),
    "it": ("1 mar 2026", "14:05", "12.345,5", "19,90 €"),
    "pt": ("01/03/2026", "14:05", "12 345,5", "19,90 €"),
    "nl": ("1 mrt 2026", "14:05", "12.345,5", "€ 19,90"),
    "pl": ("1 mar 2026", "14:05", "12 345,5", "19,90 €"),
    "ro": ("1 mar. 2026", "14:05", "12.345,5", "19,90 EUR"),
    "ar": ("01/03/2026", "2:05 م", "12,345.5", "19.90 €"),
    "zh": ("2026年3月1日", "14:05", "12,345.5", "€19.90"),
    "uk": ("1 бер. 2026 р.", "14:05", "12 345,5", "19,90 EUR"),
}


@pytest.mark.parametrize("tag", [known.tag for known in LANGUAGES])
def test_days_times_numbers_and_amounts_are_written_as_in_the_language(tag: str) -> None:
    _, moment = translations(tag), datetime(2026, 3, 1, 13, 5, tzinfo=UTC)
    time = _.time(moment, ZoneInfo("Europe/Paris"))
    written = (_.day(date(2026, 3, 1)), time, _.number(12345.5), _.money(1990, "EUR"))
    marks = str.maketrans({"\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " ", "\N{RIGHT-TO-LEFT MARK}": None})
    assert tuple(text.translate(marks) for text in written) == WRITTEN[tag]


# Counts that each need another form of their language.
COUNTED = {
    "fr": {1: "1 colis", 2: "2 colis"},
    "en": {1: "1 parcel", 2: "2 parcels"},
    "es": {1: "1 paquete", 2: "2 paquetes"},
    "de": {1: "1 Paket", 2: "2 Pakete"},
    "it": {1: "1 pacco", 2: "2 pacchi"},
    "pt": {1: "1 volume", 2: "2 volumes"},
    "nl": {1: "1 pakket", 2: "2 pakketten"},
    "pl": {1: "1 paczka", 3: "3 paczki", 5: "5 paczek", 12: "12 paczek", 22: "22 paczki"},
    "ro": {1: "1 colet", 2: "2 colete", 0: "0 colete", 20: "20 de colete", 101: "101 colete"},
    "zh": {1: "1 个包裹", 5: "5 个包裹"},
    "uk": {1: "1 посилка", 3: "3 посилки", 5: "5 посилок", 11: "11 посилок", 21: "21 посилка"},
}


@pytest.mark.parametrize("tag", sorted(COUNTED))
def test_a_count_takes_the_form_of_its_language(tag: str) -> None:
    _ = translations(tag)
    assert {n: _.ngettext("{n} parcel", "{n} parcels", n).format(n=n) for n in COUNTED[tag]} == COUNTED[tag]


def test_the_languages_that_ship_are_the_ones_that_are_checked() -> None:
    assert {known.tag for known in LANGUAGES} == set(locales.LANGUAGES) == set(WRITTEN)


def test_a_text_that_counts_is_never_asked_for_without_its_number() -> None:
    """gettext knows it with its plural only, and would answer in English."""
    with (ROOT / "locales" / "messages.pot").open("rb") as file:
        counting = {message.id[0] for message in read_po(file) if isinstance(message.id, tuple | list)}
    assert counting
    calls = (
        (path.name, node.args[0].value)
        for path in (ROOT / "app").rglob("*.py")
        for node in ast.walk(Source(path).tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_" and node.args
        if isinstance(node.args[0], ast.Constant)
    )
    assert [call for call in calls if call[1] in counting] == []


def test_no_text_is_asked_for_within_a_formatted_string() -> None:
    """Nothing finds it there to be translated (before Python 3.12 it is one token), and it stays English."""
    hidden = [
        f"{path.name}:{node.lineno}"
        for path in (ROOT / "app").rglob("*.py")
        for outer in ast.walk(Source(path).tree)
        if isinstance(outer, ast.JoinedStr)
        for node in ast.walk(outer)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) in ("_", "gettext", "ngettext", "pgettext")
    ]
    assert hidden == []
