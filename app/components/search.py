"""A field to find work by what people call it; the list narrows while they type, Enter opens what is meant."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flet as ft

from app.components.buttons import icon_button
from app.theme import SPACE_M, SPACE_S
from app.ui import part, use_translations


@dataclass(frozen=True, eq=False)
class Searching:
    """`on_enter`: with what stands in the field; `on_camera`: to scan it instead. `label`: what may be typed."""

    text: str
    on_text: Callable[[str], None]
    on_enter: Callable[[str], Any]
    on_camera: Callable[[], None]
    label: str = ""


@part
def SearchRow(search: Searching) -> ft.Control:
    _ = use_translations()
    clear = icon_button(ft.Icons.CLEAR, _("Clear"), lambda: search.on_text(""), "search-clear-button")
    field = ft.TextField(
        key="search-field",
        label=search.label or _("Find: short id, order, customer"),
        value=search.text,
        on_change=lambda e: search.on_text(e.data),
        on_submit=lambda: search.on_enter(search.text) if search.text.strip() else None,
        prefix_icon=ft.Icons.SEARCH,
        suffix=clear if search.text else None,
        autocorrect=False,
        expand=True,
    )
    camera = ft.OutlinedButton(
        _("Camera"), icon=ft.Icons.QR_CODE_SCANNER, key="search-camera-button", on_click=search.on_camera, height=56
    )
    return ft.Container(
        ft.Row([field, camera], spacing=SPACE_S),
        padding=ft.Padding.symmetric(horizontal=SPACE_M, vertical=SPACE_S),
    )
