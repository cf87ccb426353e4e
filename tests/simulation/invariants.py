"""What must hold on any day, each as a function with its sentence. The oracle is the ledger of what people did.

`at_each_step` is looked at after every step, `at_the_end` when the weather has cleared and all had time to arrive.
Numbers are those of sync.md section 9.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import select

from core.contract.commands import ClaimOffer
from core.contract.rules import Key, touches
from core.contract.sync import Group, PullRequest, Put
from core.domain.fulfilment import Fulfilment
from core.service import sync as service
from core.store import documents
from core.store import tables as t
from tests.simulation import collect_invariants as of_collections
from tests.simulation import files
from tests.simulation import offer_invariants as of_offers
from tests.simulation import pairing_invariants as of_pairing
from tests.simulation.decided import decisions, not_counted
from tests.simulation.ledger import Deed
from tests.simulation.link import Link
from tests.simulation.retailer import ON_HAND, OPENING, SKUS, STORES
from tests.simulation.violation import Violation

if TYPE_CHECKING:
    from tests.simulation.day import Day

UNFINISHED = ("queued", "answered")


Invariant = Callable[["Day"], Iterator[Violation]]


def paired_rows_change_together(day: "Day") -> Iterator[Violation]:
    """I4: no tablet shows one half of a transaction of the core."""
    for link in day.busy:
        base = link.tablet.base()
        halves = [base.get(("fulfilment", id)) for id in day.office.pairs[link.tablet.location_id]]
        notes = {orjson.loads(half[1])["gift_message"] if half else None for half in halves}
        if len(notes) != 1:
            yield Violation("I4", f"{link.tablet.name} shows half of a transaction: {notes}")


def versions_never_go_back(day: "Day") -> Iterator[Violation]:
    """I5: what a tablet knows of a row is never older than what it knew before."""
    for link in day.busy:
        if link.tablet.name in day.misfortune.unaware | day.misfortune.rotten:
            day.seen_versions.pop(link.tablet.name, None)  # another history begins with a whole new base
            continue
        seen = day.seen_versions.setdefault(link.tablet.name, {})
        for key, (version, _) in link.tablet.base().items():
            if version < seen.get(key, 0):
                yield Violation("I5", f"{link.tablet.name}: {key} went from version {seen[key]} back to {version}")
            seen[key] = max(version, seen.get(key, 0))


def own_work_stays_on_the_screen(day: "Day") -> Iterator[Violation]:
    """I6: a unit scanned on a tablet is counted there from the scan on, whatever the wire brings."""
    for link in day.busy:
        if link.tablet.name in day.misfortune.unaware | day.misfortune.rotten:
            continue
        shown, outbox = link.tablet.shown(), link.tablet.outbox()
        aside = {deed.command_id for deed in not_counted(day) if outbox.get(deed.command_id) not in UNFINISHED}
        mine = day.ledger.picked(link.tablet.name, without=aside)
        for place, units in mine.items():
            if place in shown and shown[place] < units:
                yield Violation("I6", f"{link.tablet.name} shows {shown[place]} of {place}; {units} were scanned on it")


def nothing_is_shown_twice(day: "Day") -> Iterator[Violation]:
    """I7: a tablet never shows more units of a line than people scanned."""
    everybody = day.ledger.picked()
    given = day.fetching.customers.works  # who gives away what nobody scanned has picked it
    for link in day.busy:
        for place, units in link.tablet.shown().items():
            if place[0] not in given and units > everybody[place]:
                yield Violation("I7", f"{link.tablet.name} shows {units} of {place}; {everybody[place]} were scanned")


def nothing_leaves_the_outbox_undecided(day: "Day") -> Iterator[Violation]:
    """I1: a command stays in the outbox of its tablet, and is final there only by the core's decision."""
    decided = decisions(day)
    for link in day.busy:
        outbox = link.tablet.outbox()
        aware = link.tablet.name not in day.misfortune.unaware
        for deed in day.ledger.of(link.tablet.name):
            state = outbox.get(deed.command_id)
            if deed.command_id in day.misfortune.forgotten:
                continue
            if state is None:
                yield Violation("I1", f"{link.tablet.name} has lost {deed.arguments}")
            elif state not in UNFINISHED and aware and decided.get(deed.command_id, ("",))[0] != state:
                if deed.command_id in decided and day.clones.is_told(link.tablet, deed.command_id, state):
                    continue
                yield Violation(
                    "I1", f"{link.tablet.name} calls {deed.arguments} {state}; the core: {decided.get(deed.command_id)}"
                )


def facts_are_never_rejected(day: "Day") -> Iterator[Violation]:
    """I10: what happened in the shop is accepted or needs attention; it is never refused."""
    claims = {deed.command_id for deed in day.ledger.deeds if deed.may_be_refused}
    for command_id, (verdict, code) in decisions(day).items():
        if verdict == "rejected" and command_id not in claims:
            yield Violation("I10", f"the core rejected a fact: {code}")


