from app.documents.marks import Align, QrMark, RuleMark, Sheet, TextMark


def test_a_mirrored_sheet_moves_marks_and_turns_alignment_but_not_codes():
    sheet = Sheet(100, 50, (TextMark(10, 5, 30, "a", 10), RuleMark(0, 9, 100, 1), QrMark(70, 5, 20, "q")))
    text, rule, code = sheet.mirrored().marks
    assert text == TextMark(60, 5, 30, "a", 10, align=Align.RIGHT)
    assert rule == RuleMark(0, 9, 100, 1)
    assert code == QrMark(10, 5, 20, "q")
    assert sheet.mirrored().mirrored() == sheet
