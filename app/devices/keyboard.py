"""Listens to every key of the page, with or without a focused field, and publishes what a wedge scanner typed."""

import time
from collections.abc import Callable

import flet as ft

from app.devices.scanning import Scan, ScanStream
from app.devices.wedge import WedgeBuffer


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

    async def _key(self, event: ft.KeyboardEvent) -> None:
        if event.ctrl or event.alt or event.meta:
            return
        scan: Scan | None = self._buffer.key(event.key, event.shift, self._now_ms())
        if scan is not None:
            await self._stream.publish(scan)
        elif self._on_key is not None:
            self._on_key(event)
