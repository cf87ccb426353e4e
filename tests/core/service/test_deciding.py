import random
from collections import defaultdict
from dataclasses import replace
from itertools import chain, combinations

import pytest

from core.domain.ruleset import Criterion, Filters, Partial, Ruleset, Strategy
from core.service import deciding
from core.service.asking import CODES
from tests.core.service.sourced import (
    SPLIT,
    WHOLE,
    Candidate,
    a_store,
    an_instance,
    check_possible,
    decide,
    network_and_case,
    score,
    solve,
    source,
)


def told(outcome):
    return [CODES[code] for code in outcome.told["codes"]]


def test_one_place_that_has_it_all_beats_two_that_are_nearer():
    decision = source(
        [("l1", "a", 1), ("l2", "b", 1)],
        [a_store("near a", 1, a=1), a_store("near b", 1, b=1), a_store("far", 900, a=1, b=1)],
        SPLIT,
    )
    assert decision.location_ids == ("far",)


def test_a_preferred_kind_beats_a_shorter_way():
    candidates = [a_store("hub", 1, kind="warehouse", a=1), a_store("shop", 500, a=1)]
    assert source([("l1", "a", 1)], candidates, SPLIT).location_ids == ("shop",)
    assert source([("l1", "a", 1)], candidates, Strategy(prefer=("warehouse",))).location_ids == ("hub",)


def test_a_quantity_is_split_only_where_it_may_be():
    lines, candidates = [("l1", "a", 3)], [a_store("x", 1, a=2), a_store("y", 2, a=2)]
    assert [(a.location_id, a.quantity) for a in source(lines, candidates, SPLIT).assignments] == [("x", 2), ("y", 1)]
    whole = decide(lines, candidates, WHOLE)
    assert whole.decision.assignments == ()
    assert [(u.line_id, u.quantity) for u in whole.decision.unfilled] == [("l1", 3)]
    assert set(told(whole)) == {"no_whole_line"}


def test_a_line_is_not_split_where_one_of_the_chosen_places_has_all_of_it():
    lines = [("l1", "a", 2), ("l2", "b", 1), ("l3", "c", 1)]
    decision = source(lines, [a_store("x", 1, a=1, b=1), a_store("y", 2, a=2, c=1)], SPLIT)
    assert [a.location_id for a in decision.assignments if a.line_id == "l1"] == ["y"]


def test_with_a_limit_on_splits_the_places_that_send_most_are_taken():
    candidates = [a_store("x", 1, a=1), a_store("y", 9, b=2, c=2), a_store("z", 5, a=1, b=1)]
    decision = source([("l1", "a", 1), ("l2", "b", 2), ("l3", "c", 2)], candidates, replace(SPLIT, max_splits=0))
    assert decision.location_ids == ("y",)
    assert [(u.line_id, u.quantity) for u in decision.unfilled] == [("l1", 1)]


def test_every_location_is_told_why():
    full, empty = a_store("full", 1, capacity_left=0, a=9), a_store("empty", 2)
    outcome = decide([("l1", "a", 1)], [full, empty, a_store("best", 3, a=1), a_store("next", 4, a=5)], SPLIT)
    assert told(outcome) == ["no_capacity", "no_stock", "chosen", "not_needed"]
    assert outcome.told["units"].tolist() == [0, 0, 1, 1]
    assert outcome.told["distance_m"].tolist() == [1000, 2000, 3000, 4000]
    (alternative,) = outcome.decision.explanation.alternatives
    assert (alternative.without, alternative.location_ids, alternative.distance_m) == ("best", ("next",), 4000)


def test_an_order_nobody_can_send_is_unfilled_with_reasons():
    decision = source([("l1", "a", 2)], [a_store("x")], SPLIT)
    assert (decision.assignments, decision.unfilled[0].quantity) == ((), 2)
    assert decision.explanation.proof.proved
    assert source([], [a_store("x", a=1)], SPLIT).location_ids == ()
    assert source([("l1", "a", 0)], [], SPLIT).unfilled == ()


def test_twelve_lines_over_five_hundred_places_are_proved_within_the_step_limit():
    rng = random.Random(3)
    skus = [f"s{i}" for i in range(12)]
    stocks = [{sku: rng.randint(1, 3) for sku in skus if rng.random() < 0.1} for _ in range(500)]
    candidates = [Candidate(f"loc{i:03}", "store", rng.uniform(1, 900), 5, atp) for i, atp in enumerate(stocks)]
    decision = source([(f"l{i}", sku, rng.choice([1, 1, 1, 2])) for i, sku in enumerate(skus)], candidates, SPLIT)
    assert decision.explanation.proof.proved
    assert decision.unfilled == ()


