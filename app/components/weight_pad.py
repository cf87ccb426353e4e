"""The weight of a parcel, typed from the scale with large keys, in grams or kilograms; what is unlikely is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

import flet as ft

from app.components.answer import AnswerBanner
from app.components.buttons import primary_button
from app.components.pin_pad import as_on_a_telephone
from app.components.sheet import Question
from app.components.weight import weight_words
from app.i18n import Translations
from app.theme import SPACE_S, TOUCH_TARGET_DP, bold, regular
from app.ui import key, part, use_translations

Unit = Literal["g", "kg"]
HEAVIEST_G = 99_999
KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "0", "del")
KEY_HEIGHT_DP = 52


@dataclass(frozen=True, slots=True)
class WeighAsk:
    """`expected_g`: by the catalogue, 0 where it knows no weights. `carriers`: (code, name); `carrier`: the usual."""

    number: int
    expected_g: int
    carriers: tuple[tuple[str, str], ...]
    carrier: str


Weighed = Callable[[int, str], None]


@part
def WeighSheet(ask: WeighAsk, on_weighed: Weighed) -> Any:
    """`on_weighed(grams, carrier code)`."""
    _ = use_translations()
    typed, set_typed = ft.use_state("")
    unit, set_unit = ft.use_state("kg")
    carrier, set_carrier = ft.use_state(ask.carrier)
    weight = grams(typed, "g" if unit == "g" else "kg")

    def change(other: str) -> None:
        set_unit(other)
        set_typed("")

    far = weight is not None and is_far(weight, ask.expected_g)

    def take() -> None:
        set_unit("kg")
        set_typed(str((Decimal(ask.expected_g) / 1000).normalize()))

    controls: list[ft.Control] = [_display(_, typed, unit, change), _expected(_, ask, take)]
    if far:
        controls.append(AnswerBanner("warn", _("This is far from the expected weight. Is anything missing?")))
    if weight is None and typed.strip("0."):
        most = _("A parcel weighs at most {weight}.").format(weight=weight_words(_, HEAVIEST_G))
        controls.append(AnswerBanner("error", most))
    controls.append(_pad(_, unit, lambda pressed: set_typed(lambda shown: after(shown, pressed))))
    if len(ask.carriers) > 1:
        controls.append(_carriers(_, ask.carriers, carrier, set_carrier))
    ready = (lambda: on_weighed(weight, carrier)) if weight else None
    text = _("Close it all the same") if far else _("Close the parcel")
    button = primary_button(text, ft.Icons.LOCK, ready, "weigh-close-button")
    return Question(_("Weight of parcel {number}").format(number=ask.number), controls, button, tall=True)


def _carriers(
    _: Translations, carriers: tuple[tuple[str, str], ...], chosen: str, choose: Callable[[str], None]
) -> ft.Control:
    """Side by side: the usual one is chosen already."""
    chips: list[ft.Control] = [
        ft.Chip(
            ft.Text(name),
            selected=code == chosen,
            on_select=lambda _event, code=code: choose(code),
            key=key("weigh", code, "chip"),
            padding=ft.Padding.symmetric(vertical=8, horizontal=4),
        )
        for code, name in carriers
    ]
    title = ft.Text(_("Carrier"), style=bold(size=16))
    return ft.Column([title, ft.Row(chips, wrap=True, spacing=SPACE_S, run_spacing=0)], spacing=0, tight=True)


def _display(_: Translations, typed: str, unit: str, choose: Callable[[str], None]) -> ft.Control:
    # Translators: short for kilograms
    words = {"kg": _("kg"), "g": _("g")}
    other = "g" if unit == "kg" else "kg"
    said = _("Change to {unit}").format(unit=words[other])
    units = ft.OutlinedButton(
        words[unit], icon=ft.Icons.SWAP_HORIZ, tooltip=said, on_click=lambda: choose(other), key="weigh-unit-button",
        height=KEY_HEIGHT_DP,
    )  # fmt: skip
    shown = ft.Text(typed or "0", key="weigh-value-text", style=bold(size=40), expand=True, text_align=ft.TextAlign.END)
    return ft.Row([shown, units], spacing=SPACE_S, vertical_alignment=ft.CrossAxisAlignment.CENTER)


def _expected(_: Translations, ask: WeighAsk, take: Callable[[], None]) -> ft.Control:
    if not ask.expected_g:
        return ft.Text(_("The catalogue knows no weight for this."), style=regular(size=14))
    text = _("Expected: about {weight}").format(weight=weight_words(_, ask.expected_g))
    said = ft.Text(text, key="weigh-expected-text", style=regular(size=15), expand=True)
    button = ft.TextButton(_("Take it"), on_click=take, key="weigh-expected-button", height=TOUCH_TARGET_DP)
    return ft.Row([said, button], spacing=SPACE_S)


def _pad(_: Translations, unit: str, press: Callable[[str], None]) -> ft.Control:
    """Three in a row, as on a telephone, in every reading direction."""
    rows = [KEYS[start : start + 3] for start in range(0, len(KEYS), 3)]
    keys = [[_key(_, name, unit, press) for name in names] for names in rows]
    lines = [ft.Row(as_on_a_telephone(_, line), spacing=SPACE_S) for line in keys]
    return ft.Column(list[ft.Control](lines), spacing=SPACE_S, tight=True)


def _key(_: Translations, name: str, unit: str, press: Callable[[str], None]) -> ft.Control:
    control = key("weigh", {".": "point"}.get(name, name), "key")
    if name == "del":
        icon = ft.Icon(ft.Icons.BACKSPACE, semantics_label=_("Delete the last digit"))
        return ft.OutlinedButton(
            content=icon, on_click=lambda: press(name), key=control, expand=1, height=KEY_HEIGHT_DP
        )
    return ft.OutlinedButton(
        content=ft.Text(name, style=bold(size=22)), on_click=lambda: press(name), key=control, expand=1,
        height=KEY_HEIGHT_DP, disabled=name == "." and unit == "g",
    )  # fmt: skip


def after(typed: str, pressed: str) -> str:
    """What stands on the display after one more key: no second point, no endless number."""
    if pressed == "del":
        return typed[:-1]
    if pressed == ".":
        return typed if "." in typed else (typed or "0") + "."
    whole, _point, fraction = typed.partition(".")
    full = len(fraction) >= 3 if "." in typed else len(whole) >= 5
    return typed if full else ("" if typed == "0" else typed) + pressed


def grams(typed: str, unit: Unit) -> int | None:
    """None: nothing or not a weight a parcel can have."""
    try:
        value = Decimal(typed.rstrip("."))
    except InvalidOperation:
        return None
    weight = int(value * (1000 if unit == "kg" else 1))
    return weight if 0 < weight <= HEAVIEST_G else None


def is_far(weight_g: int, expected_g: int) -> bool:
    """More than 30 % and more than 150 g from what the articles should weigh."""
    return bool(expected_g) and abs(weight_g - expected_g) > max(150, expected_g * 3 // 10)
