"""One stream of scans, whatever read them: the screen on top gets each code once, and no screen below it.

A scanner does not wait while a screen is drawn, so a code that comes in between is held until that screen listens. A
code that no screen wants is answered too. The stream knows how long the last answers took, for the diagnostics.
"""

import asyncio
import inspect
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from time import monotonic
from typing import Literal

ScanSource = Literal["wedge", "camera", "typed"]
TIMED_SCANS = 50
# How long a code is held where nobody listens: from one screen to the next, and while a window is opened.
CHANGING_S = 1.0
OPENING_S = 10.0
LOOK_AGAIN_S = 0.02


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


@dataclass(frozen=True, eq=False)
class Listener:
    on_scan: OnScan
    is_on_top: Callable[[], bool]


def monotonic_ms() -> float:
    return monotonic() * 1000


class ScanStream:
    """Every scanning device publishes here. `unheard`: told of a code that no screen took."""

    def __init__(
        self, now_ms: Callable[[], float] = monotonic_ms, unheard: Callable[[Scan], None] = lambda _scan: None
    ) -> None:
        self._listeners: list[Listener] = []
        self._now_ms = now_ms
        self._unheard = unheard
        self._in_turn = asyncio.Lock()
        self.timed: deque[Timed] = deque(maxlen=TIMED_SCANS)
        self.current: Scan | None = None

    def subscribe(self, on_scan: OnScan, is_on_top: Callable[[], bool] = lambda: True) -> Callable[[], None]:
        """Of those on top the last to subscribe hears alone, until it calls what this returned."""
        listener = Listener(on_scan, is_on_top)
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    async def publish(self, scan: Scan) -> None:
        """Call inside the page's context. An exception of the listener reaches the caller.

        `current` is the scan that is being answered, for the answer may sound different when it counts once more.
        """
        async with self._in_turn:
            listener = await self._listening()
        if listener is None:
            self._unheard(scan)
            return
        read_at = self._now_ms()
        self.current = scan
        try:
            outcome = listener.on_scan(scan)
            if inspect.isawaitable(outcome):
                await outcome
        finally:
            self.current = None
        read_ms = None if scan.taken_ms is None else read_at - scan.taken_ms
        self.timed.append(Timed(scan.source, scan.symbology, scan.decoder, read_ms, self._now_ms() - read_at))

    async def _listening(self) -> Listener | None:
        """Who hears the next code; None when nobody did for a while."""
        began_ms = self._now_ms()
        while True:
            found = next((one for one in reversed(self._listeners) if one.is_on_top()), None)
            held_s = (self._now_ms() - began_ms) / 1000
            if found is not None or held_s >= (CHANGING_S if self._listeners else OPENING_S):
                return found
            await asyncio.sleep(LOOK_AGAIN_S)
