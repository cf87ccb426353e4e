"""Many claims at once: an offer that goes to two hundred stores is claimed by two hundred, and one gets it.

All claims that wait are answered in one transaction. Those on an offer that is over already are one read and one row
each, written together; on an open offer one claim is decided as any command is, and then the others have come too late.
What is not as simple as that (known already, another one before it undecided, no permission) is decided by the inbox,
alone. The answers are the inbox's own, word for word.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.exc import DBAPIError

from core.contract.commands import ClaimOffer, Command
from core.contract.sync import Answer
from core.domain.outcome import Outcome
from core.service import claims, envelope, inbox
from core.service.devices import Device
from core.store import feed
from core.store import tables as t
from core.store.database import Database
from core.store.permissions import may_each

log = logging.getLogger(__name__)

PERMISSION = "claim"
_IDS: Any = bindparam("ids", expanding=True)
_DEVICES = (
    select(t.devices.c.id)
    .where(t.devices.c.id.in_(_IDS), t.devices.c.state == "active")
    .order_by(t.devices.c.id)
    .with_for_update(key_share=True)
)
_KNOWN = select(t.processed_commands.c.id).where(t.processed_commands.c.id.in_(_IDS))
_TRIED = select(t.command_tries.c.id).where(t.command_tries.c.id.in_(_IDS))


@dataclass(frozen=True, slots=True)
class Claim:
    """A command whose arguments are ClaimOffer, and who sent it."""

    device: Device
    command: Command

    @property
    def copy_id(self) -> str:
        assert isinstance(self.command.arguments, ClaimOffer)
        return self.command.arguments.offer_id


def receive(database: Database, asked: Sequence[Claim], at: datetime) -> list[Answer]:
    """An answer for each, in order."""
    answers: dict[int, Answer] = {}
    try:
        with database.write() as connection:
            _answer_simple(connection, asked, answers, at)
    except DBAPIError:
        log.exception("%d claims are decided one by one", len(asked))
        answers.clear()
    return [
        answers[number] if number in answers else inbox.receive(database, claim.device, claim.command, at)
        for number, claim in enumerate(asked)
    ]


def _answer_simple(connection: Connection, asked: Sequence[Claim], answers: dict[int, Answer], at: datetime) -> None:
    """In one transaction; what it leaves out is left to the inbox."""
    simple = _simple(connection, asked)
    late, open_by_offer = _late(connection, asked, simple, at)
    for offer_id in sorted(open_by_offer):
        first = open_by_offer[offer_id][0]
        savepoint = connection.begin_nested()
        try:
            answers[first] = inbox.answer_in(connection, asked[first].device, asked[first].command, at)
            savepoint.commit()
        except Exception as fault:
            savepoint.rollback()
            if isinstance(fault, DBAPIError):
                raise
            log.exception("claim %s is decided alone", asked[first].command.id)
    if open_by_offer:
        rest = [number for numbers in open_by_offer.values() for number in numbers[1:]]
        late |= _late(connection, asked, rest, at)[0]
    _settle(connection, asked, late, at)
    for number, outcome in late.items():
        answers[number] = Answer(asked[number].command.id, outcome.verdict, outcome.code, outcome.params())


def _simple(connection: Connection, asked: Sequence[Claim]) -> list[int]:
    """Positions of claims that are new, of active devices, wait for nothing, and are permitted; each command once."""
    # The lock makes the commands of one device take turns, as in the inbox.
    active = set(connection.execute(_DEVICES, {"ids": sorted({claim.device.id for claim in asked})}).scalars())
    ids = {"ids": [claim.command.id for claim in asked]}
    seen = {*connection.execute(_KNOWN, ids).scalars(), *connection.execute(_TRIED, ids).scalars()}
    allowed = may_each(connection, PERMISSION, ((one.command.user_id, one.device.location_id) for one in asked))
    found = []
    for number, claim in enumerate(asked):
        command = claim.command
        if claim.device.id in active and command.id not in seen and not command.prev:
            seen.add(command.id)
            if (command.user_id, claim.device.location_id) in allowed:
                found.append(number)
    return found


def _late(
    connection: Connection, asked: Sequence[Claim], numbers: Iterable[int], at: datetime
) -> tuple[dict[int, Outcome], dict[str, list[int]]]:
    """What those hear whose offer is over; and the others by offer."""
    wanted = list(numbers)
    offers = claims.standing(connection, {asked[number].copy_id for number in wanted})
    late: dict[int, Outcome] = {}
    still_open: dict[str, list[int]] = {}
    for number in wanted:
        offer = offers.get(asked[number].copy_id)
        if offer is None or offer.location_id != asked[number].device.location_id:
            continue
        refused = claims.refusal_of(offer, at)
        if refused is not None:
            late[number] = refused
        else:
            still_open.setdefault(offer.id, []).append(number)
    return late, still_open


def _settle(connection: Connection, asked: Sequence[Claim], late: Mapping[int, Outcome], at: datetime) -> None:
    """Their answers are final: kept under their ids, marked in the feeds of their devices."""
    if not late:
        return
    rows = []
    for number, outcome in late.items():
        command = asked[number].command
        row = {"id": command.id, "device_id": asked[number].device.id, "seq": command.seq, "name": command.name}
        row |= {"user_id": command.user_id, "hash": envelope.digest(command), "verdict": outcome.verdict.value}
        rows.append(row | {"code": outcome.code, "params": outcome.params(), "decided_at": at})
    connection.execute(insert(t.processed_commands), rows)
    told = [(feed.device_part(asked[number].device.id), asked[number].command.id) for number in late]
    feed.mark_each(connection, "verdict", told)
