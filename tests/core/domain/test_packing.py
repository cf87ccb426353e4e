from core.domain.fulfilment import Fulfilment, to_pack
from core.domain.handover import close_manifest, load
from core.domain.lifecycle import FulfilmentState, ParcelState
from core.domain.packing import (
    EverythingPacked,
    LabelRecorded,
    Measures,
    Packed,
    PackedAfterCancel,
    PackedTooMany,
    PackingFinished,
    ParcelClosed,
    ParcelEmpty,
    ParcelNotOpen,
    ParcelOpened,
    ParcelReopened,
    ParcelUnknown,
    Unpacked,
    UnpackedTooMany,
    close_parcel,
    open_parcel,
    pack,
    record_label,
    reopen_parcel,
    unpack,
)
from core.domain.picking import pick
from tests.support.orders import NOON, a_line, a_manifest, an_order, cancelled, packed, picked

SSCC = "340123450000000018"


def ready() -> Fulfilment:
    """Two shirts and a belt in hand, an empty parcel open."""
    order = picked(an_order("f1", a_line("l1", quantity=2), a_line("l2", quantity=1)))
    return open_parcel(order, "p1", "box")[0]


def close(order, parcel_id="p1", sscc=SSCC):
    return close_parcel(order, parcel_id, sscc, "dhl", Measures(700, 300, 200, 100))


def test_parcels_are_numbered_and_opening_one_twice_changes_nothing():
    order = ready()
    second, told = open_parcel(order, "p2", "bag")
    assert told == ParcelOpened(2)
    assert open_parcel(second, "p1", "bag") == (second, ParcelOpened(1))


def test_units_go_into_a_parcel_until_everything_is_packed():
    order, told = pack(ready(), "p1", "l1", 2)
    assert told == Packed(1)
    order, told = pack(order, "p1", "l2", 1)
    assert told == EverythingPacked()
    order, told = close(order)
    assert (told, order.state) == (PackingFinished(), FulfilmentState.PACKED)
    parcel = order.parcels[0]
    assert (parcel.sscc, parcel.weight_g, parcel.length_mm, parcel.state) == (SSCC, 700, 300, ParcelState.CLOSED)


def test_an_order_in_two_parcels_is_packed_when_both_are_closed():
    order, _ = pack(ready(), "p1", "l1", 2)
    order, told = close(order)
    assert (told, order.state) == (ParcelClosed(1), FulfilmentState.PICKED)
    order, _ = open_parcel(order, "p2", "bag")
    order, _ = pack(order, "p2", "l2", 1)
    order, told = close(order, "p2")
    assert (told, order.state) == (PackingFinished(), FulfilmentState.PACKED)


def test_an_empty_open_parcel_does_not_keep_an_order_from_being_packed():
    order, _ = open_parcel(ready(), "p2", "bag")
    order, _ = pack(order, "p1", "l1", 2)
    order, _ = pack(order, "p1", "l2", 1)
    order, told = close(order)
    assert told == PackingFinished()


def test_more_than_was_picked_or_is_wanted_is_kept_and_told():
    _, told = pack(ready(), "p1", "l1", 3)
    assert told == PackedTooMany(1)
    surplus, _ = pick(ready(), "l1", 1)
    _, told = pack(surplus, "p1", "l1", 3)
    assert told == PackedTooMany(1)


def test_a_parcel_needs_something_in_it_to_be_closed():
    order, told = close(ready())
    assert (order, told) == (ready(), ParcelEmpty())


def test_unpacking_opens_the_order_again():
    order = packed(picked(an_order()))
    order, told = unpack(order, "p1", "l1", 1)
    assert (told, order.state) == (Unpacked(1), FulfilmentState.PICKED)
    order, told = unpack(order, "p1", "l1", 5)
    assert (told, to_pack(order)) == (UnpackedTooMany(4), 2)


def test_a_unit_that_is_packed_into_a_closed_parcel_again_finishes_the_order():
    order, _ = unpack(packed(an_order()), "p1", "l1", 1)
    order, told = pack(order, "p1", "l1", 1)
    assert (told, order.state) == (ParcelNotOpen(), FulfilmentState.PACKED)


def test_a_reopened_parcel_is_closed_again():
    order, told = reopen_parcel(packed(an_order()), "p1")
    assert (told, order.state) == (ParcelReopened(), FulfilmentState.PICKED)
    order, told = close(order)
    assert (told, order.state) == (PackingFinished(), FulfilmentState.PACKED)


def test_a_second_closing_of_the_same_parcel_keeps_the_first_number():
    order, told = close(packed(an_order(), sscc="1"), sscc="2")
    assert (told, order.parcels[0].sscc) == (ParcelNotOpen(), "1")


def test_number_and_weight_of_a_parcel_that_left_before_they_were_known_are_still_taken():
    order, _ = pack(ready(), "p1", "l1", 2)
    order, _ = pack(order, "p1", "l2", 1)
    manifest, order, _ = load(a_manifest(), order, "p1")
    _, changed, _ = close_manifest(manifest, {"f1": order}, NOON, "ada")
    order, told = close(changed["f1"])
    assert told.code == "parcel_closed"
    parcel = order.parcels[0]
    assert (parcel.state, parcel.sscc, parcel.weight_g) == (ParcelState.HANDED_OVER, SSCC, 700)


def test_a_parcel_on_the_truck_stays_as_it_is():
    manifest, order, _ = load(a_manifest(), packed(an_order()), "p1")
    _, changed, _ = close_manifest(manifest, {"f1": order}, NOON, "ada")
    gone = changed["f1"]
    assert pack(gone, "p1", "l1", 1) == (gone, ParcelNotOpen())
    assert unpack(gone, "p1", "l1", 1) == (gone, ParcelNotOpen())
    assert reopen_parcel(gone, "p1") == (gone, ParcelNotOpen())


def test_packing_for_a_cancelled_order_is_kept_and_told():
    order, told = pack(cancelled(ready()), "p1", "l1", 1)
    assert told == PackedAfterCancel()
    assert close(order)[1] == PackedAfterCancel()


def test_labels_are_counted_and_an_empty_value_keeps_the_known_one():
    order, told = record_label(packed(an_order()), "p1", "ups", "1Z")
    assert told == LabelRecorded()
    order, _ = record_label(order, "p1", "", "")
    parcel = order.parcels[0]
    assert (parcel.labels_printed, parcel.carrier, parcel.tracking) == (2, "ups", "1Z")


def test_a_parcel_or_line_nobody_knows_changes_nothing():
    order = ready()
    answers = [
        pack(order, "x", "l1", 1), pack(order, "p1", "x", 1), unpack(order, "x", "l1", 1), close(order, "x"),
        reopen_parcel(order, "x"), record_label(order, "x", "dhl", ""),
    ]  # fmt: skip
    assert answers == [(order, ParcelUnknown())] * 6
