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

Ints = NDArray[Any]
# Above, items do not fit the bits of one number, and the search is given every useful place.
MOST_BITS: Final = 62


@dataclass(frozen=True, slots=True)
class Search:
    """`have`: items x places, at most `demand`; a place that may not be asked has none. `costs`: of using a place.

    `owners`: where a place can be used in several ways, the place of each column; else a column is a place.
    """

    demand: Ints
    have: Ints
    costs: Ints
    most_places: int
    node_limit: int
    owners: Ints | None = None

    def without(self, place: int) -> "Search":
        have = self.have.copy()
        have[:, place if self.owners is None else self.owners == place] = 0
        return replace(self, have=have)


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
    def of(cls, need: Ints, have: Ints, costs: Ints, ids: Ints) -> "_Case":
        have = np.minimum(have, need[:, None])
        useful = np.nonzero(have.any(axis=0))[0]
        useful = useful[np.argsort(costs[useful], kind="stable")]
        return cls(need, have[:, useful], costs[useful], ids[useful])

    def after(self, taken: int | Ints, allowed: Ints) -> "_Case":
        """The rest once these columns are used; `allowed`: the columns that may still be."""
        used = self.have[:, taken]
        need = self.need - (used if used.ndim == 1 else np.minimum(used.sum(axis=1), self.need))
        items = need.nonzero()[0]
        need = need[items]
        have = np.minimum(self.have[items][:, allowed], need[:, None])
        useful = have.any(axis=0)
        return _Case(need, have[:, useful], self.costs[allowed][useful], self.ids[allowed][useful])


def fewest(search: Search) -> Found:
    """Least missing, then fewest places, then cheapest."""
    if search.owners is not None:
        return _searched(search, search.demand, 0, 0)
    whole = (search.have == search.demand[:, None]).all(axis=0).nonzero()[0]
    if whole.size and search.demand.any() and search.most_places > 0:
        return _by_one(search, whole)
    reachable = np.minimum(search.have.sum(axis=1), search.demand)
    unreachable = int((search.demand - reachable).sum())
    if not reachable.any() or search.most_places < 1:
        missing = int(search.demand.sum())
        return Found((), (), missing, missing, 0, True, 0)
    items = reachable.nonzero()[0]
    case = _Case.of(reachable[items], search.have[items], search.costs, np.arange(search.have.shape[1]))
    if unreachable and (some := _whole(case)).size:
        return _proved(search, some[:1].tolist(), unreachable, 0)
    if search.most_places > 1 and len(pairs := _pairs(case)):
        chosen = pairs.cheapest()
        return _proved(search, chosen, unreachable, 0)._replace(spare=pairs.spare(chosen))
    forced, case = _forced(case)
    room = search.most_places - len(forced)
    hunt = _Hunt(search.node_limit)
    rest: tuple[int, ...] | None
    try:
        rest = hunt.fewest(case, room, 3 - len(forced)) if len(items) <= MOST_BITS else None
    except OutOfSteps:
        rest = _greedily(case, room)
        if rest is not None:
            found = _proved(search, (*forced, *rest), unreachable, hunt.nodes)
            return found._replace(places_bound=len(forced) + hunt.excluded + 1, proved=False)
    if rest is None:
        return _searched(search, reachable, unreachable, len(forced) + hunt.excluded)
    return _proved(search, (*forced, *rest), unreachable, hunt.nodes)


def _by_one(search: Search, whole: Ints) -> Found:
    """`whole`: the places that have everything; the cheapest is the answer, the next one its alternative."""
    costs = search.costs[whole]
    order = np.argsort(costs, kind="stable")[:2] if len(whole) > 1 else (0,)
    best, *spare = (int(whole[n]) for n in order)
    units = _units(search, (best,))
    return Found((best,), units, 0, 0, 1, True, 0, {best: tuple(spare)} if spare else {})


def _greedily(case: _Case, most: int) -> tuple[int, ...] | None:
    """The place that gives most, by share of what is missing of each item, again and again."""
    chosen: list[int] = []
    while len(case.need) and len(chosen) < most:
        column = int((case.have / case.need[:, None]).sum(axis=0).argmax())
        chosen.append(int(case.ids[column]))
        case = case.after(column, np.flatnonzero(np.arange(len(case.ids)) != column))
    return None if len(case.need) else tuple(chosen)


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
    bits = np.left_shift(1, np.arange(len(case.need), dtype=np.int64))
    full = bits @ (case.have == case.need[:, None])
    touched = bits @ (case.have > 0)
    # Alike places first: of those that hold the same items whole only the cheapest is of use.
    whole = np.flatnonzero(full == touched)
    _, firsts = np.unique(full[whole], return_index=True)
    kept = np.sort(np.concatenate([whole[firsts], np.flatnonzero(full != touched)]))
    stands_in = (touched[kept][None, :] & ~full[kept][:, None]) == 0
    kept = kept[~np.triu(stands_in, 1).any(axis=0)]
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
    # Two places that both have less than half of an item cannot do; what is left is looked at in full.
    lows = low.astype(np.float32)
    one, other = (lows[:, firsts].T @ lows == 0).nonzero()
    one = firsts[one]
    able = ((have[:, one] + have[:, other] >= need[:, None]).all(axis=0) & (one != other)).nonzero()[0]
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
