from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.documents.label import HEIGHT_MM, WIDTH_MM, LabelData, Party, label_pdf, label_sheet
from app.documents.marks import TextMark
from app.i18n import LANGUAGES, translations
from core.domain.barcodes import OwnCode, Sscc, normalise
from core.domain.sscc import make_sscc
from tests.support.documents import PlainTranslator, codes_on, ink_box_mm, page_images, page_texts

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TR = PlainTranslator()
STORE = Party("Maison Brume, Lyon Part-Dieu", ("17 rue du Dr Bouchut", "69003 LYON, FRANCE"))


def label(name: str = "Élodie Lefèvre", address: tuple[str, ...] = ("14 bis, rue de l'Œuvre", "69002 LYON"), **changed):
    sscc = make_sscc("3401234", 12, 7)
    assert isinstance(sscc, Sscc)
    values: dict[str, Any] = {
        "sscc": sscc.value18,
        "ship_to": Party(name, address),
        "ship_from": STORE,
        "carrier": "Colis Express",
        "service": "Domicile 24 h",
        "number": 1,
        "count": 2,
        "weight_g": 1250,
        "order_short_id": "A-4F7K",
        "shipped_on": date(2026, 11, 21),
    }
    return LabelData(**(values | changed))


LONG = label(
    "Wolfeschlegelsteinhausenbergerdorff " * 5,
    (
        "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch " * 3,
        "Care of a very long company name, door 4",
        "UK",
    ),
    carrier="The Very Long Named Carrier Of Europe And Beyond",
    service="Express Delivery With Signature On Saturday Morning",
    order_short_id="ORD-1234567890-ABCDEFGHIJ",
    number=12,
    count=12,
)


@pytest.mark.parametrize("data", [label(), LONG], ids=["usual", "very long"])
def test_a_scanner_reads_the_parcel_from_both_codes(data):
    (image,) = page_images(label_pdf(data, TR, AT))
    codes = codes_on(image)
    assert normalise("]C1" + codes["CODE128"]) == Sscc(data.sscc)
    assert normalise(codes["QRCODE"]) == OwnCode("parcel", data.sscc)


@pytest.mark.parametrize("data", [label(), LONG], ids=["usual", "very long"])
def test_nothing_falls_off_the_label(data):
    (image,) = page_images(label_pdf(data, TR, AT))
    left, top, right, bottom = ink_box_mm(image)
    assert left >= 4.5
    assert top >= 4.5
    assert right <= WIDTH_MM - 4.5
    assert bottom <= HEIGHT_MM - 3


def test_a_very_long_name_and_address_are_printed_whole():
    text = "".join(page_texts(label_pdf(LONG, TR, AT))[0].split())
    assert "Wolfeschlegelsteinhausenbergerdorff" * 5 in text
    assert "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 3 in text
    assert "…" not in text


def test_an_address_that_cannot_fit_says_that_it_was_cut():
    (text,) = page_texts(label_pdf(label(address=("No end " * 400,)), TR, AT))
    assert "…" in text


def test_texts_of_one_label_do_not_overlap():
    marks = [mark for mark in label_sheet(LONG, TR).marks if isinstance(mark, TextMark)]
    for one in marks:
        for other in marks:
            if one is other or one.x_mm >= other.x_mm + other.width_mm or other.x_mm >= one.x_mm + one.width_mm:
                continue
            gap_mm = abs(one.y_mm - other.y_mm)
            upper = one if one.y_mm <= other.y_mm else other
            assert gap_mm >= upper.size_pt * 0.3528 * 1.2, (one.text, other.text)


def test_everything_a_driver_needs_is_on_it():
    (text,) = page_texts(label_pdf(label(), TR, AT))
    for part in ("Colis Express", "Domicile 24 h", "Élodie Lefèvre", "69002 LYON", "Maison Brume", "1 of 2", "1.25 kg"):
        assert part in text
    assert f"(00) {label().sscc}" in text
    assert "A-4F7K" in text


def test_the_same_label_is_the_same_bytes_and_only_the_moment_changes_it():
    assert label_pdf(label(), TR, AT) == label_pdf(label(), TR, AT)
    assert label_pdf(label(), TR, AT) != label_pdf(label(), TR, AT.replace(hour=13))


def test_a_parcel_without_weight_and_a_letter_without_font_still_get_a_label():
    (text,) = page_texts(label_pdf(label(name="王小明 \U0001f381 \ud800", weight_g=None), TR, AT))
    assert "王小明 ?" in text
    assert "kg" not in text


@pytest.mark.parametrize("tag", [known.tag for known in LANGUAGES])
def test_a_label_is_whole_in_every_language(tag: str):
    (text,) = page_texts(label_pdf(label(), translations(tag), AT))
    assert "?" not in text
    assert "A-4F7K" in text
