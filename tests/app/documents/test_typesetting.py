from hypothesis import given
from hypothesis import strategies as st

from app.documents.typeface import width_mm
from app.documents.typesetting import fit, line_height_mm, set_line, wrap, wrap_at_most


def test_arabic_letters_are_joined_and_run_from_right_to_left():
    line = set_line("سلام")
    # Alef final, seen first from the left is meem; lam and alef are one ligature.
    assert line.text == "\ufee1\ufefc\ufeb3"
    assert line.rtl


def test_a_latin_word_and_a_number_keep_their_order_inside_arabic():
    line = set_line("شارع 12 Paris (3)")
    assert "12" in line.text
    assert "Paris" in line.text
    assert line.text.index("Paris") < line.text.index("12")
    assert "(3)" in line.text


def test_the_first_strong_letter_decides_the_direction():
    assert not set_line("12 rue de Lyon").rtl
    assert set_line("12 شارع").rtl


def test_lines_break_at_words_and_a_word_too_long_is_broken():
    assert [line.text for line in wrap("one two three", 20, 10)] == ["one two", "three"]
    lines = wrap("W" * 100, 30, 10)
    assert "".join(line.text for line in lines) == "W" * 100
    assert len(lines) > 1


def test_a_cut_text_ends_with_an_ellipsis_and_still_fits():
    lines = wrap_at_most("one two three four five", 20, 10, False, 1)
    assert len(lines) == 1
    assert lines[0].text.endswith("…")
    assert width_mm(lines[0].text, 10, False) <= 20


def test_text_shrinks_before_it_is_cut():
    fitted = fit("one two three four five six", (40, 12), (14, 10, 8, 6))
    assert fitted.size_pt < 14
    assert not fitted.is_cut


@given(st.text(max_size=200), st.sampled_from([8.0, 30.0, 95.0]), st.booleans())
def test_no_text_makes_a_line_wider_than_its_measure(text, measure_mm, bold):
    for line in wrap(text, measure_mm, 10, bold):
        assert width_mm(line.text, 10, bold) <= measure_mm + 0.001


@given(st.text(max_size=300))
def test_any_text_fits_its_box(text):
    fitted = fit(text, (60, 20), (14, 10, 7))
    assert len(fitted.lines) * line_height_mm(fitted.size_pt) <= 20
