"""Every code of ours is read back as it was drawn, and a broken or newer one is told apart from it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import own_codes
from core.domain.barcodes import OwnCode, ShelfCode, Unreadable, normalise

VALUES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=400)


@given(st.sampled_from(sorted(own_codes.KINDS)), VALUES)
def test_what_is_made_is_read_back(kind, value):
    made = own_codes.payload(kind, value)
    assert own_codes.read(made) == (kind, value)
    if len(made) <= 512:
        assert normalise(made) == (ShelfCode(value.upper()) if kind == "shelf" else OwnCode(kind, value))


@pytest.mark.parametrize("value", ["", "a b", "é", "x" * 401, "a\n"])
def test_a_value_that_could_not_be_read_back_is_never_drawn(value):
    with pytest.raises(ValueError, match="cannot stand"):
        own_codes.payload("parcel", value)


def test_a_receipt_names_the_order_or_where_that_cannot_be_drawn_what_was_fetched():
    assert own_codes.receipt("FR-1", "c1") == "comptoir:receipt:FR-1"
    assert own_codes.receipt("Bestellung 1", "c1") == "comptoir:receipt:c1"


def test_a_newer_kind_is_told_from_a_broken_code():
    assert normalise("comptoir:voucher:1") == Unreadable("own_newer", "comptoir:voucher:1")
    assert normalise("comptoir:parcel") == Unreadable("own_malformed", "comptoir:parcel")
    assert normalise("COMPTOIR:RUN:r1") == OwnCode("run", "r1")


@given(st.text(max_size=60).map(lambda rest: "comptoir:" + rest))
def test_no_payload_raises(text):
    assert isinstance(normalise(text), OwnCode | ShelfCode | Unreadable)
