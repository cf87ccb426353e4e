"""The workers between core and payment provider; for what they mean at a till see tests/core/service."""

from types import SimpleNamespace
from typing import Any

import pytest

from core.adapters.payment import Charge, ProviderAway, Told
from core.jobs.payments import AWAY, CardDesk, Errand, RefundDesk


class Bank:
    """Notes what it is asked; `answers` in their order, an exception is raised."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.asked = list(answers), list[str]()

    def _answer(self, what: str) -> Any:
        self.asked.append(what)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Told(answer)

    def authorise(self, charge: Charge) -> Told:
        return self._answer(f"authorise {charge.payment_id} {charge.amount_minor}")

    def capture(self, payment_id: str, amount_minor: int) -> Told:
        return self._answer(f"capture {payment_id} {amount_minor}")

    def refund(self, refund_id: str, payment_id: str, amount_minor: int) -> Told:
        return self._answer(f"refund {refund_id} {payment_id} {amount_minor}")

    def status(self, id: str) -> Told:
        return self._answer(f"status {id}")


def errand(is_first: bool) -> Errand:
    return Errand("x1", "p1", 100, "EUR", is_first)


@pytest.mark.parametrize(
    ("is_first", "answers", "asked", "told"),
    [
        (True, ["authorised", "captured"], ["authorise x1 100", "capture x1 100"], "captured"),
        (True, ["declined"], ["authorise x1 100"], "declined"),
        (True, ["pending"], ["authorise x1 100"], "pending"),
        (False, ["unknown", "authorised", "captured"], ["status x1", "authorise x1 100", "capture x1 100"], "captured"),
        (False, ["authorised", "captured"], ["status x1", "capture x1 100"], "captured"),
        (False, ["captured"], ["status x1"], "captured"),
        (False, [ProviderAway()], ["status x1"], "away"),
    ],
)
def test_a_card_is_charged_after_asking_what_became_of_it(is_first, answers, asked, told):
    bank = Bank(*answers)
    assert CardDesk(bank).ask(errand(is_first)).state == told
    assert bank.asked == asked


def test_a_refund_too():
    bank = Bank("refunded")
    assert RefundDesk(bank).ask(errand(True)) == Told("refunded")
    assert bank.asked == ["refund x1 p1 100"]
    assert RefundDesk(Bank("refunded")).ask(errand(False)) == Told("refunded")
    assert RefundDesk(Bank(ProviderAway())).ask(errand(True)) == AWAY


def test_what_is_decided_is_not_asked_again(sqlite_database):
    row: Any = SimpleNamespace(id="x1", state="paid", amount_minor=100, currency="EUR", tries=2)
    with sqlite_database.write() as connection:
        assert CardDesk(Bank()).prepare(connection, None, row) is None  # type: ignore[arg-type]
