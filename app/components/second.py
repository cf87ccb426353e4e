"""Time that runs out, to the minute, by the clock of the core."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import flet as ft

from app.i18n import Translations
from app.theme import SPACE_S, bold, is_dark, tone
from app.ui import part, use_translations

SOON, NOW = timedelta(minutes=15), timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Left:
    """`words`: "" when it is over. Made outside of rows, so that a card is drawn again only when its words change."""

    words: str
    soon: bool = False
    now: bool = False


def left_until(_: Translations, ends_at: datetime, now: datetime) -> Left:
    left = ends_at - now
    return Left(_.duration(left) if left > timedelta(0) else "", left <= SOON, left <= NOW)


@part
def Countdown(left: Left, size: int = 16) -> ft.Control:
    _ = use_translations()
    look = tone("error" if left.now else "warn", is_dark(ft.context.page))
    ends = (look.fill, look.ink) if left.soon else (ft.Colors.SURFACE_CONTAINER_HIGHEST, ft.Colors.ON_SURFACE)
    icon = ft.Icons.TIMER if left.words else ft.Icons.TIMER_OFF
    text = ft.Text(left.words or _("Time is over"), color=ends[1], style=bold(size=size))
    return ft.Container(
        ft.Row([ft.Icon(icon, size=size + 4, color=ends[1]), text], spacing=6, tight=True),
        bgcolor=ends[0],
        border_radius=8,
        padding=ft.Padding.symmetric(vertical=4, horizontal=SPACE_S),
    )
