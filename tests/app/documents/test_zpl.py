import re

import pytest

from app.documents.marks import Align, Sheet, TextMark
from app.documents.zpl import label_zpl, render_zpl
from tests.app.documents.test_label import LONG, TR, label


def fields(zpl: str) -> list[str]:
    return [field for field in zpl.removeprefix("^XA").removesuffix("^XZ").split("^FS") if field]


def test_the_parcel_number_is_a_real_gs1_128_with_fnc1():
    zpl = label_zpl(label(), TR).decode()
    assert f"^FD>;>800{label().sscc}^FS" in zpl
    assert re.search(r"\^BY4\^FO108,844\^BCN,254,N,N,N,N\^FD", zpl)


def test_the_label_is_one_format_of_a6_in_utf_8():
    zpl = label_zpl(label(), TR).decode()
    assert zpl.startswith("^XA^PW840^LL1184^CI28")
    assert zpl.endswith("^XZ")
    assert zpl.count("^XA") == zpl.count("^XZ") == 1
    assert f"^FDMA,comptoir:parcel:{label().sscc}" in zpl
    assert "^FDÉlodie Lefèvre^FS" in zpl


@pytest.mark.parametrize("dots_per_mm", [8, 12])
def test_every_field_begins_on_the_label_and_no_line_is_wider_than_it(dots_per_mm):
    width, height = 105 * dots_per_mm, 148 * dots_per_mm
    for field in fields(label_zpl(LONG, TR, dots_per_mm).decode()):
        place = re.search(r"\^FO(\d+),(\d+)", field)
        assert place, field
        x, y = int(place[1]), int(place[2])
        assert 0 <= x < width
        assert 0 <= y < height
        block = re.search(r"\^FB(\d+),(\d+)", field)
        if block:
            assert x + int(block[1]) <= width
            assert block[2] == "1", "we wrap, the printer would print surplus lines over each other"


def test_a_customer_cannot_send_commands_to_the_printer():
    zpl = label_zpl(label(name="^XZ~JA _5E \\&"), TR).decode()
    assert zpl.count("^XZ") == 1
    assert "~" not in zpl
    assert "^FH_" in zpl
    assert "^FD_5EXZ_7EJA _5F5E _5C&^FS" in zpl


def test_arabic_is_sent_as_a_picture_with_whole_rows():
    line = TextMark(5, 5, 90, "\ufee2\ufea3\ufeae\ufee3", 12, align=Align.RIGHT)
    zpl = render_zpl(Sheet(105, 148, (line,))).decode()
    picture = re.search(r"\^FO(\d+),40\^GFA,(\d+),\2,(\d+),([0-9A-FG-Yg-z]+)\^FS", zpl)
    assert picture
    assert int(picture[2]) % int(picture[3]) == 0
    assert int(picture[1]) + int(picture[3]) * 8 == 95 * 8
    assert unpacked(picture[4]).count("F") > 20
    assert len(unpacked(picture[4])) == int(picture[2]) * 2
    assert "^FD" not in zpl


def unpacked(data: str) -> str:
    """The hexadecimal of a run-length coded ^GFA field: G-Y are 1 to 19 times, g-z 20 to 400 times."""
    out, times = "", 0
    for character in data:
        if "G" <= character <= "Y":
            times += ord(character) - ord("F")
        elif "g" <= character <= "z":
            times += (ord(character) - ord("f")) * 20
        else:
            out, times = out + character * (times or 1), 0
    return out


def test_the_same_label_is_the_same_bytes():
    assert label_zpl(LONG, TR) == label_zpl(LONG, TR)
