"""A choice among reasons: one line each, as wide as the screen, what it causes said below it."""

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from app.theme import RADIUS, SPACE_M, SPACE_S, bold, regular
from app.ui import key, part


@dataclass(frozen=True, slots=True)
class Choice:
    """`detail`: what choosing it does, "" for nothing to say."""

    id: str
    text: str
    detail: str = ""


@part
def ReasonList(choices: tuple[Choice, ...], chosen: str, on_choose: Callable[[str], None]) -> ft.Control:
    """`chosen`: id of the chosen one, "" for none yet. Keys are `reason-{id}-button`."""
    return ft.Column([_line(c, c.id == chosen, on_choose) for c in choices], spacing=SPACE_S, tight=True)


def _line(choice: Choice, is_chosen: bool, on_choose: Callable[[str], None]) -> ft.Control:
    words: list[ft.Control] = [ft.Text(choice.text, style=bold(size=16))]
    if choice.detail:
        words.append(ft.Text(choice.detail, style=regular(size=13), color=ft.Colors.ON_SURFACE_VARIANT))
    icon = ft.Icons.RADIO_BUTTON_CHECKED if is_chosen else ft.Icons.RADIO_BUTTON_UNCHECKED
    face = ft.Row([ft.Icon(icon, color=ft.Colors.PRIMARY), ft.Column(words, spacing=2, tight=True, expand=True)])
    button = ft.Container(
        face,
        key=key("reason", choice.id, "button"),
        on_click=lambda: on_choose(choice.id),
        ink=True,
        border_radius=RADIUS,
        border=ft.Border.all(2 if is_chosen else 1, ft.Colors.PRIMARY if is_chosen else ft.Colors.OUTLINE_VARIANT),
        bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
        padding=SPACE_M,
    )
    return ft.Semantics(content=button, button=True, checked=is_chosen)
