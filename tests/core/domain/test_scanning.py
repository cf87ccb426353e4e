from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.barcodes import check_digit, normalise
from core.domain.handover import AlreadyLoaded, ManifestAlreadyClosed, close_manifest, load
from core.domain.outcome import Verdict
from core.domain.packing import ParcelNotOpen, ParcelUnknown, open_parcel, pack
from core.domain.picking import pick
from core.domain.process import resolve
from core.domain.runs import Method
from core.domain.scanning import (
    COUNTING,
    Counted,
    KeepHere,
    NotAnArticle,
    NothingToPack,
    OnOtherManifest,
    OtherStop,
    OverScan,
    ParcelNotHere,
    ParcelStillOpen,
    ShelfFirst,
    ShelfMatched,
    StopComplete,
    ToLoad,
    ToPack,
    UnknownCode,
    UnreadableCode,
    WrongCarrier,
    WrongItem,
    WrongShelf,
    match_pack_scan,
    match_parcel_scan,
    match_scan,
    parcels_by_code,
    shares,
    shelf_first,
    units_without_scan,
)
from core.domain.stops import Place, plan_stops, with_counts
from tests.support.orders import NOON, a_line, a_manifest, a_run, an_order, cancelled, packed, picked


def real_gtin(number):
    return f"{number:013}" + check_digit(f"{number:013}")


SHIRT, BELT, HAT = real_gtin(540000000001), real_gtin(540000000002), real_gtin(540000000003)
SSCC = "34012345000000001" + check_digit("34012345000000001")
PROCESS = resolve({})


def order(name="f1", due_h=4, shirts=2, belts=1):
    return an_order(
        name,
        a_line("l1", "shirt", shirts, gtins=(SHIRT,), name="Shirt"),
        a_line("l2", "belt", belts, gtins=(BELT,), name="Belt"),
        due_h=due_h,
    )


PLACES = {"shirt": Place("ground", "A 1", 5), "belt": Place("ground", "B2", 5)}


def stops_of(*orders, method=Method.MULTI):
    run = a_run(*(o.id for o in orders), method=method)
    return plan_stops(run, {o.id: o for o in orders}, PLACES, ("ground",), PROCESS)


def scan(text, stops, aimed=None, process=PROCESS, quantity=1):
    return match_scan(normalise(text), stops, aimed, process, quantity)


def test_a_unit_of_the_aimed_stop_counts():
    assert scan(SHIRT, stops_of(order()), "f1:l1") == Counted("f1:l1", "f1", "l1", 1, remaining=1, tote=1)


def test_the_last_unit_completes_the_stop():
    assert scan(BELT, stops_of(order()), "f1:l2") == StopComplete("f1:l2", "f1", "l2", 1, tote=1)


def test_every_form_of_the_same_article_number_counts():
    stops = stops_of(order())
    for text in (SHIRT, SHIRT[1:], f"(01){SHIRT}", f"]C101{SHIRT}10BATCH", f" {SHIRT}\n", "shirt"):
        assert isinstance(scan(text, stops, "f1:l1"), Counted), text


def test_an_article_of_another_stop_is_counted_there_and_the_answer_says_where():
    found = scan(BELT, stops_of(order()), "f1:l1")
    assert found == OtherStop("f1:l2", "f1", "l2", 1, 0, 1, "Belt", "ground", "B2")


def test_without_an_aim_a_scan_counts_where_it_is_wanted():
    assert isinstance(scan(BELT, stops_of(order())), StopComplete)


def test_the_same_article_for_two_orders_goes_to_the_aimed_one_then_to_the_other():
    first, second = order("f1", 1, shirts=1), order("f2", 2, shirts=1)
    stops = stops_of(first, second)
    assert scan(SHIRT, stops, "f2:l1").fulfilment_id == "f2"
    second, _ = pick(second, "l1", 1)
    assert scan(SHIRT, with_counts(stops, second), "f2:l1") == OtherStop(
        "f1:l1", "f1", "l1", 1, 0, 1, "Shirt", "ground", "A 1"
    )


def test_in_a_batch_a_unit_goes_to_the_soonest_order_that_still_needs_one():
    late, soon = order("late", 9, shirts=1), order("soon", 1, shirts=1)
    stops = stops_of(late, soon, method=Method.BATCH)
    first = scan(SHIRT, stops, "shirt")
    assert (first.fulfilment_id, first.remaining, first.tote) == ("soon", 1, 2)
    soon, _ = pick(soon, "l1", 1)
    last = scan(SHIRT, with_counts(stops, soon), "shirt")
    assert isinstance(last, StopComplete)
    assert last.fulfilment_id == "late"


