"""Labels of the GS1 General Specifications and of real shelves; the oracle of the random ones is who wrote them."""

import subprocess
import sys
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.domain import gs1
from core.domain.barcodes import Gtin, PlainCode, Sscc, Unreadable, check_digit, normalise
from core.domain.gs1 import Details

GS = gs1.GROUP_SEPARATOR
TODAY = date(2026, 11, 22)
SSCC = "106141412345678908"


def meant(text):
    code = normalise(text)
    return code, getattr(code, "details", None)


@pytest.mark.parametrize(
    ("text", "code", "details"),
    [
        # GS1 General Specifications: variable measure, expiry and batch, serial, logistic unit.
        ("]C10198898765432106320201234515991231", Gtin("98898765432106"),
         Details(weight_g=55996, best_before="991231")),
        ("]e00195012345678903310300012515991231", Gtin("95012345678903"),
         Details(weight_g=125, best_before="991231")),
        (f"]C1011061414100041517261231{'10'}AB-12{GS}2112345", Gtin("10614141000415"),
         Details(expiry="261231", batch="AB-12", serial="12345")),
        (f"]C100{SSCC}", Sscc(SSCC), Details()),
        (f"]C100{SSCC}020061414112345237{25:02}{GS}10ABC123", Sscc(SSCC), Details(count=25, batch="ABC123")),
        (f"]d2010950600013435217261231{'10'}12AB{GS}21777", Gtin("09506000134352"),
         Details(expiry="261231", batch="12AB", serial="777")),
        # Medicine as pharmacies see it: separators in front, doubled and at the end.
        (f"{GS}0103400930000120{'17'}270600{'10'}LOT7{GS}{GS}21A1B2{GS}", Gtin("03400930000120"),
         Details(expiry="270600", batch="LOT7", serial="A1B2")),
        # Price, with and without its currency.
        (f"]e001950123456789033922{'1250'}", Gtin("95012345678903"), Details(price="12.50")),
        (f"]e001950123456789033932978{'00999'}", Gtin("95012345678903"), Details(price="9.99", currency="978")),
        (f"]C1019501234567890330{'6'}{GS}10L1", Gtin("95012345678903"), Details(count=6, batch="L1")),
        # As printed under the bars, with the blanks people type.
        ("(01) 0950 6000 1343 52 (17) 261231 (10) ab-1", Gtin("09506000134352"),
         Details(expiry="261231", batch="ab-1")),
        ("(01)9506000134352", Gtin("09506000134352"), Details()),
        # A scanner that sends neither symbology nor separators.
        ("010950600013435217261231", Gtin("09506000134352"), Details(expiry="261231")),
        ("01095060001343521726123110ABC", Gtin("09506000134352"), Details(expiry="261231", batch="ABC")),
        # Caps Lock turned the identifier round.
        ("]c10109506000134352" + "21x", Gtin("09506000134352"), Details(serial="x")),
        # A date of zeros, a month that is none, an identifier nobody knows: the article is still the article.
        ("]C1010950600013435217000000", Gtin("09506000134352"), Details(expiry="000000")),
        ("]C1010950600013435217261399", Gtin("09506000134352"), Details(expiry="261399")),
        (f"]C10109506000134352{'88'}what{GS}21777", Gtin("09506000134352"), Details(serial="777")),
        # Digital Link, as the standard and as early adopters write it.
        ("https://id.gs1.org/01/09506000134352/10/ABC/21/12345?17=261231", Gtin("09506000134352"),
         Details(batch="ABC", serial="12345", expiry="261231")),
        ("HTTPS://EXAMPLE.FR/a/01/9506000134352?3103=000195&utm=x#top", Gtin("09506000134352"), Details(weight_g=195)),
        ("https://dalgiardino.com/gtin/09506000134376/lot/A%2FB", Gtin("09506000134376"), Details(batch="A/B")),
        (f"https://id.gs1.org/00/{SSCC}", Sscc(SSCC), Details()),
        ("https://example.fr/01/09506000134352/99/wrong/x", Gtin("09506000134352"), Details()),
        # Magazine and book with what is printed beside.
        ("977207203000" + check_digit("977207203000") + "12", Gtin("0977207203000" + check_digit("977207203000")),
         Details()),
        ("978286889006" + check_digit("978286889006") + "54495", Gtin("0978286889006" + check_digit("978286889006")),
         Details()),
        ("]E3400638133393112", Gtin("04006381333931"), Details()),
    ],
)  # fmt: skip
def test_a_label_says_what_it_says(text, code, details):
    assert meant(text) == (code, details)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("https://example.fr/2026/01/15", PlainCode("https://example.fr/2026/01/15")),
        ("https://example.fr/", PlainCode("https://example.fr/")),
        ("http://[/01/09506000134352", Gtin("09506000134352")),
        ("https://id.gs1.org/01/09506000134353", Unreadable("check_digit", "https://id.gs1.org/01/09506000134353")),
        ("]C1010950600013435217", Unreadable("gs1_malformed", "010950600013435217")),
        ("]C1٠١09506000134352", Unreadable("gs1_malformed", "٠١09506000134352")),
        # A tracking number is not torn apart because it begins like a label.
        ("0109506000134352ZZ", PlainCode("0109506000134352ZZ")),
        ("010950600013435217269931", PlainCode("010950600013435217269931")),
        ("(AB)123", PlainCode("(AB)123")),
    ],
)
def test_what_only_looks_like_a_label(text, code):
    assert normalise(text) == code


