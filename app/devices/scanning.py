"""One stream of scans, whatever read them: the screen on top gets each code once, and no screen below it.

The stream knows how long the last answers took, for the diagnostics.
"""

import inspect
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from time import monotonic
from typing import Literal, Protocol

ScanSource = Literal["wedge", "camera", "typed"]
TIMED_SCANS = 50


@dataclass(frozen=True)
class Scan:
    """What a barcode said, as it was read. `symbology` is known for the camera only ("EAN-13", "QR Code").

    `decoder`: which reader read it. `taken_ms`: by a monotonic clock, when the camera was asked for the frame.
    `again`: counted once more by a button, not shown once more.
    """

    text: str
    source: ScanSource
    symbology: str | None = None
    decoder: str = field(default="", compare=False)
    taken_ms: float | None = field(default=None, compare=False)
    again: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Timed:
    """One scan that was answered. `read_ms`: from the frame to the code, None where no frame was. `answer_ms`: from the
    code to the end of the listener, so to the committed action and the words."""

    source: ScanSource
    symbology: str | None
    decoder: str
    read_ms: float | None
    answer_ms: float

    @property
    def whole_ms(self) -> float:
        return (self.read_ms or 0.0) + self.answer_ms


@dataclass(frozen=True)
class Latency:
    """Median and worst of some scans, in milliseconds."""

    scans: int
    median_ms: float
    worst_ms: float


def latency(times_ms: Sequence[float]) -> Latency | None:
    return Latency(len(times_ms), median(times_ms), max(times_ms)) if times_ms else None


OnScan = Callable[[Scan], Awaitable[None] | None]


class Scanner(Protocol):
    """Where a screen listens. The last to subscribe hears alone, until it calls what `subscribe` returned."""

    def subscribe(self, on_scan: OnScan) -> Callable[[], None]: ...


def monotonic_ms() -> float:
    return monotonic() * 1000


class ScanStream:
    """Every scanning device publishes here; a code nobody listens for is dropped, never kept for a later screen."""

    def __init__(self, now_ms: Callable[[], float] = monotonic_ms) -> None:
        self._listeners: list[OnScan] = []
        self._now_ms = now_ms
        self.timed: deque[Timed] = deque(maxlen=TIMED_SCANS)
        self.current: Scan | None = None

    def subscribe(self, on_scan: OnScan) -> Callable[[], None]:
        entry: OnScan = lambda scan: on_scan(scan)  # noqa: E731  (its own identity: the same handler may listen twice)
        self._listeners.append(entry)

        def stop() -> None:
            if entry in self._listeners:
                self._listeners.remove(entry)

        return stop

    async def publish(self, scan: Scan) -> None:
        """Call inside the page's context. An exception of the listener reaches the caller.

        `current` is the scan that is being answered, for the answer may sound different when it counts once more.
        """
        if not self._listeners:
            return
        read_at = self._now_ms()
        self.current = scan
        try:
            outcome = self._listeners[-1](scan)
            if inspect.isawaitable(outcome):
                await outcome
        finally:
            self.current = None
        read_ms = None if scan.taken_ms is None else read_at - scan.taken_ms
        self.timed.append(Timed(scan.source, scan.symbology, scan.decoder, read_ms, self._now_ms() - read_at))
