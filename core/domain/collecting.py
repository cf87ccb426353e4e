"""Click & collect: what arriving, putting away, handing over and putting back do to a collection, and to the store's
own fulfilments among its parts. Facts always count, if with a warning; only an extension can be refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from core.domain.collecting_answers import (
    AlreadyArrived,
    ArrivedAfterEnd,
    CollectionReady,
    CustomerNoted,
    Dropped,
    EverythingArrived,
    Extended,
    ExtendedTooFar,
    HandedOver,
    HandedOverAfterEnd,
    HandedOverTooMany,
    HandedOverTwice,
    HandedOverUnpaid,
    MovedToShelf,
    NotExtended,
    NothingTaken,
    Paid,
    PaidTwice,
    PartArrived,
    PartlyHandedOver,
    PartUnknown,
    PutAway,
    PutAwayUnpicked,
    ReturnedTooMany,
    ReturnedToShelf,
)
from core.domain.collection import (
    Collection,
    CollectionLine,
    Handed,
    PartItem,
    Waiting,
    settled,
    to_put_back,
)
from core.domain.fulfilment import Fulfilment, Parcel, ParcelItem, handed_over_by_line, packable_by_line
from core.domain.fulfilment import settled as settled_work
from core.domain.lifecycle import CollectionState, ParcelState
from core.domain.outcome import Outcome

Works = Mapping[str, Fulfilment]
NOT_TAKEN: Final = "not_taken"  # why the store's own goods of a collection are wanted no more


@dataclass(frozen=True, slots=True)
class Refused:
    """Units of a line that the customer leaves here. `reason`: of usage "refuse"."""

    line_id: str
    quantity: int
    reason: str


@dataclass(frozen=True, slots=True)
class Handover:
    """What went over the desk. `id`: made when it began. `collector`: "" for the buyer."""

    id: str
    items: tuple[PartItem, ...]
    refused: tuple[Refused, ...]
    at: datetime
    by: str
    collector: str = ""


def arrive(collection: Collection, part_id: str, at: datetime) -> tuple[Collection, Outcome]:
    """A parcel from another place is in the house."""
    part = collection.part(part_id)
    if part is None:
        return collection, PartUnknown()
    if part.arrived_at is not None:
        return collection, AlreadyArrived()
    after = settled(collection.with_part(replace(part, arrived_at=at)))
    if collection.ended:
        return after, ArrivedAfterEnd()
    missing = sum(one.arrived_at is None for one in after.parts)
    return after, PartArrived(missing) if missing else EverythingArrived()


def put_away(
    collection: Collection, work: Fulfilment | None, part_id: str, shelf: str, at: datetime
) -> tuple[Collection, Fulfilment | None, Outcome]:
    """A part lies on a shelf. `work`: its fulfilment where it is the store's own; what is picked of it is packed."""
    part = collection.part(part_id)
    if part is None:
        return collection, work, PartUnknown()
    after = settled(collection.with_part(replace(part, shelf=shelf, arrived_at=part.arrived_at or at)))
    unpicked = 0
    if part.own and work is not None:
        unpicked = sum(line.remaining for line in work.lines)
        work = _bagged(work)
    if collection.ended:
        return after, work, ArrivedAfterEnd()
    if unpicked:
        return after, work, PutAwayUnpicked(unpicked)
    left = sum(not one.shelf for one in after.parts)
    if left or not after.complete:
        return after, work, PutAway(left)
    return after, work, MovedToShelf() if collection.state is CollectionState.READY else CollectionReady()


def drop_in_locker(
    collection: Collection, works: Works, compartment: str, at: datetime
) -> tuple[Collection, dict[str, Fulfilment], Outcome]:
    """All of it is in a compartment, where its customer opens with a code of the locker."""
    parts = tuple(replace(part, arrived_at=part.arrived_at or at) for part in collection.parts)
    after = settled(replace(collection, parts=parts, locker=compartment))
    return after, {work.id: _bagged(work) for work in works.values()}, Dropped()


def hand_over(
    collection: Collection, works: Works, handover: Handover
) -> tuple[Collection, dict[str, Fulfilment], Outcome]:
    """What the customer took and refused. `works`: fulfilments of the store's own parts, by id.

    Units that somebody handed over before count once: two tablets may have done it, one of them without network. What
    is refused stays where it lies until somebody puts it back.
    """
    after, twice = collection, 0
    taken: dict[str, int] = {}
    for item in handover.items:
        line = after.line(item.line_id)
        if line is not None:
            # Also what was cancelled meanwhile: it is gone.
            units = min(item.quantity, line.quantity - line.handed - line.refused)
            twice += item.quantity - units
            taken[line.id] = taken.get(line.id, 0) + units
            after = after.with_line(replace(line, handed=line.handed + units))
    for one in handover.refused:
        line = after.line(one.line_id)
        if line is not None and (units := min(one.quantity, line.open)):
            after = after.with_line(replace(line, refused=line.refused + units, refused_reason=one.reason))
            if not collection.taken_off:
                after = replace(after, due_minor=max(0, after.due_minor - units * line.unit_price_minor))
    changed = _handed(collection, works, handover.id, taken)
    if any(taken.values()):
        after = replace(after, handed=Handed(handover.id, handover.at, handover.by, handover.collector))
    after = settled(replace(after, waiting=None))
    return after, changed, _answer(collection, after, twice, handover)


