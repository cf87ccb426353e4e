"""Numbers printed at the scale; biip's table of the standard is the oracle of the inner check digit."""

import pytest
from biip.checksums import gs1_price_weight_check_digit
from hypothesis import given
from hypothesis import strategies as st

from core.domain.barcodes import Gtin, check_digit, gtin_from
from core.domain.store_codes import inner_check_digit, is_of, measured, rule_of, without_measure


def ean(body: str) -> Gtin:
    found = gtin_from(body + check_digit(body))
    assert found
    return found


WEIGHT = rule_of({"pattern": "2{ppppp}{x}{wwwww}{check}"})
PRICE = rule_of({"pattern": "02{ppppp}{v}{mmmm}{check}"})
PIECES = rule_of({"pattern": "29{pppppp}{nnnn}{check}"})
UPC = rule_of({"pattern": "2{ppppp}{v}{mmmm}{check}", "decimals": 2})


@pytest.mark.parametrize(
    ("body", "rules", "item", "means", "amount"),
    [
        ("212345000534", (WEIGHT,), "12345", "weight", 534),
        ("212345000534", (rule_of({"pattern": "2{ppppp}{x}{wwwww}{check}", "decimals": 2}),), "12345", "weight", 5340),
        ("212345000534", (), None, None, None),
        ("0212345" + inner_check_digit("2875") + "2875", (WEIGHT, PRICE), "12345", "price", 2875),
        ("290012340006", (WEIGHT, PIECES), "90012", "weight", 40006),
        ("290012340006", (PIECES, WEIGHT), "001234", "count", 6),
        ("2" + "12345" + inner_check_digit("2875") + "2875", (UPC,), "12345", "price", 2875),
    ],
)
def test_a_number_of_the_scale_says_which_article_and_how_much(body, rules, item, means, amount):
    code = ean(body)
    found = measured(code, rules)
    assert (found and (found.item, found.means, found.amount)) == ((item, means, amount) if item else None)


def test_a_price_whose_own_check_digit_is_wrong_is_no_price():
    wrong = str((int(inner_check_digit("2875")) + 1) % 10)
    assert measured(ean("0212345" + wrong + "2875"), (PRICE,)) is None


def test_the_article_is_found_by_its_item_number_or_by_the_code_it_is_kept_under():
    found = measured(ean("212345000534"), (WEIGHT,))
    assert found
    kept = ean("212345000000").value14
    assert is_of(found, "12345", ())
    assert is_of(found, "0012345", ())
    assert is_of(found, "CHEESE", ("04006381333931", kept))
    assert not is_of(found, "CHEESE", ("04006381333931", ean("212346000000").value14))
    assert without_measure(ean("212345000534"), found).value14 == kept


@given(st.text("0123456789", min_size=4, max_size=5))
def test_the_inner_check_digit_is_that_of_the_standard(digits):
    assert inner_check_digit(digits) == str(gs1_price_weight_check_digit(digits))


@pytest.mark.parametrize(
    "settings",
    [
        None, "2{ppppp}{wwwww}{check}", {}, {"pattern": 7}, {"pattern": ""},
        {"pattern": "2{ppppp}{wwwww}{check}", "x": 1}, {"pattern": "4{ppppp}{x}{wwwww}{check}"},
        {"pattern": "2{ppppp}{wwwww}"}, {"pattern": "2{ppppp}{xxxxxx}{check}"},
        {"pattern": "2{ppppp}{wwwwww}{check}{check}"}, {"pattern": "2{ppp}{pp}{wwwwww}{check}"},
        {"pattern": "2{ppppp}{wwwwww}?{check}"}, {"pattern": "2{ppppp}{wwwwww}{check}", "decimals": 4},
        {"pattern": "2{ppppp}{wwwwww}{check}", "decimals": True}, {"pattern": "2{ppppp}{www}{mmm}{check}"},
        {"pattern": "2{ppppp}{wwwwwww}{check}"},
    ],
)  # fmt: skip
def test_a_rule_that_no_code_can_follow_is_refused(settings):
    with pytest.raises(ValueError):
        rule_of(settings)


@given(st.text("2{pwmnvxchek}09", max_size=40))
def test_no_pattern_breaks_anything(pattern):
    try:
        rule = rule_of({"pattern": pattern})
    except ValueError:
        return
    assert measured(ean("212345000534"), (rule,)) is None or rule.means


@given(st.integers(0, 99999), st.integers(0, 99999), st.integers(0, 9))
def test_every_item_and_weight_comes_out_as_it_was_printed(item, weight_g, extra):
    found = measured(ean(f"2{item:05}{extra}{weight_g:05}"), (WEIGHT,))
    assert found
    assert (found.item, found.amount) == (f"{item:05}", weight_g)


@given(st.sampled_from([WEIGHT, PRICE, PIECES, UPC]), st.text("0123456789", min_size=13, max_size=13))
def test_no_number_raises(rule, body):
    code = Gtin(body + check_digit(body))
    found = measured(code, (rule,))
    if found:
        assert measured(without_measure(code, found), (rule,)) == measured(without_measure(code, found), (found.rule,))
