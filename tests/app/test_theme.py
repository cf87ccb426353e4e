"""Colours of meaning can be read, and every font named is bundled and has the letters it is there for."""

import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path

import flet as ft
import pytest
from fontTools.ttLib import TTFont

import locales
from app.i18n import LANGUAGES, translations
from app.theme import (
    BOLD_FALLBACK,
    CHINESE_FONTS,
    DARK_TONES,
    FALLBACK,
    FONTS,
    LIGHT_TONES,
    Tone,
    apply_theme,
    write_as,
)
from tests.support.flet_harness import flet_main

ASSETS = Path(__file__).resolve().parents[2] / "assets"


def luminance(colour: str) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.03928 else ((channel + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("tone", [*LIGHT_TONES.values(), *DARK_TONES.values()], ids=lambda tone: tone.fill)
def test_text_on_a_colour_of_meaning_has_aa_contrast(tone: Tone) -> None:
    lighter, darker = sorted((luminance(tone.fill), luminance(tone.ink)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


@pytest.mark.parametrize(("name", "letters"), [("Noto", "Éœ€ЖґїąłșțŻ"), ("NotoArabicBold", "عربي")])
def test_a_bundled_font_draws_the_letters_of_its_script(name: str, letters: str) -> None:
    glyphs = TTFont(ASSETS / FONTS[name]).getBestCmap()
    assert [letter for letter in letters if ord(letter) not in glyphs] == []


def spoken(tag: str) -> set[str]:
    """Each character that a window in this language may show: its texts, its dates, and how each language is called."""
    _ = translations(tag)
    catalogue = locales.messages_of(locales.read(locales.po_path(tag), tag)).values()
    texts = [text for message in catalogue for text in locales.translations_of(message)]
    dates = [name for width in _.locale.months["format"].values() for name in width.values()]
    dates += [name for width in _.locale.days["format"].values() for name in width.values()]
    moment = datetime(2026, 3, 1, 13, 5, tzinfo=UTC)
    dates += [_.day(moment.date()), _.moment(moment, UTC), _.money(123456, "EUR"), _.number(-12345.6)]
    dates += [say(timedelta(**{unit: 2})) for say in (_.until, _.duration) for unit in ("minutes", "hours", "days")]
    return {character for text in (*texts, *dates, *(known.own_name for known in LANGUAGES)) for character in text}


@pytest.mark.parametrize("tag", [known.tag for known in LANGUAGES])
@pytest.mark.parametrize("family", [("Noto", *FALLBACK), ("NotoBold", *BOLD_FALLBACK)], ids=["regular", "bold"])
async def test_no_character_of_a_language_is_a_box(tag: str, family: tuple[str, ...]) -> None:
    async with flet_main(lambda page: write_as(page, tag, translations(tag).rtl)) as h:
        loaded = h.page.fonts or {}
        assert h.page.rtl is (tag == "ar")
        assert h.page.locale_configuration.current_locale == ft.Locale(tag)
    drawn = {code for name in family if name in loaded for code in TTFont(ASSETS / loaded[name]).getBestCmap()}
    unseen = {character for character in spoken(tag) if unicodedata.category(character) in {"Cc", "Cf"}}
    assert sorted(character for character in spoken(tag) - unseen if ord(character) not in drawn) == []


@pytest.mark.parametrize("family", ["NotoChinese", "NotoChineseBold"])
def test_names_and_addresses_in_chinese_are_drawn(family: str) -> None:
    glyphs = TTFont(ASSETS / CHINESE_FONTS[family]).getBestCmap()
    assert [character for character in "王小明上海市静安区南京西路叁号" if ord(character) not in glyphs] == []


def test_every_font_is_bundled_with_its_licence() -> None:
    assert [path for path in (FONTS | CHINESE_FONTS).values() if not (ASSETS / path).is_file()] == []
    assert "SIL Open Font License" in (ASSETS / "fonts" / "NOTO-LICENCE.txt").read_text()


async def test_every_text_style_names_a_fallback_and_sets_no_letters_apart() -> None:
    async with flet_main(apply_theme) as h:
        assert h.page.theme is not None
        styles = vars(h.page.theme.text_theme)["_values"]
        assert len(styles) == 15
        assert all(isinstance(style, ft.TextStyle) and style.font_family_fallback for style in styles.values())
        assert {style.letter_spacing for style in styles.values()} == {0}  # joined letters would lie on each other
