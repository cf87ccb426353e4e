"""Orders that arrive while others are being received wait for the next turn, and are received together in it."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from core.http.office.answers import Reply, etag, keepable, replayed
from core.http.office.order_view import view_of
from core.http.turns import Turns
from core.service import customer_states, idempotency, orders
from core.service.cause import Cause
from core.service.customer_states import Words
from core.service.events import Entry, timelines
from core.service.idempotency import Key
from core.service.orders import NewOrder, Received
from core.service.refusal import Refusal
from core.store.database import Database

log = logging.getLogger(__name__)
MOST_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class Placing:
    """An order, who sends it, and the key under which it is answered once."""

    key: Key
    cause: Cause
    new: NewOrder


class Intake:
    """Of one process. `ask`: None where the order is to be received alone (`Writing.once`)."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now
        self.ask = Turns[Placing, "Reply | Refusal | None"](self._receive, MOST_AT_ONCE, "orders").ask

    def _receive(self, asked: Sequence[Placing]) -> list[Reply | Refusal | None]:
        try:
            with self._database.write() as connection:
                answers = receive(connection, asked, self._now())
        except Exception:
            log.exception("%d orders are received one by one", len(asked))
            answers = {}
        return [answers.get(number) for number in range(len(asked))]


def receive(connection: Connection, asked: Sequence[Placing], at: datetime) -> dict[int, Reply | Refusal]:
    """By position, for those that can be received together. A refused order leaves nothing, not even its key."""
    known = idempotency.known_each(connection, [one.key for one in asked])
    plain = orders.are_plain(connection, [one.new for one in asked], at)
    answers: dict[int, Reply | Refusal] = {}
    fresh: dict[Key, int] = {}
    for number, one in enumerate(asked):
        before = known.get(one.key)
        if isinstance(before, Refusal):
            answers[number] = before
        elif before is not None and before.status:
            answers[number] = replayed(before)
        elif before is None and plain[number]:
            fresh.setdefault(one.key, number)  # the same key twice in one turn: the second is received alone
    made = placed(connection, [(asked[number].cause, asked[number].new) for number in fresh.values()])
    answers |= zip(fresh.values(), made, strict=True)
    kept = [(key, reply) for key, reply in zip(fresh, made, strict=True) if isinstance(reply, Reply)]
    idempotency.keep_each(connection, [(key, keepable(reply)) for key, reply in kept], at)
    return answers


def placed(connection: Connection, asked: Sequence[tuple[Cause, NewOrder]]) -> list[Reply | Refusal]:
    """What is answered to each."""
    made = orders.create_each(connection, asked)
    stories = timelines(connection, [one.order_id for one in made if not isinstance(one, Refusal)])
    words = customer_states.by_division(connection)
    return [one if isinstance(one, Refusal) else _reply(one, stories[one.order_id], words) for one in made]


def _reply(made: Received, story: Sequence[Entry], words: Words) -> Reply:
    view = view_of(made.parts, story, words)
    return Reply(view, headers={"Location": f"/v1/orders/{made.number}", **etag(view["version"])})
