"""Listens to every key of the page, with or without a focused field, and publishes what a wedge scanner typed.

The Enter that ends a code also presses the button that has the focus. A person who scans has not pressed it, so
presses that are the echo of a scan never reach their handler; and what the scanner typed into a focused field is taken
out of it again.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import flet as ft

from app.devices.scanning import Scan, ScanStream
from app.devices.wedge import PAUSE_MS, WedgeBuffer, WedgeSettings
from core.domain import gs1

if TYPE_CHECKING:
    from flet.messaging.session import Session

ECHOED_EVENTS = ("click", "submit")
# Two scanners at once leave a mixture; its rest follows at once. What no check makes sure waits that long for it.
MIXTURE_MS = 30
REMEMBERED_MS = 3000
# A field may tell of its change before the key that made it; on a starved device well before.
EARLY_MS = 60
STARVED_MS = 400
WARM_AFTER_S = 2.0

Dispatch = Callable[[int, str, Any], Awaitable[None]]


def set_up_scanner(page: ft.Page, settings: WedgeSettings) -> None:
    """The scanner of this window, if it listens to one."""
    scanner = page.data.get("wedge") if isinstance(page.data, dict) else None
    if isinstance(scanner, WedgeScanner):
        scanner.set_up(settings)


def monotonic_ms() -> float:
    return time.monotonic() * 1000


class TypedInto:
    """What each text field held before a scanner typed into it."""

    def __init__(self, session: "Session", now_ms: Callable[[], float]) -> None:
        self._now_ms = now_ms
        self._changes: list[tuple[float, int, str]] = []
        apply_patch = session.apply_patch
        self._index = index = session.index

        def noting(control_id: int, patch: dict[str, Any]) -> None:
            field = index.get(control_id) if "value" in patch else None
            if isinstance(field, ft.TextField):
                self._note(control_id, str(field.value or ""))
            apply_patch(control_id, patch)

        vars(session)["apply_patch"] = noting

    def _note(self, control_id: int, before: str) -> None:
        now_ms = self._now_ms()
        recent = [change for change in self._changes if now_ms - change[0] <= REMEMBERED_MS]
        self._changes = [*recent, (now_ms, control_id, before)]

    def take(self, began_ms: float, written: int) -> dict[int, str]:
        """The text of each field before its first change since then; asked once.

        `written`: how many characters at most came since. What made a field longer than that was a person's.
        """
        found: dict[int, str] = {}
        for t_ms, control_id, before in self._changes:
            early_ms, field = began_ms - t_ms, self._index.get(control_id)
            grown = len(str(field.value or "")) - len(before) if isinstance(field, ft.TextField) else 0
            if early_ms <= EARLY_MS or (early_ms <= STARVED_MS and grown <= written):
                found.setdefault(control_id, before)
        self._changes.clear()
        return found


class WedgeScanner:
    """One per page: it owns `page.on_keyboard_event`. Other keys are offered to `on_key` (shortcuts)."""

    def __init__(
        self,
        page: ft.Page,
        stream: ScanStream,
        now_ms: Callable[[], float] = monotonic_ms,
        on_key: Callable[[ft.KeyboardEvent], None] | None = None,
    ) -> None:
        self._stream = stream
        self._now_ms = now_ms
        self._buffer = WedgeBuffer()
        self._on_key = on_key
        self._is_warm = False
        page.on_keyboard_event = self._key
        self._typed = TypedInto(page.session, now_ms)
        self._dispatch: Dispatch = page.session.dispatch_event
        self._drop_echoes(page.session)

    @property
    def settings(self) -> WedgeSettings:
        return self._buffer.settings

    def set_up(self, settings: WedgeSettings) -> None:
        self._buffer.settings = settings

    def _drop_echoes(self, session: "Session") -> None:
        async def dispatch_unless_echo(control_id: int, event_name: str, event_data: Any) -> None:
            if event_name not in ECHOED_EVENTS or not self._buffer.is_scanning(self._now_ms()):
                await self._dispatch(control_id, event_name, event_data)

        # The one door every event of the client comes through; no control would have to know about scanners.
        vars(session)["dispatch_event"] = dispatch_unless_echo

    async def _key(self, event: ft.KeyboardEvent) -> None:
        if event.meta:
            return
        scan = self._buffer.key(event.key, event.shift, self._now_ms(), event.ctrl, event.alt)
        if scan is not None:
            await self._publish(scan)
            return
        if self._on_key is not None and not (event.ctrl or event.alt):
            self._on_key(event)
        if self._buffer.settings.ends == "pause":
            await asyncio.sleep(PAUSE_MS / 1000)
            late = self._buffer.pause(self._now_ms())
            if late is not None:
                await self._publish(late)

    async def _publish(self, scan: Scan) -> None:
        began_ms, written = self._buffer.began_ms, self._buffer.written
        if not self._buffer.is_sure:
            presses = self._buffer.presses
            await asyncio.sleep(MIXTURE_MS / 1000)
            if self._buffer.presses != presses:
                self._buffer.reject()
                return
        for field_id, before in self._typed.take(began_ms, written).items():
            await self._dispatch(field_id, "change", before)
        await self._stream.publish(scan)
        if not self._is_warm:
            # The first label with more on it than a number would wait for its parser.
            self._is_warm, loop = True, asyncio.get_running_loop()
            loop.call_later(WARM_AFTER_S, loop.run_in_executor, None, gs1.warm)
