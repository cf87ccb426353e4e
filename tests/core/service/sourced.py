"""Orders and the places that could send them, decided; and the same judged by an independent solver (HiGHS)."""

import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from core.domain.ruleset import Ruleset, Strategy
from core.service import deciding
from core.service.deciding import Case
from core.service.network import network_of

RANK = 10**5  # more metres than any answer with two kinds of place here has
SPLIT, WHOLE = Strategy(prefer=("store",)), Strategy(prefer=("store",), allow_quantity_split=False)


@dataclass(frozen=True)
class Candidate:
    location_id: str
    kind: str
    distance_km: float
    capacity_left: int
    atp: Mapping[str, int]


def network_and_case(lines, candidates):
    """A network of these candidates, whose distances are those from (0, 0), and the order there."""
    rows = [
        SimpleNamespace(id=c.location_id, kind=c.kind, country="FR", latitude=0.0, longitude=0.0,
                        capacity_per_day=c.capacity_left)
        for c in candidates
    ]  # fmt: skip
    network = network_of(rows, {}, {})
    network._metres[0.0, 0.0] = np.array([round(c.distance_km * 1000) for c in candidates], dtype=np.int64)
    skus = {sku for _, sku, _ in lines}
    stock = {sku: np.array([c.atp.get(sku, 0) for c in candidates], dtype=np.int64) for sku in skus}
    return network, Case(tuple(lines), stock, 0.0, 0.0)


def decide(lines, candidates, strategy, **more):
    network, case = network_and_case(lines, candidates)
    return deciding.decide(network, case, Ruleset((strategy,), **more))


def source(lines, candidates, strategy, **more):
    return decide(lines, candidates, strategy, **more).decision


def a_store(location_id, distance_km=1.0, kind="store", capacity_left=9, **atp):
    return Candidate(location_id, kind, distance_km, capacity_left, atp)


def score(lines, candidates, decision, settings):
    """(units missing, shipments, sum of ranks and metres), worked out from the assignments alone."""
    by_id = {candidate.location_id: candidate for candidate in candidates}
    used = {assignment.location_id for assignment in decision.assignments}
    cost = 0
    for location_id in used:
        kind = by_id[location_id].kind
        rank = settings.prefer.index(kind) if kind in settings.prefer else len(settings.prefer)
        cost += rank * RANK + round(by_id[location_id].distance_km * 1000)
    asked = sum(quantity for _, _, quantity in lines)
    return asked - sum(assignment.quantity for assignment in decision.assignments), len(used), cost


def check_possible(lines, candidates, decision, settings):
    by_id = {candidate.location_id: candidate for candidate in candidates}
    sku_of = {line_id: sku for line_id, sku, _ in lines}
    taken: dict[tuple[str, str], int] = defaultdict(int)
    given: dict[str, int] = defaultdict(int)
    for assignment in decision.assignments:
        assert assignment.quantity > 0
        assert by_id[assignment.location_id].capacity_left > 0
        taken[assignment.location_id, sku_of[assignment.line_id]] += assignment.quantity
        given[assignment.line_id] += assignment.quantity
    for (location_id, sku), units in taken.items():
        assert units <= by_id[location_id].atp.get(sku, 0)
    missing = {unfilled.line_id: unfilled.quantity for unfilled in decision.unfilled}
    for line_id, _, quantity in lines:
        assert given[line_id] + missing.get(line_id, 0) == quantity
        if not settings.allow_quantity_split:
            assert given[line_id] in (0, quantity)
            assert sum(a.line_id == line_id for a in decision.assignments) <= 1
    if settings.max_splits is not None:
        assert len(decision.location_ids) <= settings.max_splits + 1


def solve(lines, candidates, settings):
    """The best score by mixed integer programming: variables are what each place gives each line, and its use."""
    places = [candidate for candidate in candidates if candidate.capacity_left > 0]
    n, m = len(places), len(lines)
    asked = np.array([quantity for _, _, quantity in lines])
    # Units given, or whether the whole line is given, where lines are not split.
    unit = np.ones(m) if settings.allow_quantity_split else asked
    upper = np.concatenate([np.tile(asked / unit, n), np.ones(n)])
    rows, limits = [], []
    for i in range(m):
        row = np.zeros(n * m + n)
        row[i : n * m : m] = unit[i]
        rows.append(row)
        limits.append(asked[i])
    for p, place in enumerate(places):
        for sku in {sku for _, sku, _ in lines}:
            row = np.zeros(n * m + n)
            for i, line in enumerate(lines):
                row[p * m + i] = unit[i] if line[1] == sku else 0
            stock = place.atp.get(sku, 0)
            row[n * m + p] = -stock
            rows.append(row)
            limits.append(0)
    used = np.concatenate([np.zeros(n * m), np.ones(n)])
    if settings.max_splits is not None:
        rows.append(used)
        limits.append(settings.max_splits + 1)
    given = np.concatenate([np.tile(unit, n), np.zeros(n)])

    def least(cost, *fixed):
        constraints = [LinearConstraint(np.array(rows), -np.inf, np.array(limits))]
        constraints += [LinearConstraint(row, value, value) for row, value in fixed]
        answer = milp(
            cost,
            integrality=np.ones_like(cost),
            bounds=Bounds(0, upper),
            constraints=constraints,
            options={"mip_rel_gap": 0},  # by default it stops within a ten-thousandth of the best
        )
        assert answer.success, answer.message
        return np.round(answer.x)

    if not n:
        return int(asked.sum()), 0, 0
    first = least(used - 100 * given)
    units, shipments = given @ first, used @ first
    rank = {kind: place for place, kind in enumerate(settings.prefer)}
    ways = [rank.get(p.kind, len(rank)) * RANK + round(p.distance_km * 1000) for p in places]
    best = least(np.concatenate([np.zeros(n * m), ways]), (given, units), (used, shipments))
    cost = sum(way for way, use in zip(ways, best[n * m :], strict=True) if use)
    return int(asked.sum() - units), int(shipments), int(cost)


def an_instance(seed):
    rng = random.Random(seed)
    skus = [f"s{i}" for i in range(rng.randint(1, 6))]
    lines = [(f"l{i}", rng.choice(skus), rng.choice([1, 1, 1, 2, 3])) for i in range(rng.randint(1, 6))]
    density, most = rng.choice([0.2, 0.4, 0.7]), rng.choice([1, 2, 4])
    candidates = [
        Candidate(
            f"loc{i}",
            rng.choice(["store", "store", "warehouse"]),
            rng.randint(1, 40) / 10,  # ties on purpose
            rng.choice([0, 1, 5, 5]),
            {sku: rng.randint(0, most) for sku in skus if rng.random() < density},
        )
        for i in range(rng.randint(1, 12))
    ]
    return lines, candidates, rng.choice([None, None, None, 0, 1])
