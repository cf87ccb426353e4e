"""The exact choice of places that together hold what is asked: least missing, then fewest places, then cheapest.

Proof and pace come from how a rest is written: every item has a field of bits in one integer, and `n` units of it still
to find are its `n` lowest bits. So a place that holds enough clears a field, one that holds less shifts it, and the
best a place can still do is a count of bits. Searched depth first, number of places rising, every rest remembered:
the first number that works is the fewest. After `node_limit` steps the search says what it has proved and what not.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Supply(NamedTuple):
    """One way to use a place. `units`: of each item, at most what is asked. `cost`: adds up over places, from 0.

    A place may have several supplies, of which one can be chosen.
    """

    place: int
    cost: int
    units: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cover:
    """`chosen`: the supplies, cheapest first. The bounds are proved: no choice misses less or needs fewer places.

    `proved`: nothing better in missing units, places and cost together exists.
    """

    chosen: tuple[Supply, ...]
    missing: int
    missing_bound: int
    places_bound: int
    proved: bool
    nodes: int


class _OutOfSteps(Exception):
    """The node limit is reached."""


class _Bits(NamedTuple):
    reach: int  # bits it can clear at most
    full: int  # fields it clears whatever is left of them
    touched: int  # fields it has any units of
    partial: tuple[tuple[int, int, int], ...]  # (shift, mask of the field, units)


class _Column(NamedTuple):
    supply: Supply
    reach: int
    full: int
    partial: tuple[tuple[int, int, int], ...]


def _cheapest_first(supply: Supply) -> tuple[int, int]:
    return supply.cost, supply.place


def cover(
    demand: Sequence[int], supplies: Sequence[Supply], most_places: int, node_limit: int = 20_000, at_least: int = 1
) -> Cover:
    """The best choice of at most `most_places` places for `demand` units of each item.

    `at_least`: the caller has proved that fewer places cannot hold what all of them together hold.
    """
    return _Search(demand, supplies, node_limit).best(most_places, at_least)


class _Search:
    def __init__(self, demand: Sequence[int], supplies: Sequence[Supply], node_limit: int) -> None:
        self.fields: list[tuple[int, int]] = []
        shift = 0
        for units in demand:
            self.fields.append((shift, (1 << units) - 1))
            shift += units
        self.asked = (1 << shift) - 1
        self.rivalry = len({supply.place for supply in supplies}) < len(supplies)
        self.columns = self._useful_columns(sorted(supplies, key=_cheapest_first))
        self.shared = self.rivalry or any(column.partial for column in self.columns)
        self._index()
        self.node_limit, self.nodes = node_limit, 0
        self.known: dict[tuple[int, int, int], tuple[int, tuple[int, ...]] | None] = {}

    def best(self, most_places: int, at_least: int) -> Cover:
        reachable = self._reachable()
        missing_bound = (self.asked & ~reachable).bit_count()
        if not reachable or most_places < 1:
            return Cover((), self.asked.bit_count(), self.asked.bit_count(), 0, True, 0)
        places = max(at_least, -(-reachable.bit_count() // self._most(reachable, 0)))
        last = min(most_places, reachable.bit_count(), len(self.columns))
        while places <= last and reachable & self._beyond(places):
            places += 1
        try:
            # With rival supplies of one place the reachable units may not be reachable together.
            while places <= last and not self.rivalry:
                found = self._cheapest(reachable, places, 0)
                if found:
                    chosen = self._supplies(found[1])
                    return Cover(chosen, missing_bound, missing_bound, places, True, self.nodes)
                places += 1
        except _OutOfSteps:
            return self._unproved(reachable, last, missing_bound, places)
        return self._least_missing(reachable, last, missing_bound)

    def _bits(self, of: tuple[int, ...]) -> _Bits:
        reach = full = touched = 0
        partial: list[tuple[int, int, int]] = []
        for (shift, field), units in zip(self.fields, of, strict=True):
            if units and field:
                have = (1 << units) - 1 & field
                reach |= have << shift
                touched |= field << shift
                if have == field:
                    full |= field << shift
                else:
                    partial.append((shift, field, units))
        return _Bits(reach, full, touched, tuple(partial))

    def _useful_columns(self, supplies: Sequence[Supply]) -> list[_Column]:
        """Without those for which a cheaper one clears every field they touch: it can always stand in for them."""
        kept: list[_Column] = []
        fulls: list[int] = []
        seen: dict[tuple[int, ...], _Bits] = {}
        for supply in supplies:
            bits = seen.get(supply.units)
            if bits is None:
                bits = seen[supply.units] = self._bits(supply.units)
            elif not bits.partial and not self.rivalry:
                continue
            if self.rivalry or all(bits.touched & ~full for full in fulls):
                kept.append(_Column(supply, bits.reach, bits.full, bits.partial))
                if bits.full:
                    fulls.append(bits.full)
        return [column for column in kept if column.reach]

    def _index(self) -> None:
        """By item: its suppliers, and which columns (a bit each) have at least so many units of it."""
        self.suppliers: list[list[int]] = []
        self.levels: list[list[int]] = []
        self.deepest: list[list[int]] = []
        self.out_of_reach: dict[int, int] = {}
        self.at_least: list[list[int]] = []
        for item, (_, field) in enumerate(self.fields):
            asked = field.bit_length()
            have = [(min(column.supply.units[item], asked), i) for i, column in enumerate(self.columns)]
            levels = sorted({units for units, _ in have if units})
            self.levels.append(levels)
            self.at_least.append([sum(1 << i for units, i in have if units >= level) for level in levels])
            self.suppliers.append([i for units, i in have if units])
            self.deepest.append(sorted((units for units, _ in have if units), reverse=True))
        rare_first = sorted(range(len(self.fields)), key=lambda item: len(self.suppliers[item]))
        self.rare_first = [(item, *self.fields[item]) for item in rare_first if self.suppliers[item]]
        self.rivals = [0] * len(self.columns)
        by_place: dict[int, int] = {}
        for i, column in enumerate(self.columns):
            by_place[column.supply.place] = by_place.get(column.supply.place, 0) | 1 << i
        self.rivals = [by_place[column.supply.place] for column in self.columns]

    def _reachable(self) -> int:
        """What all places together could do: as many low bits of each field as they have units."""
        rest = 0
        for item, (shift, field) in enumerate(self.fields):
            by_place: dict[int, int] = {}
            for i in self.suppliers[item]:
                supply = self.columns[i].supply
                by_place[supply.place] = max(by_place.get(supply.place, 0), supply.units[item])
            rest |= ((1 << min(sum(by_place.values()), field.bit_length())) - 1) << shift
        return rest

    def _beyond(self, places: int) -> int:
        """The bits that no `places` places can clear together: of each item more than its best ones have."""
        if places not in self.out_of_reach:
            bits = 0
            for item, (shift, field) in enumerate(self.fields):
                most = min(sum(self.deepest[item][:places]), field.bit_length())
                bits |= (field ^ ((1 << most) - 1)) << shift
            self.out_of_reach[places] = bits
        return self.out_of_reach[places]

    def _take(self, column: _Column, rest: int) -> int:
        rest &= ~column.full
        for shift, field, units in column.partial:
            left = (rest >> shift) & field
            rest ^= (left ^ (left >> units)) << shift
        return rest

    def _most(self, rest: int, forbidden: int) -> int:
        """Units that the best single place can still give."""
        if not forbidden:
            return max([(rest & column.reach).bit_count() for column in self.columns])
        allowed = (c for i, c in enumerate(self.columns) if not forbidden >> i & 1)
        return max(((rest & column.reach).bit_count() for column in allowed), default=0)

    def _cheapest(self, rest: int, places: int, forbidden: int) -> tuple[int, tuple[int, ...]] | None:
        """(cost, columns) of the cheapest exactly `places` that clear `rest`; None where so many cannot."""
        if places == 1:
            return self._single(rest, forbidden)
        key = (rest, places, forbidden)
        if key not in self.known:
            self.known[key] = self._branch(rest, places, forbidden)
        return self.known[key]

    def _branch(self, rest: int, places: int, forbidden: int) -> tuple[int, tuple[int, ...]] | None:
        self._step()
        reach = self._most(rest, forbidden) * (places - 1)
        beyond = self._beyond(places - 1)
        best: tuple[int, tuple[int, ...]] | None = None
        tried: list[int] = []
        # Some place of every answer has units of the rarest item that is still missing.
        for i in self.suppliers[self._rarest(rest)]:
            column = self.columns[i]
            left = self._take(column, rest)
            if left & beyond or left.bit_count() > reach or forbidden >> i & 1:
                continue
            # A cheaper place that leaves no unit more can stand in for this one.
            if any(not other & ~left for other in tried):
                continue
            tried.append(left)
            found = self._cheapest(left, places - 1, self._forbid(i, forbidden, left))
            if found and (best is None or found[0] + column.supply.cost < best[0]):
                best = (found[0] + column.supply.cost, (i, *found[1]))
        return best

    def _single(self, rest: int, forbidden: int) -> tuple[int, tuple[int, ...]] | None:
        able = ~forbidden
        for item, shift, field in self.rare_first:
            left = (rest >> shift) & field
            if left:
                level = bisect_left(self.levels[item], left.bit_length())
                if level == len(self.levels[item]):
                    return None
                able &= self.at_least[item][level]
                if not able:
                    return None
        first = (able & -able).bit_length() - 1
        return self.columns[first].supply.cost, (first,)

    def _rarest(self, rest: int) -> int:
        return next(item for item, shift, field in self.rare_first if (rest >> shift) & field)

    def _forbid(self, used: int, forbidden: int, rest: int) -> int:
        """A place is used once. It needs no remembering where it has nothing of what is left."""
        if self.shared:
            forbidden |= self.rivals[used]
        if not forbidden:
            return 0
        of_use = 0
        for item, shift, field in self.rare_first:
            if (rest >> shift) & field:
                of_use |= self.at_least[item][0]
        return forbidden & of_use

    def _step(self) -> None:
        self.nodes += 1
        if self.nodes > self.node_limit:
            raise _OutOfSteps

    def _supplies(self, chosen: Sequence[int]) -> tuple[Supply, ...]:
        return tuple(self.columns[i].supply for i in sorted(chosen))

    def _greedy(self, rest: int, most_places: int) -> tuple[int, int, int, tuple[int, ...]]:
        """(missing, places, cost, columns) of taking the place that gives most, again and again."""
        chosen: list[int] = []
        forbidden = 0
        while rest and len(chosen) < most_places:
            allowed = [i for i in range(len(self.columns)) if not forbidden >> i & 1]
            i = max(allowed, key=lambda i: ((rest & self.columns[i].reach).bit_count(), -i), default=-1)
            if i < 0 or not rest & self.columns[i].reach:
                break
            rest = self._take(self.columns[i], rest)
            forbidden |= self.rivals[i]
            chosen.append(i)
        return rest.bit_count(), len(chosen), sum(self.columns[i].supply.cost for i in chosen), tuple(chosen)

    def _unproved(self, reachable: int, most_places: int, missing_bound: int, places_bound: int) -> Cover:
        missing, _, _, chosen = self._greedy(reachable, most_places)
        found = self._supplies(chosen)
        return Cover(found, missing_bound + missing, missing_bound, places_bound, False, self.nodes)

    def _least_missing(self, reachable: int, most_places: int, unreachable: int) -> Cover:
        """Where `most_places` cannot clear everything: branch and bound over which units stay missing."""
        self.incumbent = self._greedy(reachable, most_places)
        gains = sorted(((reachable & column.reach).bit_count() for column in self.columns), reverse=True)
        bound = max(0, reachable.bit_count() - sum(gains[:most_places]))
        proved = True
        try:
            self._visit(reachable, (), 0, list(range(len(self.columns))), most_places)
        except _OutOfSteps:
            proved = False
        missing, places, _, chosen = self.incumbent
        found = self._supplies(chosen)
        return Cover(
            found, unreachable + missing, unreachable + (missing if proved else bound), places if proved else 0, proved,
            self.nodes,
        )  # fmt: skip

    def _visit(self, rest: int, chosen: tuple[int, ...], cost: int, allowed: list[int], places: int) -> None:
        self._step()
        missing = rest.bit_count()
        self.incumbent = min(self.incumbent, (missing, len(chosen), cost, chosen))
        if not missing or not places:
            return
        ranked = self._ranked(rest, allowed)
        for place, (gain, i) in enumerate(ranked):
            bound = missing - sum(gain for gain, _ in ranked[place : place + places])
            column_cost = cost + self.columns[i].supply.cost
            if bound > self.incumbent[0] or (bound == self.incumbent[0] and len(chosen) + 1 > self.incumbent[1]):
                return
            # Where one more place is just enough, it must be a cheaper one; later ones may be.
            just_enough = (bound, len(chosen) + 1) == self.incumbent[:2] and missing - gain <= bound
            if not just_enough or column_cost < self.incumbent[2]:
                later = [j for _, j in ranked[place + 1 :] if not self.rivals[i] >> j & 1]
                self._visit(self._take(self.columns[i], rest), (*chosen, i), column_cost, later, places - 1)

    def _ranked(self, rest: int, allowed: list[int]) -> list[tuple[int, int]]:
        """(units, column) of those that still give any, most first, then cheapest."""
        gains: Iterator[tuple[int, int]] = (((rest & self.columns[i].reach).bit_count(), i) for i in allowed)
        return sorted(((gain, i) for gain, i in gains if gain), key=lambda pair: (-pair[0], pair[1]))
