from dataclasses import replace

from core.domain.fulfilment import to_put_back
from core.domain.handover import (
    AlreadyLoaded,
    ClosedWithUnknown,
    LoadedAfterCancel,
    LoadedElsewhere,
    LoadedNotClosed,
    ManifestAlreadyClosed,
    ManifestClosed,
    ParcelLoaded,
    ParcelUnloaded,
    ShippedAfterCancel,
    close_manifest,
    load,
    unload,
)
from core.domain.lifecycle import FulfilmentState, ManifestState, ParcelState
from core.domain.packing import ParcelUnknown, open_parcel, pack
from core.domain.picking import pick
from tests.support.orders import NOON, a_line, a_manifest, an_order, cancelled, packed, picked


def closed(manifest, *orders):
    return close_manifest(manifest, {order.id: order for order in orders}, NOON, "ada")


def test_a_parcel_is_loaded_and_leaves_when_the_manifest_is_closed():
    manifest, order, told = load(a_manifest(), packed(an_order()), "p1")
    assert (told, order.parcels[0].state) == (ParcelLoaded(1), ParcelState.LOADED)
    assert (manifest.parcels[0].sscc, manifest.parcels[0].weight_g) == ("340123450000000018", 500)
    manifest, changed, told = closed(manifest, order)
    assert (told, manifest.state, manifest.closed_at, manifest.closed_by) == (
        ManifestClosed(1), ManifestState.CLOSED, NOON, "ada",
    )  # fmt: skip
    assert changed["f1"].state is FulfilmentState.SHIPPED


def test_an_order_of_two_parcels_is_shipped_with_the_second():
    order = an_order("f1", a_line("l1", quantity=2))
    order, _ = open_parcel(picked(order), "p1", "box")
    order, _ = pack(order, "p1", "l1", 1)
    order, _ = open_parcel(order, "p2", "box")
    order, _ = pack(order, "p2", "l1", 1)
    manifest, order, _ = load(a_manifest(), order, "p1")
    _, changed, _ = closed(manifest, order)
    assert changed["f1"].state is FulfilmentState.PICKED
    manifest, order, _ = load(a_manifest("m2"), changed["f1"], "p2")
    _, changed, _ = closed(manifest, order)
    assert changed["f1"].state is FulfilmentState.SHIPPED


def test_loading_twice_changes_nothing():
    manifest, order, _ = load(a_manifest(), packed(an_order()), "p1")
    assert load(manifest, order, "p1") == (manifest, order, AlreadyLoaded())


def test_a_parcel_on_two_manifests_is_told():
    _, order, _ = load(a_manifest(), packed(an_order()), "p1")
    second, _, told = load(a_manifest("m2"), order, "p1")
    assert told == LoadedElsewhere()
    assert second.has("p1")


def test_loading_what_is_cancelled_or_still_open_is_kept_and_told():
    _, order, told = load(a_manifest(), cancelled(packed(an_order())), "p1")
    assert (told, order.parcels[0].state) == (LoadedAfterCancel(), ParcelState.LOADED)
    half, _ = open_parcel(picked(an_order()), "p1", "box")
    assert load(a_manifest(), half, "p1")[2] == LoadedNotClosed()
    assert load(a_manifest(), half, "x") == (a_manifest(), half, ParcelUnknown())


def test_an_unloaded_parcel_waits_for_the_next_truck():
    manifest, order, _ = load(a_manifest(), packed(an_order()), "p1")
    manifest, order, told = unload(manifest, order, "p1")
    assert (told, manifest.parcels, order.parcels[0].manifest_id) == (ParcelUnloaded(0), (), "")


def test_nothing_happens_to_a_closed_manifest():
    order = packed(an_order())
    manifest, _, _ = closed(a_manifest())
    assert load(manifest, order, "p1") == (manifest, order, ManifestAlreadyClosed())
    assert unload(manifest, order, "p1") == (manifest, order, ManifestAlreadyClosed())
    assert closed(manifest) == (manifest, {}, ManifestAlreadyClosed())


def test_parcels_of_a_cancelled_order_that_left_are_told_and_cannot_be_put_back():
    order = an_order("f1", a_line("l1", quantity=2))
    order, _ = pick(order, "l1", 3)
    order, _ = open_parcel(order, "p1", "box")
    order, _ = pack(order, "p1", "l1", 2)
    manifest, order, _ = load(a_manifest(), order, "p1")
    _, changed, told = closed(manifest, cancelled(order))
    assert (told, changed["f1"].state) == (ShippedAfterCancel(1), FulfilmentState.SHIPPED)
    assert to_put_back(changed["f1"]) == 1


def test_every_stopped_parcel_is_counted():
    order = picked(an_order("f1", a_line("l1", quantity=2)))
    for parcel in ("p1", "p2"):
        order, _ = open_parcel(order, parcel, "box")
        order, _ = pack(order, parcel, "l1", 1)
    manifest, order, _ = load(a_manifest(), cancelled(order), "p1")
    manifest, order, _ = load(manifest, order, "p2")
    assert closed(manifest, order)[2] == ShippedAfterCancel(2)


def test_a_parcel_whose_order_is_not_known_is_told():
    manifest, order, _ = load(a_manifest(), packed(an_order()), "p1")
    assert closed(manifest)[2] == ClosedWithUnknown(1)
    assert closed(manifest, replace(order, parcels=()))[2] == ClosedWithUnknown(1)


def test_an_empty_parcel_that_leaves_ships_nothing():
    order, _ = open_parcel(cancelled(an_order()), "p1", "box")
    manifest, order, _ = load(a_manifest(), order, "p1")
    _, changed, _ = closed(manifest, order)
    assert changed["f1"].state is FulfilmentState.CANCELLED
