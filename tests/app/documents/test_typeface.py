import pytest

from app.documents.typeface import faces, runs, width_mm


def test_every_face_is_bundled_and_knows_its_letters():
    for bold in (False, True):
        latin, arabic, chinese = faces(bold)
        assert {ord(letter) for letter in "éłșґ"} <= set(latin.advances)
        assert 0xFEFB in arabic.advances
        assert ord("货") in chinese.advances
        assert latin.path.parts[-3:-1] == ("assets", "fonts")


def test_a_line_is_cut_where_the_font_changes():
    names = [(run.face.name, run.text) for run in runs("ab \ufefb c", bold=False)]
    assert names == [("NotoSans-Regular", "ab "), ("NotoSansArabic-Regular", "\ufefb"), ("NotoSans-Regular", " c")]


def test_a_letter_that_no_font_has_is_a_question_mark_with_its_width():
    (run,) = runs("\U0001f381", bold=True)
    assert run.text == "?"
    assert width_mm("\U0001f381", 10, True) == width_mm("?", 10, True)


def test_width_grows_with_size_and_length():
    assert width_mm("ab", 20, False) == pytest.approx(2 * width_mm("ab", 10, False))
    assert width_mm("", 10, False) == 0
