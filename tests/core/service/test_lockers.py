from core.domain.outcome import Outcome
from core.service.lockers import REFUSED


def test_what_a_locker_refuses_has_an_answer_for_people():
    assert all(issubclass(answer, Outcome) for answer in REFUSED.values())
