"""Offers: a part of an order is put before the best stores, then before the next ones, then sourced without them.

    open_part --> rule 0 --timeout, or everybody declined--> rule 1 --> ... --> plain sourcing
                    `--claim--> a fulfilment (core.service.claims)

Every step is one transaction under the lock of the order; a timer that comes late or twice finds that its step is over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from core.domain.lifecycle import OfferState
from core.domain.offer_answers import OfferClaimed
from core.domain.offering import Asked, Automatic, Barred, OfferSettings, Ranked, Rule, rank, read_settings
from core.domain.sourcing import Assignment
from core.service import allocation, claims, fulfilments, later, offer_holds, order_state
from core.service.allocation import Terms
from core.service.cause import Cause
from core.service.claims import Claimer
from core.service.events import Happening, record
from core.service.later import Job
from core.service.offer_stores import Part, Published, stores_of
from core.service.order_state import OrderParts
from core.store import feed
from core.store import tables as t

# How it is told that nobody got it.
ENDED = {OfferState.EXPIRED: "OfferUnanswered", OfferState.WITHDRAWN: "OfferWithdrawn"}
_LAST_ANSWERS = {OfferState.EXPIRED: "no_answer", OfferState.WITHDRAWN: "withdrawn"}


@dataclass(frozen=True, slots=True)
class Opened:
    """`target_at`: by when it must be ready."""

    offer_id: str
    target_at: datetime


@dataclass(frozen=True, slots=True)
class Given:
    """What sourcing would give to one place, which holds the units. `barred`: places that are not to be asked."""

    assignments: tuple[Assignment, ...]
    barred: frozenset[str]
    published: Published


def open_part(connection: Connection, cause: Cause, parts: OrderParts, part: Given) -> Opened:
    """Offers it to the best stores; the order is locked."""
    given, published = part.assignments, part.published
    holder = given[0].location_id
    lines = {line.id: line for line in parts.lines}
    places = t.locations.c
    place = connection.execute(select(places.id, places.timezone).where(places.id == holder)).one()
    row = {
        "id": cause.new_id(),
        "order_id": parts.row.id,
        "order_number": parts.row.number,
        "division_id": parts.row.division_id,
        "units": sum(one.quantity for one in given),
        "value_minor": sum(one.quantity * lines[one.line_id].unit_price_minor for one in given),
        "currency": parts.row.currency,
        "lines": [
            {"order_line_id": one.line_id, "sku": lines[one.line_id].sku, "units": one.quantity} for one in given
        ],
        "target_at": fulfilments.target_of(connection, parts.row, place, cause.received_at),
        "expires_at": cause.received_at,
        "ruleset_id": published.ruleset_id,
        "holder": holder,
        "refused": sorted(part.barred),
        "offered_at": cause.received_at,
    }
    connection.execute(insert(t.offers), [row])
    advance(connection, cause, str(row["id"]), 0)
    return Opened(str(row["id"]), row["target_at"])


def refused_of(connection: Connection, order_id: str) -> frozenset[str]:
    """Places that said no to any part of the order, or gave it back."""
    o = t.offers.c
    rows = connection.execute(select(o.refused).where(o.order_id == order_id)).scalars()
    return frozenset(place for refused in rows for place in refused)


def load(connection: Connection, offer_id: str) -> Any:
    return connection.execute(select(t.offers).where(t.offers.c.id == offer_id)).first()


def advance(connection: Connection, cause: Cause, offer_id: str, step: int) -> None:
    """To the first rule from `step` on that finds a store to ask; behind the last one the order is sourced plainly."""
    offer = load(connection, offer_id)
    _pass_over(connection, cause, offer)
    if offer.step != step:
        claims.mark_copies(connection, offer_id)
    settings = _settings(connection, offer.ruleset_id)
    parts = order_state.load(connection, offer.order_id)
    assert parts is not None
    demand: dict[str, int] = {}
    for line in offer.lines:
        demand[line["sku"]] = demand.get(line["sku"], 0) + line["units"]
    of_order = (parts.row.channel, offer.order_id)
    part = Part(offer.division_id, parts.row.ship_to, demand, frozenset(offer.refused), offer.holder, *of_order)
    stores = stores_of(connection, part, settings, cause.received_at)
    asked = Asked(demand, offer.target_at, cause.received_at)
    for number in range(step, len(settings.rules)):
        rule = settings.rules[number]
        chosen, barred = rank(stores, asked, rule, settings)
        if chosen:
            km = {store.location_id: store.km for store in stores}
            return _ask(connection, cause, offer, _Round(number, rule, chosen, barred, km))
    _fall_back(connection, cause, offer, parts)


def _pass_over(connection: Connection, cause: Cause, offer: Any) -> None:
    """The time of those who said nothing is over."""
    silent = claims.answer_open(connection, offer.id, "no_answer", cause.received_at)
    if silent:
        told = {"number": offer.order_number, "stores": len(silent), "step": offer.step, "units": offer.units}
        changes = claims.answered(silent, OfferState.EXPIRED)
        record(connection, cause, [Happening("OfferPassedOver", "offer", offer.id, offer.order_id, told, "", changes)])


@dataclass(frozen=True, slots=True)
class _Round:
    step: int
    rule: Rule
    chosen: tuple[Ranked, ...]
    barred: tuple[Barred, ...]
    km: Mapping[str, float | None]

    def distance_km(self, location_id: str) -> int | None:
        """Whole ones: nearer than that it would be half an address."""
        km = self.km.get(location_id)
        return None if km is None else max(1, round(km))

    @property
    def ranking(self) -> list[dict[str, Any]]:
        """Everybody with the reason, best first."""
        asked = [
            {
                "location_id": one.location_id,
                "code": "asked",
                "params": {
                    "rank": place,
                    "cost_minor": one.cost_minor,
                    "chance_permille": one.chance_permille,
                    "expected_cost_minor": one.expected_cost_minor,
                    "days_late": one.days_late,
                },
            }
            for place, one in enumerate(self.chosen, 1)
        ]
        return asked + [
            {"location_id": one.location_id, "code": one.code, "params": dict(one.params)} for one in self.barred
        ]


def _settings(connection: Connection, ruleset_id: str) -> OfferSettings:
    """Of the version that the offer began with."""
    body = connection.execute(select(t.rulesets.c.body).where(t.rulesets.c.id == ruleset_id)).scalar_one()
    return read_settings(body)


def _ask(connection: Connection, cause: Cause, offer: Any, turn: _Round) -> None:
    ids = [one.location_id for one in turn.chosen]
    if offer.lines and (not offer.holder or offer.holder in offer.refused):
        offer_holds.shift(connection, cause, offer, ids)
    at = cause.received_at
    expires_at = max(one.until for one in turn.chosen)
    values = {
        "step": turn.step,
        "days_late": turn.rule.days_late,
        "automatic": turn.rule.automatic.value,
        "expires_at": expires_at,
        "ranking": turn.ranking,
        "offered_at": at,
    }
    connection.execute(update(t.offers).where(t.offers.c.id == offer.id).values(values))
    copies = [
        {
            "id": cause.new_id(),
            "offer_id": offer.id,
            "location_id": one.location_id,
            "step": turn.step,
            "rank": place,
            "cost_minor": one.cost_minor,
            "chance_permille": one.chance_permille,
            "days_late": one.days_late,
            "distance_km": turn.distance_km(one.location_id),
            "offered_at": at,
        }
        for place, one in enumerate(turn.chosen, 1)
    ]
    connection.execute(insert(t.offer_copies), copies)
    feed.mark_each(connection, "offer", [(feed.store_part(copy["location_id"]), copy["id"]) for copy in copies])
    told = {"number": offer.order_number, "stores": len(ids), "step": turn.step, "units": offer.units}
    told |= {"days_late": turn.rule.days_late, "expires_at": expires_at.isoformat()}
    record(connection, cause, [Happening("OrderOffered", "offer", offer.id, offer.order_id, told)])
    later.schedule(connection, cause, [Job(claims.TIMEOUT, expires_at, offer.id, {"step": turn.step})])
    if turn.rule.automatic is Automatic.AT_ONCE:
        claim_for_the_best(connection, cause, offer.id)


def claim_for_the_best(connection: Connection, cause: Cause, offer_id: str) -> bool:
    """The core claims for the best store that has the stock, has not said no, and takes offers today."""
    c, paused_until = t.offer_copies.c, t.locations.c.offers_paused_until
    query = (
        select(c.id, c.location_id)
        .join_from(t.offer_copies, t.locations, t.locations.c.id == c.location_id)
        .where(c.offer_id == offer_id, c.answer == "")
        .where(or_(paused_until.is_(None), paused_until <= cause.received_at))
        .order_by(c.step.desc(), c.rank)
    )
    for copy_id, location_id in connection.execute(query).all():
        offer = claims.seen(connection, copy_id, location_id)
        parts = order_state.load(connection, offer.order_id, lock=True)
        won = claims.award(connection, cause, offer, Claimer(location_id, ""), parts)
        if isinstance(won, OfferClaimed):
            return True
    return False


def time_out(connection: Connection, cause: Cause, offer_id: str, step: int) -> bool:
    """When the time of a step is over. False: that step was over already, and nothing is done."""
    offer = load(connection, offer_id)
    if offer is None:
        return False
    order_state.load(connection, offer.order_id, lock=True)
    offer = load(connection, offer_id)
    if offer.state != OfferState.OPEN.value or offer.step != step or offer.expires_at > cause.received_at:
        return False
    if offer.automatic == Automatic.ON_TIMEOUT.value and claim_for_the_best(connection, cause, offer_id):
        return True
    advance(connection, cause, offer_id, step + 1)
    return True


def _fall_back(connection: Connection, cause: Cause, offer: Any, parts: OrderParts) -> None:
    """Nobody is left to be asked: what is held is free again, and sourcing decides as if there were no offers."""
    _end(connection, cause, offer, OfferState.EXPIRED)
    wanted: dict[str, int] = {}
    for line in offer.lines:
        wanted[line["order_line_id"]] = wanted.get(line["order_line_id"], 0) + line["units"]
    refused = frozenset(offer.refused)
    terms = Terms("fallback", dict.fromkeys(wanted, refused) if refused else {})
    allocation.allocate(connection, cause, parts, wanted, terms)
    order_state.refresh(connection, cause, offer.order_id)


def _end(connection: Connection, cause: Cause, offer: Any, state: OfferState, reason: str = "") -> None:
    """The offer is over and nobody got it; nothing is held for it any more. The order is locked."""
    open_ones = claims.answer_open(connection, offer.id, _LAST_ANSWERS[state], cause.received_at)
    changes = [claims.ended(offer.id, state), *claims.answered(open_ones, state)]
    offer_holds.let_go(connection, cause, offer, offer_holds.holder_now(connection, offer.id))
    values = {"state": state.value, "closed_at": cause.received_at}
    connection.execute(update(t.offers).where(t.offers.c.id == offer.id).values(values))
    claims.close(connection, cause, offer.id)
    told = {"number": offer.order_number, "units": offer.units}
    record(connection, cause, [Happening(ENDED[state], "offer", offer.id, offer.order_id, told, reason, changes)])


def withdraw(connection: Connection, cause: Cause, order_id: str, reason: str) -> bool:
    """All open offers of an order, which is locked; their units are free. Whether there were any."""
    o = t.offers.c
    query = select(t.offers).where(o.order_id == order_id, o.state == OfferState.OPEN.value).order_by(o.id)
    found = connection.execute(query).all()
    for offer in found:
        _end(connection, cause, offer, OfferState.WITHDRAWN, reason)
    return bool(found)


def parts_by_place(assignments: Sequence[Assignment]) -> Mapping[str, list[Assignment]]:
    """What sourcing gives to each place."""
    found: dict[str, list[Assignment]] = {}
    for one in assignments:
        found.setdefault(one.location_id, []).append(one)
    return found
