"""Numbers are drawn, checked and expanded as ISO/IEC 15420 says."""

import pytest

from app.devices.codes import ean


def test_check_digits_are_the_standards() -> None:
    assert ean.check_digit("400638133393") == 1
    assert ean.is_valid("4006381333931")
    assert not ean.is_valid("4006381333932")
    assert not ean.is_valid("４００６３８１３３３９３１")


@pytest.mark.parametrize(
    ("short", "full"),
    [("04965802", "0049000006582"), ("04252614", "0042100005264"), ("01234565", "0012345000065")],
)  # fmt: skip
def test_upc_e_is_expanded(short: str, full: str) -> None:
    assert ean.expand_upce(short) == full


@pytest.mark.parametrize("wrong", ["", "0496580", "24965802", "04965803", "0496580x"])
def test_what_is_no_upc_e_is_not_expanded(wrong: str) -> None:
    assert ean.expand_upce(wrong) is None


def test_modules_have_the_layouts_length_and_guards() -> None:
    modules = ean.modules_of("EAN-13", "4006381333931")
    assert modules is not None
    assert len(modules) == ean.EAN13_LAYOUT.modules
    for first, pattern in ean.EAN13_LAYOUT.fixed:
        padded = "0" * 9 + modules + "0" * 9
        assert padded[9 + first : 9 + first + len(pattern)] == pattern
    assert len(ean.modules_of("EAN-8", "42191605") or "") == ean.EAN8_LAYOUT.modules
    assert ean.modules_of("EAN-13", "123") is None
