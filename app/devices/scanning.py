"""One stream of scans, whatever read them: the screen on top gets each code once, and no screen below it."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, Protocol

ScanSource = Literal["wedge", "camera", "typed"]


@dataclass(frozen=True)
class Scan:
    """What a barcode said, as it was read. `symbology` is known for the camera only ("EAN-13", "QR Code")."""

    text: str
    source: ScanSource
    symbology: str | None = None


OnScan = Callable[[Scan], Awaitable[None] | None]


class Scanner(Protocol):
    """Where a screen listens. The last to subscribe hears alone, until it calls what `subscribe` returned."""

    def subscribe(self, on_scan: OnScan) -> Callable[[], None]: ...


class ScanStream:
    """Every scanning device publishes here; a code nobody listens for is dropped, never kept for a later screen."""

    def __init__(self) -> None:
        self._listeners: list[OnScan] = []

    def subscribe(self, on_scan: OnScan) -> Callable[[], None]:
        entry: OnScan = lambda scan: on_scan(scan)  # noqa: E731  (its own identity: the same handler may listen twice)
        self._listeners.append(entry)

        def stop() -> None:
            if entry in self._listeners:
                self._listeners.remove(entry)

        return stop

    async def publish(self, scan: Scan) -> None:
        """Call inside the page's context. An exception of the listener reaches the caller."""
        if self._listeners:
            outcome = self._listeners[-1](scan)
            if inspect.isawaitable(outcome):
                await outcome
