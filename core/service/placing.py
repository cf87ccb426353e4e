"""Where units of an order go: offered to stores where the division's rules say so, else to the places sourcing names.

Sourcing decides first in both cases: it says which places the order is best divided over and holds the units there.
Each part that a competing kind of place would get is then offered; parts of others (a warehouse) are theirs at once.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from core.service import allocation, offers
from core.service.allocation import FIRST, Allocated, Terms
from core.service.cause import Cause
from core.service.offer_stores import Published, settings_of
from core.service.offers import Given
from core.service.order_state import OrderParts
from core.store import tables as t


def place(
    connection: Connection, cause: Cause, parts: OrderParts, wanted: Mapping[str, int], terms: Terms = FIRST
) -> Allocated:
    """As `allocation.allocate`; what is on offer is neither missing nor a fulfilment yet.

    A place that said no to a part of the order, or gave one back, is asked for none of it again, in whatever way.
    """
    published = _competition(connection, cause, parts, terms)
    refused = offers.refused_of(connection, parts.row.id)
    excluded = {line: terms.excluded.get(line, frozenset()) | refused for line in wanted}
    terms = Terms(terms.kind, excluded) if refused else terms
    if published is None:
        return allocation.allocate(connection, cause, parts, wanted, terms)
    found = allocation.decide(connection, cause, parts, wanted, terms)
    if found.gathered_at:
        return allocation.allocated(allocation.carry_out(connection, cause, parts, found), found)
    by_place = offers.parts_by_place(found.assignments)
    places = t.locations.c
    rows = connection.execute(select(places.id, places.kind).where(places.id.in_(by_place)))
    kinds = {row.id: row.kind for row in rows}
    made, targets = [], []
    for location_id, given in by_place.items():
        if kinds[location_id] in published.settings.kinds:
            barred = frozenset(place for one in given for place in excluded[one.line_id])
            offered = Given(tuple(given), barred, published)
            targets.append(offers.open_part(connection, cause, parts, offered).target_at)
        else:
            made += allocation.give(connection, cause, parts, given)
    targets += [one.target_at for one in made]
    all_of_them = (found.missing, found.decision_id, tuple(targets), found.assignments)
    return Allocated(tuple(made), *all_of_them, postponed=found.postponed)


def _competition(connection: Connection, cause: Cause, parts: OrderParts, terms: Terms) -> Published | None:
    """The rules, unless the order names its place or came through a channel that does not compete."""
    if terms.kind == "sourcing" and parts.row.options.get("location_id"):
        return None
    published = settings_of(connection, parts.row.division_id, cause.received_at)
    channels = published.settings.channels if published else ()
    return None if channels and parts.row.channel not in channels else published
