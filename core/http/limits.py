"""How often somebody may try, or ask: counted in this process, by address or device, and forgotten after a while."""

from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from core.http.problems import ProblemError

MOST_NAMES: Final = 10_000
WINDOW: Final = timedelta(minutes=10)


class Limit:
    """`most` in ten minutes. With more names than can be remembered the oldest is forgotten."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._of: dict[str, deque[datetime]] = {}

    def check(self, name: str, at: datetime) -> None:
        """429 `too_many_attempts` with `Retry-After`."""
        times = self._of.get(name, deque())
        while times and times[0] <= at - WINDOW:
            times.popleft()
        if len(times) >= self._most:
            wait = times[0] + WINDOW - at
            raise ProblemError(429, "too_many_attempts", retry_after_s=int(wait.total_seconds()) + 1)

    def note(self, name: str, at: datetime) -> None:
        if name not in self._of and len(self._of) >= MOST_NAMES:
            self._of.pop(next(iter(self._of)))
        self._of.setdefault(name, deque(maxlen=self._most)).append(at)


# By their names in the state of the app.
ALL: Final[Mapping[str, Callable[[], Limit]]] = {
    "enrol_failures": lambda: Limit(10),  # wrong codes of an address
    "sign_in_failures": lambda: Limit(10),  # wrong passwords of an address
    "token_failures": lambda: Limit(60),  # refresh tokens that are none, of an address: a shop has one address
    "codes_made": lambda: Limit(20),  # pairing codes that a tablet asked for
    "wrong_pick_up_codes": lambda: Limit(20),  # of an address; a shop's guests share one
    "arrivals": lambda: Limit(300),  # of an address
    "payment_pokes": lambda: Limit(2_000),  # of an address: the provider has few
    "handed_over": lambda: Limit(300),  # batches that a device that was shut out hands over: 60,000 commands
}
