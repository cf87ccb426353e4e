"""The cheapest choice where places and units both cost: exact, by branch and bound over Lagrangian prices.

Missing units come first: each costs more than anything else could. One place and pairs are compared as vectors; where
a third could still be cheaper, a price per unit of each item bounds what every rest must cost.
"""

from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.service.dominance import of_use
from core.service.matching import Found, Search, pairs_of

Ints = NDArray[Any]
ROOT_ROUNDS: Final = 80
HURRIED_ROUNDS: Final = 25  # where the root is all that is looked at
NODE_ROUNDS: Final = 20
MOST_PAIRS: Final = 200_000
STEPS_PER_NODE: Final = 5  # of the node limit: a node here is that much more work than one of matching


@dataclass(frozen=True, slots=True)
class Charged:
    """`search.costs` are of a place, `unit` (items x columns) of each unit there."""

    search: Search
    unit: Ints

    def without(self, place: int) -> "Charged":
        return replace(self, search=self.search.without(place))


class Priced(NamedTuple):
    """`cost` and `bound`: of the objective, without what missing units count."""

    found: Found
    cost: int
    bound: int


def cheapest(charged: Charged) -> Priced:
    """What nobody has is set aside: all that is left can be had, and a missing unit decides before any cost."""
    search = charged.search
    reachable = np.minimum(search.have.sum(axis=1), search.demand)
    unreachable = int((search.demand - reachable).sum())
    if not unreachable:
        return _of_reachable(charged)
    left = replace(search, demand=reachable, have=np.minimum(search.have, reachable[:, None]))
    priced = _of_reachable(replace(charged, search=left))
    found = priced.found
    missing, bound = found.missing + unreachable, found.missing_bound + unreachable
    return priced._replace(found=found._replace(missing=missing, missing_bound=bound))


