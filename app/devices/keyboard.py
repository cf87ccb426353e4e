"""Listens to every key of the page, with or without a focused field, and publishes what a wedge scanner typed.

The Enter that ends a code also presses the button that has the focus. A person who scans has not pressed it, so
presses that are the echo of a scan never reach their handler.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import flet as ft

from app.devices.scanning import Scan, ScanStream
from app.devices.wedge import WedgeBuffer

if TYPE_CHECKING:
    from flet.messaging.session import Session

ECHOED_EVENTS = ("click", "submit")


def monotonic_ms() -> float:
    return time.monotonic() * 1000


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
        page.on_keyboard_event = self._key
        self._drop_echoes(page.session)

    def _drop_echoes(self, session: "Session") -> None:
        dispatch = session.dispatch_event

        async def dispatch_unless_echo(control_id: int, event_name: str, event_data: Any) -> None:
            if event_name not in ECHOED_EVENTS or not self._buffer.is_scanning(self._now_ms()):
                await dispatch(control_id, event_name, event_data)

        # The one door every event of the client comes through; no control would have to know about scanners.
        vars(session)["dispatch_event"] = dispatch_unless_echo

    async def _key(self, event: ft.KeyboardEvent) -> None:
        if event.ctrl or event.alt or event.meta:
            return
        scan: Scan | None = self._buffer.key(event.key, event.shift, self._now_ms())
        if scan is not None:
            await self._stream.publish(scan)
        elif self._on_key is not None:
            self._on_key(event)
