"""The wire of the simulated day: it loses, doubles, delays and cuts, by the seed, and knows nothing of what it carries.

Time is virtual: what is due is done in order, and nobody ever waits. A request that is too slow is given up by the
tablet and may still arrive; a doubled one arrives twice, and only the first answer finds its way back.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

TIME_OUT_MS = 15_000
SLOWEST_MS = 30_000


@dataclass
class Weather:
    """Shares of messages, from 0 to 1. `slow`: delayed by seconds instead of milliseconds."""

    lose: float = 0.0
    double: float = 0.0
    slow: float = 0.0
    cut: float = 0.0


class CoreDied(Exception):
    """The core went away while it worked on a request, or is away."""


Answer = list[bytes]  # the pieces as they arrive: one for a push, one per frame for a pull
Serve = Callable[[], Answer]


@dataclass
class Call:
    """One request as its tablet sees it. `on_end(None)`: the answer is complete; otherwise why it is not."""

    serve: Serve
    on_piece: Callable[[bytes], None]
    on_end: Callable[[Exception | None], None]
    open: bool = True

    def piece(self, body: bytes) -> None:
        if self.open:
            self.on_piece(body)

    def end(self, fault: Exception | None) -> None:
        if self.open:
            self.open = False
            self.on_end(fault)


@dataclass
class Network:
    rng: Random
    now: datetime
    weather: Weather = field(default_factory=Weather)
    counted: dict[str, int] = field(default_factory=dict)
    _due: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _number: int = 0

    def at(self, delay_ms: float, deed: Callable[[], None]) -> None:
        """The deed is done `delay_ms` from now."""
        self._number += 1
        heapq.heappush(self._due, (self.now + timedelta(milliseconds=delay_ms), self._number, deed))

    def run(self, ms: float) -> None:
        """Time goes on by `ms`."""
        end = self.now + timedelta(milliseconds=ms)
        while self._due and self._due[0][0] <= end:
            at, _, deed = heapq.heappop(self._due)
            self.now = max(self.now, at)
            deed()
        self.now = end

    @property
    def idle(self) -> bool:
        return not self._due

    def send(self, call: Call) -> None:
        self.at(TIME_OUT_MS, lambda: call.end(TimeoutError()))
        if self._happens("lose"):
            return self.at(self._delay(), lambda: call.end(ConnectionError("the request is lost")))
        if self._happens("double"):
            self.at(self._delay(), lambda: self._arrive(call, unheard=True))
        self.at(self._delay(), lambda: self._arrive(call))

    def _arrive(self, call: Call, unheard: bool = False) -> None:
        try:
            pieces = call.serve()
        except Exception as fault:
            said = fault  # a refusal is an answer too: the tablet must hear it
            return None if unheard else self.at(self._delay(), lambda: call.end(said))
        if unheard:
            return None
        if self._happens("lose"):
            return self.at(self._delay(), lambda: call.end(ConnectionError("the answer is lost")))
        self._deliver(call, pieces)

    def _deliver(self, call: Call, pieces: Answer) -> None:
        """A stream arrives in order, piece by piece, and may end anywhere: with a fault, or as if it were complete."""
        fault: Exception | None = None
        if self._happens("cut"):
            pieces = pieces[: self.rng.randrange(len(pieces))]
            fault = self.rng.choice((ConnectionError("the stream is cut"), None))
        delay = self._delay()
        for body in pieces:
            self.at(delay, lambda body=body: call.piece(body))  # type: ignore[misc]
            delay += self.rng.uniform(0, 30)
        self.at(delay, lambda: call.end(fault))

    def _delay(self) -> float:
        return self.rng.uniform(1000, SLOWEST_MS) if self._happens("slow") else self.rng.uniform(1, 200)

    def _happens(self, what: str) -> bool:
        happens = self.rng.random() < getattr(self.weather, what)
        if happens:
            self.counted[what] = self.counted.get(what, 0) + 1
        return bool(happens)