def _of_reachable(charged: Charged) -> Priced:
    search = charged.search
    useful = np.flatnonzero(search.have.any(axis=0))
    if not useful.size or search.most_places < 1:
        missing = int(search.demand.sum())
        return Priced(Found((), (), missing, missing, 0, True, 0), 0, 0)
    plant = _Plant.of(charged, useful)
    hunt = _Branching(plant, search.node_limit // STEPS_PER_NODE)
    hunt.start()
    proved = hunt.small() or hunt.search()
    return _answer(charged, plant, hunt, proved)


def _answer(charged: Charged, plant: "_Plant", hunt: "_Branching", proved: bool) -> Priced:
    search = charged.search
    chosen = sorted(hunt.chosen, key=lambda column: (plant.fixed[column], column))
    columns = [int(plant.ids[column]) for column in chosen]
    owners = [column if search.owners is None else int(search.owners[column]) for column in columns]
    missing = plant.missing(hunt.chosen)
    fewest_missing = int((search.demand - np.minimum(search.have.sum(axis=1), search.demand)).sum())
    units = tuple(search.have[:, column].tolist() for column in columns)
    bound = hunt.best if proved else min(hunt.best, int(max(hunt.lowest, 0)))
    cost = hunt.best - missing * plant.penalty
    found = Found(
        tuple(owners), units, missing, missing if proved else fewest_missing, len(owners) if proved else 1, proved,
        hunt.nodes,
    )  # fmt: skip
    return Priced(found, cost, max(0, bound - missing * plant.penalty))


class _Plant(NamedTuple):
    """The columns that have anything. `penalty`: of a missing unit, more than all else together."""

    need: Ints
    have: Ints
    fixed: Ints
    unit: Ints
    ids: Ints
    rivals: Ints | None
    most: int
    penalty: int

    @classmethod
    def of(cls, charged: Charged, useful: Ints) -> "_Plant":
        search = charged.search
        fixed, unit = search.costs[useful], charged.unit[:, useful]
        most = min(search.most_places, len(useful), int(search.demand.sum()))
        dearest = int(np.sort(fixed)[-most:].sum()) + sum(
            int(units) * int(row.max()) for units, row in zip(search.demand, unit, strict=True)
        )
        owners = None if search.owners is None else search.owners[useful]
        return cls(search.demand, search.have[:, useful], fixed, unit, useful, owners, most, dearest + 1)

    def missing(self, chosen: tuple[int, ...]) -> int:
        given = np.minimum(self.have[:, list(chosen)].sum(axis=1), self.need)
        return int((self.need - given).sum())


class _Branching:
    """`best`, `chosen`: the best seen. `lowest`: no answer costs less, where the search was cut short."""

    def __init__(self, plant: _Plant, node_limit: int) -> None:
        self.plant, self.node_limit, self.nodes = plant, node_limit, 0
        self.chosen: tuple[int, ...] = ()
        # Plain numbers: a set of few places is priced faster so than by vectors.
        self.rows = list(zip(plant.need.tolist(), plant.unit.tolist(), plant.have.tolist(), strict=True))
        self.fixed_costs = plant.fixed.tolist()
        self.tried: set[tuple[int, ...]] = set()
        self.best = self.cost(())
        self.lowest = 0.0
        self.have = plant.have.astype(float)
        self.unit = plant.unit.astype(float)
        self.fixed = plant.fixed.astype(float)
        # What floats cannot tell apart is never passed over.
        self.slack = 1e-11 * (float(plant.penalty) + float(np.abs(self.fixed).sum()))

    def start(self) -> None:
        self.try_out(tuple(self.greedy()))

    def try_out(self, chosen: tuple[int, ...]) -> None:
        if len(chosen) > self.plant.most or (self.plant.rivals is not None and self._quarrel(chosen)):
            return
        chosen = tuple(sorted(chosen))
        if chosen in self.tried:
            return
        self.tried.add(chosen)
        cost = self.cost(chosen)
        if cost < self.best:
            self.best, self.chosen = cost, chosen

    def cost(self, chosen: tuple[int, ...]) -> int:
        """Of a set of places: their own cost, and each item from the cheapest of them first."""
        total: int = sum([self.fixed_costs[column] for column in chosen])
        for left, unit, have in self.rows:
            for price, units in sorted([(unit[column], have[column]) for column in chosen if have[column]]):
                given = min(units, left)
                total, left = total + given * price, left - given
            total += left * self.plant.penalty
        return total

    def _quarrel(self, chosen: tuple[int, ...]) -> bool:
        assert self.plant.rivals is not None
        owners = [int(self.plant.rivals[column]) for column in chosen]
        return len(set(owners)) < len(owners)

    def greedy(self) -> list[int]:
        """The place that makes a unit of what is missing cheapest, again and again."""
        chosen: list[int] = []
        left = self.plant.need.astype(float)
        while left.any() and len(chosen) < self.plant.most:
            gives = np.minimum(self.have, left[:, None])
            gives[:, self.rivals_of(chosen)] = 0
            units = gives.sum(axis=0)
            price = (self.fixed + (gives * self.unit).sum(axis=0)) / np.maximum(units, 1e-9)
            column = int(np.where(units > 0, price, np.inf).argmin())
            if not units[column]:
                break
            chosen.append(column)
            left -= gives[:, column]
        return chosen

    def rivals_of(self, chosen: list[int]) -> Ints | list[int]:
        rivals = self.plant.rivals
        return chosen if rivals is None else np.isin(rivals, rivals[chosen])

    def small(self) -> bool:
        """Whether one place or two are proved best: no more are allowed, or three of the cheapest would cost more."""
        plant = self.plant
        need, have = plant.need[:, None], plant.have
        least_units = sum(
            int(units) * int(row[held > 0].min(initial=plant.penalty))
            for units, row, held in zip(plant.need, plant.unit, have, strict=True)
        )
        ranked = np.sort(plant.fixed)
        whole = np.flatnonzero((have == need).all(axis=0))
        if whole.size:
            costs = plant.fixed[whole] + (plant.unit[:, whole] * need).sum(axis=0)
            self.try_out((int(whole[costs.argmin()]),))
            if self.best <= int(ranked[:2].sum()) + least_units:
                return True
        if plant.rivals is None and plant.most == 1:
            self._least_missing(np.arange(len(ranked)), np.arange(len(ranked)))
            return True
        pairs = self._pairs() if plant.rivals is None and len(ranked) > 1 else None
        if pairs and plant.most == 2:
            return True
        if plant.rivals is None and plant.most == 2:
            self._least_missing(*np.triu_indices(len(ranked)))
            return True
        return pairs is not None and len(ranked) > 2 and self.best <= int(ranked[:3].sum()) + least_units

    def _least_missing(self, one: Ints, other: Ints) -> None:
        """Of these pairs (twice the same is one place) the one that leaves least missing, then the cheapest."""
        given, costs = self._dealt(one, other)
        able = np.flatnonzero(given == given.max())
        best = int(able[costs[able].argmin()])
        self.try_out(tuple({int(one[best]), int(other[best])}))

    def _pairs(self) -> int | None:
        """Tries out all that have everything, and says how many. None: they are too many to look at."""
        columns = np.arange(len(self.plant.ids))
        one, other = pairs_of(self.plant.need, self.plant.have, columns)
        if len(one) > MOST_PAIRS:
            return None
        if len(one):
            best = int(self._dealt(one, other)[1].argmin())
            self.try_out((int(one[best]), int(other[best])))
        return len(one)

    def _dealt(self, one: Ints, other: Ints) -> tuple[Ints, Ints]:
        """(units, cost) of what pairs of places can give, each item from the cheaper one first."""
        plant, alone = self.plant, one == other
        costs = plant.fixed[one] + np.where(alone, 0, plant.fixed[other])
        units = np.zeros(len(one), dtype=np.int64)
        for need, have, unit in zip(plant.need.tolist(), plant.have, plant.unit, strict=True):
            first = unit[one] <= unit[other]
            cheap, dear = np.where(first, one, other), np.where(first, other, one)
            given = have[cheap]
            more = np.where(alone, 0, np.minimum(have[dear], need - given))
            costs = costs + given * unit[cheap] + more * unit[dear]
            units += given + more
        return units, costs

    def search(self) -> bool:
        """True: the best is proved. Depth first: each place is either in or out."""
        free = self._of_use()
        prices = self._first_prices()
        open_: list[tuple[float, tuple[int, ...], Ints, Ints]] = [(0.0, (), free, prices)]
        while open_:
            known, taken, free, prices = open_.pop()
            if known > self.best - 1 + self.slack:
                continue
            self.nodes += 1
            if self.nodes > self.node_limit:
                self.lowest = min([known, *(node[0] for node in open_)])
                return False
            bound, prices, free, branch = self._bound(taken, free, prices)
            if branch is None or bound > self.best - 1 + self.slack:
                continue
            free = free.copy()
            free[branch] = False
            open_.append((bound, taken, free, prices))
            with_it = free.copy()
            if self.plant.rivals is not None:
                with_it &= self.plant.rivals != self.plant.rivals[branch]
            open_.append((bound, (*taken, branch), with_it, prices))
        return True

    def _of_use(self) -> Ints:
        """Without the ways that better ones of so many other places could stand in for that one of them is not used."""
        plant = self.plant
        if plant.rivals is None or self.best >= plant.penalty or not self.node_limit:
            return np.ones(len(plant.ids), dtype=bool)
        ranked = np.sort(plant.fixed)[: plant.most].astype(float).cumsum()
        return of_use(plant.have, plant.fixed, plant.unit, plant.rivals, int((ranked <= self.best).sum()))

    def _first_prices(self) -> Ints:
        spread = self.unit + self.fixed / np.maximum(self.have.sum(axis=0), 1)
        prices: Ints = np.where(self.have > 0, spread, float(self.plant.penalty)).min(axis=1)
        return prices

    def _bound(self, taken: tuple[int, ...], free: Ints, prices: Ints) -> tuple[float, Ints, Ints, int | None]:
        """(no answer below, prices, places that may still be of use, the one to branch on)."""
        fixed_in = list(taken)
        room = self.plant.most - len(taken)
        base = self.fixed[fixed_in].sum()
        need, columns = self.plant.need.astype(float), np.flatnonzero(free)
        have, unit, fixed = self.have[:, columns], self.unit[:, columns], self.fixed[columns]
        have_in, unit_in = self.have[:, fixed_in], self.unit[:, fixed_in]
        best, best_prices, gains = -np.inf, prices, np.zeros(len(columns))
        root = ROOT_ROUNDS if self.node_limit > 1 else HURRIED_ROUNDS
        for round_ in range(NODE_ROUNDS if taken or self.nodes > 1 else root):
            saved = np.minimum(unit - prices[:, None], 0.0)
            reduced = fixed + (saved * have).sum(axis=0)
            used = (reduced < 0).nonzero()[0]
            if self.plant.rivals is not None:
                used = _best_of_each(used, reduced, self.plant.rivals[columns])
            if len(used) > room:
                used = used[np.argpartition(reduced[used], room - 1)[:room]] if room else used[:0]
            value = base + float(prices @ need) + float(reduced[used].sum())
            if fixed_in:
                value += float((np.minimum(unit_in - prices[:, None], 0.0) * have_in).sum())
            if value > best:
                best, best_prices, gains = value, prices, reduced
            self.try_out((*taken, *columns[used].tolist()))
            given = (have.take(used, axis=1) * (saved.take(used, axis=1) < 0)).sum(axis=1)
            if fixed_in:
                given += (have_in * (unit_in < prices[:, None])).sum(axis=1)
            gap = need - given
            length = float(gap @ gap)
            if best > self.best - 1 + self.slack or length < 1e-12:
                break
            step = (1.2 / (1 + 0.1 * round_)) * max(self.best - value, 1e-9) / length
            prices = np.minimum(np.maximum(prices + step * gap, 0.0), float(self.plant.penalty))
        # A place whose use would lift the bound over the best is out, here and below.
        useful = best + np.maximum(gains, 0) <= self.best - 1 + self.slack
        left = free.copy()
        left[columns[~useful]] = False
        candidates = np.flatnonzero(useful)
        if not room or not len(candidates):
            self.try_out(taken)
            return best, best_prices, left, None
        return best, best_prices, left, int(columns[candidates[gains[candidates].argmin()]])


def _best_of_each(used: Ints, reduced: Ints, owners: Ints) -> Ints:
    """Of the ways to use a place only one can be chosen: a bound may count the one that helps most."""
    used = used[np.argsort(reduced[used], kind="stable")]
    _, firsts = np.unique(owners[used], return_index=True)
    return used[firsts]
