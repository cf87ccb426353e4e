"""Buttons as everywhere in the app: at least 48 high, words beside the icon, one primary action at the thumb."""

from collections.abc import Callable
from typing import Any

import flet as ft

from app.theme import SPACE_M, SPACE_S, TOUCH_TARGET_DP
from app.ui import part, use_form_factor

Press = Callable[[], Any]
PRIMARY_HEIGHT_DP = 56
SHEET_WIDTH_DP = 520


def primary_button(text: str, icon: ft.IconData, on_click: Press | None, key: str) -> ft.Control:
    """The one thing to do next. `on_click` None: it cannot be done now (say beside it why)."""
    return ft.FilledButton(
        text, icon=icon, on_click=on_click, disabled=on_click is None, key=key, height=PRIMARY_HEIGHT_DP, expand=True
    )


def secondary_button(text: str, icon: ft.IconData, on_click: Press | None, key: str) -> ft.Control:
    return ft.OutlinedButton(
        text, icon=icon, on_click=on_click, disabled=on_click is None, key=key, height=PRIMARY_HEIGHT_DP
    )


@part
def ActionBar(buttons: list[ft.Control]) -> ft.Control:
    """At the bottom of a screen. On a phone the primary button takes the whole width, others stand above it."""
    tablet = use_form_factor() == "tablet"
    primary = [button for button in buttons if isinstance(button, ft.FilledButton)]
    others = [button for button in buttons if not isinstance(button, ft.FilledButton)]
    lines: list[ft.Control] = []
    if tablet:
        for button in primary:
            button.expand, button.width = False, 400
        lines.append(ft.Row([*others, *primary], alignment=ft.MainAxisAlignment.END, spacing=SPACE_M))
    else:
        if others:
            lines.append(ft.Row(others, wrap=True, spacing=SPACE_S, run_spacing=SPACE_S))
        lines += [ft.Row([button]) for button in primary]
    return ft.Container(
        ft.SafeArea(ft.Column(lines, spacing=SPACE_S, tight=True), avoid_intrusions_top=False, expand=False),
        bgcolor=ft.Colors.SURFACE_CONTAINER,
        padding=ft.Padding.symmetric(vertical=SPACE_S, horizontal=SPACE_M),
    )


def icon_button(icon: ft.IconData, label: str, on_click: Press, key: str) -> ft.Control:
    """Only where the label cannot stand beside it: the label is its tooltip and what a screen reader says."""
    # In a browser the tooltip names the button's surroundings, not the button.
    named = ft.Icon(icon, semantics_label=label)
    return ft.IconButton(
        named, tooltip=label, on_click=on_click, key=key, width=TOUCH_TARGET_DP, height=TOUCH_TARGET_DP
    )
