"""What divisions call the states that customers are told: kept with the division, validated when they are written."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select, update

from core.domain.customer_states import CustomerStatesInvalid, Told, states_of
from core.domain.order import CustomerState
from core.service.refusal import Refusal, stale, unknown
from core.store import feed
from core.store import tables as t

Words = Mapping[str, Mapping[CustomerState, Told]]
_D = t.divisions.c


def by_division(connection: Connection) -> Words:
    """Of every division, for every state."""
    return {row.id: states_of(row.customer_states) for row in connection.execute(select(_D.id, _D.customer_states))}


def put(connection: Connection, division_id: str, version: int, states: Mapping[str, Any]) -> Refusal | None:
    """Replaces them. `states`: as `core.domain.customer_states` takes them."""
    try:
        states_of(states)
    except CustomerStatesInvalid as fault:
        return Refusal(fault.code, params={"field": fault.field, "expected": fault.expected}, remedy=str(fault))
    query = update(t.divisions).where(_D.id == division_id, _D.version == version)
    if connection.execute(query.values(customer_states=dict(states), version=version + 1)).rowcount == 1:
        feed.mark(connection, feed.ORG, "division", division_id)
        return None
    known = connection.execute(select(_D.version).where(_D.id == division_id)).scalar()
    return unknown("division", division_id) if known is None else stale("division", known)