def test_a_typed_quantity_for_several_orders_is_shared_out():
    stops = stops_of(order("f1", 1, shirts=2), order("f2", 2, shirts=3), method=Method.BATCH)
    shirt = next(stop for stop in stops if stop.sku == "shirt")
    assert [(a.fulfilment_id, n) for a, n in shares(shirt, 4)] == [("f1", 2), ("f2", 2)]
    assert scan(SHIRT, stops, "shirt", quantity=4).quantity == 2


def test_when_all_units_are_in_hand_a_scan_is_too_many_and_counts_nothing():
    done, _ = pick(order(), "l1", 2)
    found = scan(SHIRT, stops_of(done), "f1:l1")
    assert found == OverScan("f1:l1", "Shirt", wanted=2, extra=1)
    assert scan(SHIRT, stops_of(order()), "f1:l1", quantity=5).extra == 3


def test_a_wrong_article_is_told_with_what_was_expected():
    assert scan(HAT, stops_of(order()), "f1:l2") == WrongItem(HAT, "belt", "Belt")
    assert scan(HAT, stops_of(order())) == WrongItem(HAT, "shirt", "Shirt")
    assert scan(HAT, ()) == WrongItem(HAT, "", "")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("no such thing", UnknownCode("no such thing")),
        ("5400000000018", UnreadableCode("check_digit", "5400000000018")),
        ("", UnreadableCode("empty", "")),
        (SSCC, NotAnArticle("parcel")),
        ("comptoir:run:r1", NotAnArticle("run")),
        ("comptoir:enrol:ABC", NotAnArticle("enrol")),
        ("comptoir:shelf:X9", NotAnArticle("shelf")),
    ],
)
def test_what_is_no_article_is_called_what_it_is(text, answer):
    assert scan(text, stops_of(order()), "f1:l1") == answer
    assert answer.verdict is Verdict.REJECTED


def test_an_in_house_number_that_looks_like_a_bad_gtin_still_counts():
    number = "5400000000018"
    stops = stops_of(an_order("f1", a_line("l1", number, 1)))
    assert isinstance(scan(number, stops), StopComplete)


def test_the_shelf_of_the_aimed_stop_matches_as_it_is_written_on_it():
    assert scan("comptoir:shelf:a1", stops_of(order()), "f1:l1") == ShelfMatched("f1:l1", "ground", "A 1")


def test_another_shelf_is_wrong_where_the_store_scans_shelves():
    process = resolve({"location_scan": True})
    stops = stops_of(order())
    assert scan("comptoir:shelf:Q7", stops, "f1:l1", process) == WrongShelf("Q7", "ground", "A 1")
    assert scan("comptoir:shelf:B2", stops, "f1:l1", process) == ShelfMatched("f1:l2", "ground", "B2")


def test_where_shelves_are_scanned_the_shelf_comes_before_the_article():
    (shirt, _) = stops_of(order())
    process = resolve({"location_scan": True})
    assert shelf_first(shirt, process, ()) == ShelfFirst("ground", "A 1")
    assert shelf_first(shirt, process, {shirt.id}) is None
    assert shelf_first(shirt, PROCESS, ()) is None
    assert shelf_first(replace(shirt, place=""), process, ()) is None


@pytest.mark.parametrize(
    ("settings", "held", "free"),
    [
        ({"scan": "each"}, 1, 0),
        ({"scan": "first"}, 0, 0),
        ({"scan": "first"}, 1, 2),
        ({"scan": "none"}, 0, 3),
        ({"scan": "each", "quantity_confirm": True}, 0, 0),
        ({"scan": "each", "quantity_confirm": True}, 1, 2),
        ({"scan": "each", "scan_by_category": {"socks": "none"}}, 0, 3),
    ],
)
def test_how_many_units_may_be_counted_without_a_scan_of_each(settings, held, free):
    one = an_order("f1", a_line("l1", "socks", 3, category="socks"))
    if held:
        one, _ = pick(one, "l1", held)
    assert units_without_scan(stops_of(one)[0], resolve(settings)) == free


CODES = st.one_of(st.text(max_size=40), st.sampled_from([SHIRT, BELT, HAT, SSCC, "shirt", "comptoir:shelf:B2"]))


@given(
    texts=st.lists(CODES, max_size=25),
    aims=st.lists(st.sampled_from(["f1:l1", "f2:l2", "shirt", "nowhere", None]), min_size=25, max_size=25),
    method=st.sampled_from(list(Method)),
    quantity=st.integers(1, 4),
)
def test_following_the_answers_never_picks_too_many_and_no_text_raises(texts, aims, method, quantity):
    orders = {"f1": order("f1", 3), "f2": order("f2", 1)}
    stops = stops_of(*orders.values(), method=method)
    for text, aim in zip(texts, aims, strict=False):
        before = sum(stop.remaining for stop in stops)
        found = scan(text, stops, aim, quantity=quantity)
        if isinstance(found, COUNTING):
            changed, told = pick(orders[found.fulfilment_id], found.line_id, found.quantity)
            assert told.verdict is Verdict.ACCEPTED
            orders[changed.id] = changed
            stops = with_counts(stops, changed)
            assert sum(stop.remaining for stop in stops) == before - found.quantity
            counted = next(stop for stop in stops if stop.id == found.stop_id)
            assert counted.remaining == getattr(found, "remaining", 0)
        else:
            assert found.verdict is Verdict.REJECTED or isinstance(found, ShelfMatched)
        assert all(isinstance(value, (str, int)) for value in found.params().values())


