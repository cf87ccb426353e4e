"""What must hold of what customers fetch, on any day.

The oracle: the ledger of what went over the desk, and the books of the bank and of the mail server.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from core.contract.commands import ExtendPickUp, HandOverCollection, NotifyCustomer, PutAway, TakeCash
from core.domain.collection import Collection, CollectionKind, to_put_back
from core.domain.lifecycle import CollectionState
from core.service import retention
from core.store import tables as t
from core.store.collections import load_collections
from tests.simulation.customers import REASONS
from tests.simulation.violation import Violation

if TYPE_CHECKING:
    from tests.simulation.day import Day

Check = Callable[["Day"], Iterator[Violation]]
AFTER_A_WEEK = retention.KEPT_ON_TABLETS + timedelta(days=1)
UNPAID = "pay_on_collection"


def nothing_is_shown_given_twice(day: "Day") -> Iterator[Violation]:
    """I21: a tablet never shows more units of a line as given than were noted at any desk."""
    noted = _noted(day)
    for link in day.busy:
        for one in link.tablet.collections():
            for line in one.lines:
                if line.handed > noted[one.id, line.id]:
                    told = f"{link.tablet.name} shows {line.handed} of {line.id} given, {noted[one.id, line.id]} were"
                    yield Violation("I21", told)


def what_is_given_counts_once(day: "Day") -> Iterator[Violation]:
    """I21: units that went over the desk count once, also where two tablets noted them; what stays here is no more
    than was refused.
    """
    given, noted, refused = Counter[Any](), _noted(day), Counter[Any]()
    for handover in day.ledger.handovers():
        given.update({(handover.collection_id, item.line_id): item.quantity for item in handover.items})
    for deed in _told(day, HandOverCollection):
        refused.update({(deed.collection_id, item.line_id): item.quantity for item in deed.refused})
    exact = day.misfortune.core_restored_at is None
    for one in _collections(day):
        for line in one.lines:
            key = (one.id, line.id)
            # Who takes along what a colleague noted as refused is told so: handed_over_too_many.
            least = given[key] - line.refused if exact else 0
            if not least <= line.handed <= min(line.quantity, noted[key]):
                told = f"the core counts {line.handed} of {key} given; {given[key]} were, {noted[key]} were noted"
                yield Violation("I21", told)
            if line.refused > refused[key] or line.handed + line.refused > line.quantity:
                told = f"the core counts {line.handed} given and {line.refused} refused of {line.quantity} of {key}"
                yield Violation("I21", told)


def nobody_pays_twice(day: "Day") -> Iterator[Violation]:
    """I22: what was charged, less what goes back, and what is still due are the price of what the customer keeps."""
    captured, cash = day.fetching.world.bank.captured(), _cash(day)
    p, r, o, w = t.payments.c, t.refunds.c, t.order_lines.c, t.orders.c
    with day.core.books.read() as connection:
        asked = connection.execute(select(p.id, p.collection_id, p.method)).all()
        query = select(r.collection_id, func.sum(r.amount_minor)).where(r.state != "called_off", r.payment_id != "")
        back = {row[0]: int(row[1]) for row in connection.execute(query.group_by(r.collection_id))}
        off = {row.id: row.cancelled for row in connection.execute(select(o.id, o.cancelled))}
        unpaid = {row.id for row in connection.execute(select(w.id, w.options)) if row.options.get(UNPAID)}
    again = Counter(deed.collection_id for deed in _told(day, ExtendPickUp))
    charged, paid = Counter[str](), Counter[str]()
    for row in asked:
        charged[row.collection_id] += captured.get(row.id, 0)
        paid[row.collection_id] += captured.get(row.id, 0) + (cash.get(row.id, 0) if row.method == "cash" else 0)
    for one in _collections(day):
        price = sum(line.unit_price_minor * line.quantity for line in one.lines)
        keeps = sum(line.unit_price_minor * (line.quantity - off[line.id]) for line in one.lines)
        # What was off the order and was given all the same is owed; a refund that is called off for it is none.
        over = sum(line.unit_price_minor * max(0, line.handed + off[line.id] - line.quantity) for line in one.lines)
        wanted = keeps + over if one.order_id in unpaid else min(over, one.due_minor)
        balance = paid[one.id] - back.get(one.id, 0) + one.due_minor
        # A card that is charged as time ends is paid back; who is given more time pays again.
        if charged[one.id] > price * (1 + again[one.id]):
            yield Violation("I22", f"{charged[one.id]} was charged for {one.id}, which costs {price}")
        if balance != wanted:
            told = f"{paid[one.id]} paid, {back.get(one.id, 0)} given back, {one.due_minor} due of {one.id}"
            yield Violation("I22", f"{told}; the customer keeps {wanted}")


def refused_pieces_are_refunded_once(day: "Day") -> Iterator[Violation]:
    """I22: of what was paid before, each refused piece goes back once: by itself, or with all when time was over."""
    r = t.refunds.c
    with day.core.books.read() as connection:
        query = select(r.collection_id, func.sum(r.amount_minor)).where(r.state != "called_off")
        query = query.group_by(r.collection_id)
        back = {row[0]: int(row[1]) for row in connection.execute(query.where(r.reason.in_(REASONS)))}
        late = {row[0]: int(row[1]) for row in connection.execute(query.where(r.reason == "not_collected"))}
        orders = select(t.orders.c.id, t.orders.c.options)
        unpaid = {row.id for row in connection.execute(orders) if row.options.get(UNPAID)}
    for one in _collections(day):
        worth = sum(line.unit_price_minor * line.refused for line in one.lines)
        found = back.get(one.id, 0)
        if found > worth or (one.order_id not in unpaid and found + late.get(one.id, 0) < worth):
            yield Violation("I22", f"{found} goes back for what was refused of {one.id}, worth {worth}")


def what_the_customer_has_is_paid_for(day: "Day") -> Iterator[Violation]:
    """I22: nothing that a customer has goes back as money, also where a tablet tells of it when time was over; of what
    was paid before the order came here, so much goes back as the customer does not keep, less what is owed again.
    """
    o, w, r = t.order_lines.c, t.orders.c, t.refunds.c
    with day.core.books.read() as connection:
        off = {row.id: row.cancelled for row in connection.execute(select(o.id, o.cancelled))}
        unpaid = {row.id for row in connection.execute(select(w.id, w.options)) if row.options.get(UNPAID)}
        query = select(r.collection_id, func.sum(r.amount_minor)).where(r.state != "called_off")
        back = {row[0]: int(row[1]) for row in connection.execute(query.group_by(r.collection_id))}
    for one in _collections(day):
        if any(line.cancelled for line in one.lines) or one.state is CollectionState.CANCELLED:
            continue  # that its customer or head office took something off is another story
        for line in one.lines:
            # Pieces that one desk put back and another gave away: somebody counted wrongly, and is told so.
            both = max(0, line.handed + line.put_back - line.quantity)
            if off[line.id] > line.quantity - line.handed + both:
                told = f"{off[line.id]} of {line.id} are off the order, whose customer has {line.handed}"
                yield Violation("I22", f"{told} of {line.quantity}")
        worth = sum(line.unit_price_minor * off[line.id] for line in one.lines)
        if one.order_id not in unpaid and back.get(one.id, 0) - one.due_minor != worth:
            told = f"{back.get(one.id, 0)} goes back of {one.id}, {one.due_minor} is due"
            yield Violation("I22", f"{told}; what its customer does not keep is worth {worth}")


def each_word_is_sent_once(day: "Day") -> Iterator[Violation]:
    """I23: a customer reads of each thing once, and again where somebody asked for it."""
    m = t.messages.c
    posted = day.fetching.world.mail.posted
    with day.core.books.read() as connection:
        rows = connection.execute(select(m.id, m.collection_id, m.kind, m.state)).all()
    again = Counter(deed.collection_id for deed in _told(day, NotifyCustomer))
    again.update(deed.collection_id for deed in _told(day, ExtendPickUp))
    given = Counter(id for _, id in {(deed.handover_id, deed.collection_id) for deed in _told(day, HandOverCollection)})
    found = Counter((row.collection_id, row.kind) for row in rows)
    for (collection_id, kind), count in found.items():
        # Each handover is proved.
        most = {"collected": max(1, given[collection_id]), "expired": 1}.get(kind, 1 + again[collection_id])
        if count > most + (again[collection_id] if kind == "expired" else 0):
            yield Violation("I23", f"{count} messages {kind} of {collection_id}, {most} have a reason")
    if any(day.faults[kind] for kind in ("core_died", "core_disk", "core_restored")):
        return  # who dies between the mail server's yes and the commit sends it again
    sent = {row.id for row in rows if row.state == "sent"}
    for name, count in posted.items():
        id = name.strip("<>").partition("@")[0]
        if count != 1 or id not in sent:
            yield Violation("I23", f"{id} was posted {count} times, and is {'sent' if id in sent else 'not sent'}")


def what_lies_ready_was_put_there(day: "Day") -> Iterator[Violation]:
    """I24: every part that lies on a shelf of a collection was put there by somebody."""
    put = {(deed.collection_id, deed.part_id, deed.shelf) for deed in _told(day, PutAway)}
    for one in _collections(day):
        for part in one.parts:
            if part.shelf and (one.id, part.id, part.shelf) not in put:
                yield Violation("I24", f"{part.id} of {one.id} lies on {part.shelf}, where nobody put it")


def names_leave_the_tablets(day: "Day") -> Iterator[Violation]:
    """I25: a week after it is over no tablet has a collection any more, and half a year later no customer is known."""
    for link in day.links:
        for one in link.tablet.collections():
            if one.closed and not any(to_put_back(one, line) for line in one.lines):
                yield Violation("I25", f"{link.tablet.name} still has {one.id} of {one.customer_name}, {one.state}")


def came_from_elsewhere(day: "Day", sku: str) -> tuple[int, int]:
    """(least, most) units that a store took into its books because nobody fetched what another one had sent it."""
    least = most = 0
    for one in _collections(day):
        back = sum(line.put_back for line in one.lines if line.sku == sku)
        least += back if one.kind is CollectionKind.SHIP_TO_STORE else 0
        most += back if any(not part.own for part in one.parts) else 0
    return least, most


def _noted(day: "Day") -> Counter[Any]:
    """Units by (collection, line) in everything that was noted as given, twice or not."""
    units = Counter[Any]()
    for deed in _told(day, HandOverCollection):
        units.update({(deed.collection_id, item.line_id): item.quantity for item in deed.items})
    return units


def _told(day: "Day", kind: type[Any]) -> Iterator[Any]:
    return (deed.arguments for deed in day.ledger.deeds if isinstance(deed.arguments, kind))


def _cash(day: "Day") -> dict[str, int]:
    return {deed.payment_id: deed.amount_minor for deed in _told(day, TakeCash)}


def _collections(day: "Day") -> list[Collection]:
    with day.core.books.read() as connection:
        ids = connection.execute(select(t.collections.c.id)).scalars().all()
        return list(load_collections(connection, ids).values())


AT_EACH_STEP: tuple[Check, ...] = (nothing_is_shown_given_twice,)
AT_THE_END: tuple[Check, ...] = (
    what_is_given_counts_once,
    nobody_pays_twice,
    refused_pieces_are_refunded_once,
    what_the_customer_has_is_paid_for,
    each_word_is_sent_once,
    what_lies_ready_was_put_there,
)
LONG_AFTER: tuple[Check, ...] = (names_leave_the_tablets,)
