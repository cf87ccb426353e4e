import json
from datetime import UTC, datetime

import pytest

from core.contract.commands import Command, How, ScanItem
from core.contract.sync import Commit, Delete, Head, Problem, Put
from sync import codec
from sync.errors import InvalidAnswer


def test_a_command_travels_with_the_names_of_the_contract() -> None:
    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    command = Command("c1", 4, "ScanItem", 1, "ann", at, ScanItem("f1", "l1", 2, How.WEDGE, "0123"), "c0", -250)
    assert json.loads(codec.encode_command(command)) == {
        "id": "c1", "seq": 4, "name": "ScanItem", "version": 1, "user_id": "ann", "at": "2026-03-02T09:00:00Z",
        "arguments": {
            "fulfilment_id": "f1", "line_id": "l1", "quantity": 2, "how": "wedge", "code": "0123", "run_id": "",
        },
        "prev": "c0", "offset_ms": -250,
    }  # fmt: skip


def test_frames_are_told_apart_by_t() -> None:
    assert codec.decode_frame(b'{"t":"head","full":true}') == Head(True)
    assert codec.decode_frame(b'{"t":"put","e":"x","rows":[["i",2,[1, 2]]]}') == Put("x", (("i", 2, b"[1, 2]"),))
    assert codec.decode_frame(b'{"t":"del","e":"x","ids":["i"]}') == Delete("x", ("i",))
    assert codec.decode_frame(b'{"t":"commit","cursor":"c"}') == Commit("c")


@pytest.mark.parametrize("line", [b"", b"[]", b'{"t":"tea"}', b'{"t":"put","e":1,"rows":[]}', b"\xff\xfe"])
def test_nonsense_is_an_invalid_answer(line: bytes) -> None:
    with pytest.raises(InvalidAnswer):
        codec.decode_frame(line)


def test_an_error_page_of_a_proxy_is_a_problem_too() -> None:
    assert codec.decode_problem(b"<html>", 502) == Problem("http_502", "", 502)
