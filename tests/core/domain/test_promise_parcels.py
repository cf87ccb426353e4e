from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from core.domain.promise import Item
from core.domain.promise_parcels import (
    Shipment,
    carbon_g,
    chargeable_weights,
    missing_measures,
    parcel_weights,
    price_of,
    unfit,
)
from tests.core.domain.promise_world import METHOD, SERVICE

ZONE = SERVICE.zones[0]


@given(st.lists(st.tuples(st.integers(1, 30_000), st.integers(1, 20)), min_size=1, max_size=6))
def test_parcels_hold_everything_and_none_is_too_heavy(units: list[tuple[int, int]]):
    given_units = [(Item(f"S{n}", count, weight), count) for n, (weight, count) in enumerate(units)]
    parcels = parcel_weights(given_units, 30_000)
    assert sum(parcels) == sum(weight * count for weight, count in units)
    assert all(0 < weight <= 30_000 for weight in parcels)


def test_without_a_limit_there_is_one_parcel():
    assert parcel_weights([(Item("A", 9, 9_000), 9)], 0) == [81_000]


def test_what_is_too_heavy_too_long_or_too_large_is_named():
    limited = replace(SERVICE, max_length_mm=1_000, max_girth_mm=2_000)
    for item, code in (
        (Item("A", 1, 30_001), "too_heavy"),
        (Item("A", 1, 100, 1_001, 1, 1), "too_long"),
        (Item("A", 1, 100, 900, 300, 300), "too_large"),
    ):
        reason = unfit(limited, [item])
        assert reason is not None
        assert reason.code == code
    assert unfit(limited, [Item("A", 1, 100, 500, 200, 200)]) is None


def test_what_nobody_measured_is_said():
    assert missing_measures([Item("A", 1)]) == ("weight_unknown", "size_unknown")
    assert missing_measures([Item("A", 1, 5, 5, 5, 5)]) == ()


def test_the_price_is_that_of_each_parcel_or_of_the_method():
    two = [Shipment(ZONE, [900, 2_000], 1_000)]
    assert price_of(METHOD, two, 100) == 490 + 1_290
    assert price_of(replace(METHOD, price_minor=300), two, 100) == 300
    assert price_of(replace(METHOD, free_from_minor=100), two, 100) == 0
    assert price_of(METHOD, [Shipment(ZONE, [31_000], 1_000)], 100) is None
    assert price_of(replace(METHOD, service=None), [], 100) == 0


def test_carbon_grows_with_parcels_weight_and_way():
    # 180 g a parcel, and 90 mg for each kilogram and kilometre: 2 kg over 100 km are 18 g.
    assert carbon_g(SERVICE, [Shipment(ZONE, [2_000], 100_000)]) == 198
    assert carbon_g(None, []) == 0


def test_a_light_parcel_that_takes_much_room_is_priced_by_its_volume():
    bulky = replace(SERVICE, cm3_per_kg=5_000)
    pillow, iron = Item("A", 1, 800, 600, 400, 300), Item("B", 1, 9_000, 200, 200, 50)
    assert chargeable_weights([(pillow, 1)], bulky) == [14_400]  # 72,000 cm3
    assert chargeable_weights([(iron, 1)], bulky) == [9_000]
    assert chargeable_weights([(pillow, 1)], SERVICE) == [800]
    assert chargeable_weights([(Item("C", 1, 800), 1)], bulky) == [800], "nobody measured it"
    shipment = Shipment(ZONE, [800], 0, charged=[14_400])
    heavy = Shipment(ZONE, [14_400], 0)
    assert price_of(METHOD, [shipment], 0) == price_of(METHOD, [heavy], 0)
    assert carbon_g(SERVICE, [shipment]) == carbon_g(SERVICE, [Shipment(ZONE, [800], 0)]), (
        "carbon is of the true weight"
    )


@given(st.lists(st.tuples(st.integers(1, 9_000), st.integers(0, 900), st.integers(0, 9)), min_size=1, max_size=5))
def test_parcels_are_charged_their_weight_at_least(units: list[tuple[int, int, int]]):
    given_units = [(Item(f"S{n}", 1, weight, side, side, side), count) for n, (weight, side, count) in enumerate(units)]
    bulky = replace(SERVICE, cm3_per_kg=4_000)
    weights, charged = parcel_weights(given_units, SERVICE.max_weight_g), chargeable_weights(given_units, bulky)
    assert len(weights) == len(charged)
    assert all(one <= other for one, other in zip(weights, charged, strict=True))
    mm3 = sum(side**3 * count for _, side, count in units)
    assert sum(charged) * 4_000 >= mm3
