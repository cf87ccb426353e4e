"""A number of units, by two big keys: nobody types a number with gloves on."""

from collections.abc import Callable

import flet as ft

from app.theme import SPACE_M, bold
from app.ui import part, use_translations

KEY_DP = 56


@part
def QuantityStepper(value: int, low: int, high: int, on_change: Callable[[int], None]) -> ft.Control:
    """From `low` to `high`, both included."""
    _ = use_translations()
    less = ft.IconButton(
        ft.Icon(ft.Icons.REMOVE, semantics_label=_("One less")),
        key="quantity-less-button",
        tooltip=_("One less"),
        width=KEY_DP,
        height=KEY_DP,
        disabled=value <= low,
        on_click=lambda: on_change(max(low, value - 1)),
    )
    more = ft.IconButton(
        ft.Icon(ft.Icons.ADD, semantics_label=_("One more")),
        key="quantity-more-button",
        tooltip=_("One more"),
        width=KEY_DP,
        height=KEY_DP,
        disabled=value >= high,
        on_click=lambda: on_change(min(high, value + 1)),
    )
    number = ft.Text(
        _.number(value), key="quantity-text", style=bold(size=32), width=72, text_align=ft.TextAlign.CENTER
    )
    return ft.Row([less, number, more], alignment=ft.MainAxisAlignment.CENTER, spacing=SPACE_M)
