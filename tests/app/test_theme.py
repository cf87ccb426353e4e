"""Colours of meaning can be read, and every font named is bundled and has the letters it is there for."""

from pathlib import Path

import flet as ft
import pytest
from fontTools.ttLib import TTFont

from app.theme import DARK_TONES, FONTS, LIGHT_TONES, Tone, apply_theme
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


@pytest.mark.parametrize(("name", "letters"), [("Noto", "Éœ€Ж"), ("NotoArabicBold", "عربي")])
def test_a_bundled_font_draws_the_letters_of_its_script(name: str, letters: str) -> None:
    glyphs = TTFont(ASSETS / FONTS[name]).getBestCmap()
    assert [letter for letter in letters if ord(letter) not in glyphs] == []


def test_every_font_is_bundled_with_its_licence() -> None:
    assert [path for path in FONTS.values() if not (ASSETS / path).is_file()] == []
    assert "SIL Open Font License" in (ASSETS / "fonts" / "NOTO-LICENCE.txt").read_text()


async def test_every_text_style_names_a_fallback() -> None:
    async with flet_main(apply_theme) as h:
        assert h.page.theme is not None
        styles = vars(h.page.theme.text_theme)["_values"]
        assert len(styles) == 15
        assert all(isinstance(style, ft.TextStyle) and style.font_family_fallback for style in styles.values())
