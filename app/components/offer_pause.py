"""The switch "no more offers today" above the list: what is so, what was asked for, and what follows from it."""

from collections.abc import Callable

import flet as ft

from app.i18n import Translations
from app.queries.offer_pause import PauseView
from app.theme import RADIUS, SPACE_M, SPACE_S, TOUCH_TARGET_DP, regular
from app.ui import part, use_form_factor, use_translations


def _words(_: Translations, view: PauseView, online: bool) -> str:
    if view.asking is not None:
        if not online:
            return _("The core is told as soon as this device is connected. Until then nothing changes.")
        return _("The core is being asked.")
    if view.paused:
        return _("No new offers today. Tomorrow they come again by themselves; those below can still be claimed.")
    return _("Your store takes new offers.")


@part
def PauseBar(view: PauseView, online: bool, on_pause: Callable[[bool], None]) -> ft.Control:
    _, wide = use_translations(), use_form_factor() == "tablet"
    stops = not (view.paused if view.asking is None else view.asking)
    icon = ft.Icons.PAUSE_CIRCLE if view.paused else ft.Icons.STORE
    if view.asking is not None:
        icon = ft.Icons.HOURGLASS_TOP
    strong = view.paused or view.asking is not None
    ink = ft.Colors.ON_TERTIARY_CONTAINER if strong else ft.Colors.ON_SURFACE_VARIANT
    said = ft.Text(_words(_, view, online), key="offers-pause-text", style=regular(size=15), color=ink, expand=True)
    button = ft.TextButton(
        _("No more offers today") if stops else _("Take offers again"),
        icon=ft.Icons.PAUSE if stops else ft.Icons.PLAY_ARROW,
        key="offers-pause-button",
        on_click=lambda: on_pause(stops),
        disabled=view.asking is not None,
        height=TOUCH_TARGET_DP,
    )
    line: list[ft.Control] = [ft.Icon(icon, color=ink), said]
    inside: list[ft.Control] = [ft.Row([*line, button] if wide else line, spacing=SPACE_M)]
    return ft.Container(
        ft.Column(inside if wide else [*inside, ft.Row([button])], spacing=0, tight=True),
        bgcolor=ft.Colors.TERTIARY_CONTAINER if strong else None,
        border_radius=RADIUS,
        padding=ft.Padding.symmetric(vertical=SPACE_S if strong else 0, horizontal=SPACE_M),
    )