def pack_scan(text, fulfilment, parcel_id="p1"):
    return match_pack_scan(normalise(text), fulfilment, parcel_id)


def with_parcel(fulfilment):
    return open_parcel(fulfilment, "p1", "box")[0]


def test_a_picked_unit_scanned_over_a_parcel_is_to_be_packed():
    assert pack_scan(SHIRT, with_parcel(picked(order()))) == ToPack("l1", "p1", "Shirt", left=2)


def test_what_is_not_picked_or_packed_already_is_not_packed_again():
    assert pack_scan(SHIRT, with_parcel(order())) == NothingToPack("Shirt", packed=0, held=0)
    full, _ = pack(with_parcel(picked(order())), "p1", "l1", 2)
    assert pack_scan(SHIRT, full) == NothingToPack("Shirt", packed=2, held=2)


def test_a_surplus_unit_is_not_packed():
    surplus, _ = pick(picked(order()), "l1", 1)
    full, _ = pack(with_parcel(surplus), "p1", "l1", 2)
    assert pack_scan(SHIRT, full) == NothingToPack("Shirt", packed=2, held=3)


def test_an_article_of_another_order_does_not_go_into_the_parcel():
    assert pack_scan(HAT, with_parcel(picked(order()))) == WrongItem(HAT, "shirt", "Shirt")
    assert pack_scan("?", with_parcel(picked(order()))) == UnknownCode("?")
    assert pack_scan(SSCC, with_parcel(picked(order()))) == NotAnArticle("parcel")


def test_only_an_open_parcel_takes_articles():
    assert pack_scan(SHIRT, picked(order())) == ParcelUnknown()
    assert pack_scan(SHIRT, packed(order())) == ParcelNotOpen()


@given(texts=st.lists(CODES, max_size=15))
def test_following_the_answers_never_packs_too_many(texts):
    fulfilment = with_parcel(picked(order()))
    for text in texts:
        found = pack_scan(text, fulfilment)
        if isinstance(found, ToPack):
            fulfilment, told = pack(fulfilment, found.parcel_id, found.line_id, 1)
            assert told.verdict is Verdict.ACCEPTED
            assert getattr(told, "to_pack", 0) == found.left


def at_handover(text, *orders, manifest=None):
    return match_parcel_scan(normalise(text), parcels_by_code(orders), manifest or a_manifest())


def test_a_closed_parcel_of_the_carrier_is_to_be_loaded_by_any_of_its_numbers():
    ready = packed(order(), sscc=SSCC)
    ready = ready.with_parcel(replace(ready.parcels[0], tracking="5400000000018"))
    for text in (SSCC, f"(00){SSCC}", "comptoir:parcel:p1", "5400000000018"):
        assert at_handover(text, ready) == ToLoad("f1", "p1", "F1"), text


def test_a_tracking_number_that_is_a_valid_article_number_is_found():
    ready = packed(order())
    ready = ready.with_parcel(replace(ready.parcels[0], tracking=SHIRT[1:]))
    assert isinstance(at_handover(SHIRT[1:], ready), ToLoad)


def test_what_must_not_leave_is_told_apart():
    ready = packed(order(), sscc=SSCC)
    assert at_handover(SSCC, cancelled(ready)) == KeepHere("F1")
    assert at_handover(SSCC, replace(ready, hold="fraud")) == KeepHere("F1")
    assert at_handover(SSCC, ready, manifest=a_manifest(carrier="ups")) == WrongCarrier("ups", "dhl")
    assert at_handover("comptoir:parcel:p1", with_parcel(picked(order()))) == ParcelStillOpen("F1")
    assert at_handover("123", ready) == ParcelNotHere("123")
    assert at_handover("5400000000018", ready) == UnreadableCode("check_digit", "5400000000018")


def test_a_parcel_is_loaded_once():
    manifest, loaded, _ = load(a_manifest(), packed(order(), sscc=SSCC), "p1")
    assert at_handover(SSCC, loaded, manifest=manifest) == AlreadyLoaded()
    assert at_handover(SSCC, loaded, manifest=a_manifest("m2")) == OnOtherManifest("F1")
    closed, _, _ = close_manifest(manifest, {"f1": loaded}, NOON, "ada")
    assert at_handover(SSCC, loaded, manifest=closed) == ManifestAlreadyClosed()
