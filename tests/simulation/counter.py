"""What an associate may do at the desk where customers fetch, chosen from what the tablet shows.

They fetch and put away, hand over what lies ready (whole, in part, or refused), take money, give more time, drop
into lockers and put back. Two colleagues may do the same thing on two tablets: each has seen it only on their own.
"""

from dataclasses import replace
from datetime import timedelta
from random import Random

from core.contract import commands as c
from core.domain.collecting import own_works
from core.domain.collection import Collection, CollectionKind, CollectionLine, CollectionPart, to_put_back
from core.domain.fulfilment import Fulfilment
from core.domain.lifecycle import CollectionState, FulfilmentState
from tests.simulation.associate import Desk, Verb, any_of, new_id
from tests.simulation.customers import REASONS, SHELVES
from tests.simulation.ledger import ECHO
from tests.simulation.outside_world import SMALL

READY, EXPIRED = CollectionState.READY, CollectionState.EXPIRED


def in_house(desk: Desk, one: Collection, line: CollectionLine) -> int:
    """Units that can really be given or put back: nobody holds an article twice, whatever a tablet shows."""
    return max(0, line.quantity - desk.gone[one.id, line.id])


def fetch(desk: Desk, rng: Random) -> c.Arguments | None:
    """From the shelves of the shop, without a pick run."""
    own = {work for one in desk.collections for work in own_works(one)}
    lines = [(f, line) for f in desk.pickable if f.id in own for line in f.lines if line.remaining]
    if not lines:
        return None
    work, line = rng.choice(lines)
    return c.ScanItem(work.id, line.id, line.remaining, c.How.WEDGE, line.gtins[0], work.run_id)


def _parts(desk: Desk) -> list[tuple[Collection, CollectionPart]]:
    return [(one, part) for one in desk.collections if not one.closed for part in one.parts]


def arrive(desk: Desk, rng: Random) -> c.Arguments | None:
    coming = [(one, part) for one, part in _parts(desk) if not part.own and (not part.arrived_at or rng.random() < 0.1)]
    if not coming:
        return None
    one, part = rng.choice(coming)
    return c.ArriveParcel(one.id, part.id, c.How.WEDGE, part.sscc)


def put_away(desk: Desk, rng: Random) -> c.Arguments | None:
    works = {work.id: work for work in desk.fulfilments}
    here = [(one, part) for one, part in _parts(desk) if _is_here(part, works)]
    ready = [(one, part) for one, part in here if not part.shelf or rng.random() < 0.1]
    if not ready:
        return None
    one, part = rng.choice(ready)
    return c.PutAway(one.id, part.id, rng.choice(SHELVES), part.fulfilment_id if part.own else "")


def _is_here(part: CollectionPart, works: dict[str, Fulfilment]) -> bool:
    if not part.own:
        return part.arrived_at is not None
    work = works.get(part.fulfilment_id)
    return work is not None and work.state in (FulfilmentState.PICKED, FulfilmentState.PACKED)


def hand_over(desk: Desk, rng: Random) -> c.Arguments | None:
    """All, some, or with articles that the customer does not want."""
    ready = [one for one in desk.collections if one.state in (READY, EXPIRED) and not one.due_minor]
    if not ready:
        return None
    one = rng.choice(ready)
    items, refused = [], []
    for line in one.lines:
        most = min(line.open, in_house(desk, one, line))
        taken = rng.choice((most, most, rng.randint(0, most)))
        left = rng.randint(0, most - taken) if rng.random() < 0.5 else 0
        items += [c.HandedItem(line.id, taken)] if taken else []
        refused += [c.RefusedItem(line.id, left, rng.choice(REASONS))] if left else []
    if not items and not refused:
        return None
    who = "A neighbour" if rng.random() < 0.2 else ""
    return c.HandOverCollection(
        one.id, new_id(desk, rng), tuple(items), tuple(refused), own_works(one), c.How.WEDGE, "passport", who,
        "neighbour" if who else "",
    )  # fmt: skip