def every_command_has_its_verdict(day: "Day") -> Iterator[Violation]:
    """I1, I8: when the weather has cleared, everything said on a tablet was decided, and the tablet knows it."""
    decided = decisions(day)
    for link in day.links:
        outbox = link.tablet.outbox()
        for deed in day.ledger.of(link.tablet.name):
            verdict = decided.get(deed.command_id)
            if verdict is None:
                yield Violation("I1", f"the core never decided {deed.arguments} of {link.tablet.name}")
            if outbox.get(deed.command_id) in UNFINISHED:  # one that it has forgotten has no state there
                yield Violation("I8", f"{link.tablet.name} still waits for {deed.arguments}; the core: {verdict}")
        if link.state.connection != "online":
            yield Violation("I8", f"{link.tablet.name} says it is {link.state.connection}")


def effects_happened_exactly_once(day: "Day") -> Iterator[Violation]:
    """I2: the core counts per line what people scanned and put back, and per parcel the labels they printed."""
    done = [deed.command_id for deed in day.ledger.deeds]
    if len(done) != len(set(done)):
        yield Violation("I2", "two deeds have one command id")
    aside = {deed.command_id for deed in not_counted(day)}
    picked, put_back = day.ledger.picked(without=aside), day.ledger.put_back(without=aside)
    labels = day.ledger.labels(without=aside)
    for fulfilment in _fulfilments(day):
        for line in fulfilment.lines:
            place = (fulfilment.id, line.id)
            if fulfilment.id in day.fetching.customers.works:
                if line.picked < picked[place] or line.put_back < put_back[place]:
                    yield Violation("I2", f"the core counts less than was done of {place}")
                continue
            if line.picked != picked[place]:
                yield Violation(
                    "I2", f"the core counts {line.picked} picked of {place}; people scanned {picked[place]}"
                )
            if line.put_back != put_back[place]:
                yield Violation(
                    "I2", f"the core counts {line.put_back} put back of {place}; people put back {put_back[place]}"
                )
        for parcel in fulfilment.parcels:
            if parcel.labels_printed != labels[fulfilment.id, parcel.id]:
                yield Violation(
                    "I2", f"{parcel.labels_printed} labels of {parcel.id}, not {labels[fulfilment.id, parcel.id]}"
                )


def tablets_equal_the_core(day: "Day") -> Iterator[Violation]:
    """I3: when all is quiet a tablet holds exactly the rows of its partitions, and shows nothing on top of them."""
    for link in day.links:
        expected = _rows_in_the_core(day, link)
        found = {key: (version, orjson.loads(body)) for key, (version, body) in link.tablet.base().items()}
        for key in sorted(expected.keys() | found.keys()):
            if expected.get(key) != found.get(key):
                yield Violation("I3", f"{link.tablet.name}: {key} is {found.get(key)}, in the core {expected.get(key)}")
        works = [body for (entity, _), (_, body) in found.items() if entity == "fulfilment"]
        picked = {(work["id"], line["id"]): line["picked"] for work in works for line in work["lines"]}
        if picked != dict(link.tablet.shown()):
            yield Violation("I3", f"{link.tablet.name} shows other counts than the core sent")


def stock_is_what_the_work_left(day: "Day") -> Iterator[Violation]:
    """I2: the stock is what was there without what the carrier took; what is in hands is not on the shelf."""
    gone, held = dict.fromkeys(SKUS, 0), dict.fromkeys(SKUS, 0)
    for fulfilment in _fulfilments(day):
        for line in fulfilment.lines:
            away = sum(
                item.quantity
                for parcel in fulfilment.parcels
                for item in parcel.items
                if parcel.state == "handed_over" and item.line_id == line.id
            )
            gone[line.sku] += away
            held[line.sku] += max(0, line.picked - line.put_back - away)
    with day.core.books.read() as connection:
        positions = connection.execute(select(t.positions)).all()
        movements = connection.execute(select(t.movements)).all()
    for sku in SKUS:
        on_hand = sum(row.on_hand for row in positions if row.sku == sku)
        picked = sum(row.picked for row in positions if row.sku == sku)
        moved = sum(row.on_hand for row in movements if row.sku == sku)
        least, most = of_collections.came_from_elsewhere(day, sku)
        if not least <= on_hand - (ON_HAND * len(STORES) - gone[sku]) <= most:
            yield Violation("I2", f"{on_hand} of {sku} on hand, though {gone[sku]} left the stores")
        if picked != held[sku]:
            yield Violation("I2", f"{picked} of {sku} are picked by the stock, {held[sku]} by the work")
        if not least <= moved + gone[sku] <= most:
            yield Violation("I2", f"the movements of {sku} say {moved}, though {gone[sku]} left the stores")


def work_is_decided_in_order(day: "Day") -> Iterator[Violation]:
    """Order (sync.md 6.3): what a tablet did to one order, run or manifest is decided in the order it was done."""
    p = t.processed_commands.c
    with day.core.books.read() as connection:
        decided_at = {row.id: row.decided_at for row in connection.execute(select(p.id, p.decided_at))}
    for link in day.links:
        last: dict[Key, Deed] = {}
        for deed in day.ledger.of(link.tablet.name):
            for key in touches(deed.arguments):
                earlier = last.get(key)
                times = [decided_at.get(one.command_id, OPENING) for one in (earlier or deed, deed)]
                if times[0] > times[1]:
                    yield Violation("order", f"{deed.arguments} was decided before {last[key].arguments}")
                last[key] = deed


