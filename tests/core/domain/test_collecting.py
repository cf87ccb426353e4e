from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.domain import collecting
from core.domain.collecting import Handover, Refused
from core.domain.collecting_answers import (
    AlreadyArrived,
    CollectionReady,
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
    PutAway,
    PutAwayUnpicked,
    ReturnedTooMany,
    ReturnedToShelf,
)
from core.domain.collection import (
    Collection,
    CollectionKind,
    CollectionLine,
    CollectionPart,
    PartItem,
    settled,
    to_put_back,
)
from core.domain.fulfilment import Address, Fulfilment, Line, handed_over_by_line, surplus
from core.domain.fulfilment import settled as settled_work
from core.domain.lifecycle import CollectionState, FulfilmentState
from core.domain.picking import put_back as put_back_by_itself
from core.domain.stock import line_movements

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
HOME = Address("Camille Roche", "3 rue Basse", "69002", "Lyon", "FR")


def work(picked: int = 2, quantity: int = 2) -> Fulfilment:
    line = Line("l1", "o1", "SKU-1", quantity, picked=picked)
    state = FulfilmentState.PICKED if picked >= quantity else FulfilmentState.OPEN
    return Fulfilment(
        "f1", "AL-1-1", "K7", "order", "AL-1", "alba", "lyon", "standard", "", AT, AT, HOME, (line,), state
    )


def own(quantity: int = 2) -> Collection:
    """Two units from the store's own shelves."""
    return replace(
        parcels(()),
        kind=CollectionKind.COLLECT,
        lines=(CollectionLine("o1", "SKU-1", quantity),),
        parts=(CollectionPart("f1", "f1", (PartItem("o1", quantity),)),),
    )


def parcels(units: tuple[int, ...]) -> Collection:
    """A parcel for each number: that many units of one article."""
    parts = tuple(
        CollectionPart(f"p{n}", "f9", (PartItem("o1", count),), parcel_id=f"p{n}", from_location="Paris")
        for n, count in enumerate(units)
    )
    line = CollectionLine("o1", "SKU-1", sum(units))
    return Collection(
        "c1",
        "AL-1",
        "K7",
        "order",
        "alba",
        "lyon",
        CollectionKind.SHIP_TO_STORE,
        "Camille Roche",
        AT,
        AT,
        (line,),
        parts,
    )


def handover(units: int, refused: int = 0, id: str = "h1", by: str = "ann") -> Handover:
    items = (PartItem("o1", units),) if units else ()
    left = (Refused("o1", refused, "too_small"),) if refused else ()
    return Handover(id, items, left, AT, by)


def test_it_is_ready_when_its_last_part_lies_on_a_shelf() -> None:
    collection, answer = collecting.arrive(parcels((1, 2)), "p0", AT)
    assert answer == PartArrived(missing=1)
    collection, answer = collecting.arrive(collection, "p1", AT)
    assert (answer, collection.state) == (EverythingArrived(), CollectionState.ARRIVED)
    assert collecting.arrive(collection, "p1", AT)[1] == AlreadyArrived()
    collection, _, answer = collecting.put_away(collection, None, "p0", "C-01", AT)
    assert answer == PutAway(left=1)
    collection, _, answer = collecting.put_away(collection, None, "p1", "C-02", AT)
    assert (answer, collection.state) == (CollectionReady(), CollectionState.READY)


def test_what_is_put_away_has_arrived() -> None:
    collection, _, answer = collecting.put_away(parcels((1,)), None, "p0", "C-01", AT)
    assert (answer, collection.state) == (CollectionReady(), CollectionState.READY)
    assert collection.parts[0].arrived_at == AT


def test_what_is_ready_is_moved_to_another_shelf_and_not_made_ready_again() -> None:
    collection, _, _ = collecting.put_away(parcels((1,)), None, "p0", "C-01", AT)
    collection, _, answer = collecting.put_away(collection, None, "p0", "C-02", AT)
    assert (answer, collection.state) == (MovedToShelf(), CollectionState.READY)
    assert collection.parts[0].shelf == "C-02"


