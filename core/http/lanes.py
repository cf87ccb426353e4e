"""Requests of one kind take turns in a few threads of their own; who would wait too long is told when to come again.

Without an end to the queue a core that is too slow for a while works for tablets that have given up, and never catches
up. `Retry-After` gives each of them another moment: who is told later comes later.
"""

import asyncio
import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from core.http.problems import ProblemError

T = TypeVar("T")
MOST_WAIT_S: Final = 5.0  # a tablet waits 20 s for an answer
LONGEST_S: Final = 30.0
_WEIGHT: Final = 0.05  # of the newest in the mean


class Lane:
    """Of one process, on one event loop. `clock`: monotonic seconds."""

    def __init__(self, threads: int, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._executor = ThreadPoolExecutor(threads, name)
        self._threads, self._clock = threads, clock
        self._inside = 0
        self._takes_s = 0.0  # a thread, for one
        self._booked_s = 0.0  # until when the lane would be busy with all who were told to come again

    async def run(self, work: Callable[[], T]) -> T:
        """In a thread, in turn. 429 `busy` with `Retry-After`."""
        self._check()
        self._inside += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, self._timed, work)
        finally:
            self._inside -= 1

    @property
    def wait_s(self) -> float:
        """How long who comes now would wait for a thread."""
        return max(0, self._inside - self._threads + 1) * self._takes_s / self._threads

    def _check(self) -> None:
        wait_s, now_s = self.wait_s, self._clock()
        if wait_s <= MOST_WAIT_S:
            return
        self._booked_s = max(self._booked_s, now_s + wait_s) + self._takes_s / self._threads
        if self._booked_s - now_s > LONGEST_S:
            self._booked_s = now_s + wait_s  # so many came that they have to meet again
        after_s = min(LONGEST_S, self._booked_s - now_s)
        raise ProblemError(429, "busy", detail="Come again a little later.", retry_after_s=math.ceil(after_s))

    def _timed(self, work: Callable[[], T]) -> T:
        begun_s = self._clock()
        try:
            return work()
        finally:
            took_s = self._clock() - begun_s
            self._takes_s += (took_s - self._takes_s) * (_WEIGHT if self._takes_s else 1.0)
