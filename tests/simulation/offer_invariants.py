"""What must hold of offers on any day: each ends, once, and its units are reserved for exactly one place meanwhile."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from core.domain.fulfilment import handed_over_by_line
from core.domain.lifecycle import OfferState
from core.store import documents
from core.store import tables as t
from tests.simulation.retailer import ON_HAND
from tests.simulation.violation import Violation

if TYPE_CHECKING:
    from tests.simulation.day import Day

BUCKETS = ("on_hand", "reserved", "picked", "unavailable")


def offers_come_to_an_end(day: "Day") -> Iterator[Violation]:
    """I16: whoever slept or died, an offer is claimed, given to somebody, withdrawn or over when its time is."""
    o, j = t.offers.c, t.jobs.c
    with day.core.books.read() as connection:
        still_open = connection.execute(select(o.id).where(o.state == OfferState.OPEN.value)).scalars().all()
        failed = connection.execute(select(j.subject, j.error).where(j.error != "")).all()
    for id in still_open:
        yield Violation("I16", f"{id} is still open")
    for row in failed:
        yield Violation("I16", f"a timer of {row.subject} failed: {row.error}")


def timers_act_once(day: "Day") -> Iterator[Violation]:
    """I17: an offer is asked once for each rule, claimed once, and ends once, however often its timer ran."""
    e, c = t.events.c, t.offer_copies.c
    with day.core.books.read() as connection:
        told = connection.execute(select(e.subject_id, e.name, e.data).where(e.subject_kind == "offer")).all()
        asked = Counter(tuple(row) for row in connection.execute(select(c.offer_id, c.location_id, c.step)))
    offered = Counter((row.subject_id, row.data["step"]) for row in told if row.name == "OrderOffered")
    ended = Counter(row.subject_id for row in told if row.name in ENDS)
    released = Counter(row.subject_id for row in told if row.name == "OfferReleased")
    for name, counts in (("asked", asked), ("offered", offered), ("ended", ended), ("given back", released)):
        for what, count in counts.items():
            if count > 1:
                yield Violation("I17", f"{what} was {name} {count} times")


ENDS = ("OfferClaimed", "OfferUnanswered", "OfferWithdrawn")


def what_is_won_is_work(day: "Day") -> Iterator[Violation]:
    """I18: a taken offer became work of its order, and of no other."""
    o, f = t.offers.c, t.fulfilments.c
    with day.core.books.read() as connection:
        offers = connection.execute(select(t.offers).where(o.state.in_(("taken", "released")))).all()
        made = {row.id: row.order_id for row in connection.execute(select(f.id, f.order_id))}
    for offer in offers:
        # Two parts of an order that one store won are one piece of work, as long as nobody has begun it.
        if made.get(offer.fulfilment_id) != offer.order_id:
            yield Violation("I18", f"{offer.id} became {offer.fulfilment_id or 'no work'}, not work of its order")


def positions_are_their_ledger(day: "Day") -> Iterator[Violation]:
    """I19: every bucket of every position is the sum of its movements; nobody reserved more than there is."""
    m = t.movements.c
    with day.core.books.read() as connection:
        sums = select(m.location_id, m.sku, *(func.sum(m[name]).label(name) for name in BUCKETS))
        moved = {(row.location_id, row.sku): row for row in connection.execute(sums.group_by(m.location_id, m.sku))}
        positions = connection.execute(select(t.positions)).all()
    for row in positions:
        ledger = _ledger(moved.get((row.location_id, row.sku)))
        found = tuple(getattr(row, name) for name in BUCKETS)
        if found != ledger:
            yield Violation("I19", f"{row.sku} in {row.location_id} is {found}, by its movements {ledger}")
        if not 0 <= row.reserved <= row.on_hand:
            yield Violation("I19", f"{row.reserved} of {row.on_hand} {row.sku} are reserved in {row.location_id}")


def _ledger(row: Any) -> tuple[int, ...]:
    on_hand, *others = (0, 0, 0, 0) if row is None else (int(getattr(row, name)) for name in BUCKETS)
    return (ON_HAND + on_hand, *others)


def no_unit_is_reserved_for_nothing(day: "Day") -> Iterator[Violation]:
    """I20: what is reserved is reserved for open work, an open offer or an order that waits, unit by unit."""
    p, f, wanted = t.positions.c, t.fulfilments.c, Counter[tuple[str, str]]()
    with day.core.books.read() as connection:
        query = select(f.id).where(f.state.notin_(("shipped", "cancelled", "rejected")))
        for work in documents.load_fulfilments(connection, connection.execute(query).scalars().all()).values():
            gone = handed_over_by_line(work)  # a customer may have fetched a part of it
            for line in work.lines:
                wanted[work.location_id, line.sku] += line.quantity - line.short - gone.get(line.id, 0)
        for offer in connection.execute(select(t.offers).where(t.offers.c.state == "open", t.offers.c.holder != "")):
            for part in offer.lines:
                key = (offer.holder, part["sku"])
                wanted[key] = wanted.get(key, 0) + part["units"]
        for hold in connection.execute(select(t.waiting_holds)):
            key = (hold.location_id, hold.sku)
            wanted[key] = wanted.get(key, 0) + hold.units
        rows = connection.execute(select(p.location_id, p.sku, p.reserved)).all()
    for row in rows:
        if row.reserved != wanted.get((row.location_id, row.sku), 0):
            told = f"{row.reserved} of {row.sku} are reserved in {row.location_id}, work and offers want"
            yield Violation("I20", f"{told} {wanted.get((row.location_id, row.sku), 0)}")


Check = Callable[["Day"], Iterator[Violation]]
AT_THE_END: tuple[Check, ...] = (
    offers_come_to_an_end,
    timers_act_once,
    what_is_won_is_work,
    positions_are_their_ledger,
    no_unit_is_reserved_for_nothing,
)
