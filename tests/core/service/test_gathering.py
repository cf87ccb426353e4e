"""Gathering agrees with trying everything: every place that may gather, every set of places that send parts to it."""

import random
from dataclasses import replace
from itertools import chain, combinations
from types import SimpleNamespace

import numpy as np
import pytest

from core.domain.ruleset import Consolidate, Criterion, Ruleset, Strategy
from core.service import deciding
from core.service.asking import CODES
from core.service.deciding import Case
from core.service.network import network_of


def a_network(places):
    """`places`: (id, latitude, kind, orders a day)."""
    rows = [
        SimpleNamespace(id=id, kind=kind, country="FR", latitude=latitude, longitude=0.0, capacity_per_day=capacity)
        for id, latitude, kind, capacity in places
    ]
    return network_of(rows, {}, {})


def a_case(network, lines, stock, **more):
    vectors = {sku: np.array([units.get(id, 0) for id in network.ids]) for sku, units in stock.items()}
    return Case(tuple(lines), vectors, 0.0, 0.0, **more)


NETWORK = a_network(
    [
        ("hub", 2.0, "warehouse", None),
        ("north", 3.0, "store", None),
        ("shop", 0.1, "store", None),
        ("work", 2.5, "store", 9),
    ]
)
LINES = [("l1", "a", 1), ("l2", "b", 2), ("l3", "c", 1)]
STOCK = {"a": {"shop": 1}, "b": {"north": 2, "work": 1}, "c": {"hub": 4, "north": 1}}
GATHER = Strategy(consolidate=Consolidate(kinds=("warehouse",)))


def test_two_shipments_become_one_by_way_of_the_hub():
    direct = deciding.decide(NETWORK, a_case(NETWORK, LINES, STOCK), Ruleset())
    assert (direct.shipments, direct.decision.location_ids) == (2, ("shop", "north"))
    outcome = deciding.decide(NETWORK, a_case(NETWORK, LINES, STOCK, weights_g={"b": 1000}), Ruleset((GATHER,)))
    told = outcome.gathering
    assert told is not None
    assert (outcome.shipments, told["at"]) == (1, "hub")
    assert {one.line_id: one.location_id for one in outcome.decision.assignments} == {
        "l1": "shop",
        "l2": "north",
        "l3": "hub",
    }
    assert [(leg["location_id"], leg["units"], leg["grams"]) for leg in told["legs"]] == [
        ("north", 2, 2000),
        ("shop", 1, 0),
    ]
    # Legs run side by side; the slower one, then an hour at the hub, then its own preparation and way.
    slowest, onward = max(leg["minutes"] for leg in told["legs"]), told["onward"]
    assert told["minutes"] == slowest + 60 + onward["minutes"]
    assert told["cost_minor"] == onward["cost_minor"] + sum(leg["cost_minor"] for leg in told["legs"])
    assert told["instead_of"]["shipments"] == 2
    codes = dict(zip(NETWORK.ids, (CODES[code] for code in outcome.told["codes"]), strict=True))
    assert codes == {"hub": "gathers", "north": "chosen", "shop": "chosen", "work": "not_needed"}


@pytest.mark.parametrize("more", [{"max_extra_minutes": 60}, {"from_shipments": 3}])
def test_the_straight_way_stays_where_the_detour_is_too_long_or_saves_too_little(more):
    strategy = replace(GATHER, consolidate=Consolidate(kinds=("warehouse",), **more))
    assert deciding.decide(NETWORK, a_case(NETWORK, LINES, STOCK), Ruleset((strategy,))).gathering is None


def test_a_promise_is_not_broken_to_save_a_shipment_but_a_service_is_done_all_the_same():
    late = a_case(NETWORK, LINES, STOCK, minutes_left=300)
    assert deciding.decide(NETWORK, late, Ruleset((GATHER,))).gathering is None
    ruleset = Ruleset((GATHER,), services={"engraving": ("work",)})
    outcome = deciding.decide(NETWORK, replace(late, services=("engraving",)), ruleset)
    assert outcome.gathering is not None
    assert (outcome.gathering["at"], outcome.gathering["minutes_left"]) == ("work", 300)


def test_a_service_is_done_where_all_of_it_lies_without_any_leg():
    ruleset = Ruleset(services={"engraving": ("work", "hub"), "wrap": ("hub", "north")})
    case = a_case(NETWORK, [("l3", "c", 1)], STOCK, services=("engraving", "wrap"))
    outcome = deciding.decide(NETWORK, case, ruleset)
    assert outcome.gathering is not None
    assert (outcome.gathering["at"], outcome.gathering["legs"]) == ("hub", [])


def test_where_nobody_offers_the_service_nobody_is_asked():
    outcome = deciding.decide(NETWORK, a_case(NETWORK, LINES, STOCK, services=("repair",)), Ruleset())
    assert outcome.decision.assignments == ()
    assert {CODES[code] for code in outcome.told["codes"]} == {"no_service"}


def test_a_full_place_gathers_nothing():
    full = replace(NETWORK, taken=np.array([0, 0, 0, 9]))
    case = a_case(full, LINES, STOCK, services=("engraving",))
    assert deciding.decide(full, case, Ruleset(services={"engraving": ("work",)})).decision.assignments == ()


def best_by_trying(network, case, hubs):
    """(missing, legs, metres of legs and of the way on) of the best way to gather."""
    metres = network.metres_to(0.0, 0.0)
    wanted: dict[str, int] = {}
    for _, sku, units in case.demand:
        wanted[sku] = wanted.get(sku, 0) + units
    found = []
    for hub in hubs:
        legs = network.metres_to(float(network.latitudes[hub]), 0.0)
        others = [place for place in range(len(network)) if place != hub]
        for chosen in chain.from_iterable(combinations(others, size) for size in range(len(others) + 1)):
            missing = sum(
                max(0, units - int(sum(case.stock[sku][place] for place in (hub, *chosen))))
                for sku, units in wanted.items()
            )
            found.append((missing, len(chosen), int(sum(legs[place] for place in chosen) + metres[hub])))
    return min(found)


@pytest.mark.parametrize("seeds", [range(start, start + 40) for start in range(0, 160, 40)], ids=str)
def test_no_way_to_gather_is_better(seeds):
    for seed in seeds:
        rng = random.Random(seed)
        network = a_network([(f"p{n}", rng.randint(0, 60) / 10, "store", None) for n in range(6)])
        skus = "abcd"[: rng.randint(1, 4)]
        lines = [(f"l{n}", rng.choice(skus), rng.randint(1, 3)) for n in range(rng.randint(1, 5))]
        stock = {sku: {id: rng.randint(0, 2) for id in network.ids if rng.random() < 0.5} for sku in skus}
        hubs = tuple(rng.sample(range(6), 2))
        ids = tuple(network.ids[hub] for hub in hubs)
        case = a_case(network, lines, stock, services=("engraving",))
        strategy = Strategy(criteria=(Criterion.SHIPMENTS, Criterion.PROXIMITY))
        outcome = deciding.decide(network, case, Ruleset((strategy,), services={"engraving": ids}))
        if outcome.gathering is None:
            assert not outcome.decision.assignments
            continue
        missing = sum(one.quantity for one in outcome.decision.unfilled)
        legs = outcome.gathering["legs"]
        metres = outcome.gathering["onward"]["distance_m"] + sum(leg["distance_m"] for leg in legs)
        assert (missing, len(legs), metres) == best_by_trying(network, case, hubs), f"seed {seed}"
        assert outcome.decision.explanation.proof.proved
