"""The promise of an order: made and kept with it, a lead for sourcing, watched until it is fulfilled.

It departs once: the row goes from "kept" to "at_risk" to "broken" by conditional updates, and whoever wins one raises
its event. So a promise is alerted once, however many workers look at it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, select, update

from core.domain.calendar import local_day
from core.domain.lifecycle import OrderState
from core.domain.promise import Destination, NotPossible, Option
from core.domain.promise_choice import bits
from core.domain.promise_reach import days_late
from core.service import promise
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.later import Job, schedule_each
from core.service.promise import Question, option_of
from core.service.promise_network import network_of
from core.service.promise_supply import FROM_INBOUND
from core.service.refusal import Refusal
from core.store import tables as t
from core.store.rows import insert_each

WATCH: Final = "watch_promise"
AT_RISK: Final = "PromiseAtRisk"
BROKEN: Final = "PromiseBroken"
# Nothing has been done for the order yet; in these states the last moment to begin matters.
_NOT_BEGUN: Final = frozenset({OrderState.RECEIVED.value, OrderState.ON_HOLD.value, OrderState.WAITING_FOR_STOCK.value})
_OVER: Final = frozenset({OrderState.SHIPPED.value, OrderState.CANCELLED.value})


@dataclass(frozen=True, slots=True)
class Choice:
    """What the customer chose. `latest_at`: what the shop has shown already; None: what is computed now."""

    method: str
    store_id: str = ""
    latest_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """`doubt`: why it may not be kept, known from the beginning; "". `begun`: places have it already."""

    option: Option
    question: Question
    doubt: str = ""
    begun: bool = False

    @property
    def begins_at(self) -> datetime:
        """The last moment to begin."""
        return min((part.begins_at for part in self.option.parts), default=self.option.cutoff_at)

    @property
    def moments(self) -> list[datetime]:
        """After which somebody must look at it."""
        return sorted({self.option.target_at} if self.begun else {self.begins_at, self.option.target_at})


def make(connection: Connection, question: Question, choice: Choice, at: datetime) -> Made | Refusal:
    """The promise an order is placed with.

    What the shop has shown counts, even where it cannot be had any more: the customer has been told. Without that, a
    method that cannot be had is refused.
    """
    promised = promise.ask(connection, replace(question, methods=(choice.method,)), at)
    if isinstance(promised, Refusal):
        return promised
    answer = option_of(promised, choice.method)
    if answer is None:
        return Refusal("method_unknown", params={"method": choice.method}, remedy="Ask POST /v1/promise for methods.")
    shown = choice.latest_at
    if isinstance(answer, NotPossible):
        if shown is not None:
            return Made(_as_shown(answer, shown, at), question, answer.reasons[0].code)
        params = {**answer.reasons[0].params, "method": choice.method, "why": answer.reasons[0].code}
        return Refusal("method_not_possible", params=params, remedy="Ask POST /v1/promise again and offer its options.")
    if shown is None:
        return Made(answer, question)
    doubt = "later_than_shown" if answer.latest_at > shown else ""
    return Made(replace(answer, latest_at=shown, earliest_at=min(shown, answer.earliest_at)), question, doubt)


def _as_shown(refused: NotPossible, shown: datetime, at: datetime) -> Option:
    return Option(
        refused.method, refused.kind, shown.date(), shown, shown, "UTC", at, shown, (), 1, 0, None, "EUR", "",
        ("as_shown",), refused.reasons,
    )  # fmt: skip


def keep(connection: Connection, cause: Cause, order_id: str, made: Made) -> None:
    """With the order, in its transaction; and the two moments at which somebody must look at it."""
    keep_each(connection, [(cause, order_id, made)])


def keep_each(connection: Connection, signed: Sequence[tuple[Cause, str, Made]]) -> None:
    """As `keep`, of (cause, order id, promise), in two statements."""
    if not signed:
        return
    insert_each(connection, t.promises, [_row(*one) for one in signed])
    # A moment later: at the cut-off itself there is still time.
    jobs = [
        (cause, Job(WATCH, at + timedelta(seconds=1), order_id))
        for cause, order_id, made in signed
        for at in made.moments
    ]
    schedule_each(connection, jobs)
    for cause, order_id, made in signed:
        if made.doubt:
            risk(connection, cause, order_id, made.doubt)


def _row(cause: Cause, order_id: str, made: Made) -> dict[str, Any]:
    option = made.option
    return {
        "order_id": order_id,
        "made_at": cause.received_at,
        "cutoff_at": made.begins_at,
        "destination": asdict(made.question.destination),
        "degraded": list(option.degraded),
        "explanation": [{"code": one.code, "params": dict(one.params)} for one in option.explanation],
        "state": "kept",
        "state_at": cause.received_at,
        "reason": "",
        "kind": option.kind.value,
    } | {name: getattr(option, name) for name in _KEPT}


_KEPT: Final = (
    "method", "earliest_at", "latest_at", "target_at", "timezone", "store_id", "parcels", "carbon_g", "price_minor",
    "currency",
)  # fmt: skip


def promise_of(connection: Connection, order_id: str) -> Any | None:
    return connection.execute(select(t.promises).where(t.promises.c.order_id == order_id)).first()


def counts_on_supply(connection: Connection, order_id: str) -> bool:
    """Whether the promise was made of announced stock."""
    row = promise_of(connection, order_id)
    return row is not None and any(step["code"] == FROM_INBOUND for step in row.explanation)


def lateness(connection: Connection, order_id: str, at: datetime) -> Mapping[str, int] | None:
    """By location: how many days after the promised one the order would arrive from there, begun at `at`.

    None: nothing was promised, or nothing can be said any more. Locations that cannot send it at all are left out.
    This is what sourcing filters or ranks by, and what the tolerance of an offer is compared with.
    """
    row = promise_of(connection, order_id)
    if row is None:
        return None
    division = connection.execute(select(t.orders.c.division_id).where(t.orders.c.id == order_id)).scalar_one()
    network = network_of(connection, division, at)
    plan = next((plan for plan in network.plans if plan.method.code == row.method), None) if network else None
    if network is None or plan is None:
        return None
    if plan.method.service is None:
        return {row.store_id: 0 if at <= row.cutoff_at else 1}
    found = promise.reach_of(network, plan, Destination(**row.destination), at)
    promised = local_day(row.timezone, row.latest_at)
    return {
        network.location_ids[place]: days
        for places, days in days_late(found, promised, at).items()
        for place in bits(places)
    }


def late_places(connection: Connection, order_id: str, at: datetime) -> frozenset[str] | None:
    """Locations of the division from which the promise would not be kept; None: nothing can be said."""
    days = lateness(connection, order_id, at)
    if days is None:
        return None
    places = connection.execute(select(t.locations.c.id)).scalars()
    return frozenset(id for id in places if days.get(id, 1) > 0)


def watch(connection: Connection, cause: Cause, order_id: str) -> str:
    """Looks at one promise; raises what is due. Returns its state, "" where there is none."""
    row = promise_of(connection, order_id)
    if row is None or row.state not in ("kept", "at_risk"):
        return row.state if row is not None else ""
    state = connection.execute(select(t.orders.c.state).where(t.orders.c.id == order_id)).scalar_one()
    at = cause.received_at
    if state in _OVER:
        after = "fulfilled" if state == OrderState.SHIPPED else "cancelled"
        _depart(connection, row.order_id, ("kept", "at_risk"), state=after, state_at=at)
        return after
    if at > row.target_at:
        return _break(connection, cause, row, state)
    if at > row.cutoff_at and state in _NOT_BEGUN:
        return risk(connection, cause, row.order_id, "not_begun")
    return str(row.state)


def risk(connection: Connection, cause: Cause, order_id: str, reason: str, **params: str | int) -> str:
    """What makes the promise doubtful was found elsewhere: sourcing has nobody in time, stock is missing."""
    row = promise_of(connection, order_id)
    if row is None:
        return ""
    if _depart(connection, order_id, ("kept",), state="at_risk", state_at=cause.received_at, reason=reason):
        _tell(connection, cause, AT_RISK, row, {"why": reason, **params})
        return "at_risk"
    return str(row.state)


def _break(connection: Connection, cause: Cause, row: Any, state: str) -> str:
    after = {"state": "broken", "state_at": cause.received_at, "reason": "not_left"}
    if _depart(connection, row.order_id, ("kept", "at_risk"), **after):
        _tell(connection, cause, BROKEN, row, {"why": "not_left", "order_state": state})
    return "broken"


def _depart(connection: Connection, order_id: str, before: Sequence[str], **after: Any) -> bool:
    """Whether this call moved it."""
    p = t.promises.c
    query = update(t.promises).where(p.order_id == order_id, p.state.in_(before))
    return connection.execute(query.values(after)).rowcount == 1


def _tell(connection: Connection, cause: Cause, name: str, row: Any, params: Mapping[str, Any]) -> None:
    number = connection.execute(select(t.orders.c.number).where(t.orders.c.id == row.order_id)).scalar_one()
    told = {"number": number, "method": row.method, "latest_at": row.latest_at.isoformat(), **params}
    record(connection, cause, [Happening(name, "order", row.order_id, row.order_id, told)])