def test_an_own_part_on_its_shelf_is_one_bag_and_nothing_more_to_pack() -> None:
    collection, packed, answer = collecting.put_away(own(), work(), "f1", "C-01", AT)
    assert (answer, collection.state) == (CollectionReady(), CollectionState.READY)
    assert packed is not None
    assert packed.state is FulfilmentState.PACKED
    assert [parcel.units for parcel in packed.parcels] == [2]


def test_a_shelf_with_too_little_on_it_is_told() -> None:
    _, _, answer = collecting.put_away(own(), work(picked=1), "f1", "C-01", AT)
    assert answer == PutAwayUnpicked(units=1)


def test_a_collection_that_waits_for_another_part_is_not_ready() -> None:
    collection, _, answer = collecting.put_away(replace(own(), complete=False), work(), "f1", "C-01", AT)
    assert (answer, collection.state) == (PutAway(left=0), CollectionState.EXPECTED)


def test_handed_over_is_shipped_for_the_stores_own_books() -> None:
    collection, packed, _ = collecting.put_away(own(), work(), "f1", "C-01", AT)
    assert packed is not None
    after, changed, answer = collecting.hand_over(collection, {"f1": packed}, handover(2))
    assert (answer, after.state, changed["f1"].state) == (
        HandedOver(),
        CollectionState.COLLECTED,
        FulfilmentState.SHIPPED,
    )
    assert [parcel.id for parcel in changed["f1"].parcels] == ["h1"]


def test_what_is_left_for_another_day_stays_in_its_bag() -> None:
    collection, packed, _ = collecting.put_away(own(3), work(3, 3), "f1", "C-01", AT)
    assert packed is not None
    after, changed, answer = collecting.hand_over(collection, {"f1": packed}, handover(1))
    assert (answer, after.state) == (PartlyHandedOver(open=2), CollectionState.READY)
    assert changed["f1"].state is FulfilmentState.PACKED
    after, changed, answer = collecting.hand_over(after, changed, handover(2, id="h2"))
    assert (answer, after.state, changed["f1"].state) == (
        HandedOver(),
        CollectionState.COLLECTED,
        FulfilmentState.SHIPPED,
    )


def test_what_is_refused_is_reserved_until_it_lies_on_the_shelf() -> None:
    collection, packed, _ = collecting.put_away(own(), work(), "f1", "C-01", AT)
    assert packed is not None
    after, changed, answer = collecting.hand_over(collection, {"f1": packed}, handover(1, refused=1))
    assert (answer, after.state, to_put_back(after, after.lines[0])) == (HandedOver(), CollectionState.COLLECTED, 1)
    assert changed["f1"].state is FulfilmentState.PACKED
    after, changed, answer = collecting.put_back(after, changed, "o1", 1)
    line = changed["f1"].lines[0]
    assert (answer, changed["f1"].state, surplus(changed["f1"], line)) == (
        ReturnedToShelf(left=0),
        FulfilmentState.SHIPPED,
        0,
    )
    assert (line.short, line.put_back) == (1, 1)


def test_who_takes_nothing_leaves_everything_to_put_back() -> None:
    collection, packed, _ = collecting.put_away(own(), work(), "f1", "C-01", AT)
    assert packed is not None
    after, changed, answer = collecting.hand_over(collection, {"f1": packed}, handover(0, refused=2))
    assert (answer, after.state, changed) == (NothingTaken(), CollectionState.REFUSED, {})
    after, changed, _ = collecting.put_back(after, {"f1": packed}, "o1", 2)
    assert changed["f1"].state is FulfilmentState.REJECTED
    assert changed["f1"].parcels == ()


def test_refused_units_from_elsewhere_become_stock_of_this_store() -> None:
    collection, _, _ = collecting.put_away(parcels((2,)), None, "p0", "C-01", AT)
    after, _, _ = collecting.hand_over(collection, {}, handover(1, refused=1))
    assert to_put_back(after, after.lines[0]) == 1
    after, _, answer = collecting.put_back(after, {}, "o1", 1)
    assert answer == ReturnedToShelf(left=0)
    assert collecting.put_back(after, {}, "o1", 1)[2] == ReturnedTooMany(extra=1)


