from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.contract import commands as c
from core.domain.runs import Method
from core.service import envelope

AT = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
SCAN = c.Command("c-1", 1, "ScanItem", 1, "u-1", AT, c.ScanItem("f-1", "l-1", 2, c.How.CAMERA, "code"))
START = c.Command("c-2", 2, "StartRun", 1, "u-1", AT, c.StartRun("r", "R1", "loc", Method.BATCH, ("f",), ("u-1",)))


@pytest.mark.parametrize("command", [SCAN, START])
def test_what_travels_is_read_back_as_it_was(command):
    assert envelope.read(envelope.as_json(command)) == command


@pytest.mark.parametrize("raw", [None, [], "text", {}, {"id": ""}, {"id": "x"}, {"id": "x", "seq": "1"},
                                 {"id": "x" * 65, "seq": 1}, {"id": "a\0b", "seq": 1}])  # fmt: skip
def test_without_an_id_and_a_number_there_is_nothing_to_answer_to(raw):
    with pytest.raises(envelope.EnvelopeInvalid):
        envelope.read(raw)


def changed(path: str, value: Any) -> dict[str, Any]:
    raw = envelope.as_json(SCAN)
    place = raw["arguments"] if path.startswith("arguments.") else raw
    place[path.removeprefix("arguments.")] = value
    return raw


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("name", "Teleport", "unsupported_command"), ("name", None, "unsupported_command"),
        ("version", 2, "unsupported_command"), ("at", None, "malformed"), ("at", "2026-05-04T09:00:00", "malformed"),
        ("arguments", [], "malformed"), ("arguments.quantity", "two", "malformed"),
        ("arguments.quantity", 2**40, "malformed"), ("arguments.quantity", "1", "malformed"),
        ("arguments.quantity", True, "malformed"), ("at", 1_790_000_000, "malformed"),
        ("at", "0001-01-01T00:00:00+14:00", "malformed"), ("offset_ms", True, "malformed"),
        ("arguments.how", "magic", "malformed"),
        ("arguments.line_id", 7, "malformed"), ("user_id", 7, "malformed"), ("offset_ms", "7", "malformed"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_stays_unread_with_its_reason(path, value, code):
    found = envelope.read(changed(path, value))
    assert isinstance(found, envelope.Unread)
    assert (found.id, found.seq, found.code) == ("c-1", 1, code)


def test_what_is_nested_too_deeply_is_answered_for_good_and_holds_nothing_up():
    deep: Any = []
    for _ in range(900):
        deep = [deep]
    found = envelope.read({**envelope.as_json(SCAN), "arguments": deep})
    assert isinstance(found, envelope.Unread)
    assert (found.id, found.code) == ("c-1", "malformed")
    assert envelope.digest(found) == envelope.digest(found)
    assert envelope.as_json(found) == {"id": "c-1", "seq": 1}


def test_arguments_of_a_newer_app_may_say_more():
    raw = envelope.as_json(SCAN)
    raw["arguments"]["torch"] = True
    assert envelope.read(raw) == SCAN


def test_the_digest_holds_what_may_never_change_and_nothing_else():
    same = replace(SCAN, prev="c-0", offset_ms=77)
    assert envelope.digest(same) == envelope.digest(SCAN)
    for other in (replace(SCAN, user_id="u-2"), replace(SCAN, at=AT + timedelta(seconds=1)), replace(SCAN, seq=9)):
        assert envelope.digest(other) != envelope.digest(SCAN)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(field=st.sampled_from(["name", "version", "user_id", "at", "arguments", "prev", "offset_ms"]), value=JSON)
def test_no_json_at_all_breaks_the_reading(field, value):
    found = envelope.read(envelope.as_json(SCAN) | {field: value})
    assert found.id == "c-1"