def offers_have_one_winner(day: "Day") -> Iterator[Violation]:
    """I9: of all that claimed an offer one was accepted at most, and it is the winner the core names."""
    decided = decisions(day)
    c, o = t.offer_copies.c, t.offers.c
    with day.core.books.read() as connection:
        copies = {row.id: row for row in connection.execute(select(c.id, c.offer_id, c.location_id))}
        named = {row.id: row.winner for row in connection.execute(select(o.id, o.winner))}
    winners: dict[str, set[str]] = {}
    for deed in day.ledger.deeds:
        if isinstance(deed.arguments, ClaimOffer) and decided.get(deed.command_id, ("",))[0] == "accepted":
            copy = copies[deed.arguments.offer_id]
            winners.setdefault(copy.offer_id, set()).add(deed.command_id)
            if named[copy.offer_id] != copy.location_id:
                yield Violation("I9", f"{copy.location_id} won {copy.offer_id}; the core names {named[copy.offer_id]}")
    for offer_id, commands in winners.items():
        if len(commands) > 1:
            yield Violation("I9", f"{offer_id} was won {len(commands)} times")


Outcome = tuple[list[Fulfilment], list[tuple[str, int, str, str, str]]]


def outcome_of(day: "Day") -> Outcome:
    """I15: what a day came to, without times: the work of every order, the verdicts of every tablet in order."""
    p = t.processed_commands.c
    query = select(p.device_id, p.seq, p.name, p.verdict, p.code).order_by(p.device_id, p.seq)
    with day.core.books.read() as connection:
        verdicts = [(row.device_id, row.seq, row.name, row.verdict, row.code) for row in connection.execute(query)]
    return sorted(_fulfilments(day), key=lambda fulfilment: fulfilment.id), verdicts


def caches_never_go_back(day: "Day") -> Iterator[Violation]:
    """I5 for stock and catalogue: neither by the feed, nor when a file takes the place of another."""
    for link in day.busy:
        if day.misfortune.core_restored_at is not None or link.tablet.name in day.misfortune.went_back:
            continue  # it may begin anew from an older history
        before, now = day.seen_cached.get(link.tablet.name, {}), files.cached(link.tablet)
        for key, version in now.items():
            if version < before.get(key, 0):
                yield Violation("I5", f"{link.tablet.name} went back from {before[key]} to {version} of {key}")
        if before and not now:
            yield Violation("I5", f"{link.tablet.name} has nothing where it had {len(before)} rows")
        day.seen_cached[link.tablet.name] = now


def caches_equal_the_core(day: "Day") -> Iterator[Violation]:
    """I3 for stock and catalogue, however they came: the rows of the core, and an index that finds them."""
    for link in day.links:
        now, core = files.cached(link.tablet), files.told(day.core.books, link.tablet.location_id)
        if now != core:
            wrong = sorted(key for key in now.keys() | core.keys() if now.get(key) != core.get(key))[:3]
            yield Violation("I3", f"{link.tablet.name} has other rows than the core: {wrong}")
        if why := files.unfound(link.tablet):
            yield Violation("I3", f"{link.tablet.name} does not find its articles: {why}")


def _fulfilments(day: "Day") -> list[Fulfilment]:
    with day.core.books.read() as connection:
        ids = connection.execute(select(t.fulfilments.c.id)).scalars().all()
        return list(documents.load_fulfilments(connection, ids).values())


def _rows_in_the_core(day: "Day", link: Link) -> dict[tuple[str, str], tuple[int, object]]:
    """What a tablet that was enrolled this moment would be told."""
    frames = service.pull(day.core.books, link.device, PullRequest(Group.MAIN, None), day.now())
    return {
        (frame.e, id): (version, orjson.loads(orjson.dumps(body)))
        for frame in frames
        if isinstance(frame, Put)
        for id, version, body in frame.rows
    }


at_each_step: tuple[Invariant, ...] = (
    paired_rows_change_together,
    versions_never_go_back,
    caches_never_go_back,
    own_work_stays_on_the_screen,
    nothing_is_shown_twice,
    nothing_leaves_the_outbox_undecided,
    facts_are_never_rejected,
    *of_pairing.AT_EACH_STEP,
    *of_collections.AT_EACH_STEP,
)
at_the_end: tuple[Invariant, ...] = (
    every_command_has_its_verdict,
    effects_happened_exactly_once,
    tablets_equal_the_core,
    caches_equal_the_core,
    stock_is_what_the_work_left,
    offers_have_one_winner,
    *of_offers.AT_THE_END,
    *of_collections.AT_THE_END,
    work_is_decided_in_order,
    *of_pairing.AT_THE_END,
)
long_after: tuple[Invariant, ...] = of_collections.LONG_AFTER
