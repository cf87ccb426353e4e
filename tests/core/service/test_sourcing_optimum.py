"""The search agrees with an independent solver (HiGHS) on thousands of orders: random ones and real baskets.

More than two thousand together with test_cheapest.py, where places and units cost.
"""

import csv
import random
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from tests.core.service.sourced import (
    SPLIT,
    WHOLE,
    Candidate,
    an_instance,
    check_possible,
    score,
    solve,
    source,
)

SAMPLE = Path(__file__).resolve().parents[2] / "support/real_baskets.csv"


@pytest.mark.parametrize("settings", [SPLIT, WHOLE], ids=["quantities split", "lines whole"])
@pytest.mark.parametrize("seeds", [range(start, start + 50) for start in range(0, 700, 50)], ids=str)
def test_no_answer_is_better_by_the_judgement_of_an_independent_solver(seeds, settings):
    for seed in seeds:
        lines, candidates, max_splits = an_instance(seed)
        agree(lines, candidates, replace(settings, max_splits=max_splits), f"seed {seed}")


@pytest.mark.parametrize("picture", range(4))
def test_real_baskets_are_sourced_as_the_solver_would(picture):
    """Stock deep and scarce."""
    rng = random.Random(picture)
    for number, lines in enumerate(small for small in real_baskets() if len(small) <= 12):
        most = 3 if (number + picture) % 3 == 0 else 30
        agree(lines, stores(rng, lines, most, 12), SPLIT, f"basket {number + 1}")


def test_real_baskets_over_more_places_and_larger_ones_too():
    rng = random.Random(7)
    for number, lines in enumerate(list(real_baskets())[::3]):
        agree(lines, stores(rng, lines, 3 if number % 3 == 0 else 30, 25), SPLIT, f"basket {number + 1}")


def agree(lines, candidates, settings, name):
    decision = source(lines, candidates, settings)
    check_possible(lines, candidates, decision, settings)
    proof = decision.explanation.proof
    assert score(lines, candidates, decision, settings) == solve(lines, candidates, settings), name
    assert proof.proved, name
    assert (proof.unfilled, proof.shipments, proof.gap) == (proof.unfilled_bound, proof.shipments_bound, 0), name


def stores(rng, lines, most, count):
    skus = sorted({sku for _, sku, _ in lines})
    stocks = [{sku: rng.randint(1, most) for sku in skus if rng.random() < 0.35} for _ in range(count)]
    return [Candidate(f"loc{i:02}", "store", rng.randint(1, 900), 5, atp) for i, atp in enumerate(stocks)]


def real_baskets():
    """Of tests/support/real_baskets.csv, which names its source."""
    baskets: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    rows = SAMPLE.read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(row for row in rows if not row.startswith("#")):
        basket = baskets[row["basket"]]
        basket.append((f"l{len(basket)}", row["sku"], min(int(row["units"]), 30)))
    assert len(baskets) > 80
    return baskets.values()
