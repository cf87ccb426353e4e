"""What stands in one line is drawn in the order in which it is said, whichever way each fact is read."""

from fpdf.bidi import BidiParagraph
from fpdf.enums import TextDirection

from app.ui.beside import beside, from_left


def drawn(line: str) -> str:
    """From left to right, as the Unicode bidirectional algorithm says for a page that is read so."""
    paragraph = BidiParagraph(line, base_direction=TextDirection.LTR)
    return "".join(char for char in paragraph.get_reordered_string() if char not in "\u2066\u2067\u2068\u2069")


def test_a_number_after_an_arabic_name_stays_with_its_word() -> None:
    assert drawn("هدى · 1 unit") == "1 · ىده unit"  # as it was without an isolate
    assert drawn(beside("هدى", "1 unit")) == "ىده · 1 unit"
    assert drawn(beside("هدى", "18:00")) == "ىده · 18:00"


def test_facts_of_one_direction_are_joined_as_they_are() -> None:
    assert beside("Maison Alba", "", "18:00") == "Maison Alba · 18:00"
    assert beside("هدى", "قطعتان") == "هدى · قطعتان"
    assert beside("", "") == ""


def test_an_identifier_is_read_from_the_left_on_an_arabic_page() -> None:
    paragraph = BidiParagraph(from_left("5 (01a2-f9e5)"), base_direction=TextDirection.RTL)
    assert paragraph.get_reordered_string().strip("\u2066\u2069") == "5 (01a2-f9e5)"
