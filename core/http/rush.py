"""Claims that arrive while others are being decided wait for the next turn, and are decided together in it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeGuard

from core.contract.commands import ClaimOffer, Command
from core.contract.sync import Answer, PushAnswer
from core.http.turns import Turns
from core.service import claim_rush
from core.service.claim_rush import Claim
from core.service.devices import Device
from core.service.envelope import Unread
from core.store.database import Database

MOST_AT_ONCE = 400


class Rush:
    """Of one process, on one event loop. `push` answers as `core.service.sync.push` does."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        def decide(claims: Sequence[Claim]) -> list[Answer]:
            return claim_rush.receive(database, claims, now())

        self._turns = Turns[Claim, Answer](decide, MOST_AT_ONCE, "claims")

    async def push(self, device: Device, commands: Sequence[Command], at: datetime) -> PushAnswer:
        return PushAnswer(tuple(await self._turns.ask_each([Claim(device, command) for command in commands])), at)


def are_claims(commands: Sequence[Command | Unread]) -> TypeGuard[Sequence[Command]]:
    """A push of nothing else: an order between them and other commands does not have to be kept."""
    return bool(commands) and all(isinstance(one, Command) and one.name == ClaimOffer.__name__ for one in commands)
