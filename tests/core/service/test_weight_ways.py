"""Steps of weight in the price grid: the answer is the cheapest by the judgement of an independent solver (HiGHS)."""

import random
from dataclasses import replace

import numpy as np
import pytest

from core.domain.ruleset import Criterion, Ruleset, Strategy, Zone, parcel_cost_minor
from core.service import deciding, parting, weight_ways
from core.service.weighing import Tiers
from core.service.weight_ways import loose_ways, stepped_ways
from tests.core.service.sourced import a_store, network_and_case
from tests.support.highs import stepped_score

STEPS = ((500, 200), (2_000, 390), (5_000, 900), (30_000, 1_500))
CHEAPEST = Strategy(criteria=(Criterion.COST, Criterion.PROXIMITY))
COST_ALONE = Strategy(criteria=(Criterion.COST,))


def an_instance(seed, most=7):
    """Whole minor units: articles of hundreds of grams, and tens for a kg."""
    rng = random.Random(seed)
    skus = [f"s{n}" for n in range(rng.randint(1, 5))]
    lines = [(f"l{n}", sku, rng.choice([1, 1, 2, 4])) for n, sku in enumerate(skus)]
    grid = tuple(
        Zone(up_to, rng.choice([0, 150, 400]), rng.choice([0, 10, 60]), rng.choice([(), STEPS, STEPS[1:3], STEPS[:2]]))
        for up_to in (50, 300, 900)
    )
    places = [
        a_store(f"p{n}", rng.randint(1, 1_200), **{sku: rng.randint(0, 4) for sku in skus if rng.random() < 0.6})
        for n in range(rng.randint(1, most))
    ]
    return lines, {sku: rng.choice([0, 100, 400, 700, 1_200, 3_000]) for sku in skus}, grid, places


def decided(lines, weights, grid, places, strategy):
    network, case = network_and_case(lines, places)
    case = replace(case, weights_g=weights)
    return network, case, deciding.decide(network, case, Ruleset((strategy,), grid))


def cost_of(lines, weights, grid, places, decision):
    """By the assignments alone."""
    km = {place.location_id: place.distance_km for place in places}
    skus = {id: sku for id, sku, _ in lines}
    grams: dict[str, int] = {}
    for one in decision.assignments:
        grams[one.location_id] = grams.get(one.location_id, 0) + one.quantity * weights[skus[one.line_id]]
    return sum(parcel_cost_minor(Ruleset(grid=grid), int(km[id] * 1000), weight) for id, weight in grams.items())


@pytest.mark.parametrize("whole", [False, True], ids=["quantities split", "lines whole"])
@pytest.mark.parametrize("seeds", [range(start, start + 50) for start in range(0, 200, 50)], ids=str)
def test_nothing_is_cheaper_by_the_judgement_of_an_independent_solver(seeds, whole):
    for seed in seeds:
        agree(an_instance(seed), whole, f"seed {seed}")


def test_nor_is_it_where_many_places_can_stand_in_for_each_other():
    for seed in range(12):
        agree(an_instance(seed, most=20), False, f"seed {seed}")


def agree(instance, whole, name):
    lines, weights, grid, places = instance
    strategy = replace(CHEAPEST, allow_quantity_split=not whole)
    _, _, outcome = decided(lines, weights, grid, places, strategy)
    missing = sum(one.quantity for one in outcome.decision.unfilled)
    cost = cost_of(lines, weights, grid, places, outcome.decision)
    assert (missing, cost) == best_of(instance, whole), name
    assert outcome.totals["cost"] == cost, name
    assert outcome.decision.explanation.proof.proved, name


def best_of(instance, whole):
    lines, weights, grid, places = instance
    zones = [grid[min(np.searchsorted([50, 300, 900], place.distance_km), 2)] for place in places]
    have = np.array([[place.atp.get(sku, 0) for place in places] for _, sku, _ in lines])
    return stepped_score([(units, weights[sku]) for _, sku, units in lines], have, zones, whole)


def test_where_ways_are_too_many_the_answer_says_how_far_from_the_best_it_can_be(monkeypatch):
    monkeypatch.setattr(weight_ways, "MOST_WAYS", 1)
    monkeypatch.setattr(parting, "MOST_STATES", 0)
    proved = []
    for seed in range(60):
        lines, weights, grid, places = instance = an_instance(seed)
        _, _, outcome = decided(lines, weights, grid, places, COST_ALONE)
        proof, (missing, best) = outcome.decision.explanation.proof, best_of(instance, False)
        cost = cost_of(lines, weights, grid, places, outcome.decision)
        assert outcome.totals["cost"] == cost, seed
        assert proof.unfilled == missing, seed
        assert proof.cost_bound <= best * 1000 <= proof.cost, seed
        assert not proof.proved or cost == best, seed
        proved.append(proof.proved)
    assert 0 < sum(proved) < len(proved)


def test_each_step_of_a_place_is_used_as_fully_as_it_can_be():
    tiers = Tiers(np.array([[2], [5], [9]]), np.array([[1_000], [2_000], [2**60]]))
    have, owners, weights = np.array([[2], [1]]), np.array([0]), np.array([900, 400])
    split = stepped_ways(have, owners, weights, tiers, False)
    assert split is not None
    assert sorted(zip(split.costs.tolist(), split.have.T.tolist(), strict=True)) == [
        (2, [0, 1]), (2, [1, 0]), (5, [1, 1]), (5, [2, 0]), (9, [2, 1]),
    ]  # fmt: skip
    whole = stepped_ways(have, owners, weights, tiers, True)
    assert whole is not None
    assert sorted(zip(whole.costs.tolist(), whole.have.T.tolist(), strict=True)) == [
        (2, [0, 1]), (5, [2, 0]), (9, [2, 1]),
    ]  # fmt: skip


def test_where_ways_are_too_many_each_step_carries_each_article_alone():
    tiers = Tiers(np.array([[2], [5], [9]]), np.array([[1_000], [2_000], [2**60]]))
    loose = loose_ways(np.array([[2], [1], [4]]), np.array([0]), np.array([900, 400, 0]), tiers)
    assert list(zip(loose.costs.tolist(), loose.have.T.tolist(), strict=True)) == [(2, [1, 1, 4]), (5, [2, 1, 4])]


def test_a_place_is_told_its_parcel_and_the_step_of_the_grid():
    grid = (Zone(2_000, 100, 0, STEPS),)
    lines = [("l", "a", 3)]
    _, _, outcome = decided(lines, {"a": 900}, grid, [a_store("x", a=9), a_store("y")], CHEAPEST)
    assert outcome.totals["cost"] == 100 + 900
    assert {name: outcome.told[name].tolist() for name in ("cost", "parcel_g", "step_g")} == {
        "cost": [1_000, 300], "parcel_g": [2_700, 0], "step_g": [5_000, 0],
    }  # fmt: skip
