from dataclasses import fields

import pytest

from core.service import cursors


def test_a_cursor_survives_the_round_trip():
    cursor = cursors.Cursor("main", "7:9:8", "epoch", "parts")
    assert cursors.read_cursor(cursor.text()) == cursor
    assert {field.name for field in fields(cursor)} == {"g", "s", "e", "p", "f", "k"}


@pytest.mark.parametrize("text", [None, "", "nonsense", "e30=", "bnVsbA==", "W10="])
def test_what_is_no_cursor_is_none(text):
    assert cursors.read_cursor(text) is None
