"""What a store says about an offer besides claiming it: no, not any more, or "we do not have this article".

Each works under the lock of the order, like a claim, so that what the store hears is what happened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select, update

from core.domain import stock as rules
from core.domain.fulfilment import Fulfilment
from core.domain.lifecycle import OfferState
from core.domain.offer_answers import (
    ArticleUnknown,
    ClaimNotYours,
    ClaimReleased,
    OfferDeclined,
    OfferExpired,
    OfferTaken,
    OfferUnknown,
    OutOfStockDeclared,
    WorkHasBegun,
)
from core.domain.transitions import Transition
from core.service import allocation, claims, declarations, fulfilments, offer_holds, offers, order_state, resourcing
from core.service.cause import Cause
from core.service.claims import Claimer
from core.service.declarations import Declared as DeclaredUnits
from core.service.events import Happening, record
from core.service.refusal import Refusal
from core.service.stock import Delta, Movement, move
from core.service.stock_effects import positions
from core.store import documents
from core.store import tables as t

ORIGIN = "offer"  # of a declaration

Declined = OfferDeclined | OfferTaken | OfferExpired | OfferUnknown
Released = ClaimReleased | ClaimNotYours | WorkHasBegun | OfferUnknown
Declared = OutOfStockDeclared | ArticleUnknown


def decline(connection: Connection, cause: Cause, copy_id: str, claimer: Claimer, reason: str) -> Declined:
    """The store will not be asked again for this order. What the reason says of its stock counts at once."""
    offer = claims.seen(connection, copy_id, claimer.location_id)
    if offer is None:
        return OfferUnknown()
    order_state.load(connection, offer.order_id, lock=True)
    offer = claims.seen(connection, copy_id, claimer.location_id)
    if refused := claims.refusal_of(offer, cause.received_at):
        return refused
    if offer.answer:
        return OfferDeclined()
    _refuse(connection, cause, offer, reason)
    effect = t.reasons.c
    says = connection.execute(select(effect.effect, effect.target).where(effect.id == reason)).first()
    if says is not None and says.effect == rules.StockEffect.ZERO.value:
        target = rules.StockTarget(says.target)
        for sku in sorted({line["sku"] for line in offer.lines}):
            _declare(connection, cause, claimer.location_id, sku, (reason, target))
    _told(connection, cause, offer, ("OfferDeclined", reason), claims.answered([copy_id], OfferState.DECLINED))
    _go_on(connection, cause, offer)
    return OfferDeclined()


def declare_out_of_stock(
    connection: Connection, cause: Cause, copy_id: str, claimer: Claimer, what: tuple[str, str]
) -> Declared:
    """A fact: (SKU, reason). It lowers what may be promised here at once; other stores go on seeing the offer."""
    sku, reason = what
    found = positions(connection, claimer.location_id, [sku])
    if sku not in found:
        return ArticleUnknown(sku)
    offer = claims.seen(connection, copy_id, claimer.location_id)
    if offer is not None:
        order_state.load(connection, offer.order_id, lock=True)
        offer = claims.seen(connection, copy_id, claimer.location_id)
    asked_for_it = offer is not None and any(line["sku"] == sku for line in offer.lines)
    open_here = asked_for_it and claims.refusal_of(offer, cause.received_at) is None and not offer.answer
    if open_here:
        _refuse(connection, cause, offer, reason)
    _declare(connection, cause, claimer.location_id, sku, (reason, rules.StockTarget.ATP))
    told = {"sku": sku, "location_id": claimer.location_id, "offer_id": offer.id if offer is not None else ""}
    order_id = offer.order_id if offer is not None else ""
    subject = f"{claimer.location_id}:{sku}"
    changes = claims.answered([copy_id], OfferState.DECLINED) if open_here else ()
    said = Happening("OutOfStockDeclared", "position", subject, order_id, told, reason, changes)
    record(connection, cause, [said])
    if open_here:
        _go_on(connection, cause, offer)
    return OutOfStockDeclared()


def release(connection: Connection, cause: Cause, copy_id: str, claimer: Claimer, reason: str) -> Released:
    """What was claimed with this offer goes back and is offered to others; never again to this store.

    The store keeps what else of the order it has to do.
    """
    offer = claims.seen(connection, copy_id, claimer.location_id)
    if offer is None:
        return OfferUnknown()
    # Fulfilments are locked before their order, everywhere.
    before = documents.load_fulfilments(connection, [offer.fulfilment_id], lock=True).get(offer.fulfilment_id)
    order_state.load(connection, offer.order_id, lock=True)
    offer = claims.seen(connection, copy_id, claimer.location_id)
    if offer.answer == "released":
        return ClaimReleased()
    if offer.answer != "won":
        return ClaimNotYours()
    if before is None or before.location_id != claimer.location_id:
        return ClaimNotYours()
    if not allocation.not_begun(before) or any(line.held for line in before.lines):
        return WorkHasBegun()
    fulfilments.change(connection, cause, before, _without(before, offer.lines))
    values = {"state": OfferState.RELEASED.value, "refused": sorted({*offer.refused, claimer.location_id})}
    connection.execute(update(t.offers).where(t.offers.c.id == offer.id).values(values))
    claims.answer_copy(connection, cause, offer, "released", reason)
    given_back = (OfferState.TAKEN.value, OfferState.RELEASED.value)
    changes = [Transition("offer", offer.id, *given_back), Transition("offer_copy", copy_id, *given_back)]
    _told(connection, cause, offer, ("OfferReleased", reason), changes)
    resourcing.source_again(connection, cause, offer.order_id)
    order_state.refresh(connection, cause, offer.order_id, reason)
    return ClaimReleased()


def _without(work: Fulfilment, lines: Sequence[Mapping[str, Any]]) -> Fulfilment:
    """The work with the units of an offer taken off; rejected where nothing is left of it."""
    left: dict[str, int] = {}
    for given in lines:
        left[given["order_line_id"]] = left.get(given["order_line_id"], 0) + given["units"]
    after = work
    for line in work.lines:
        taken = min(line.wanted, left.get(line.order_line_id, 0))
        if taken:
            left[line.order_line_id] -= taken
            after = after.with_line(replace(line, quantity=line.quantity - taken))
    return after if any(line.wanted for line in after.lines) else work.after("reject")


def _refuse(connection: Connection, cause: Cause, offer: Any, reason: str) -> None:
    """This store is out; what was held here is held at another one that is still asked."""
    claims.answer_copy(connection, cause, offer, "declined", reason)
    refused = sorted({*offer.refused, offer.location_id})
    connection.execute(update(t.offers).where(t.offers.c.id == offer.id).values(refused=refused))
    if offer_holds.holder_now(connection, offer.id) == offer.location_id:
        offer_holds.shift(connection, cause, offer, claims.still_asked(connection, offer.id))


def _go_on(connection: Connection, cause: Cause, offer: Any) -> None:
    """When nobody is left who could claim, the next rule does not wait for the timer."""
    if not claims.still_asked(connection, offer.id):
        offers.advance(connection, cause, offer.id, offers.load(connection, offer.id).step + 1)


def _declare(
    connection: Connection, cause: Cause, location_id: str, sku: str, why: tuple[str, rules.StockTarget]
) -> None:
    """Nothing of the article is left on the shelf here, somebody says: a person reviews it at the end of the day."""
    reason, target = why
    found = positions(connection, location_id, [sku], lock=True).get(sku)
    if found is None:
        return
    for one in rules.shortage_movements(found, 0, rules.StockEffect.ZERO, target):
        if target is rules.StockTarget.ATP:
            wanted = DeclaredUnits(location_id, sku, one.unavailable, reason, origin=ORIGIN)
            said = declarations.declare(connection, cause, wanted)
            assert not isinstance(said, Refusal), said
        else:
            delta = Delta(one.on_hand, one.reserved, one.picked, one.unavailable)
            move(connection, cause, [Movement(location_id, sku, one.kind.value, delta, reason)])


def _told(
    connection: Connection, cause: Cause, offer: Any, what: tuple[str, str], changes: Sequence[Transition]
) -> None:
    """`what`: (name of the event, reason)."""
    name, reason = what
    told = {"number": offer.order_number, "location_id": offer.location_id, "units": offer.units}
    record(connection, cause, [Happening(name, "offer", offer.id, offer.order_id, told, reason, changes)])
