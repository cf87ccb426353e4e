from datetime import date
from typing import Any

import pytest

from app.documents.label import Party
from app.documents.packing_slip import PackingSlipData, SlipLine, packing_slip_pdf
from tests.app.documents.test_label import AT, STORE, TR
from tests.support.documents import PlainTranslator, codes_on, ink_box_mm, page_images, page_texts

SSCC = "034012340120000079"


def slip(line_count: int = 3, **changed):
    lines = tuple(SlipLine(f"SKU-{n:03}", f"Pull marin n° {n}", "Taille M, bleu nuit", 2) for n in range(line_count))
    values: dict[str, Any] = {
        "brand": "Maison Brume",
        "order_number": "FR-2026-004F7K",
        "ordered_on": date(2026, 11, 20),
        "ship_to": Party("Élodie Lefèvre", ("14 bis, rue de l'Œuvre", "69002 LYON")),
        "ship_from": STORE,
        "parcel_number": 1,
        "parcel_count": 2,
        "sscc": SSCC,
        "lines": lines,
    }
    return PackingSlipData(**(values | changed))


def test_it_names_brand_order_lines_and_pieces_and_no_price():
    (text,) = page_texts(packing_slip_pdf(slip(), TR, AT))
    for part in (
        "Maison Brume",
        "FR-2026-004F7K",
        "Élodie Lefèvre",
        "Pull marin n° 2",
        "SKU-002",
        "6 pieces",
        "1 of 2",
    ):
        assert part in text
    assert "€" not in text


def test_one_piece_is_singular():
    (text,) = page_texts(packing_slip_pdf(slip(lines=(SlipLine("S", "Pull", "", 1),)), TR, AT))
    assert "1 piece\n" in text


def test_forty_lines_go_on_over_pages_with_the_captions_repeated_and_none_lost():
    pages = page_texts(packing_slip_pdf(slip(40), TR, AT))
    assert len(pages) >= 2
    for number, page in enumerate(pages, 1):
        assert "Reference" in page
        assert f"Page {number} of {len(pages)}" in page
    whole = "".join(pages)
    assert all(whole.count(f"SKU-{n:03}") == 1 for n in range(40))


def test_gift_note_and_returns_are_printed_only_where_there_are_some():
    (without,) = page_texts(packing_slip_pdf(slip(), TR, AT))
    assert "A note for you" not in without
    assert "Returns" not in without
    (with_both,) = page_texts(packing_slip_pdf(slip(gift_note="Joyeux Noël", returns_text="Sous 30 jours"), TR, AT))
    assert "Joyeux Noël" in with_both
    assert "Sous 30 jours" in with_both


@pytest.mark.parametrize("rtl", [False, True])
def test_every_page_keeps_its_margins_and_its_code_can_be_scanned(rtl):
    long = slip(40, brand="Maison " * 30, gift_note="Bisous " * 300, returns_text="Trente jours " * 200)
    images = page_images(packing_slip_pdf(long, PlainTranslator(rtl=rtl), AT))
    for image in images:
        left, top, right, bottom = ink_box_mm(image)
        assert left >= 17
        assert top >= 17
        assert right <= 193
        assert bottom <= 290
    assert codes_on(images[0])["QRCODE"] == f"comptoir:parcel:{SSCC}"


def test_a_right_to_left_page_is_the_mirror_of_its_columns():
    (ltr,) = page_images(packing_slip_pdf(slip(), TR, AT))
    (rtl,) = page_images(packing_slip_pdf(slip(), PlainTranslator(rtl=True), AT))
    code_in_left_half = (0, 0, ltr.width // 2, ltr.height // 4)
    assert not codes_on(ltr.crop(code_in_left_half))
    assert codes_on(rtl.crop(code_in_left_half))


def test_the_same_slip_is_the_same_bytes():
    assert packing_slip_pdf(slip(40), TR, AT) == packing_slip_pdf(slip(40), TR, AT)
