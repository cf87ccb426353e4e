"""From all places of a network to the few that the exact search must look at: vectors over places, nothing is lost.

A place is left out only where a cheaper one clears every item that it has any units of: that one can always stand in.
One place, then two, are tried as vectors; what is left goes to `core.domain.cover`, which proves its answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.domain.cover import Supply, cover
from core.service.bounds import Choice, least_cost
from core.service.dominance import packed, undominated

Ints = NDArray[Any]
# Pairs are looked for among so many of the cheapest places first: where the best of them costs less than any pair with
# another place, no other can be better.
NEAR: Final = 64


@dataclass(frozen=True, slots=True)
class Search:
    """`have`: items x places, at most `demand`; a place that may not be asked has none. `costs`: of using a place.

    `owners`: where a place can be used in several ways, the place of each column; else a column is a place. `order`: of
    the columns by cost, where it is known. `spare`: whether the best without each chosen place is wanted too.
    `complete`: whether the columns are all ways to use the places; else they cost too little, and nothing is proved.
    """

    demand: Ints
    have: Ints
    costs: Ints
    most_places: int
    node_limit: int
    owners: Ints | None = None
    order: Ints | None = None
    spare: bool = True
    complete: bool = True

    def without(self, place: int) -> "Search":
        have = self.have.copy()
        have[:, place if self.owners is None else self.owners == place] = 0
        return replace(self, have=have)

    def hurried(self, node_limit: int) -> "Search":
        return replace(self, node_limit=node_limit)


class Found(NamedTuple):
    """`places`: cheapest first, with `units` of each item that they could give. Bounds as in `core.domain.cover`.

    `spare`: by chosen place the best places without it, where the vectors have seen them.
    """

    places: tuple[int, ...]
    units: tuple[Sequence[int], ...]
    missing: int
    missing_bound: int
    places_bound: int
    proved: bool
    nodes: int
    spare: Mapping[int, tuple[int, ...]] = MappingProxyType({})


class _Case(NamedTuple):
    """What is left to find: places that have any of it, cheapest first; `ids`: their columns in the search."""

    need: Ints
    have: Ints
    costs: Ints
    ids: Ints

    @classmethod
    def of(cls, search: Search, reachable: Ints) -> "_Case":
        items = reachable.nonzero()[0]
        need, have = reachable[items], search.have
        if len(items) < len(reachable):
            have = have[items]
        order = np.argsort(search.costs, kind="stable") if search.order is None else search.order
        useful = order[(have.sum(axis=0) > 0)[order]]
        return cls(need, np.minimum(have[:, useful], need[:, None]), search.costs[useful], useful)

    def after(self, taken: int | Ints, allowed: Ints) -> "_Case":
        """The rest once these columns are used; `allowed`: the columns that may still be."""
        used = self.have[:, taken]
        need = self.need - (used if used.ndim == 1 else np.minimum(used.sum(axis=1), self.need))
        items = need.nonzero()[0]
        have = self.have.take(allowed, axis=1)
        if len(items) < len(need):
            need, have = need[items], have[items]
        have = np.minimum(have, need[:, None])
        useful = have.any(axis=0).nonzero()[0]
        left = allowed[useful]
        return _Case(need, have.take(useful, axis=1), self.costs[left], self.ids[left])


def fewest(search: Search) -> Found:
    """Least missing, then fewest places, then cheapest."""
    if search.owners is not None:
        return _searched(search, search.demand, 0, 0)
    asked = int(search.demand.sum())
    whole = (search.have.sum(axis=0) == asked).nonzero()[0]
    if whole.size and asked and search.most_places > 0:
        return _by_one(search, whole)
    if search.most_places > 1 and asked and (near := _near_pair(search)) is not None:
        return near
    reachable = np.minimum(search.have.sum(axis=1), search.demand)
    unreachable = int((search.demand - reachable).sum())
    if unreachable == asked or search.most_places < 1:
        return Found((), (), asked, asked, 0, True, 0)
    case = _Case.of(search, reachable)
    if unreachable and (some := _whole(case)).size:
        return _proved(search, some[:1].tolist(), unreachable, 0)
    if search.most_places > 1 and len(pairs := _pairs(case)):
        chosen = pairs.cheapest()
        found = _proved(search, chosen, unreachable, 0)
        return found._replace(spare=pairs.spare(chosen)) if search.spare else found
    forced, case = _forced(case)
    room = search.most_places - len(forced)
    hunt = _Hunt(search.node_limit)
    rest: tuple[int, ...] | None
    try:
        rest = hunt.fewest(case, room, 3 - len(forced))
    except OutOfSteps:
        rest = _greedily(case, room)
        if rest is not None:
            found = _proved(search, (*forced, *rest), unreachable, hunt.nodes)
            return found._replace(places_bound=len(forced) + hunt.excluded + 1, proved=False)
    if rest is None:
        return _searched(search, reachable, unreachable, len(forced) + hunt.excluded)
    return _proved(search, (*forced, *rest), unreachable, hunt.nodes)


def _near_pair(search: Search) -> Found | None:
    """The cheapest pair and its alternatives, where the nearest places alone prove them; None says nothing."""
    if search.order is None or len(search.order) <= NEAR:
        return None
    near = search.order[:NEAR]
    one, other = pairs_of(search.demand, search.have[:, near], near)
    if not len(one):
        return None
    pairs = _Pairs(one, other, search.costs[one] + search.costs[other])
    # What any pair with a place further off costs at least.
    limit = int(search.costs[near[0]]) + int(search.costs[search.order[NEAR]])
    chosen = pairs.cheapest()
    if pairs.cost(chosen, search.costs) > limit:
        return None
    found = _proved(search, chosen, 0, 0)
    if not search.spare:
        return found
    spare = pairs.spare(chosen)
    if len(spare) < 2 or any(pairs.cost(two, search.costs) > limit for two in spare.values()):
        return None
    return found._replace(spare=spare)


def _by_one(search: Search, whole: Ints) -> Found:
    """`whole`: the places that have everything; the cheapest is the answer, the next one its alternative."""
    if len(whole) > 1:
        whole = whole[np.argsort(search.costs[whole], kind="stable")[:2]]
    best, *spare = whole.tolist()
    units = _units(search, (best,))
    return Found((best,), units, 0, 0, 1, True, 0, {best: tuple(spare)} if spare else {})


def _greedily(case: _Case, most: int) -> tuple[int, ...] | None:
    """The place that gives most, by share of what is missing of each item, again and again."""
    chosen: list[int] = []
    left, have = case.need, case.have.copy()
    while left.any() and len(chosen) < most:
        gives = np.minimum(have, left[:, None])
        column = int(((1.0 / np.maximum(left, 1)) @ gives).argmax())
        chosen.append(int(case.ids[column]))
        left = left - gives[:, column]
        have[:, column] = 0
    return None if left.any() else tuple(chosen)


def _proved(search: Search, chosen: Sequence[int], unreachable: int, nodes: int) -> Found:
    places = tuple(sorted(chosen, key=lambda place: (search.costs[place], place)))
    return Found(places, _units(search, places), unreachable, unreachable, len(places), True, nodes)


def _whole(case: _Case) -> Ints:
    """The places that have everything, cheapest first."""
    return case.ids[(case.have == case.need[:, None]).all(axis=0)]  # type: ignore[no-any-return]


def _forced(case: _Case) -> tuple[tuple[int, ...], _Case]:
    """Places without which something would be missing, and what is left after them."""
    chosen: list[int] = []
    while len(case.need):
        spare = case.have.sum(axis=1) - case.need
        forced = (case.have > spare[:, None]).any(axis=0)
        if not forced.any():
            break
        chosen += case.ids[forced].tolist()
        case = case.after(np.flatnonzero(forced), np.flatnonzero(~forced))
    return tuple(chosen), case


def _undominated(case: _Case) -> _Case:
    """A place goes where a cheaper one has whole all that it has any of."""
    kept = undominated(case.have == case.need[:, None], case.have > 0).nonzero()[0]
    return _Case(case.need, case.have[:, kept], case.costs[kept], case.ids[kept])


class OutOfSteps(Exception):
    """The node limit is reached."""


class _Hunt:
    """Number of places rising: the first number that is enough is the fewest. `excluded`: a number proved too small."""

    def __init__(self, node_limit: int) -> None:
        self.node_limit, self.nodes, self.excluded = node_limit, 0, 0

    def fewest(self, case: _Case, most: int, least: int) -> tuple[int, ...] | None:
        """None where `most` places are not enough."""
        if not len(case.need):
            return () if most >= 0 else None
        self.excluded = max(0, least - 1)
        if not self.node_limit:
            raise OutOfSteps
        case = _undominated(case)
        for places in range(max(1, least), min(most, len(case.ids)) + 1):
            found = self.exactly(case, places, None)
            if found is not None:
                return found[1]
            self.excluded = places
        return None

    def exactly(self, case: _Case, places: int, below: int | None) -> tuple[int, tuple[int, ...]] | None:
        """(cost, ids) of the cheapest `places` that have everything and cost less than `below`."""
        if places == 1:
            whole = (case.have == case.need[:, None]).all(axis=0).nonzero()[0][:1]
            return _below(below, int(case.costs[whole[0]]), (int(case.ids[whole[0]]),)) if whole.size else None
        if places == 2:
            pairs = _pairs(case)
            return _below(below, int(pairs.costs.min()), pairs.cheapest()) if len(pairs) else None
        deepest = _deepest(case.have, places)
        if deepest is None or (deepest[0] < case.need).any():
            return None
        return self._branch(case, places, below, deepest[1])

    def _branch(self, case: _Case, places: int, below: int | None, others: Ints) -> tuple[int, tuple[int, ...]] | None:
        """`others`: units of each item that the best `places` - 1 have."""
        # One of so many places has at least its share of any item: the item with the fewest such places decides.
        shares = case.have * places >= case.need[:, None]
        able = shares[int(shares.sum(axis=1).argmin())]
        able &= ((case.need - others)[:, None] <= case.have).all(axis=0)
        candidates = able.nonzero()[0]
        least = least_cost(Choice(case.need, case.have, case.costs, places), candidates, below)
        candidates = candidates[np.argsort(least, kind="stable")]
        least.sort()
        best: tuple[int, tuple[int, ...]] | None = None
        allowed = np.ones(len(case.ids), dtype=bool)
        for column, bound in zip(candidates.tolist(), least.tolist(), strict=True):
            if bound == np.inf or (below is not None and bound > below - 1):
                break
            cost = int(case.costs[column])
            self._step()
            # Every answer with this place is found now: later ones do without it.
            allowed[column] = False
            rest = case.after(column, np.flatnonzero(allowed))
            if places > 3:
                rest = _undominated(rest)
            found = self.exactly(rest, places - 1, None if below is None else below - cost)
            if found is not None:
                below = found[0] + cost
                best = (below, (int(case.ids[column]), *found[1]))
        return best

    def _step(self) -> None:
        self.nodes += 1
        if self.nodes > self.node_limit:
            raise OutOfSteps


def _deepest(have: Ints, places: int) -> tuple[Ints, Ints] | None:
    """Units of each item that the best `places` places have, and one place fewer."""
    count = have.shape[1]
    if count < places:
        return None
    top = np.partition(have, (count - places, count - places + 1), axis=1) if count > places else np.sort(have, axis=1)
    top = top[:, count - places :]
    return top.sum(axis=1), top[:, 1:].sum(axis=1)


def _below(below: int | None, cost: int, ids: tuple[int, ...]) -> tuple[int, tuple[int, ...]] | None:
    return (cost, ids) if below is None or cost < below else None


class _Pairs(NamedTuple):
    """Every pair of places that has everything."""

    one: Ints
    other: Ints
    costs: Ints

    def __len__(self) -> int:
        return len(self.costs)

    @staticmethod
    def cost(chosen: Sequence[int], costs: Ints) -> int:
        return sum([int(costs[place]) for place in chosen])

    def cheapest(self) -> tuple[int, ...]:
        best = int(self.costs.argmin())
        return int(self.one[best]), int(self.other[best])

    def spare(self, chosen: Sequence[int]) -> dict[int, tuple[int, ...]]:
        found: dict[int, tuple[int, ...]] = {}
        for place in chosen:
            left = np.flatnonzero((self.one != place) & (self.other != place))
            if len(left):
                best = left[self.costs[left].argmin()]
                found[place] = (int(self.one[best]), int(self.other[best]))
        return found


def _pairs(case: _Case) -> _Pairs:
    one, other = pairs_of(case.need, case.have, np.arange(len(case.ids)))
    return _Pairs(case.ids[one], case.ids[other], case.costs[one] + case.costs[other])


def pairs_of(need: Ints, have: Ints, ids: Ints) -> tuple[Ints, Ints]:
    """All pairs of columns of `have` that hold `need` together; a pair may come twice, as either first."""
    low = have * 2 < need[:, None]
    firsts = (~low[int(low.sum(axis=1).argmax())]).nonzero()[0]
    # Two places that both have less than half of an item cannot do.
    words = packed(low)
    flat = ((words[0][firsts][:, None] & words[0]) == 0).ravel().nonzero()[0]
    row, other = np.divmod(flat, have.shape[1]) if len(flat) else (flat, flat)
    one = firsts[row]
    for word in words[1:]:
        able = ((word[one] & word[other]) == 0).nonzero()[0]
        one, other = one[able], other[able]
    # One that has half of an item but not all of it may be too little beside one that has less.
    parts = (low != (have < need[:, None])).any(axis=1).nonzero()[0]
    able = one != other
    if len(parts):
        some = have[parts]
        able &= (some[:, one] + some[:, other] >= need[parts][:, None]).all(axis=0)
    return ids[one[able]], ids[other[able]]


def _searched(search: Search, reachable: Ints, unreachable: int, too_few: int) -> Found:
    """By the slower search: for limits on the number of places, and for what ran out of steps."""
    have = np.minimum(search.have, reachable[:, None])
    useful = np.nonzero(have.any(axis=0))[0]
    costs = search.costs[useful].tolist()
    owners = useful if search.owners is None else search.owners[useful]
    columns = zip(owners.tolist(), costs, have[:, useful].T.tolist(), strict=True)
    supplies = [Supply(owner, cost, tuple(units)) for owner, cost, units in columns]
    found = cover(reachable.tolist(), supplies, search.most_places, search.node_limit, too_few + 1)
    return Found(
        tuple(supply.place for supply in found.chosen),
        tuple(supply.units for supply in found.chosen),
        found.missing + unreachable,
        found.missing_bound + unreachable,
        found.places_bound,
        found.proved,
        found.nodes,
    )


def _units(search: Search, places: Sequence[int]) -> tuple[Sequence[int], ...]:
    return tuple(search.have[:, place].tolist() for place in places)
