"""The default run: fifty days, each from its seed. `comptoir simulate --seed 1..1000` for more."""

import pytest

from tests.simulation.command import live
from tests.simulation.crash import mortality
from tests.simulation.day import Day

STEPS = 35
ARTICLES_CHANGE = 56  # a tablet is told of articles whose JSON the database wrote


@pytest.mark.parametrize("seed", [*range(1, 51), ARTICLES_CHANGE])
def test_no_promise_is_broken_on_this_day(seed: int):
    result = live(seed, STEPS)
    assert not result.violations, "\n".join((*result.trace[-40:], *map(str, result.violations)))


@pytest.mark.parametrize("seed", [3, 16])
def test_wrong_clocks_change_nothing(seed: int):
    """I15: clocks of tablets that jump by ten years change no verdict, no count and no state."""
    assert outcome_of(seed, skew=True) == outcome_of(seed, skew=False)


def outcome_of(seed: int, skew: bool):
    with mortality():
        day = Day(seed, skew=skew)
        assert day.run(STEPS) == []
        return day.outcome
