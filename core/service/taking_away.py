"""Work that nobody has begun goes to another place: its own does not answer, is closed, or is too late for its promise.

A place that closes always gives its work up. The others keep theirs where nobody else can do all of it. What is taken
away counts as refused: by the rules it does not come back.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection, select

from core.contract.ids import made_at
from core.domain.fulfilment import Fulfilment
from core.domain.lifecycle import FulfilmentState, OfferState
from core.service import fulfilments, later, order_state, promise_orders, resourcing, rulesets, waiting_holds
from core.service.allocation import not_begun
from core.service.cause import Cause
from core.service.events import Happening, record
from core.service.later import Job
from core.service.sourcing import NO_ANSWER, SOURCE_AGAIN
from core.store import tables as t

CLOSED: Final = "take_from_closed"


class Taking(NamedTuple):
    """`which`: of what nobody has begun. `why`: "closed", "no_answer" or "late". `not_to`: places it may not go to."""

    which: Callable[[Fulfilment], bool]
    why: str
    not_to: frozenset[str] = frozenset()


def close(connection: Connection, cause: Cause, location_id: str) -> int:
    """The place is not active any more: how many orders leave it, each in a transaction of its own.

    Orders that hold units there while they wait are decided anew.
    """
    f = t.fulfilments.c
    query = select(f.order_id).where(f.location_id == location_id, f.state == FulfilmentState.OPEN.value).distinct()
    found = connection.execute(query.order_by(f.order_id)).scalars().all()
    waiting = waiting_holds.orders_at(connection, location_id)
    later.schedule(connection, cause, [Job(SOURCE_AGAIN, cause.received_at, id) for id in waiting])
    later.schedule(connection, cause, [Job(CLOSED, cause.received_at, id, {"at": location_id}) for id in found])
    return len(found)


def leave_closed(connection: Connection, cause: Cause, order_id: str, location_id: str) -> int:
    """How many parts were taken away; none where the place is open again."""
    active = connection.execute(select(t.locations.c.active).where(t.locations.c.id == location_id)).scalar()
    taking = Taking(lambda one: one.location_id == location_id, "closed")
    return 0 if active else _take(connection, cause, order_id, taking)


def unanswered(connection: Connection, cause: Cause, order_id: str) -> int:
    """What has waited longer than the rules allow. Looks again when the rest has."""
    o = t.orders.c
    division_id = connection.execute(select(o.division_id).where(o.id == order_id)).scalar_one()
    ruleset, _ = rulesets.live(connection, division_id, cause.received_at)
    if not ruleset.resourcing.start_within_minutes:
        return 0
    limit = timedelta(minutes=ruleset.resourcing.start_within_minutes)
    extended = _extended(connection, order_id)

    def ends(one: Fulfilment) -> datetime:
        return max(_since(one), extended.get(one.id, _since(one))) + limit

    def due(one: Fulfilment) -> bool:
        return _waits(one) and ends(one) <= cause.received_at

    taken = _if_others_can(connection, cause, order_id, Taking(due, "no_answer"))
    waiting = [one for one in fulfilments.load_of_order(connection, order_id) if not_begun(one)]
    offered = select(t.offers.c.id).where(t.offers.c.order_id == order_id, t.offers.c.state == OfferState.OPEN.value)
    if waiting or connection.execute(offered.limit(1)).first():
        moments = [ends(one) for one in waiting if ends(one) > cause.received_at]
        at = min(moments, default=cause.received_at + limit)
        later.schedule(connection, cause, [Job(NO_ANSWER, at, order_id)])
    return taken


def too_late(connection: Connection, cause: Cause, order_id: str) -> int:
    """The promise is at risk because nobody has begun: to places that still keep it, where the rules say so."""
    o = t.orders.c
    division_id = connection.execute(select(o.division_id).where(o.id == order_id)).scalar_one()
    ruleset, _ = rulesets.live(connection, division_id, cause.received_at)
    late = promise_orders.late_places(connection, order_id, cause.received_at)
    if not ruleset.resourcing.when_late or late is None:
        return 0
    taking = Taking(lambda one: _waits(one) and one.location_id in late, "late", late)
    return _if_others_can(connection, cause, order_id, taking)


def _waits(one: Fulfilment) -> bool:
    """Somebody could begin it: no open question blocks it."""
    return not_begun(one) and not one.hold


def _extended(connection: Connection, order_id: str) -> dict[str, datetime]:
    """When work of the order got its last units, where it got some after it was made."""
    e = t.events.c
    query = select(e.subject_id, e.received_at).where(e.order_id == order_id, e.name == "FulfilmentExtended")
    return {row.subject_id: row.received_at for row in connection.execute(query.order_by(e.received_at))}


def _since(one: Fulfilment) -> datetime:
    return max(made_at(one.id), one.release_at or made_at(one.id))


def _if_others_can(connection: Connection, cause: Cause, order_id: str, taking: Taking) -> int:
    """All of it or nothing: what would only wait somewhere stays where it is."""
    savepoint = connection.begin_nested()
    taken = _take(connection, cause, order_id, taking)
    parts = order_state.load(connection, order_id)
    assert parts is not None
    places = {one.location_id for one in parts.fulfilments if not_begun(one) and taking.which(one)}
    if taken and not parts.unassigned and not places & taking.not_to:
        savepoint.commit()
        return taken
    savepoint.rollback()
    return 0


def _take(connection: Connection, cause: Cause, order_id: str, taking: Taking) -> int:
    known = fulfilments.load_of_order(connection, order_id, lock=True)
    order_state.load(connection, order_id, lock=True)
    taken = [one for one in known if not_begun(one) and taking.which(one)]
    for one in taken:
        told = {"number": one.number, "short_id": one.short_id, "location_id": one.location_id, "why": taking.why}
        record(connection, cause, [Happening("WorkTakenAway", "fulfilment", one.id, order_id, told)])
        fulfilments.change(connection, cause, one, one.after("reject"))
    if taken:
        resourcing.source_again(connection, cause, order_id)
        order_state.refresh(connection, cause, order_id, taking.why)
    return len(taken)
