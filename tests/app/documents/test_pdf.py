from app.documents.marks import Align, FrameMark, Ink, QrMark, RuleMark, Sheet, SsccMark, TextMark
from app.documents.pdf import render_pdf
from tests.app.documents.test_label import AT
from tests.support.documents import codes_on, ink_box_mm, page_images, page_texts


def test_each_sheet_is_a_page_of_its_own_size():
    pages = page_images(render_pdf([Sheet(100, 50, ()), Sheet(60, 80, ())], "t", AT), dpi=254)
    # The renderer rounds up to whole pixels.
    assert [(page.width // 10, page.height // 10) for page in pages] == [(100, 50), (60, 80)]


def test_text_stands_where_its_alignment_says():
    for align, left_mm, right_mm in ((Align.LEFT, 10, 30), (Align.CENTRE, 40, 60), (Align.RIGHT, 70, 90)):
        (page,) = page_images(render_pdf([Sheet(100, 50, (TextMark(10, 10, 80, "HIH", 12, align=align),))], "t", AT))
        left, top, right, bottom = ink_box_mm(page)
        assert left_mm - 1 <= left <= right <= right_mm + 1
        assert top >= 10
        assert bottom <= 10 + 12 * 0.3528 * 1.3


def test_white_text_on_a_black_bar_can_be_seen():
    marks = (RuleMark(10, 10, 80, 10), TextMark(10, 12, 80, "HIH", 12, ink=Ink.WHITE))
    (page,) = page_images(render_pdf([Sheet(100, 50, marks)], "t", AT))
    inside = page.crop((int(11 * 7.874), int(11 * 7.874), int(40 * 7.874), int(19 * 7.874)))
    assert inside.getextrema() == (0, 255)
    assert page_texts(render_pdf([Sheet(100, 50, marks)], "t", AT)) == ["HIH"]


def test_a_frame_is_empty_and_both_codes_are_read():
    marks = (FrameMark(2, 2, 96, 76), SsccMark(11, 10, 78, 20, "034012340120000079"), QrMark(40, 40, 20, "hello"))
    (page,) = page_images(render_pdf([Sheet(100, 80, marks)], "t", AT))
    assert codes_on(page) == {"CODE128": "00034012340120000079", "QRCODE": "hello"}
    assert page.getpixel((40, 40)) == 255
