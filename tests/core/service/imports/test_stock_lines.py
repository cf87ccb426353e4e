from hypothesis import given
from hypothesis import strategies as st

from core.service.imports.stock_lines import MOST_LINE_BYTES, lines_of

LINE = st.binary(max_size=MOST_LINE_BYTES).map(lambda line: line.replace(b"\n", b" "))


def test_each_line_is_found_with_its_bounds():
    lines = lines_of(b"A1,S1,3\n\nA2,S1,10000000000\n")
    assert lines is not None
    assert [lines.line(index) for index in range(len(lines))] == [b"A1,S1,3", b"", b"A2,S1,10000000000"]


@given(st.lists(LINE, min_size=1, max_size=30))
def test_lines_have_the_same_number_exactly_when_they_are_the_same(some):
    lines = lines_of(b"".join(line + b"\n" for line in some))
    assert lines is not None
    by_number = dict(zip(lines.numbers.tolist(), some, strict=True))
    assert len(by_number) == len(set(some))
    assert [by_number[number] for number in lines.numbers.tolist()] == some


@given(LINE.filter(bool), st.data())
def test_a_number_does_not_depend_on_what_stands_around_its_line(line, data):
    before, after = data.draw(st.lists(LINE)), data.draw(st.lists(LINE))
    alone = lines_of(line + b"\n")
    among = lines_of(b"".join(one + b"\n" for one in (*before, line, *after)))
    assert alone is not None
    assert among is not None
    assert among.numbers[len(before)] == alone.numbers[0]


def test_a_line_beyond_the_limit_has_no_number():
    assert lines_of(b"A" * (MOST_LINE_BYTES + 1) + b"\n") is None
