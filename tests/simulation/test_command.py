import pytest
from typer.exceptions import TyperException

from tests.simulation.command import live, read_seeds
from tests.simulation.day import Day


@pytest.mark.parametrize(("text", "seeds"), [("17", [17]), ("1..3", [1, 2, 3])])
def test_seeds_are_one_number_or_a_range(text: str, seeds: list[int]):
    assert list(read_seeds(text)) == seeds


@pytest.mark.parametrize("text", ["", "x", "1..", "3..1", "1...2"])
def test_other_texts_are_refused(text: str):
    with pytest.raises(TyperException, match="no seed"):
        read_seeds(text)


def test_a_bad_day_tells_what_happened_before_it():
    result = live(1, 60, "forget_dedupe")
    assert result.violations
    assert any("ScanItem" in line for line in result.trace)


def test_a_seed_gives_the_same_day_twice():
    assert live(4, 40).trace == live(4, 40).trace


def test_a_day_that_breaks_is_a_violation_of_its_seed(monkeypatch: pytest.MonkeyPatch):
    def broken(_day: Day, _steps: int):
        raise TypeError("bytes")

    monkeypatch.setattr(Day, "run", broken)
    result = live(3, 5)
    assert result.as_json() == [{"seed": 3, "invariant": "crash", "what": "TypeError: bytes"}]
    assert any("in broken" in line for line in result.trace)
