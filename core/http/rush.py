"""Claims that arrive while others are being decided wait for the next turn, and are decided together in it."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeGuard

from fastapi.concurrency import run_in_threadpool

from core.contract.commands import ClaimOffer, Command
from core.contract.sync import Answer, PushAnswer
from core.service import claim_rush
from core.service.claim_rush import Claim
from core.service.devices import Device
from core.service.envelope import Unread
from core.store.database import Database

MOST_AT_ONCE = 400


class Rush:
    """Of one process, on one event loop. `push` answers as `core.service.sync.push` does."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now
        self._waiting: list[tuple[Claim, asyncio.Future[Answer]]] = []
        self._worker: asyncio.Task[None] | None = None

    async def push(self, device: Device, commands: Sequence[Command], at: datetime) -> PushAnswer:
        loop = asyncio.get_running_loop()
        futures: list[asyncio.Future[Answer]] = [loop.create_future() for _ in commands]
        self._waiting += zip((Claim(device, command) for command in commands), futures, strict=True)
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work(), name="claims")
        return PushAnswer(tuple(await asyncio.gather(*futures)), at)

    async def _work(self) -> None:
        while self._waiting:
            turn, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            claims = [claim for claim, _ in turn]
            try:
                answers = await run_in_threadpool(claim_rush.receive, self._database, claims, self._now())
            except Exception as fault:
                for _, future in turn:
                    if not future.done():
                        future.set_exception(fault)
                continue
            for (_, future), answer in zip(turn, answers, strict=True):
                if not future.done():
                    future.set_result(answer)


def are_claims(commands: Sequence[Command | Unread]) -> TypeGuard[Sequence[Command]]:
    """A push of nothing else: an order between them and other commands does not have to be kept."""
    return bool(commands) and all(isinstance(one, Command) and one.name == ClaimOffer.__name__ for one in commands)
