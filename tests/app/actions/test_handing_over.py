"""What is taken and what is left never add up to more than there is, and only what is taken is paid."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.actions import handing_over
from app.actions.handing_over import Giving, Proof, scanned, to_pay
from app.queries.collection import CollectionLineView
from core.contract.commands import HandOverCollection, How
from core.domain.barcodes import check_digit
from core.domain.collecting_answers import HandedOver, HandedOverTwice, Paid
from core.domain.outcome import Outcome
from core.domain.process import resolve
from tests.support import collect_world
from tests.support import store_world as world
from tests.support.workplace import Place, workplace


def line(sku: str, open_: int) -> CollectionLineView:
    return CollectionLineView(f"l-{sku}", sku, "", "", "", "", "", (world.gtin(sku),), open_, open_, 0, 0, "", 0, 1000)


LINES = (line("AL-1001", 1), line("AL-1003", 3))
PROCESS = resolve({"store_codes": [{"pattern": "22{ppppp}{nnnnn}{check}"}]}, {})


def bundle(pieces: int) -> str:
    body = f"2200077{pieces:05}"
    return body + check_digit(body)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    opened = workplace(tmp_path)
    opened.pulled("fulfilment", *collect_world.works())
    opened.pulled("collection", *collect_world.everything())
    yield opened
    opened.database.close()


steps = st.lists(st.tuples(st.sampled_from(["take", "leave", "all", "scan"]), st.integers(0, 1), st.integers(-1, 5)))


@given(steps)
def test_taken_and_left_are_never_more_than_there_is(done: list[tuple[str, int, int]]) -> None:
    giving = Giving()
    for what, which, units in done:
        one = LINES[which]
        if what == "take":
            giving = giving.take(one, units)
        elif what == "leave":
            giving = giving.leave(one, units, "too_small")
        elif what == "all":
            giving = giving.all(LINES)
        else:
            giving = scanned(giving, LINES, world.gtin13(one.sku), How.WEDGE, PROCESS) or giving
        for each in LINES:
            taken, (left, _reason) = giving.taken.get(each.line_id, 0), giving.left.get(each.line_id, (0, ""))
            assert taken >= 0
            assert left >= 0
            assert taken + left <= each.open
    assert 0 <= to_pay(LINES, 4000, giving) <= 4000


def test_a_bundle_of_the_house_is_taken_with_all_its_pieces_or_not_at_all(place: Place) -> None:
    lines = (LINES[0], replace(LINES[1], gtins=(bundle(0).zfill(14),)))
    giving = scanned(Giving(), lines, bundle(2), How.WEDGE, PROCESS)
    assert giving == Giving({"l-AL-1003": 2}, {}, How.WEDGE)
    assert scanned(giving, lines, bundle(2), How.WEDGE, PROCESS) is None
    told = handing_over.unexpected(place.desk, giving, lines, bundle(2), PROCESS)
    assert told == handing_over.TakenAlready("", 2)
    assert scanned(Giving(), lines, bundle(2), How.WEDGE, resolve({}, {})) is None


def test_what_another_tablet_gave_away_is_not_given_again() -> None:
    giving = Giving().all(LINES)
    now = (line("AL-1001", 0), line("AL-1003", 2))
    assert giving.within(now) == Giving({"l-AL-1003": 2}, {}, How.TAP)


@pytest.mark.parametrize(
    ("taken", "left", "due", "amount"),
    [(0, 0, 4000, 0), (3, 0, 4000, 3000), (3, 0, 3000, 2000), (1, 2, 3000, 0), (3, 0, 500, 0)],
)
def test_only_what_is_taken_is_paid(taken: int, left: int, due: int, amount: int) -> None:
    giving = Giving().take(LINES[1], taken).leave(LINES[1], left, "x")
    assert to_pay(LINES, due, giving) == amount


def test_a_second_tap_gives_and_charges_nothing_twice(place: Place) -> None:
    giving = Giving({"l1-AL-1001": 1, "l1-AL-1003": 2})
    answers: list[Outcome] = []
    for _ in range(2):
        handing_over.take_cash(place.desk, "c2", "pay-1", 9980)
        handing_over.charge_card(place.desk, "c2", "pay-2", 100)
        answers.append(handing_over.hand_over(place.desk, "c1", "h-1", giving, Proof("passport")))
    assert answers[0] == HandedOver()
    assert [name for _, name in place.commands()] == ["TakeCash", "ChargeCard", "HandOverCollection"]
    assert handing_over.take_cash(place.desk, "c2", "pay-3", 100) != Paid(0)


def test_who_comes_second_hears_who_was_first_and_when(place: Place) -> None:
    giving = Giving({"l1-AL-1001": 1})
    handing_over.hand_over(place.desk, "c1", "h-1", giving, Proof(collector="Léa Martin", relation="family"))
    place.session.user_id = "bruno"
    second = handing_over.hand_over(place.desk, "c1", "h-2", giving, Proof())
    assert second == HandedOverTwice(1, "Ann Peeters", "2026-03-02T10:00:00+01:00", "Léa Martin")


def test_a_relation_without_a_name_says_nothing(place: Place) -> None:
    handing_over.hand_over(place.desk, "c1", "h-1", Giving({"l1-AL-1001": 1}), Proof(collector="  ", relation="family"))
    (command,) = place.store.next_batch(place.now)
    assert isinstance(command.arguments, HandOverCollection)
    assert (command.arguments.collector, command.arguments.relation) == ("", "")