def put_back(desk: Desk, rng: Random) -> c.Arguments | None:
    back = [
        (one, line, units)
        for one in desk.collections
        for line in one.lines
        if (units := min(to_put_back(one, line), in_house(desk, one, line)))
    ]
    if not back:
        return None
    one, line, units = rng.choice(back)
    return c.ReturnToShelf(one.id, line.id, rng.randint(1, units), "", own_works(one))


def hand_over_again(desk: Desk, rng: Random) -> c.Arguments | None:
    """A colleague has handed over all of it a moment ago; this tablet does not know it yet, and notes it too."""
    known = {one.id: one for one in desk.collections if one.state in (READY, EXPIRED)}
    noted = [one for one in desk.handed if one.collection_id in known]
    noted = [one for one in noted if _open_units(known[one.collection_id]) == sum(item.quantity for item in one.items)]
    return replace(rng.choice(noted), handover_id=ECHO + new_id(desk, rng)) if noted else None


def _open_units(one: Collection) -> int:
    return sum(line.open for line in one.lines)


def note(desk: Desk, rng: Random) -> c.Arguments | None:
    waiting = [one for one in desk.collections if not one.closed]
    return c.NoteCustomer(rng.choice(waiting).id, "desk") if waiting else None


def extend(desk: Desk, rng: Random) -> c.Arguments | None:
    ready = [one for one in desk.collections if one.state in (READY, EXPIRED) and one.pick_up_by]
    if not ready:
        return None
    one = rng.choice(ready)
    assert one.pick_up_by is not None
    return c.ExtendPickUp(one.id, one.pick_up_by + timedelta(days=rng.choice((0, 1, 7, 30))))


def drop(desk: Desk, rng: Random) -> c.Arguments | None:
    """With or without a compartment that was asked for: somebody may have opened the locker by hand."""
    works = {work.id: work for work in desk.fulfilments}
    ready = [
        one
        for one in desk.collections
        if one.kind is CollectionKind.LOCKER
        and one.state in (CollectionState.EXPECTED, CollectionState.ARRIVED)
        and one.parts
        and all(_is_here(part, works) for part in one.parts)
    ]
    if not ready:
        return None
    one = rng.choice(ready)
    return c.DropInLocker(one.id, SMALL[one.due_minor % 2 ^ len(one.lines) % 2], own_works(one))  # it lies in one


def take_cash(desk: Desk, rng: Random) -> c.Arguments | None:
    one = _owing(desk, rng)
    return c.TakeCash(one.id, f"cash-{new_id(desk, rng)}", one.due_minor) if one else None


def charge_card(desk: Desk, rng: Random) -> c.Arguments | None:
    one = _owing(desk, rng)
    return c.ChargeCard(one.id, f"card-{new_id(desk, rng)}", one.due_minor) if one else None


def _owing(desk: Desk, rng: Random) -> Collection | None:
    owing = [one for one in desk.collections if one.due_minor and one.state in (READY, EXPIRED)]
    return rng.choice(owing) if owing else None


def reserve_locker(desk: Desk, rng: Random) -> c.Arguments | None:
    lockers = [one for one in desk.collections if one.kind is CollectionKind.LOCKER and not one.closed]
    return c.ReserveLocker(rng.choice(lockers).id, "s") if lockers else None


def tell_again(desk: Desk, rng: Random) -> c.Arguments | None:
    ready = [one for one in desk.collections if one.state is READY]
    return c.NotifyCustomer(rng.choice(ready).id, rng.choice(("ready", "reminder"))) if ready else None


FACTS: dict[Verb, int] = {
    fetch: 20, arrive: 8, put_away: 12, hand_over: 8, hand_over_again: 4, put_back: 6, note: 1, extend: 2, drop: 4,
    take_cash: 2,
}  # fmt: skip
ASKED: dict[Verb, int] = {charge_card: 5, reserve_locker: 3, tell_again: 1}


def decide(desk: Desk, rng: Random, online: bool) -> c.Arguments | None:
    """The next command at the desk, or None. Who is asked outside is asked only online."""
    return any_of(FACTS | (ASKED if online else {}), desk, rng)