def test_codes_of_one_article_are_equal_whatever_else_their_labels_say():
    assert normalise("]C1010950600013435210A") == normalise("9506000134352")
    assert len({normalise("]C1010950600013435210A"), normalise("(01)09506000134352(21)7")}) == 1


@pytest.mark.parametrize(
    ("said", "day"),
    [("261231", date(2026, 12, 31)), ("270200", date(2027, 2, 28)), ("280200", date(2028, 2, 29)),
     ("261200", date(2026, 12, 31)), ("760101", date(2076, 1, 1)), ("770101", date(1977, 1, 1)),
     ("000000", None), ("261332", None), ("270230", None), ("2612", None), ("", None), ("٢٦١٢٣١", None)],
)  # fmt: skip
def test_six_digits_are_a_day(said, day):
    assert gs1.day_of(said, TODAY) == day


def test_a_plain_article_number_never_loads_the_parser():
    program = "import sys; from core.domain.barcodes import normalise; normalise('4006381333931'); normalise('SKU-1')"
    said = subprocess.run(
        [sys.executable, "-c", program + "; print('biip' in sys.modules)"], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "False"


# GS1 AI encodable character set 82, as far as it is no separator.
X = st.text("ABCXYZabcxyz0123456789!\"%&'()*+,-./_:;<=>?", min_size=1, max_size=20)
DIGITS = {n: st.text("0123456789", min_size=n, max_size=n) for n in (4, 6, 13, 17)}
DATE = st.dates(date(2000, 1, 1), date(2070, 12, 31)).map(lambda day: day.strftime("%y%m%d"))
FIELDS = {
    "01": DIGITS[13].map(lambda body: body + check_digit(body)), "17": DATE, "15": DATE, "11": DATE,
    "10": X, "21": X, "30": st.integers(1, 99_999_999).map(str), "3103": DIGITS[6], "240": X, "400": X,
}  # fmt: skip
FIXED = {"01", "17", "15", "11", "3103"}
LABELS = st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, unique=True).flatmap(
    lambda ais: st.tuples(*[st.tuples(st.just(ai), FIELDS[ai], st.integers(0, 2)) for ai in ais])
)


@given(LABELS)
def test_every_label_is_read_as_it_was_written(label):
    """Separators where they must be, and wherever else somebody put one."""
    text, written = "", {}
    for ai, value, extra in label:
        text += GS * extra + ai + value + ("" if ai in FIXED else GS)
        written[ai] = value
    assert gs1.elements(text) == written
    assert gs1.elements(text.rstrip(GS)) == written
    code = normalise("]C1" + text)
    number = written.get("01", "")
    if number.strip("0"):
        assert code == Gtin(number)
        assert code.details.serial == written.get("21", "")
        assert code.details.batch == written.get("10", "")
        assert code.details.weight_g == int(written.get("3103", "0"))


@given(LABELS, st.sampled_from(["https://id.gs1.org", "http://shop.example.fr/some/where"]))
def test_every_digital_link_is_read_as_it_was_written(label, domain):
    from urllib.parse import quote

    written = {ai: value for ai, value, _ in label}
    assume(written.get("01", "").strip("0"))
    path = "".join(f"/{ai}/{quote(written[ai], safe='')}" for ai in ("01", "10", "21") if ai in written)
    rest = "&".join(f"{ai}={quote(written[ai], safe='')}" for ai in written if ai not in ("01", "10", "21"))
    assert gs1.digital_link(f"{domain}{path}?{rest}") == written


@given(st.text("0123456789" + GS + "()ABc/]", max_size=70))
def test_no_text_of_digits_and_separators_raises(text):
    for reader in (gs1.elements, gs1.bare, gs1.bracketed):
        fields = reader(text)
        assert fields is None or isinstance(gs1.details(fields), Details)


@given(st.text(max_size=80), st.sampled_from(["", "https://id.gs1.org/01/", "http://", "https://x/01/09506000134352"]))
def test_no_address_raises(text, front):
    fields = gs1.digital_link(front + text)
    assert fields is None or isinstance(gs1.details(fields), Details)