def test_handed_over_on_two_tablets_counts_once_and_the_second_hears_of_the_first() -> None:
    collection, packed, _ = collecting.put_away(own(), work(), "f1", "C-01", AT)
    assert packed is not None
    first, changed, _ = collecting.hand_over(collection, {"f1": packed}, handover(2))
    second, again, answer = collecting.hand_over(first, changed, handover(2, id="h2", by="bob"))
    assert answer == HandedOverTwice(units=2, by="ann", at=AT.isoformat(), collector="")
    assert (second, again) == (first, {})


def test_goods_that_left_unpaid_or_too_late_are_told() -> None:
    collection, _, _ = collecting.put_away(parcels((1,)), None, "p0", "C-01", AT)
    unpaid = replace(collection, due_minor=2990)
    assert collecting.hand_over(unpaid, {}, handover(1))[2] == HandedOverUnpaid(due_minor=2990)
    expired = replace(collection, state=CollectionState.EXPIRED)
    after, _, answer = collecting.hand_over(expired, {}, handover(1))
    assert (answer, after.state) == (HandedOverAfterEnd(), CollectionState.COLLECTED)


def test_handed_over_in_time_and_told_after_the_end_is_as_good_as_any() -> None:
    collection, packed, _ = collecting.put_away(own(), work(), "f1", "C-01", AT)
    assert packed is not None
    expired = replace(collection, state=CollectionState.EXPIRED, pick_up_by=AT + timedelta(seconds=1))
    after, _, answer = collecting.hand_over(expired, {"f1": packed}, handover(1))
    assert (answer, after.state, to_put_back(after, after.lines[0])) == (
        PartlyHandedOver(1),
        CollectionState.EXPIRED,
        1,
    )
    assert collecting.kept_after_all(expired, after) == {"o1": 1}
    late = replace(expired, pick_up_by=AT)
    assert collecting.hand_over(late, {"f1": packed}, handover(2))[2] == HandedOverAfterEnd()


def test_what_was_put_back_and_is_handed_over_is_looked_at() -> None:
    collection, packed, _ = collecting.put_away(own(), work(), "f1", "C-01", AT)
    assert packed is not None
    expired = replace(collection, state=CollectionState.EXPIRED, pick_up_by=AT + timedelta(seconds=1))
    back, _, _ = collecting.put_back(expired, {"f1": packed}, "o1", 1)
    after, _, answer = collecting.hand_over(back, {"f1": packed}, handover(2))
    assert (answer, collecting.kept_after_all(back, after)) == (HandedOverAfterEnd(), {"o1": 1})
    assert collecting.given_after_all(back, after) == {"o1": 1}


def test_what_is_refused_after_the_end_pays_no_debt() -> None:
    collection, _, _ = collecting.put_away(parcels((2,)), None, "p0", "C-01", AT)
    line = replace(collection.lines[0], unit_price_minor=1000, handed=1)
    expired = replace(collection.with_line(line), state=CollectionState.EXPIRED, due_minor=1000)
    after, _, _ = collecting.hand_over(expired, {}, handover(0, refused=1))
    assert (after.due_minor, after.state) == (1000, CollectionState.COLLECTED)


def test_nobody_pays_for_what_is_left_here() -> None:
    priced = replace(parcels((2,)), lines=(CollectionLine("o1", "SKU-1", 2, unit_price_minor=1000),), due_minor=2000)
    collection, _, _ = collecting.put_away(priced, None, "p0", "C-01", AT)
    collection, answer = collecting.pay(collection, 1000)
    assert answer == Paid(due_minor=1000)
    after, _, answer = collecting.hand_over(collection, {}, handover(1, refused=1))
    assert (answer, after.due_minor) == (HandedOver(), 0)
    assert collecting.pay(after, 500)[1] == PaidTwice(extra_minor=500)


