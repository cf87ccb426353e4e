from dataclasses import replace

from core.domain import collecting
from core.domain.collecting_answers import CustomerNoted
from core.domain.collection import CollectionPart, PartItem, Waiting, here, settled, shelves, to_put_back
from core.domain.lifecycle import COLLECTION, CollectionState
from tests.core.domain.test_collecting import AT, own, parcels


def arrived(units: tuple[int, ...]):
    collection = parcels(units)
    return replace(collection, parts=tuple(replace(part, arrived_at=AT) for part in collection.parts))


def test_the_state_is_that_of_its_counts():
    assert settled(parcels((1,))).state is CollectionState.EXPECTED
    assert settled(arrived((1,))).state is CollectionState.ARRIVED
    shelved = replace(arrived((1,)), parts=(replace(arrived((1,)).parts[0], shelf="C-01"),))
    assert settled(shelved).state is CollectionState.READY
    assert settled(replace(arrived((1,)), locker="17")).state is CollectionState.READY
    assert settled(replace(shelved, complete=False)).state is CollectionState.EXPECTED
    line = shelved.lines[0]
    assert settled(shelved.with_line(replace(line, handed=1))).state is CollectionState.COLLECTED
    assert settled(shelved.with_line(replace(line, refused=1))).state is CollectionState.REFUSED
    assert settled(shelved.with_line(replace(line, cancelled=1))).state is CollectionState.CANCELLED


def test_what_lies_here_for_nobody_goes_back():
    collection = arrived((2, 1))
    line = replace(collection.lines[0], handed=1, refused=1)
    assert to_put_back(collection, line) == 1
    expired = replace(collection, state=CollectionState.EXPIRED)
    assert to_put_back(expired, replace(line, refused=0)) == 2
    assert to_put_back(expired, replace(line, refused=0, put_back=2)) == 0


def test_own_goods_of_a_cancelled_order_go_back_through_their_fulfilment():
    part = replace(own().parts[0], arrived_at=AT)
    cancelled = replace(own(), state=CollectionState.CANCELLED, parts=(part,))
    assert to_put_back(cancelled, cancelled.lines[0]) == 0
    assert to_put_back(replace(arrived((2,)), state=CollectionState.CANCELLED), arrived((2,)).lines[0]) == 2


def test_it_knows_what_is_in_the_house_and_where():
    parts = (
        CollectionPart("p1", "f", (PartItem("o1", 1),), parcel_id="p1", arrived_at=AT, shelf="C-01"),
        CollectionPart("p2", "f", (PartItem("o1", 2),), parcel_id="p2", arrived_at=AT, shelf="C-01"),
        CollectionPart("p3", "f", (PartItem("o1", 4),), parcel_id="p3"),
    )
    collection = replace(parcels((7,)), parts=parts)
    assert (here(collection), shelves(collection)) == ({"o1": 3}, ("C-01",))


def test_who_has_the_goods_has_them_from_every_state():
    for state, events in COLLECTION.items():
        assert events.get("hand_over", CollectionState.COLLECTED) is CollectionState.COLLECTED, state


def test_nobody_waits_for_what_cannot_be_fetched():
    waits, _ = collecting.note_customer(replace(own(), state=CollectionState.READY), "desk", AT)
    assert waits.waiting == Waiting(AT, "desk")
    gone = settled(waits.with_line(replace(waits.lines[0], cancelled=2)))
    over = waits.after("expire")
    assert [(one.state, one.waiting) for one in (gone, over)] == [
        (CollectionState.CANCELLED, None), (CollectionState.EXPIRED, None),
    ]  # fmt: skip
    for ended in (gone, over):
        assert collecting.note_customer(ended, "desk", AT) == (ended, CustomerNoted())
    assert collecting.note_customer(over.after("extend"), "desk", AT)[0].waiting == Waiting(AT, "desk")
