from pathlib import Path

import pytest

from core.adapters.payment import Charge, ProviderAway, Sandbox, Told


@pytest.fixture
def clock() -> list[float]:
    return [1000.0]


@pytest.fixture
def bank(tmp_path: Path, clock: list[float]) -> Sandbox:
    return Sandbox(tmp_path / "bank.db", late_s=5, now=lambda: clock[0])


def test_asked_twice_money_moves_once(bank: Sandbox):
    for _ in range(2):
        assert bank.authorise(Charge("p1", 1000, "EUR")).state in ("authorised", "captured")
        assert bank.capture("p1", 1000) == Told("captured", "", "sandbox-p1")
    for _ in range(2):
        assert bank.refund("r1", "p1", 600).state == "refunded"
    assert bank.refund("r2", "p1", 600) == Told("declined", "refund_not_possible")
    assert bank.moved() == [("p1", 1000, "captured"), ("r1", 600, "refunded")]


@pytest.mark.parametrize(
    ("amount", "reason"), [(1051, "insufficient_funds"), (1054, "expired_card"), (1005, "do_not_honour")]
)
def test_cards_are_declined(bank: Sandbox, amount: int, reason: str):
    assert bank.authorise(Charge("p1", amount, "EUR")) == Told("declined", reason, "sandbox-p1")
    assert bank.capture("p1", amount).state == "declined"


def test_an_answer_that_is_lost_has_happened(bank: Sandbox):
    with pytest.raises(ProviderAway):
        bank.authorise(Charge("p1", 1091, "EUR"))
    assert bank.status("p1").state == "authorised"
    bank.authorise(Charge("p2", 1093, "EUR"))
    with pytest.raises(ProviderAway):
        bank.capture("p2", 1093)
    assert bank.status("p2").state == "captured"
    assert bank.status("p3").state == "unknown"


def test_an_answer_may_come_late(bank: Sandbox, clock: list[float]):
    assert bank.authorise(Charge("p1", 1092, "EUR")).state == "pending"
    clock[0] += 6
    assert bank.status("p1").state == "authorised"


def test_what_it_does_not_give_back(bank: Sandbox):
    bank.authorise(Charge("p1", 1094, "EUR"))
    bank.capture("p1", 1094)
    assert bank.refund("r1", "p1", 100).state == "declined"
    assert bank.refund("r2", "nothing", 100).state == "declined"
