"""What arrives while others are being worked on waits for the next turn, and is done together with what waits there."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

from fastapi.concurrency import run_in_threadpool

GATHER_S: Final = 0.003

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

    async def ask(self, asked: Asked) -> Answer:
        (answer,) = await self.ask_each((asked,))
        return answer

    async def ask_each(self, asked: Sequence[Asked]) -> list[Answer]:
        """In one turn, if it has room for all."""
        loop = asyncio.get_running_loop()
        futures: list[asyncio.Future[Answer]] = [loop.create_future() for _ in asked]
        self._waiting += zip(asked, futures, strict=True)
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._take_turns(), name=self._name)
        return [await future for future in futures] if len(futures) == 1 else await asyncio.gather(*futures)

    async def _take_turns(self) -> None:
        before = 0
        while self._waiting:
            if len(self._waiting) < before:
                # Those who were just answered ask again in a moment: one turn of all costs less than two of some.
                await asyncio.sleep(GATHER_S)
            turn, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            before = len(turn)
            await self._take(turn)

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