def test_a_search_that_ends_early_says_how_far_from_the_best_it_can_be():
    rng = random.Random(5)
    skus = [f"s{i}" for i in range(30)]
    candidates = [
        Candidate(f"loc{i:03}", "store", rng.uniform(1, 900), 5, {s: 1 for s in skus if rng.random() < 0.12})
        for i in range(200)
    ]
    lines = [(f"l{i}", sku, 1) for i, sku in enumerate(skus)]
    hurried = source(lines, candidates, SPLIT, node_limit=20, alternatives=False)
    check_possible(lines, candidates, hurried, SPLIT)
    proof = hurried.explanation.proof
    assert not proof.proved
    assert proof.shipments_bound < proof.shipments
    assert proof.gap == proof.shipments - proof.shipments_bound
    assert hurried.unfilled == ()


def test_a_part_goes_ahead_only_where_both_parts_are_worth_it():
    lines, candidates = [("l1", "a", 1), ("l2", "b", 1)], [a_store("x", 1, a=1)]
    network, case = network_and_case(lines, candidates)
    case = replace(case, prices_minor={"a": 3_000, "b": 500})

    def sent(partial):
        outcome = deciding.decide(network, case, Ruleset((Strategy(partial=partial),)))
        return [one.line_id for one in outcome.decision.assignments], len(outcome.decision.unfilled), told(outcome)

    assert sent(Partial(min_sent_minor=3_000, min_waiting_minor=500)) == (["l1"], 1, ["chosen"])
    assert sent(Partial(min_sent_minor=3_001)) == ([], 2, ["not_needed"])
    assert sent(Partial(min_waiting_minor=501)) == ([], 2, ["not_needed"])


def test_the_fallback_decides_where_it_leaves_less():
    near = Strategy("near", filters=Filters(max_km=50), fallback="any")
    candidates = [a_store("close", 10, a=1), a_store("away", 90, a=9)]
    network, case = network_and_case([("l1", "a", 2)], candidates)
    outcome = deciding.decide(network, case, Ruleset((near, Strategy("any"))))
    assert (outcome.strategy.name, outcome.decision.location_ids) == ("any", ("away",))
    network, case = network_and_case([("l1", "a", 1)], candidates)
    outcome = deciding.decide(network, case, Ruleset((near, Strategy("any"))))
    assert (outcome.strategy.name, told(outcome)) == ("near", ["chosen", "too_far"])


def test_what_a_unit_costs_is_part_of_the_answer_and_of_its_alternatives():
    strategy = Strategy(criteria=(Criterion.COST,), allow_quantity_split=True)
    network, case = network_and_case([("l1", "a", 2)], [a_store("near", 10, a=2), a_store("far", 400, a=2)])
    outcome = deciding.decide(network, replace(case, weights_g={"a": 1_000}), Ruleset((strategy,)))
    assert outcome.totals == {"cost": 490 + 2 * 40}
    (other,) = outcome.decision.explanation.alternatives
    assert (other.location_ids, other.totals) == (("far",), {"cost": 690 + 2 * 75})


@pytest.mark.parametrize("settings", [SPLIT, WHOLE], ids=["quantities split", "lines whole"])
def test_what_a_channel_keeps_back_is_kept_whoever_sends_the_rest(settings):
    """All lines together never get more than the limit, and no set of lines within it would have been better."""
    for seed in range(60):
        lines, candidates, _ = an_instance(seed)
        rng = random.Random(seed)
        most = {sku: rng.randint(0, 4) for sku in sorted({sku for _, sku, _ in lines}) if rng.random() < 0.7}
        network, case = network_and_case(lines, candidates)
        decision = deciding.decide(network, replace(case, most=most), Ruleset((settings,))).decision
        check_possible(lines, candidates, decision, settings)
        given: dict[str, int] = defaultdict(int)
        skus = {id: sku for id, sku, _ in lines}
        for one in decision.assignments:
            given[skus[one.line_id]] += one.quantity
        assert all(units <= most.get(sku, units) for sku, units in given.items())
        # The limit as the solver sees it: fewer units of the last lines, or every choice of whole lines.
        asked = sum(units for _, _, units in lines)
        choices = []
        for cut in cuts(lines, most, settings.allow_quantity_split):
            missing, shipments, cost = solve(cut, candidates, settings) if cut else (0, 0, 0)
            choices.append((missing + asked - sum(units for _, _, units in cut), shipments, cost))
        assert score(lines, candidates, decision, settings) == min(choices), f"seed {seed}"
        assert decision.explanation.proof.unfilled == decision.explanation.proof.unfilled_bound


def cuts(lines, most, splittable):
    """Orders that ask for no more than the limits allow."""
    if splittable:
        left = dict(most)
        cut = []
        for id, sku, units in lines:
            kept = min(units, left.get(sku, units))
            if sku in left:
                left[sku] -= kept
            cut += [(id, sku, kept)] if kept else []
        return [cut]
    subsets = chain.from_iterable(combinations(lines, size) for size in range(len(lines) + 1))
    return [
        list(chosen)
        for chosen in subsets
        if all(sum(units for _, one, units in chosen if one == sku) <= limit for sku, limit in most.items())
    ]
