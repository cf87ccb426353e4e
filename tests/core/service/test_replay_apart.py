import os

import numpy as np
import pytest

from core.domain.ruleset import DEFAULT
from core.service.replay_apart import WORTH_IT, beside
from core.service.replay_side import STEP, Question, decided
from tests.core.service.past import a_network, orders


def a_question(network=None):
    past = orders(STEP) + orders(STEP + 1, units=2)
    return Question(network or a_network(), {"a": np.array([STEP, 900])}, past, DEFAULT, DEFAULT)


def test_a_process_of_its_own_answers_the_same():
    here = [(answer.places, answer.side.as_json()) for answer in decided(a_question())]
    with beside(WORTH_IT) as elsewhere:
        assert elsewhere is not decided
        there = [(answer.places, answer.side.as_json()) for answer in elsewhere(a_question())]
    assert there == here
    assert len(there) == 3


def test_few_orders_are_decided_here_and_so_is_everything_on_one_core(monkeypatch):
    with beside(WORTH_IT - 1) as elsewhere:
        assert elsewhere is decided
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    with beside(WORTH_IT) as elsewhere:
        assert elsewhere is decided


def test_a_process_that_died_is_told(capfd):
    with beside(WORTH_IT) as elsewhere, pytest.raises(EOFError):
        list(elsewhere(a_question()._replace(stock=None)))
    assert "AttributeError" in capfd.readouterr().err
