from core.domain.fulfilment import (
    handed_over_by_line,
    packable_by_line,
    packed_by_line,
    packed_units,
    picked_share,
    settled,
    surplus,
    to_pack,
)
from core.domain.handover import close_manifest, load
from core.domain.lifecycle import FulfilmentState
from core.domain.packing import open_parcel, pack
from core.domain.picking import pick
from tests.support.orders import NOON, a_line, a_manifest, an_order, cancelled, line_of, packed, picked


def test_parts_are_found_by_their_ids():
    order = packed(an_order("f1", a_line("l1"), a_line("l2")))
    assert line_of(order, "l2").id == "l2"
    assert order.parcel("p1") is order.parcels[0]
    assert order.line("x") is None
    assert order.parcel("x") is None


def test_units_in_parcels_are_counted_over_all_of_them():
    order = picked(an_order("f1", a_line("l1", quantity=3)))
    for parcel, units in (("p1", 1), ("p2", 2)):
        order, _ = open_parcel(order, parcel, "box")
        order, _ = pack(order, parcel, "l1", units)
    assert packed_units(order, "l1") == packed_by_line(order)["l1"] == 3
    assert to_pack(order) == 0


def test_only_wanted_units_are_to_be_packed():
    order, _ = pick(picked(an_order()), "l1", 4)
    assert packable_by_line(order) == {"l1": 2}
    assert surplus(order, line_of(order, "l1")) == 4


def test_of_a_closed_order_everything_goes_back_but_what_the_carrier_has():
    order = packed(an_order())
    assert surplus(cancelled(order), line_of(order, "l1")) == 2
    manifest, loaded, _ = load(a_manifest(), cancelled(order), "p1")
    gone = close_manifest(manifest, {"f1": loaded}, NOON, "ada")[1]["f1"]
    assert handed_over_by_line(gone) == {"l1": 2}
    assert surplus(gone, line_of(gone, "l1")) == 0


def test_the_share_done_never_passes_what_was_asked():
    order, _ = pick(an_order("f1", a_line("l1"), a_line("l2")), "l1", 9)
    assert picked_share(order.lines) == (2, 4)


def test_settling_twice_changes_nothing():
    for order in (an_order(), picked(an_order()), packed(an_order()), cancelled(picked(an_order()))):
        assert settled(settled(order)) == settled(order)


def test_an_order_that_waits_stays_as_it_is():
    assert settled(an_order()).state is FulfilmentState.OPEN
