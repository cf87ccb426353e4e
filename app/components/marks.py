"""Small marks that say one thing in words, icon and colour: the brand, the time that is left, a kind of work."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

import flet as ft
from babel.dates import format_skeleton

from app.i18n import Translations
from app.theme import SPACE_S, Meaning, bold, is_dark, regular, tone
from app.ui import part
from core.domain.worklist import URGENT_WITHIN, Urgency

DOT_DP = 10


@dataclass(frozen=True, slots=True)
class Due:
    """`when`: on the store's clock, with the day where it is not today; `left`: "25 minutes late", or ""."""

    when: str
    left: str
    urgency: Urgency


def due(_: Translations, target_at: datetime, now: datetime, clock: tzinfo) -> Due:
    """Made outside of rows, so that a row is drawn again only when its words change."""
    span = target_at - now
    local, today = target_at.astimezone(clock).date(), now.astimezone(clock).date()
    time = _.time(target_at, clock)
    if local == today:
        when = time
    elif local == today + timedelta(days=1):
        when = _("tomorrow {time}").format(time=time)
    elif local == today - timedelta(days=1):
        when = _("yesterday {time}").format(time=time)
    else:
        when = _("{day} {time}").format(day=format_skeleton("MMMd", local, locale=_.locale), time=time)
    if span < timedelta(0):
        return Due(when, _("{duration} late").format(duration=_.duration(-span)), Urgency.OVERDUE)
    if span <= URGENT_WITHIN:
        return Due(when, _("{duration} left").format(duration=_.duration(span)), Urgency.URGENT)
    return Due(when, "", Urgency.LATER)


LOOKS: dict[Urgency, Meaning] = {Urgency.OVERDUE: "error", Urgency.URGENT: "warn"}
CLOCKS = {
    Urgency.OVERDUE: ft.Icons.ALARM,
    Urgency.URGENT: ft.Icons.HOURGLASS_BOTTOM,
    Urgency.LATER: ft.Icons.SCHEDULE,
}


@part
def DueChip(view: Due) -> ft.Control:
    fill: str = ft.Colors.SURFACE_CONTAINER_HIGHEST
    ink: str = ft.Colors.ON_SURFACE
    if view.urgency in LOOKS:
        look = tone(LOOKS[view.urgency], is_dark(ft.context.page))
        fill, ink = look.fill, look.ink
    words: list[ft.Control] = [ft.Text(view.when, color=ink, style=bold(size=14))]
    if view.left:
        words.append(ft.Text(view.left, color=ink, style=regular(size=13)))
    return ft.Container(
        ft.Row(
            [
                ft.Icon(CLOCKS[view.urgency], size=18, color=ink),
                ft.Row(words, spacing=SPACE_S, wrap=True, run_spacing=0),
            ],
            spacing=6,
            tight=True,
        ),
        bgcolor=fill,
        border_radius=8,
        padding=ft.Padding.symmetric(vertical=4, horizontal=SPACE_S),
    )


@part
def BrandChip(name: str, colour: str) -> ft.Control:
    """The brand's colour is a dot beside its name, so that any colour can be read."""
    dot = ft.Container(width=DOT_DP, height=DOT_DP, border_radius=DOT_DP // 2, bgcolor=colour or ft.Colors.OUTLINE)
    return ft.Row([dot, ft.Text(name, style=bold(size=13))], spacing=6, tight=True, visible=bool(name))


@part
def Mark(text: str, icon: ft.IconData, strong: bool = False) -> ft.Control:
    """A quiet fact with its icon; `strong` where it changes what has to be done."""
    ink = ft.Colors.ON_TERTIARY_CONTAINER if strong else ft.Colors.ON_SURFACE_VARIANT
    line = ft.Row(
        [ft.Icon(icon, size=16, color=ink), ft.Text(text, color=ink, style=(bold if strong else regular)(size=13))],
        spacing=4,
        tight=True,
    )
    if not strong:
        return line
    return ft.Container(
        line,
        bgcolor=ft.Colors.TERTIARY_CONTAINER,
        border_radius=8,
        padding=ft.Padding.symmetric(vertical=3, horizontal=SPACE_S),
    )
