import gzip
import io

import pytest

from core.adapters.delimited import BrokenRow, DelimitedError, DelimitedFile, Row


def read(content: bytes, *required: str, max_bytes: int | None = None) -> list[Row | BrokenRow]:
    return list(DelimitedFile(io.BytesIO(content), frozenset(required), max_bytes))


def refused(content: bytes, *required: str, max_bytes: int | None = None) -> str:
    with pytest.raises(DelimitedError) as caught:
        read(content, *required, max_bytes=max_bytes)
    return caught.value.code


def broken(rows: list[Row | BrokenRow]) -> list[tuple[int, str]]:
    return [(row.line, row.code) for row in rows if isinstance(row, BrokenRow)]


def test_a_row_knows_its_line_and_its_columns():
    assert read(b'sku,name\nA1, Mug \n\nA2,"Bowl, blue"\n', "sku") == [
        Row(2, {"sku": "A1", "name": "Mug"}),
        Row(4, {"sku": "A2", "name": "Bowl, blue"}),
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_header_tells_the_separator(separator: str):
    content = separator.join(("sku", "price")) + "\n" + separator.join(("A1", "2.5")) + "\n"
    assert read(content.encode()) == [Row(2, {"sku": "A1", "price": "2.5"})]


def test_a_byte_order_mark_is_no_part_of_the_first_column():
    assert read("\ufeffsku\nA1\n".encode(), "sku") == [Row(2, {"sku": "A1"})]


def test_a_field_may_run_over_lines():
    assert read(b'a,b\n"x\ny",2\n3,4\n') == [Row(2, {"a": "x\ny", "b": "2"}), Row(4, {"a": "3", "b": "4"})]


def test_a_broken_quote_costs_its_own_line_and_not_the_rest_of_the_file():
    rows = read(b'a,b\n1,2\n"x,3\n4,5\n6,7\n')
    assert broken(rows) == [(3, "broken_quotes")]
    assert [row.values["a"] for row in rows if isinstance(row, Row)] == ["1", "4", "6"]


def test_a_line_in_another_encoding_is_refused_alone():
    rows = read(b"a,b\n1,caf\xe9\n2,tea\n")
    assert broken(rows) == [(2, "wrong_encoding")]
    assert isinstance(rows[0], BrokenRow)
    assert rows[0].raw == "1,café"
    assert rows[1] == Row(3, {"a": "2", "b": "tea"})


def test_too_few_and_too_many_cells_are_refused_but_a_trailing_separator_is_not():
    rows = read(b"a,b\n1\n1,2,3\n1,2,\n")
    assert broken(rows) == [(2, "wrong_number_of_columns"), (3, "wrong_number_of_columns")]
    assert rows[2] == Row(4, {"a": "1", "b": "2"})


def test_a_huge_field_is_refused_and_reading_goes_on():
    rows = read(b"a,b\n" + b"x" * 20_000 + b",1\n" + b"y" * 300_000 + b",2\nz,3\n")
    assert broken(rows) == [(2, "field_too_long"), (3, "record_too_long")]
    assert rows[2] == Row(4, {"a": "z", "b": "3"})


def test_a_nul_byte_is_refused():
    assert broken(read(b"a,b\n1,\x002\n")) == [(2, "control_characters")]


def test_a_gzip_file_is_read_as_it_is():
    assert read(gzip.compress(b"a\n1\n")) == [Row(2, {"a": "1"})]


def test_a_file_that_cannot_be_read_at_all_says_why():
    assert refused(b"") == "file_empty"
    assert refused("a,b\n1,2\n".encode("utf-16")) == "file_encoding"
    assert refused(b"a,b\n", "sku") == "columns_missing"
    assert refused(b"a,a\n") == "columns_twice"
    assert refused(b'a,"b\n') == "header_broken"
    assert refused(gzip.compress(b"a,b\n" + bytes(range(48, 58)) * 5000)[:-20]) == "file_damaged"
    assert refused(b"a\n" + b"1\n" * 100, max_bytes=50) == "file_too_big"
