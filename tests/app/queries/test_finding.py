"""Whatever people say, type or scan leads to the work they mean."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.queries.finding import Found, WorkNotFound, find, nothing_called
from core.domain.outcome import Outcome
from core.domain.own_codes import receipt
from core.domain.scanning import UnreadableCode
from tests.support import collect_world
from tests.support import store_world as world
from tests.support.workplace import workplace

ORDER_1 = Found("fulfilment", "f1", "FR-10231-1")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("K001", ORDER_1),
        ("k001", ORDER_1),
        ("FR-10231", ORDER_1),
        ("fr-10231-1 ", ORDER_1),
        ("comptoir:run:run-b", Found("run", "run-b", "7QF")),
        ("7qf", Found("run", "run-b", "7QF")),
        ("comptoir:parcel:f7-p1", Found("fulfilment", "f7", "FR-10237-1")),
        (world.sscc(1), Found("fulfilment", "f7", "FR-10237-1")),
        (f"]C100{world.sscc(2)}", Found("fulfilment", "f8", "FR-10238-1")),
    ],
)
def test_work_is_found_by_everything_it_is_called(tmp_path: Path, said: str, found: Found) -> None:
    assert find(workplace(tmp_path).database, said) == (found,)


@pytest.mark.parametrize("number", ["FR-90001", "FR 90001 é"])
def test_a_receipt_leads_back_to_what_was_fetched(tmp_path: Path, number: str) -> None:
    place = workplace(tmp_path)
    fetched = replace(collect_world.everything()[0], number=number)
    place.pulled("collection", fetched)
    assert find(place.database, receipt(fetched.number, fetched.id)) == (Found("collection", fetched.id, number),)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (world.gtin13("AL-1004"), WorkNotFound("Suede boots Arras")),
        ("4006381333931", WorkNotFound("4006381333931")),
        ("comptoir:parcel:" + world.sscc(99), WorkNotFound(world.sscc(99))),
        ("comptoir:shelf:a-1", WorkNotFound("A-1")),
        ("comptoir:voucher:1", UnreadableCode("own_newer", "comptoir:voucher:1")),
        ("K999 ", WorkNotFound("K999")),
    ],
)
def test_what_leads_nowhere_is_called_what_it_is(tmp_path: Path, said: str, answer: Outcome) -> None:
    assert nothing_called(workplace(tmp_path).database, said) == answer


@pytest.mark.parametrize("said", ["", "K999", "comptoir:enrol:X", world.gtin13("AL-1001"), "376012300001\n5"])
def test_nothing_is_found_for_what_no_work_is_called(tmp_path: Path, said: str) -> None:
    assert find(workplace(tmp_path).database, said) == ()