def kept_after_all(before: Collection, after: Collection) -> dict[str, int]:
    """Units by line that were handed over of what had been taken off, and that nobody has put back."""
    if not before.taken_off:
        return {}
    units = {line.id: line.handed for line in after.lines}
    kept = {line.id: min(units[line.id] - line.handed, line.open, to_put_back(before, line)) for line in before.lines}
    return {line_id: count for line_id, count in kept.items() if count > 0}


def given_after_all(before: Collection, after: Collection) -> dict[str, int]:
    """Units by line that were handed over though nobody was to get them any more: cancelled, or put back elsewhere."""
    kept, units = kept_after_all(before, after), dict[str, int]()
    for was, line in zip(before.lines, after.lines, strict=True):
        beyond = max(0, line.handed - line.wanted) - max(0, was.handed - was.wanted)
        units[line.id] = line.handed - was.handed - kept.get(line.id, 0) if before.taken_off else beyond
    return {line_id: count for line_id, count in units.items() if count > 0}


def _answer(before: Collection, after: Collection, twice: int, handover: Handover) -> Outcome:
    taken = sum(line.handed for line in after.lines) - sum(line.handed for line in before.lines)
    if twice and before.handed is not None:
        first = before.handed
        return HandedOverTwice(twice, first.by, first.at.isoformat(), first.collector)
    if twice:
        return HandedOverTooMany(twice)
    if taken and (
        _is_over(before, after, taken, handover.at) or any(line.handed > line.wanted for line in after.lines)
    ):
        return HandedOverAfterEnd()
    if not taken:
        return NothingTaken()
    if after.due_minor:
        return HandedOverUnpaid(after.due_minor)
    units = sum(line.open for line in after.lines)
    return PartlyHandedOver(units) if units else HandedOver()


def _is_over(before: Collection, after: Collection, taken: int, at: datetime) -> bool:
    """A handover of before its end that is told only now is as good as any, unless somebody has put it back."""
    if before.state is not CollectionState.EXPIRED:
        return before.closed
    in_time = before.pick_up_by is not None and at < before.pick_up_by
    return not in_time or taken > sum(kept_after_all(before, after).values())


def parcels_put_back_and_given(collection: Collection, works: Works) -> dict[str, int]:
    """Units by line that came in parcels, were taken into the books when they were put back, and were given as well."""
    found = {line.id: -_parcels_left(collection, works, line) for line in collection.lines}
    back = {line.id: _parcels_back(collection, line) for line in collection.lines}
    return {line_id: units for line_id, both in found.items() if (units := min(both, back[line_id])) > 0}


def _parcels_left(collection: Collection, works: Works, line: CollectionLine) -> int:
    """Units that came in parcels, and that were neither given nor put back; below 0 where both happened to some."""
    came = [item for part in collection.parts if not part.own for item in part.items if item.line_id == line.id]
    own = 0
    for work in works.values():
        gone = handed_over_by_line(work)
        own += sum(gone.get(one.id, 0) for one in work.lines if one.order_line_id == line.id)
    return sum(item.quantity for item in came) - (line.handed - own) - _parcels_back(collection, line)


def _parcels_back(collection: Collection, line: CollectionLine) -> int:
    own = sum(item.returned for part in collection.parts if part.own for item in part.items if item.line_id == line.id)
    return line.put_back - own


def _handed(before: Collection, works: Works, handover_id: str, taken: Mapping[str, int]) -> dict[str, Fulfilment]:
    """The store's own goods go first, then what came in parcels, of which this store keeps no books. What is more than
    both was its own as well: it thought it had it back.
    """
    out, changed = dict(taken), dict[str, Fulfilment]()
    found = {work.id: _take(out, work) for work in works.values()}
    for line in before.lines:
        if left := out.get(line.id, 0):
            out[line.id] = max(0, left - max(0, _parcels_left(before, works, line)))
    for work in works.values():
        units = found[work.id]
        for one in work.lines:
            if more := out.pop(one.order_line_id, 0):
                units[one.id] = units.get(one.id, 0) + more
        if units:
            changed[work.id] = _collected(work, handover_id, units)
    return changed


def _take(wanted: dict[str, int], work: Fulfilment) -> dict[str, int]:
    """By line of the work, what it can give of the units by order line; they are taken off there."""
    gone, found = handed_over_by_line(work), dict[str, int]()
    for line in work.lines:
        units = min(wanted.get(line.order_line_id, 0), max(0, line.wanted - gone.get(line.id, 0)))
        if units:
            wanted[line.order_line_id] -= units
            found[line.id] = units
    return found


