"""Consolidation: the parts of an order travel to one place and leave from there in one shipment.

Every place that may gather is tried: what lies there needs no leg, the rest is sourced as if that place were the
destination, by the same rules. The best of these answers, legs and the way to the customer together, is the answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from core.domain.ruleset import Consolidate, Ruleset, Strategy, parcel_carbon_g, parcel_cost_minor, parcel_minutes
from core.domain.sourcing import Assignment, Decision, Explanation, Proof, Unfilled
from core.service import weighing
from core.service.network import Network

if TYPE_CHECKING:  # deciding calls this module
    from core.service.deciding import Case, Outcome

    Solve = Callable[[Case, Strategy], Outcome]


class Rules(NamedTuple):
    network: Network
    ruleset: Ruleset
    strategy: Strategy


class Part(NamedTuple):
    """A parcel on its way: to the place that gathers, or from there to the customer."""

    location_id: str
    units: int
    grams: int
    metres: int
    kind: str

    def told(self, ruleset: Ruleset) -> dict[str, Any]:
        return {
            "location_id": self.location_id, "units": self.units, "grams": self.grams, "distance_m": self.metres,
            "kind": self.kind, "minutes": parcel_minutes(ruleset, self.kind, self.metres),
            "cost_minor": round(parcel_cost_minor(ruleset, self.metres, self.grams)),
            "carbon_g": round(parcel_carbon_g(ruleset, self.metres, self.grams)),
        }  # fmt: skip


class Gathered(NamedTuple):
    """An answer by way of `place`. `key`: less is better; `missing` first."""

    place: int
    assignments: tuple[Assignment, ...]
    unfilled: tuple[Unfilled, ...]
    legs: tuple[dict[str, Any], ...]
    onward: dict[str, Any]
    minutes: int
    key: tuple[int, ...]
    totals: Mapping[str, int]
    proved: bool

    @property
    def missing(self) -> int:
        return sum(one.quantity for one in self.unfilled)

    @property
    def cost_minor(self) -> int:
        return int(self.onward["cost_minor"] + sum(leg["cost_minor"] for leg in self.legs))


def gathered(rules: Rules, case: "Case", direct: "Outcome", solve: "Solve") -> "Outcome":
    """`direct`, unless the order wants a service or the strategy rather gathers its parts at one place."""
    wanted = rules.strategy.consolidate
    if not case.services and not case.gather_at and (wanted is None or direct.shipments < wanted.from_shipments):
        return direct
    tried = [_by_way_of(rules, case, place, solve) for place in _candidates(rules, case)]
    able = sorted((one for one in tried if one.assignments), key=lambda one: (one.key, one.place))
    forced = bool(case.services or case.gather_at)
    if not able:
        return _nobody(case, direct) if case.services else direct
    best, before = able[0], _straight(rules, case, direct)
    if not forced:
        assert wanted is not None
        able = [one for one in able if _worth_it(one, wanted, before, direct, case)]
        if not able:
            return direct
        best = able[0]
    return _outcome(rules, case, direct, best, (able, before))


def _candidates(rules: Rules, case: "Case") -> list[int]:
    network, wanted = rules.network, rules.strategy.consolidate
    index = network.index()
    open_ = np.less(network.taken, network.capacity)
    if case.gather_at:
        return [index[case.gather_at]] if case.gather_at in index else []
    if case.services:
        offered = [set(rules.ruleset.services.get(name, ())) for name in case.services]
        ids = set.intersection(*offered)
    elif wanted is not None and wanted.at:
        ids = set(wanted.at)
    else:
        ids = {id for id, kind in zip(network.ids, network.kinds, strict=True) if wanted and kind in wanted.kinds}
    return sorted(index[id] for id in ids if id in index and open_[index[id]])


def _by_way_of(rules: Rules, case: "Case", place: int, solve: "Solve") -> Gathered:
    network, hub = rules.network, rules.network.ids[place]
    there = replace(
        case, latitude=float(network.latitudes[place]), longitude=float(network.longitudes[place]), late=frozenset(),
        services=(), gather_at="",
    )  # fmt: skip
    # How many places send parts to it is no split for the customer.
    strategy = replace(rules.strategy, max_splits=None, partial=None, consolidate=rules.strategy.consolidate or ANY)
    own: tuple[Assignment, ...] = ()
    if case.location_id in ("", hub):
        own = solve(replace(there, location_id=hub), strategy).decision.assignments
    given: dict[str, int] = {}
    for one in own:
        given[one.line_id] = given.get(one.line_id, 0) + one.quantity
    skus = {line_id: sku for line_id, sku, _ in case.demand}
    rest = tuple((id, sku, units - given.get(id, 0)) for id, sku, units in case.demand if units > given.get(id, 0))
    excluded = {**case.excluded} | {sku: case.excluded.get(sku, frozenset()) | {hub} for _, sku, _ in rest}
    most = {**case.most}
    for one in own:
        if skus[one.line_id] in most:
            most[skus[one.line_id]] -= one.quantity
    found = solve(replace(there, demand=rest, excluded=excluded, most=most), strategy) if rest else None
    assignments = own + (found.decision.assignments if found else ())
    unfilled = found.decision.unfilled if found else ()
    legs = tuple(one.told(rules.ruleset) for one in _legs(network, case, found, place))
    onward = _onward(network, case, assignments, place).told(rules.ruleset)
    minutes = onward["minutes"]
    if legs:
        minutes += rules.ruleset.way.gathering_minutes + max(leg["minutes"] for leg in legs)
    totals, key = _totals(rules, case, assignments, (place, found))
    proved = found is None or found.decision.explanation.proof.proved
    missing = sum(one.quantity for one in unfilled)
    return Gathered(place, assignments, unfilled, legs, onward, minutes, (missing, *key), totals, proved)


def _legs(network: Network, case: "Case", found: "Outcome | None", place: int) -> Sequence[Part]:
    if found is None:
        return ()
    metres = network.metres_to(float(network.latitudes[place]), float(network.longitudes[place]))
    return _parts(network, case, found.decision.assignments, metres)


def _onward(network: Network, case: "Case", assignments: Sequence[Assignment], place: int) -> Part:
    grams = _grams(case)
    units = sum(one.quantity for one in assignments)
    weight = sum(one.quantity * grams[one.line_id] for one in assignments)
    metres = 0 if case.latitude is None else int(network.metres_to(case.latitude, case.longitude)[place])
    return Part(network.ids[place], units, weight, metres, network.kinds[place])


def _parts(network: Network, case: "Case", assignments: Sequence[Assignment], metres: Any) -> list[Part]:
    index, grams = network.index(), _grams(case)
    units: dict[str, int] = {}
    weights: dict[str, int] = {}
    for one in assignments:
        units[one.location_id] = units.get(one.location_id, 0) + one.quantity
        weights[one.location_id] = weights.get(one.location_id, 0) + one.quantity * grams[one.line_id]
    return [Part(id, units[id], weights[id], int(metres[index[id]]), network.kinds[index[id]]) for id in sorted(units)]


def _grams(case: "Case") -> dict[str, int]:
    return {line_id: case.weights_g.get(sku, 0) for line_id, sku, _ in case.demand}


def _totals(
    rules: Rules, case: "Case", assignments: Sequence[Assignment], way: "tuple[int, Outcome | None]"
) -> tuple[dict[str, int], tuple[int, ...]]:
    """By criterion, legs and the way to the customer; and what of it is made small, as numbers to compare."""
    place, found = way
    network = rules.network
    lines = [line for line in case.demand if line[2] > 0]
    units = np.array([line[2] for line in lines], dtype=np.int64)
    weights = np.array([case.weights_g.get(sku, 0) for _, sku, _ in lines], dtype=np.int64)
    nothing = np.zeros(len(network), dtype=np.int64)
    stock = np.array([case.stock.get(sku, nothing) for _, sku, _ in lines], dtype=np.int64)
    metres = nothing if case.latitude is None else network.metres_to(case.latitude, case.longitude)
    basket = weighing.Basket(units, weights, stock.reshape(len(lines), len(network)), metres)
    given = {line_id: 0 for line_id, _, _ in lines}
    for one in assignments:
        given[one.line_id] += one.quantity
    dealt = np.array(list(given.values()), dtype=np.int64)
    raw: dict[Any, int] = {}
    for criterion, score in weighing.scores(rules.ruleset, rules.strategy, network, basket).items():
        onward = score.of_shipment(place, int(dealt @ weights)) + (
            0 if score.unit is None else int(dealt @ score.unit[:, place])
        )
        raw[criterion] = onward + (found.raw.get(criterion, 0) if found else 0)
    shown = {
        criterion.value: total // 1000 if criterion in weighing.IN_THOUSANDTHS else total
        for criterion, total in raw.items()
    }
    return shown, weighing.ranked(rules.strategy, raw)


class _Straight(NamedTuple):
    """What the answer without a detour takes."""

    shipments: int
    cost_minor: int
    minutes: int


def _straight(rules: Rules, case: "Case", direct: "Outcome") -> _Straight:
    network = rules.network
    nothing = np.zeros(len(network), dtype=np.int64)
    metres = nothing if case.latitude is None else network.metres_to(case.latitude, case.longitude)
    parts = [part.told(rules.ruleset) for part in _parts(network, case, direct.decision.assignments, metres)]
    minutes = max((part["minutes"] for part in parts), default=0)
    return _Straight(direct.shipments, sum(part["cost_minor"] for part in parts), minutes)


def _worth_it(one: Gathered, wanted: Consolidate, before: _Straight, direct: "Outcome", case: "Case") -> bool:
    if one.missing > sum(unfilled.quantity for unfilled in direct.decision.unfilled):
        return False
    if case.minutes_left is not None and one.minutes > case.minutes_left:
        return False
    return wanted.max_extra_minutes is None or one.minutes - before.minutes <= wanted.max_extra_minutes


def _outcome(
    rules: Rules, case: "Case", direct: "Outcome", best: Gathered, others: tuple[Sequence[Gathered], _Straight]
) -> "Outcome":
    able, before = others
    ids = rules.network.ids
    document = {
        "at": ids[best.place],
        "services": list(case.services),
        "legs": list(best.legs),
        "onward": best.onward,
        "minutes": best.minutes,
        "cost_minor": best.cost_minor,
        "instead_of": before._asdict(),
        "minutes_left": case.minutes_left,
        "others": [
            {"location_id": ids[one.place], "legs": len(one.legs), "unfilled": one.missing, "minutes": one.minutes,
             "cost_minor": one.cost_minor}
            for one in able if one.place != best.place
        ][:MOST_OTHERS],
    }  # fmt: skip
    proof = Proof(best.missing, best.missing, 1, 1, best.proved, direct.decision.explanation.proof.nodes)
    decision = Decision(best.assignments, best.unfilled, Explanation((), proof, ids))
    sources = {one.location_id for one in best.assignments}
    told = _told(direct.told, {rules.network.index()[id] for id in sources}, best.place)
    return replace(direct, decision=decision, told=told, totals=best.totals, gathering=document)


def _told(told: Mapping[str, Any], sources: set[int], place: int) -> Mapping[str, Any]:
    if not told:
        return told
    codes = told["codes"].copy()
    codes[codes == CHOSEN] = NOT_NEEDED
    codes[sorted(sources)] = CHOSEN
    codes[place] = GATHERS
    return {**told, "codes": codes}


def _nobody(case: "Case", direct: "Outcome") -> "Outcome":
    """No open place offers all the services: nobody gets any of it, and every place is told why."""
    unfilled = tuple(Unfilled(line_id, units) for line_id, _, units in case.demand if units > 0)
    missing = sum(one.quantity for one in unfilled)
    ids = direct.decision.explanation.location_ids
    decision = Decision((), unfilled, Explanation((), Proof(missing, missing, 0, 0, True, 0), ids))
    told = {**direct.told, "codes": np.full_like(direct.told["codes"], NO_SERVICE)} if direct.told else direct.told
    return replace(direct, decision=decision, told=told, totals={})


ANY = Consolidate(kinds=("store", "warehouse"))
MOST_OTHERS = 10
# Places of these words in `core.service.asking.CODES`.
NOT_NEEDED, CHOSEN, GATHERS, NO_SERVICE = 0, 1, 14, 15
