from app.documents.a4 import INNER_MM, MARGIN_MM, WIDTH_MM, Cell, Column, Flow
from app.documents.marks import Align, FrameMark, TextMark
from tests.support.documents import PlainTranslator

COLUMNS = [Column("", 10), Column("Item", INNER_MM - 30), Column("Quantity", 20, Align.RIGHT)]


def flow_of(rows: int, rtl: bool = False):
    flow = Flow(PlainTranslator(rtl=rtl), footer="F-1")
    flow.table(COLUMNS, [[Cell(is_box=True), Cell(f"row {n}", sub="blue"), Cell("1")] for n in range(rows)])
    return flow


def texts(sheet) -> list[str]:
    return [mark.text for mark in sheet.marks if isinstance(mark, TextMark)]


def test_a_table_repeats_its_captions_and_keeps_every_row_on_one_page():
    pages = flow_of(60).finish()
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        assert "Quantity" in texts(page)
        assert f"Page {number} of {len(pages)}" in texts(page)
        assert "F-1" in texts(page)
        assert texts(page).count("blue") == sum(text.startswith("row ") for text in texts(page))
        assert sum(isinstance(mark, FrameMark) for mark in page.marks) == texts(page).count("blue")


def test_what_is_kept_together_begins_a_page_when_it_does_not_fit():
    flow = flow_of(12)
    flow.keep_together(200)
    flow.sentence("together")
    first, second = flow.finish()
    assert "together" not in texts(first)
    assert "together" in texts(second)


def test_a_right_to_left_reader_finds_the_first_column_on_the_right():
    (page,) = flow_of(1, rtl=True).finish()
    box = next(mark for mark in page.marks if isinstance(mark, FrameMark))
    quantity = next(mark for mark in page.marks if isinstance(mark, TextMark) and mark.text == "Quantity")
    assert box.x_mm > WIDTH_MM - MARGIN_MM - 10
    assert quantity.align is Align.LEFT
    assert quantity.x_mm == MARGIN_MM


def test_a_note_of_many_lines_stays_in_its_frame():
    flow = Flow(PlainTranslator(), footer="")
    flow.framed("A note for you", "line\n" * 100)
    (page,) = flow.finish()
    frame = next(mark for mark in page.marks if isinstance(mark, FrameMark))
    inside = [mark for mark in page.marks if isinstance(mark, TextMark) and mark.text.startswith("line")]
    assert inside[-1].text.endswith("…")
    assert all(mark.y_mm + 5 < frame.y_mm + frame.height_mm for mark in inside)
