"""How everything looks: one seed colour for light and dark, fonts for every script, colours a scan answers with.

Colours of meaning are pairs with a contrast of at least 4.5 : 1 in both modes (a test computes it); meaning never
stands on colour alone, every answer also has words, a sound and an icon.
"""

from dataclasses import dataclass
from typing import Literal

import flet as ft

SEED_COLOUR = "#0B6E69"
TOUCH_TARGET_DP = 48
SPACE_XS, SPACE_S, SPACE_M, SPACE_L, SPACE_XL = 4, 8, 16, 24, 32
RADIUS = 12
CONTENT_MAX_WIDTH_DP = 960
LIGHT_INK, DARK_INK = "#171D1C", "#DEE4E2"  # as Material makes them of the seed colour

# Names of the fonts as `page.fonts` loads them; addresses are relative to the assets folder. These come before the
# first frame; of Chinese only its own name, so that it can be chosen.
FONTS = {
    "Noto": "fonts/NotoSans-Regular.ttf",
    "NotoBold": "fonts/NotoSans-Bold.ttf",
    "NotoArabic": "fonts/NotoSansArabic-Regular.ttf",
    "NotoArabicBold": "fonts/NotoSansArabic-Bold.ttf",
    "NotoChineseName": "fonts/NotoSansSC-Name.ttf",
}
# 2 MB each: fetched by windows that speak Chinese, and by no others.
CHINESE_FONTS = {
    "NotoChinese": "fonts/NotoSansSC-Regular.ttf",
    "NotoChineseBold": "fonts/NotoSansSC-Bold.ttf",
}
FALLBACK = ("NotoArabic", "NotoChinese", "NotoChineseName")
BOLD_FALLBACK = ("NotoArabicBold", "NotoChineseBold", "NotoChineseName")

Meaning = Literal["ok", "warn", "error", "info"]


@dataclass(frozen=True)
class Tone:
    """A background, what is written on it, and the icon that says the same without colour."""

    fill: str
    ink: str
    icon: ft.IconData


LIGHT_TONES: dict[Meaning, Tone] = {
    "ok": Tone("#1B6E2D", "#FFFFFF", ft.Icons.CHECK_CIRCLE),
    "warn": Tone("#FFD166", "#332200", ft.Icons.WARNING_AMBER),
    "error": Tone("#B3261E", "#FFFFFF", ft.Icons.CANCEL),
    "info": Tone("#1F4E8C", "#FFFFFF", ft.Icons.INFO),
}
DARK_TONES: dict[Meaning, Tone] = {
    "ok": Tone("#7BDB8F", "#00210B", ft.Icons.CHECK_CIRCLE),
    "warn": Tone("#FFD166", "#332200", ft.Icons.WARNING_AMBER),
    "error": Tone("#FFB4AB", "#410002", ft.Icons.CANCEL),
    "info": Tone("#A8C8FF", "#001B3E", ft.Icons.INFO),
}


def tone(meaning: Meaning, dark: bool) -> Tone:
    return (DARK_TONES if dark else LIGHT_TONES)[meaning]


def is_dark(page: ft.Page) -> bool:
    """Whether the page shows its dark theme now, by choice or by the device's setting."""
    if page.theme_mode == ft.ThemeMode.SYSTEM:
        return page.platform_brightness == ft.Brightness.DARK
    return page.theme_mode == ft.ThemeMode.DARK


def bold(**style: float | str) -> ft.TextStyle:
    """A text style in the real bold cut; `ft.Text(weight=BOLD)` would smear the regular one."""
    return _style("NotoBold", BOLD_FALLBACK, style)


def regular(**style: float | str) -> ft.TextStyle:
    return _style("Noto", FALLBACK, style)


def _style(family: str, fallback: tuple[str, ...], style: dict[str, float | str]) -> ft.TextStyle:
    """Without Material's space between letters: Arabic ones are joined, and would be drawn over each other."""
    return ft.TextStyle(font_family=family, font_family_fallback=[*fallback], letter_spacing=0, **style)  # type: ignore[arg-type]


def write_as(page: ft.Page, tag: str, rtl: bool) -> None:
    """In the direction and with the fonts of a language, `tag`, that is read from right to left or not.

    What Flutter itself says to a screen reader ("Back", "Close") is in that language too.
    """
    page.rtl = rtl
    spoken = ft.Locale(tag)
    page.locale_configuration = ft.LocaleConfiguration(supported_locales=[spoken], current_locale=spoken)
    page.fonts = FONTS | CHINESE_FONTS if tag == "zh" else FONTS


def apply_theme(page: ft.Page) -> None:
    """Call once, before anything is drawn."""
    page.fonts = FONTS
    page.theme = _theme(LIGHT_INK)
    page.dark_theme = _theme(DARK_INK)
    page.theme_mode = ft.ThemeMode.SYSTEM


def _theme(ink: str) -> ft.Theme:
    button = ft.ButtonStyle(
        padding=ft.Padding.symmetric(vertical=10, horizontal=20),
        text_style=bold(size=15),
        shape=ft.RoundedRectangleBorder(radius=RADIUS),
    )
    return ft.Theme(
        color_scheme_seed=SEED_COLOUR,
        font_family="Noto",
        text_theme=_text_theme(ink),
        visual_density=ft.VisualDensity.STANDARD,
        button_theme=ft.ButtonTheme(style=button),
        filled_button_theme=ft.FilledButtonTheme(style=button),
        outlined_button_theme=ft.OutlinedButtonTheme(style=button),
        text_button_theme=ft.TextButtonTheme(style=button),
        card_theme=ft.CardTheme(shape=ft.RoundedRectangleBorder(radius=RADIUS)),
    )


def _text_theme(ink: str) -> ft.TextTheme:
    """Every style names its fallback (the web engine looks for none by itself, and shows boxes) and its ink (a style of
    ours replaces the one of the theme as a whole, and a text without a colour is black, also in the dark)."""
    return ft.TextTheme(
        **{
            f"{kind}_{size}": bold(color=ink)
            for kind in ("display", "headline", "title")
            for size in ("large", "medium", "small")
        },
        **{f"{kind}_{size}": regular(color=ink) for kind in ("body", "label") for size in ("medium", "small")},
        body_large=regular(color=ink),
        label_large=bold(color=ink),
    )
