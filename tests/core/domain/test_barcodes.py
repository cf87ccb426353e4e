import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.barcodes import (
    Gtin,
    OwnCode,
    PlainCode,
    ShelfCode,
    Sscc,
    Unreadable,
    check_digit,
    gtin_from,
    has_valid_check_digit,
    normalise,
)

SSCC_BODY = "34012345000000001"
SSCC = SSCC_BODY + check_digit(SSCC_BODY)
CODE_TYPES = (Gtin, Sscc, ShelfCode, OwnCode, PlainCode, Unreadable)


@pytest.mark.parametrize(
    ("text", "value14"),
    [
        ("96385074", "00000096385074"),  # EAN-8, the example of the standard
        ("036000291452", "00036000291452"),  # UPC-A
        ("4006381333931", "04006381333931"),  # EAN-13
        ("10614141000415", "10614141000415"),  # GTIN-14 of a case
        (" 4006381333931\r\n", "04006381333931"),
        ("]E04006381333931", "04006381333931"),
        ("(01)09506000134352", "09506000134352"),
        ("(01)09506000134352(10)ABC-1", "09506000134352"),
        ("]C10109506000134352", "09506000134352"),
        ("]d20109506000134352172612311012AB\x1d21777", "09506000134352"),
        ("\x1d1012AB\x1d0109506000134352", "09506000134352"),
        ("0109506000134352", "09506000134352"),
    ],
)
def test_every_way_to_write_an_article_number_gives_its_14_digits(text, value14):
    assert normalise(text) == Gtin(value14)


@pytest.mark.parametrize("text", [SSCC, "00" + SSCC, "(00)" + SSCC, "]C100" + SSCC, "\x1d00" + SSCC])
def test_every_way_to_write_a_parcel_number_gives_its_18_digits(text):
    assert normalise(text) == Sscc(SSCC)


@pytest.mark.parametrize(
    "text",
    [
        "4006381333932",
        "036000291453",
        "(01)09506000134353",
        "]C10109506000134353",
        "00" + SSCC[:-1] + str((int(SSCC[-1]) + 1) % 10),
    ],
)
def test_a_wrong_check_digit_is_unreadable_and_keeps_the_text(text):
    code = normalise(text)
    assert isinstance(code, Unreadable)
    assert code.reason_code == "check_digit"
    assert code.text


def test_eight_digits_with_a_wrong_check_digit_are_a_number_of_the_house():
    assert normalise("12345678") == PlainCode("12345678")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("comptoir:enrol:eyJ0.x_y-z", OwnCode("enrol", "eyJ0.x_y-z")),
        ("comptoir:parcel:" + SSCC, OwnCode("parcel", SSCC)),
        ("COMPTOIR:run:0193-a", OwnCode("run", "0193-a")),
        ("comptoir:shelf:a-12-3", ShelfCode("A-12-3")),
        ("comptoir:enrol:", Unreadable("own_malformed", "comptoir:enrol:")),
        ("comptoir:steal:1", Unreadable("own_newer", "comptoir:steal:1")),
        ("SKU-0042/M", PlainCode("SKU-0042/M")),
        ("", Unreadable("empty")),
        ("\x1d\x1d", Unreadable("empty")),
        ("A\x07B", Unreadable("control_characters")),
        ("]C101095", Unreadable("gs1_malformed", "01095")),
        ("٤٠٠٦٣٨١٣٣٣٩٣١", PlainCode("٤٠٠٦٣٨١٣٣٣٩٣١")),
        ("00000000", PlainCode("00000000")),
    ],
)
def test_other_texts(text, code):
    assert normalise(text) == code


def test_a_text_of_a_megabyte_is_refused_before_it_is_looked_at():
    code = normalise("1" * 1_000_000)
    assert isinstance(code, Unreadable)
    assert code.reason_code == "too_long"
    assert len(code.text) <= 64


@given(st.text(max_size=600))
def test_no_text_raises(text):
    assert isinstance(normalise(text), CODE_TYPES)


@given(st.text(alphabet="0123456789()]Ce1dQ\x1d:comptir", max_size=80))
def test_no_text_that_looks_like_a_code_raises(text):
    code = normalise(text)
    if isinstance(code, Gtin):
        assert len(code.value14) == 14
        assert has_valid_check_digit(code.value14)
    if isinstance(code, Sscc):
        assert len(code.value18) == 18
        assert has_valid_check_digit(code.value18)


@given(st.sampled_from([7, 11, 12, 13]).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n)))
def test_a_number_with_its_check_digit_is_a_gtin_and_one_changed_digit_is_not(body):
    digits = body + check_digit(body)
    if not digits.strip("0"):
        return
    assert gtin_from(digits) == Gtin(digits.zfill(14))
    changed = str((int(digits[0]) + 1) % 10) + digits[1:]
    assert gtin_from(changed) is None
