"""What arrives while others are being worked on waits for the next turn, and is done together with what waits there."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

from fastapi.concurrency import run_in_threadpool

GATHER_S: Final = 0.01  # after the end of a turn

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Turns(Generic[Asked, Answer]):
    """Of one process, on one event loop. `work` gives an answer for each that is asked, in order; it runs in a thread.

    An exception of `work` reaches all who asked in that turn.
    """

    def __init__(self, work: Callable[[Sequence[Asked]], Sequence[Answer]], most: int, name: str) -> None:
        self._work, self._most, self._name = work, most, name
        self._waiting: list[tuple[Asked, asyncio.Future[Answer]]] = []
        self._worker: asyncio.Task[None] | None = None
        self._expected, self._ended_s, self._complete = 0, 0.0, asyncio.Event()

    async def ask(self, asked: Asked) -> Answer:
        (answer,) = await self.ask_each((asked,))
        return answer

    async def ask_each(self, asked: Sequence[Asked]) -> list[Answer]:
        """In one turn, if it has room for all."""
        loop = asyncio.get_running_loop()
        futures: list[asyncio.Future[Answer]] = [loop.create_future() for _ in asked]
        self._waiting += zip(asked, futures, strict=True)
        if len(self._waiting) >= self._expected:
            self._complete.set()
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._take_turns(), name=self._name)
        return [await future for future in futures] if len(futures) == 1 else await asyncio.gather(*futures)

    async def _take_turns(self) -> None:
        clock = asyncio.get_running_loop().time
        while self._waiting:
            await self._gather(self._ended_s + GATHER_S - clock())
            turn, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            await self._take(turn)
            self._expected, self._ended_s = min(len(turn) + len(self._waiting), self._most), clock()

    async def _gather(self, most_s: float) -> None:
        """Who was just answered asks again in a moment: one turn of all costs less than two of some."""
        self._complete.clear()
        if len(self._waiting) < self._expected and most_s > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._complete.wait(), most_s)

    async def _take(self, turn: list[tuple[Asked, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await run_in_threadpool(self._work, [asked for asked, _ in turn])
        except Exception as fault:
            for _, future in turn:
                if not future.done():
                    future.set_exception(fault)
            return
        for (_, future), answer in zip(turn, answers, strict=True):
            if not future.done():
                future.set_result(answer)
