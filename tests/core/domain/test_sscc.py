import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.barcodes import Sscc, has_valid_check_digit, normalise
from core.domain.sscc import (
    CompanyPrefixInvalid,
    DeviceNumberInvalid,
    ForeignSscc,
    SsccOrigin,
    SsccRangeExhausted,
    make_sscc,
    parse_sscc,
    range_size,
)

PREFIX = "3401234"
prefixes = st.integers(6, 10).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n))


def test_a_parcel_number_is_18_digits_with_the_prefix_after_the_first():
    sscc = make_sscc(PREFIX, 12, 7)
    assert isinstance(sscc, Sscc)
    assert sscc.value18[1:8] == PREFIX
    assert has_valid_check_digit(sscc.value18)
    assert normalise("]C100" + sscc.value18) == sscc


@given(prefixes, st.integers(0, 9999), st.data())
def test_a_number_tells_who_gave_it_out(prefix, device, data):
    counter = data.draw(st.integers(0, range_size(prefix) - 1))
    sscc = make_sscc(prefix, device, counter)
    if prefix.strip("0") or device or counter:
        assert isinstance(sscc, Sscc)
        assert parse_sscc(sscc.value18, prefix) == SsccOrigin(device, counter)


def test_neighbouring_devices_never_meet():
    last_of_one = make_sscc(PREFIX, 12, range_size(PREFIX) - 1)
    first_of_next = make_sscc(PREFIX, 13, 0)
    assert isinstance(last_of_one, Sscc)
    assert isinstance(first_of_next, Sscc)
    assert last_of_one != first_of_next


def test_a_used_up_range_is_refused():
    refused = make_sscc(PREFIX, 12, range_size(PREFIX))
    assert refused == SsccRangeExhausted(12, 1_000_000)
    assert refused.code == "sscc_range_exhausted"


@pytest.mark.parametrize("prefix", ["", "12345", "12345678901", "34O1234", "٣٤٠١٢٣٤"])
def test_a_bad_company_prefix_is_refused(prefix):
    assert make_sscc(prefix, 1, 1) == CompanyPrefixInvalid(prefix)
    assert parse_sscc("0" * 18, prefix) == CompanyPrefixInvalid(prefix)


@pytest.mark.parametrize("device", [-1, 10_000])
def test_a_device_number_outside_the_ranges_is_refused(device):
    assert make_sscc(PREFIX, device, 0) == DeviceNumberInvalid(device)


def test_a_negative_counter_is_a_bug():
    with pytest.raises(ValueError, match="never negative"):
        make_sscc(PREFIX, 1, -1)


def test_a_number_of_another_retailer_is_foreign():
    other = make_sscc("7612345", 1, 1)
    assert isinstance(other, Sscc)
    assert parse_sscc(other.value18, PREFIX) == ForeignSscc(other.value18)
    assert parse_sscc("not a number", PREFIX) == ForeignSscc("not a number")
