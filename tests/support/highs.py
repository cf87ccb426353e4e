"""The same sourcing question asked of an independent solver (HiGHS, by scipy): what the best answer scores."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack, identity, kron, vstack

from core.domain.ruleset import Zone
from core.service.deciding import Case, Outcome
from core.service.network import Network

Score = tuple[int, int, int]


def best_score(network: Network, case: Case) -> tuple[Score, float]:
    """((units missing, shipments, metres) of the default ruleset, CPU seconds in the solver).

    Variables are the units each place gives of each item, and whether the place is used.
    """
    units: dict[str, int] = {}
    for _, sku, quantity in case.demand:
        units[sku] = units.get(sku, 0) + quantity
    stock = np.array([np.minimum(case.stock[sku], wanted) for sku, wanted in units.items()])
    useful = np.flatnonzero(stock.any(axis=0))
    asked, stock = np.array(list(units.values())), stock[:, useful]
    metres = network.metres_to(case.latitude or 0.0, case.longitude)[useful]
    reachable = np.minimum(stock.sum(axis=1), asked)
    items, places = stock.shape
    if not places:
        return (int(asked.sum()), 0, 0), 0.0
    # Given of an item: what can be reached of it; given by a place: what it has, if it is used.
    per_item = hstack([kron(identity(items), np.ones((1, places))), csr_array((items, places))])
    used = vstack([csr_array(np.diag(row)) for row in stock])
    per_place = hstack([identity(items * places), -used])
    limits = [LinearConstraint(per_item, reachable, reachable), LinearConstraint(per_place, -np.inf, 0)]
    upper = np.concatenate([stock.ravel(), np.ones(places)])
    # One number for shipments and metres: a shipment outweighs the longest ways of as many as there are units.
    lift = float(metres.max()) * min(int(reachable.sum()), 8) + 1
    costs = np.concatenate([np.zeros(items * places), metres / lift + 1])
    begun = time.process_time()
    with _silence():
        answer = milp(
            costs,
            integrality=np.concatenate([np.zeros(items * places), np.ones(places)]),
            bounds=Bounds(0, upper),
            constraints=limits,
            options={"mip_rel_gap": 0},  # by default it stops within a ten-thousandth of the best
        )
    spent = time.process_time() - begun
    assert answer.success, answer.message
    chosen = np.round(answer.x[items * places :]).astype(bool)
    return (int((asked - reachable).sum()), int(chosen.sum()), int(metres[chosen].sum())), spent


@contextmanager
def _silence() -> Iterator[None]:
    """HiGHS writes remarks to the process's standard output, past Python, where a JSON document may be due."""
    sys.stdout.flush()
    kept = os.dup(1)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        try:
            yield
        finally:
            os.dup2(kept, 1)
            os.close(kept)


def score_of(network: Network, case: Case, outcome: Outcome) -> Score:
    """(units missing, shipments, metres) of a decision, worked out from its assignments alone."""
    index = network.index()
    places = sorted({index[one.location_id] for one in outcome.decision.assignments})
    given = sum(one.quantity for one in outcome.decision.assignments)
    metres = network.metres_to(case.latitude or 0.0, case.longitude)
    return sum(units for _, _, units in case.demand) - given, len(places), int(metres[places].sum())


def cheapest_score(demand: np.ndarray, have: np.ndarray, fixed: np.ndarray, unit: np.ndarray) -> tuple[int, int]:
    """(units missing, cost) of the best answer where places and units cost; arrays as in `core.service.cheapest`."""
    items, places = have.shape
    reachable = np.minimum(have.sum(axis=1), demand)
    per_item = hstack([kron(identity(items), np.ones((1, places))), csr_array((items, places))])
    used = vstack([csr_array(np.diag(row)) for row in have])
    limits = [
        LinearConstraint(per_item, reachable, reachable),
        LinearConstraint(hstack([identity(items * places), -used]), -np.inf, 0),
    ]
    with _silence():
        answer = milp(
            np.concatenate([unit.ravel(), fixed]).astype(float),
            integrality=np.ones(items * places + places),
            bounds=Bounds(0, np.concatenate([have.ravel(), np.ones(places)])),
            constraints=limits,
            options={"mip_rel_gap": 0},
        )
    assert answer.success, answer.message
    return int((demand - reachable).sum()), round(answer.fun)


def stepped_score(lines: list[tuple[int, int]], have: np.ndarray, zones: list[Zone], whole: bool) -> tuple[int, int]:
    """(units missing, minor units) of the best answer, by what parcels weigh. `lines`: (units, grams of each).

    `have`: units by line and place, `zones`: of each place. A step that is not taken carries nothing.
    """
    items, places = have.shape
    asked, grams = np.array([units for units, _ in lines]), np.array([weight for _, weight in lines])
    part = asked if whole else np.ones(items, dtype=np.int64)
    most = (have // part[:, None]).clip(max=(asked // part)[:, None])
    steps = [zone.steps or ((0, 0),) for zone in zones]
    owner = np.array([place for place in range(places) for _ in steps[place]])
    carried = [up_to for place in range(places) for up_to, _ in (*steps[place][:-1], (int(grams @ asked), 0))]
    price = [zones[place].base_minor + minor for place in range(places) for _, minor in steps[place]]
    units, used = items * places, (np.arange(places)[:, None] == owner).astype(float)
    given = np.tile(part, places)  # columns: place by place its lines, then every step of every place
    rows, limits = [], []
    for item in range(items):
        rows.append(np.concatenate([np.where(np.arange(units) % items == item, given, 0), np.zeros(len(owner))]))
        limits.append(int(asked[item]))
    for place in range(places):
        of_place = np.arange(units) // items == place
        weight = np.where(of_place, np.tile(part * grams, places), 0)
        rows += [np.concatenate([weight, -used[place] * carried]), np.concatenate([np.zeros(units), used[place]])]
        limits += [0, 1]
        for item in range(items):
            row = np.zeros(units)
            row[place * items + item] = 1
            rows.append(np.concatenate([row, -used[place] * most[item, place]]))
            limits.append(0)
    per_unit = np.concatenate([zones[place].per_kg_minor * part * grams / 1000 for place in range(places)])
    dearest = int(per_unit @ np.tile(asked, places)) + sum(price) + 1
    costs = np.concatenate([per_unit - dearest * given, price])
    with _silence():
        answer = milp(
            costs,
            integrality=np.ones_like(costs),
            bounds=Bounds(0, np.concatenate([most.T.ravel(), np.ones(len(owner))])),
            constraints=[LinearConstraint(np.array(rows), -np.inf, np.array(limits))],
            options={"mip_rel_gap": 0},
        )
    assert answer.success, answer.message
    sent = int(np.round(answer.x[:units]) @ given)
    return int(asked.sum()) - sent, round(answer.fun + dearest * sent)
