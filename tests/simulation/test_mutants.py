"""Every mutant must be noticed within a few seeds; see the table in tests.simulation.mutants."""

import pytest

from tests.simulation import mutants
from tests.simulation.command import live

SEEDS = range(1, 9)
# Where a mutant was noticed, if not on the first day, or soonest: that day is lived first, which saves those before it.
NOTICED_ON = {
    "rows_without_commit": 2,
    "move_without_delete": 5,
    "order_ignored": 3,
    "history_ignored": 5,
    "refunded_again": 2,
    "withdrawal_forgotten": 4,
    "lost_with_the_wipe": 2,
    "handed_again": 2,
    "hold_forever": 8,
    "poison_blocks": 5,
    "copies_told_late": 8,
}
STEPS = 60


@pytest.mark.parametrize("name", list(mutants.MUTANTS))
def test_a_wrong_turn_is_noticed(name: str):
    days = sorted(SEEDS, key=lambda seed: seed != NOTICED_ON.get(name))
    caught = next((result for seed in days if (result := live(seed, STEPS, name)).violations), None)
    assert caught is not None, f"{name} lived through {len(SEEDS)} days"
    assert caught.violations[0].invariant in expected_of(name)


def expected_of(name: str) -> list[str]:
    """The invariants that the table names for a mutant."""
    assert mutants.__doc__ is not None
    row = next(line for line in mutants.__doc__.splitlines() if line.startswith(f"| {name} |"))
    return row.strip("| ").split("|")[-1].replace(" ", "").split(",")


def test_every_mutant_is_in_the_table():
    assert mutants.__doc__ is not None
    rows = [line.split("|")[1].strip() for line in mutants.__doc__.splitlines() if line.startswith("| ")]
    assert rows[2:] == list(mutants.MUTANTS)
