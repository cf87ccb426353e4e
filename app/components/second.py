"""Time that runs out is seen running, by the clock of the core, and little else is drawn again for it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import flet as ft

from app.context import use_workplace
from app.i18n import Translations
from app.state.cell import Cell, use_kept
from app.theme import SPACE_S, bold, is_dark, tone
from app.ui import part, use_lifetime, use_translations, use_ui
from app.ui.faults import start

TICK_S = 1.0
HOUR = timedelta(hours=1)
SOON, NOW = timedelta(minutes=15), timedelta(minutes=5)


@dataclass(frozen=True, eq=False)
class CoreClock:
    """The core's time. Handed on in this wrapping: whoever is given an observable is drawn again with it."""

    cell: Cell[datetime]


def use_core_clock(tick_s: float = TICK_S) -> CoreClock:
    """The core's time, whatever this device's clock says: that one ends offers."""
    workplace, ui, page = use_workplace(), use_ui(), ft.context.page

    def now() -> datetime:
        skew = timedelta(milliseconds=ui.sync.status.clock_skew_ms or 0)
        return (workplace.clock() + skew).replace(microsecond=0)

    clock = use_kept(lambda: CoreClock(Cell(now())))

    def begin() -> Callable[[], None]:
        async def tick() -> None:
            while True:
                await asyncio.sleep(tick_s)
                clock.cell.value = now()

        ticking = start(page, ui.i18n, tick)

        def end() -> None:
            ticking.cancel()

        return end

    use_lifetime(begin)
    return clock


def left_words(_: Translations, left: timedelta) -> str:
    """ "4:32", "3 hours"; "" when it is over. Only the last hour is told in seconds."""
    seconds = int(left.total_seconds())
    if seconds <= 0:
        return ""
    return _.duration(left) if left >= HOUR else f"{seconds // 60}:{seconds % 60:02}"


@dataclass(frozen=True, slots=True)
class Left:
    """`words`: "" when it is over. Made outside of rows, so that a card is drawn again only when its words change."""

    words: str
    soon: bool = False
    now: bool = False


def left_until(_: Translations, ends_at: datetime, now: datetime) -> Left:
    left = ends_at - now
    return Left(left_words(_, left), left <= SOON, left <= NOW)


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
