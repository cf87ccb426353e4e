"""Time that runs out, by the clock of the core: to the minute, its last minutes to the second.

Each countdown redraws itself alone, and only when its words change.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar, cast

import flet as ft
from flet.components.hooks.use_ref import MutableRef

from app.context import use_workplace
from app.i18n import Translations
from app.state.cell import Cell, use_cell, use_kept
from app.theme import SPACE_S, bold, is_dark, tone
from app.ui import part, use_lifetime, use_translations, use_ui
from app.ui.faults import start

SOON, LAST = timedelta(minutes=15), timedelta(minutes=5)
LONGEST_WAIT_S: Final = 10.0
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Left:
    """What is shown of a time that runs out: in its last minutes whole seconds, before whole minutes."""

    shown: timedelta

    @property
    def over(self) -> bool:
        return self.shown <= timedelta(0)


def left_until(ends_at: datetime, now: datetime) -> Left:
    """Rounded up, so that it is over when nothing is left."""
    left = ends_at - now
    step = SECOND if left <= LAST else MINUTE
    return Left(max(timedelta(0), -(-left // step) * step))


def left_words(_: Translations, left: Left) -> str:
    if left.over:
        return _("Time is over")
    if left.shown > LAST:
        return _.duration(left.shown)
    minutes, seconds = divmod(int(left.shown.total_seconds()), 60)
    return f"{minutes}:{seconds:02}"


def use_core_time(look: Callable[[datetime], T], changes_at: datetime) -> T:
    """What `look` makes of the core's time; the component is drawn again when that differs.

    `changes_at`: in the minutes before it `look` may change with every second, until then it is asked now and then.
    """
    workplace, ui, page = use_workplace(), use_ui(), ft.context.page

    def now() -> datetime:
        return workplace.clock() + ui.sync.status.link.skew

    beat = use_kept(lambda: Cell(0))
    newest: MutableRef[Any] = ft.use_ref((look, changes_at, None))
    seen = look(now())
    newest.current = (look, changes_at, seen)

    def begin() -> Callable[[], None]:
        async def tick() -> None:
            while True:
                _look, until, _seen = cast(tuple[Any, datetime, Any], newest.current)
                await asyncio.sleep(_pause_s(until - now()))
                look_again, _until, last = cast(tuple[Any, datetime, Any], newest.current)
                if look_again(now()) != last:
                    beat.value += 1

        ticking = start(page, ui.i18n, tick)

        def end() -> None:
            ticking.cancel()

        return end

    use_lifetime(begin)
    use_cell(beat)
    return seen


def _pause_s(left: timedelta) -> float:
    """Until a moment after the next second, or for a while."""
    if timedelta(0) < left <= LAST + timedelta(seconds=LONGEST_WAIT_S):
        return (left % SECOND).total_seconds() + 0.01
    return LONGEST_WAIT_S


@part
def Countdown(ends_at: datetime, size: int = 16) -> ft.Control:
    _, left = use_translations(), use_core_time(lambda now: left_until(ends_at, now), ends_at)
    look = tone("error" if left.shown <= LAST else "warn", is_dark(ft.context.page))
    plain = (ft.Colors.SURFACE_CONTAINER_HIGHEST, ft.Colors.ON_SURFACE)
    fill, ink = (look.fill, look.ink) if left.shown <= SOON else plain
    icon = ft.Icons.TIMER_OFF if left.over else ft.Icons.TIMER
    return ft.Container(
        ft.Row(
            [ft.Icon(icon, size=size + 4, color=ink), ft.Text(left_words(_, left), color=ink, style=bold(size=size))],
            spacing=6,
            tight=True,
        ),
        bgcolor=fill,
        border_radius=8,
        padding=ft.Padding.symmetric(vertical=4, horizontal=SPACE_S),
    )
