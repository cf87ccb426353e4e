from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.domain.promise import PriceList
from core.domain.promise_parcels import Shipment
from core.domain.promise_price import Asked, quote
from tests.core.domain.promise_world import METHOD, SERVICE

ONE_PARCEL = [Shipment(SERVICE.zones[0], [800], 0)]
IN_FRANCE = Asked("", "EUR", "FR", 5_000)


def method_with(*prices: PriceList):
    return replace(METHOD, prices=prices)


def euro(**more: Any) -> PriceList:
    return replace(PriceList("EUR", True, tax_bp={"FR": 2000}, price_minor=600), **more)


def test_without_a_list_the_grid_of_the_carrier_counts_and_nothing_is_said_of_tax():
    found = quote(METHOD, ONE_PARCEL, IN_FRANCE)
    assert (found.minor, found.currency, found.tax_minor, found.flags) == (490, "EUR", None, ())


def test_tax_is_in_the_price_or_comes_on_top_as_the_list_says():
    inside = quote(method_with(euro()), ONE_PARCEL, IN_FRANCE)
    assert (inside.minor, inside.tax_minor, inside.tax_bp) == (600, 100, 2000)
    on_top = quote(method_with(euro(tax_included=False)), ONE_PARCEL, IN_FRANCE)
    assert (on_top.minor, on_top.tax_minor) == (720, 120)


def test_no_money_is_converted():
    found = quote(method_with(euro()), ONE_PARCEL, replace(IN_FRANCE, currency="CHF"))
    assert (found.minor, found.currency, found.flags) == (None, "CHF", ("price_unknown",))
    assert [reason.code for reason in found.explanation] == ["no_price_list"]


def test_the_first_list_for_the_country_counts():
    lists = euro(countries=("BE",), price_minor=900), euro()
    assert quote(method_with(*lists), ONE_PARCEL, IN_FRANCE).minor == 600
    assert quote(method_with(*lists), ONE_PARCEL, replace(IN_FRANCE, country="BE")).minor == 900


def test_a_rate_that_is_missing_leaves_the_tax_open_and_a_price_without_tax_untold():
    abroad = replace(IN_FRANCE, country="LU")
    inside = quote(method_with(euro()), ONE_PARCEL, abroad)
    assert (inside.minor, inside.tax_minor, inside.flags) == (600, None, ("tax_unknown",))
    on_top = quote(method_with(euro(tax_included=False)), ONE_PARCEL, abroad)
    assert (on_top.minor, on_top.flags) == (None, ("price_unknown", "tax_unknown"))


def test_a_list_may_have_a_grid_and_be_free_from_a_value_of_goods():
    by_weight = euro(price_minor=None, grid=((500, 300), (1_000, 480)), free_from_minor=6_000)
    assert quote(method_with(by_weight), ONE_PARCEL, IN_FRANCE).minor == 480
    assert quote(method_with(by_weight), ONE_PARCEL, replace(IN_FRANCE, value_minor=6_000)).minor == 0
    heavy = quote(method_with(by_weight), [Shipment(None, [2_000], 0)], IN_FRANCE)
    assert (heavy.minor, heavy.explanation[0].code) == (None, "no_price_step")


@given(st.integers(0, 10_000_000), st.integers(0, 3_000))
def test_tax_that_is_taken_out_of_a_price_is_what_comes_on_top_of_the_rest(listed: int, rate: int):
    """To a minor unit, which is what rounding may cost."""
    inside = quote(method_with(euro(price_minor=listed, tax_bp={"FR": rate})), (), IN_FRANCE)
    assert inside.minor is not None
    assert inside.tax_minor is not None
    net = inside.minor - inside.tax_minor
    on_top = euro(price_minor=net, tax_bp={"FR": rate}, tax_included=False)
    again = quote(method_with(on_top), (), IN_FRANCE)
    assert again.minor is not None
    assert abs(again.minor - listed) <= 1