def test_what_was_cancelled_meanwhile_and_is_gone_counts_as_gone() -> None:
    collection, packed, _ = collecting.put_away(own(), work(), "f1", "C-01", AT)
    assert packed is not None
    line = replace(collection.lines[0], cancelled=2)
    cancelled = replace(collection.with_line(line), state=CollectionState.CANCELLED)
    stopped = packed.after("cancel")
    after, changed, answer = collecting.hand_over(cancelled, {"f1": stopped}, handover(2))
    assert (answer, after.lines[0].handed, changed["f1"].state) == (HandedOverAfterEnd(), 2, FulfilmentState.SHIPPED)
    assert collecting.given_after_all(cancelled, after) == {"o1": 2}
    one_less = collection.with_line(replace(line, cancelled=1))
    first, _, _ = collecting.hand_over(one_less, {"f1": packed}, handover(1))
    assert collecting.given_after_all(one_less, first) == {}
    assert collecting.given_after_all(first, collecting.hand_over(first, {}, handover(1))[0]) == {"o1": 1}


def test_what_was_never_there_is_not_handed_over() -> None:
    collection, _, _ = collecting.put_away(parcels((1,)), None, "p0", "C-01", AT)
    after, _, answer = collecting.hand_over(collection, {}, handover(3))
    assert (answer, after.lines[0].handed) == (HandedOverTooMany(extra=2), 1)


def test_only_a_later_day_extends() -> None:
    ready = replace(parcels((1,)), state=CollectionState.READY, pick_up_by=AT)
    assert collecting.extend(ready, AT)[1] == NotExtended()
    after, answer = collecting.extend(replace(ready, state=CollectionState.EXPIRED), AT + timedelta(days=3))
    assert (answer, after.state, after.pick_up_by) == (Extended(), CollectionState.READY, AT + timedelta(days=3))
    collected = replace(ready, state=CollectionState.COLLECTED)
    assert collecting.extend(collected, AT + timedelta(days=3))[1] == NotExtended()
    begun = replace(ready, state=CollectionState.EXPIRED, lines=(replace(ready.lines[0], put_back=1),))
    assert collecting.extend(begun, AT + timedelta(days=3))[1] == NotExtended()


def test_nothing_is_kept_longer_than_the_terms_allow_however_often_it_is_extended() -> None:
    latest = AT + timedelta(days=14)
    ready = replace(parcels((1,)), state=CollectionState.READY, pick_up_by=AT, latest_pick_up=latest)
    longer, answer = collecting.extend(ready, AT + timedelta(days=10))
    assert answer == Extended()
    assert collecting.extend(longer, latest + timedelta(seconds=1)) == (longer, ExtendedTooFar(latest.isoformat()))
    assert collecting.extend(longer, latest)[0].pick_up_by == latest
    expired = replace(longer, state=CollectionState.EXPIRED)
    assert collecting.extend(expired, latest + timedelta(days=1))[0] == expired


def test_expired_parcels_are_put_back_whole() -> None:
    collection, _, _ = collecting.put_away(parcels((2, 1)), None, "p0", "C-01", AT)
    expired = replace(collection, state=CollectionState.EXPIRED)
    assert to_put_back(expired, expired.lines[0]) == 2  # the second never arrived


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=6),
    st.integers(0, 3),
    st.integers(0, 3),
)
def test_no_unit_leaves_twice_and_none_is_lost(handovers: list[tuple[int, int]], mine: int, theirs: int) -> None:
    collection = parcels((theirs,)) if theirs else replace(parcels(()), lines=(CollectionLine("o1", "SKU-1", 0),))
    line = replace(collection.lines[0], quantity=mine + theirs)
    part = CollectionPart("f1", "f1", (PartItem("o1", mine),))
    collection = replace(collection, lines=(line,), parts=(part, *collection.parts))
    works = {"f1": work(mine, mine)} if mine else {}
    for one in collection.parts:
        collection, packed, _ = collecting.put_away(collection, works.get(one.id), one.id, "C-01", AT)
        if packed is not None:
            works[packed.id] = packed
    for number, (taken, refused) in enumerate(handovers):
        collection, changed, _ = collecting.hand_over(collection, works, handover(taken, refused, id=f"h{number}"))
        works |= changed
    line = collection.lines[0]
    assert line.handed + line.refused + line.open == mine + theirs
    collection, changed, _ = collecting.put_back(collection, works, "o1", 9)
    for after in (works | changed).values():
        counted = after.lines[0]
        out = handed_over_by_line(after).get("l1", 0)
        bagged = sum(parcel.units for parcel in after.parcels) - out
        assert out + counted.short + bagged == mine
        assert counted.held == out + bagged
        assert out <= line.handed
    assert to_put_back(collection, collection.lines[0]) == 0