def _collected(work: Fulfilment, handover_id: str, units: Mapping[str, int]) -> Fulfilment:
    """What went out is a parcel handed over."""
    gone = handed_over_by_line(work)
    for line in work.lines:
        # Who hands over what nobody scanned has picked it.
        missing = max(0, gone.get(line.id, 0) + units.get(line.id, 0) - line.held)
        work = work.with_line(replace(line, picked=line.picked + missing))
    number = max((parcel.number for parcel in work.parcels), default=0) + 1
    items = tuple(ParcelItem(line_id, count) for line_id, count in units.items())
    bag = Parcel(handover_id, number, "", ParcelState.HANDED_OVER, items)
    return _rebagged(work.with_parcel(bag))


def _rebagged(work: Fulfilment) -> Fulfilment:
    """Its bags with no more in them than is wanted and still here."""
    gone = handed_over_by_line(work)
    stays = {line.id: max(0, line.wanted - gone.get(line.id, 0)) for line in work.lines}
    parcels = [one if one.state is ParcelState.HANDED_OVER else _kept(one, stays) for one in work.parcels]
    # Without its last bag it is as it was before packing; with nothing in hand then, it is over.
    return settled_work(settled_work(replace(work, parcels=tuple(parcel for parcel in parcels if parcel.items))))


def _kept(parcel: Parcel, stays: dict[str, int]) -> Parcel:
    """With no more than `stays` says of each line; what it keeps is taken off there."""
    items = []
    for item in parcel.items:
        units = min(item.quantity, stays.get(item.line_id, 0))
        if units:
            stays[item.line_id] -= units
            items.append(replace(item, quantity=units))
    return replace(parcel, items=tuple(items))


def _bagged(work: Fulfilment) -> Fulfilment:
    """What is picked and lies in no parcel is one bag now: no label, nobody weighs it."""
    items = tuple(ParcelItem(line_id, units) for line_id, units in packable_by_line(work).items() if units)
    if not items:
        return work
    number = max((parcel.number for parcel in work.parcels), default=0) + 1
    return settled_work(work.with_parcel(Parcel(f"{work.id}-{number}", number, "", ParcelState.CLOSED, items)))


def put_back(
    collection: Collection, works: Works, line_id: str, quantity: int
) -> tuple[Collection, dict[str, Fulfilment], Outcome]:
    """Units that nobody took lie on a shelf: the store's own are free again, others are its stock now."""
    line = collection.line(line_id)
    if line is None:
        return collection, {}, PartUnknown()
    waiting = to_put_back(collection, line)
    units = min(quantity, waiting)
    after = settled(collection.with_line(replace(line, put_back=line.put_back + units)))
    left, changed = {line_id: units}, dict[str, Fulfilment]()
    for work in works.values():
        if back := _take(left, work):
            changed[work.id] = _returned(work, back)
            after = _less(after, work, back)
    if quantity > waiting:
        return after, changed, ReturnedTooMany(quantity - waiting)
    return after, changed, ReturnedToShelf(waiting - units)


def _less(collection: Collection, work: Fulfilment, back: Mapping[str, int]) -> Collection:
    """Its own part without what went back to the shelves."""
    units = {line.order_line_id: back[line.id] for line in work.lines if line.id in back}
    part = collection.part(work.id)
    if part is None:
        return collection
    items = tuple(
        replace(item, quantity=item.quantity - count, returned=item.returned + count)
        if (count := units.get(item.line_id, 0))
        else item
        for item in part.items
    )
    return collection.with_part(replace(part, items=items))


def _returned(work: Fulfilment, units: Mapping[str, int]) -> Fulfilment:
    for line in work.lines:
        count = units.get(line.id, 0)
        held = min(count, max(0, line.held - handed_over_by_line(work).get(line.id, 0)))
        work = work.with_line(
            replace(line, short=line.short + count, short_reason=NOT_TAKEN, put_back=line.put_back + held)
        )
    return _rebagged(work)


def note_customer(collection: Collection, where: str, at: datetime) -> tuple[Collection, Outcome]:
    """The customer is here; who was noted before keeps the earlier time. Of what has ended nobody is kept waiting."""
    if collection.ended:
        return collection, CustomerNoted()
    since = collection.waiting.since if collection.waiting else at
    return replace(collection, waiting=Waiting(since, where)), CustomerNoted()


def extend(collection: Collection, until: datetime) -> tuple[Collection, Outcome]:
    """A later pick-up-by date; also of one that has just expired. Never later than the store's terms allow."""
    begun = any(line.put_back for line in collection.lines)
    if collection.closed or begun or collection.pick_up_by is None or until <= collection.pick_up_by:
        return collection, NotExtended()
    latest = collection.latest_pick_up
    if latest is not None and until > latest:
        return collection, ExtendedTooFar(latest.isoformat())
    return replace(collection, pick_up_by=until).after("extend"), Extended()


def pay(collection: Collection, amount_minor: int) -> tuple[Collection, Outcome]:
    """Money was taken for it."""
    extra = amount_minor - collection.due_minor
    after = replace(collection, due_minor=max(0, -extra))
    return after, PaidTwice(extra) if extra > 0 else Paid(after.due_minor)


def own_works(collection: Collection) -> tuple[str, ...]:
    """Ids of the store's own fulfilments among its parts."""
    return tuple(part.fulfilment_id for part in collection.parts if part.own)
