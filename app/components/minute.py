"""The time on the screen goes on by itself: what is urgent becomes overdue without anybody touching anything."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import flet as ft

from app.context import use_workplace
from app.ui import use_lifetime, use_ui
from app.ui.faults import start

LOOK_EVERY_S = 10.0


def use_minute() -> datetime:
    """Now, cut to the minute, in UTC; the component is drawn again when the next one has begun."""
    workplace, ui, page = use_workplace(), use_ui(), ft.context.page
    now, set_now = ft.use_state(_minute(workplace.clock()))

    def begin() -> Callable[[], None]:
        async def tick() -> None:
            while True:
                await asyncio.sleep(LOOK_EVERY_S)
                set_now(_minute(workplace.clock()))

        ticking = start(page, ui.i18n, tick)

        def end() -> None:
            ticking.cancel()

        return end

    use_lifetime(begin)
    return now


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