DEEDS = st.one_of(
    st.tuples(st.just("give"), st.integers(1, 5)),
    st.tuples(st.just("refuse"), st.integers(1, 3)),
    st.tuples(st.just("back"), st.integers(1, 5)),
    st.tuples(st.just("loose"), st.integers(1, 3)),
    st.tuples(st.just("cancel"), st.integers(1, 3)),
    st.tuples(st.just("expire"), st.just(0)),
)


@given(st.lists(DEEDS, max_size=8), st.integers(1, 3), st.integers(0, 3))
def test_what_a_customer_has_is_in_no_books(deeds: list[tuple[str, int]], mine: int, theirs: int) -> None:
    """Whatever desks say of the same units: books, parcels that lie here and what was given are all there was."""
    made = replace(parcels((theirs,)), lines=(replace(own(mine).lines[0], quantity=mine + theirs),))
    one = replace(made, parts=(CollectionPart("f1", "f1", (PartItem("o1", mine),)), *made.parts))
    bag, books = work(mine, mine), mine
    for part in one.parts:
        one, packed, _ = collecting.put_away(one, bag if part.own else None, part.id, "C-01", AT)
        bag = packed or bag
    for number, (deed, units) in enumerate(deeds):
        was, before = one, bag
        works = {"f1": bag}
        match deed:
            case "give" | "refuse":
                told = handover(units) if deed == "give" else handover(0, units)
                one, changed, _ = collecting.hand_over(one, works, replace(told, id=f"h{number}"))
                bag = changed.get("f1", bag)
            case "back":
                one, changed, _ = collecting.put_back(one, works, "o1", units)
                bag = changed.get("f1", bag)
                own_back = bag.lines[0].short - before.lines[0].short
                books += one.lines[0].put_back - was.lines[0].put_back - own_back  # what came in a parcel is stock now
            case "loose":
                bag, _ = put_back_by_itself(bag, "l1", min(units, surplus(bag, bag.lines[0])))
            case "cancel":
                bag, less = _without(bag, units)
                one = settled(one.with_line(replace(one.lines[0], cancelled=one.lines[0].cancelled + less)))
            case "expire":
                one = one.after("expire")
        books += sum(moved.movement.on_hand for moved in line_movements(before, bag))
        twice = collecting.parcels_put_back_and_given(was, {"f1": before})
        books -= collecting.parcels_put_back_and_given(one, {"f1": bag}).get("o1", 0) - twice.get("o1", 0)
        line, gone = one.lines[0], handed_over_by_line(bag).get("l1", 0)
        parcels_back = line.put_back - sum(item.returned for part in one.parts if part.own for item in part.items)
        lie_here = max(0, theirs - (line.handed - gone) - parcels_back)
        assert books + lie_here + line.handed == mine + theirs
        assert (books >= 0, surplus(bag, bag.lines[0]) <= books) == (True, True)


def _without(bag: Fulfilment, units: int) -> tuple[Fulfilment, int]:
    """As head office takes something off that nobody was given yet."""
    line = bag.lines[0]
    less = min(units, max(0, line.wanted - handed_over_by_line(bag).get(line.id, 0)))
    if less == line.wanted:
        return bag.after("cancel"), less
    return settled_work(bag.with_line(replace(line, quantity=line.quantity - less))), less
