"""Which places can serve a basket together: places are bits of an integer, so that hundreds cost as much as a few.

The earliest day that works is found first, then the fewest parcels on it, then the shortest way. So more stock never
makes a promise later: it only adds places to every step.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from core.domain.cover import Supply, cover

# Splitting a basket in two is tried line by line up to so many lines; beyond, the general search takes over.
_MOST_PAIRED = 7
_FEW = 8


@dataclass(frozen=True, slots=True)
class Shelf:
    """Stock of what is asked for. `units`: by item and place (its index); `enough`: places that have all of an item.

    `most_places`: that may send a part. Without `split` a line comes whole from one place.
    """

    quantities: tuple[int, ...]
    units: tuple[Sequence[int], ...]
    enough: tuple[int, ...]
    most_places: int
    split: bool = True
    all_of_it: int = field(default=-1)

    @staticmethod
    def of(quantities: Sequence[int], units: Sequence[Sequence[int]], most_places: int, split: bool) -> "Shelf":
        enough = tuple(
            sum([1 << place for place, count in enumerate(of) if count >= quantity])
            for of, quantity in zip(units, quantities, strict=True)
        )
        everything = -1
        for places in enough:
            everything &= places
        return Shelf(tuple(quantities), tuple(units), enough, most_places, split, everything)

    def short(self, places: int) -> list[tuple[int, int]]:
        """(item, units missing) where these places together have too little."""
        found = []
        for item, (units, quantity, enough) in enumerate(zip(self.units, self.quantities, self.enough, strict=True)):
            if not enough & places:
                have = [int(units[place]) for place in bits(places & (1 << len(units)) - 1)]
                best = sum(have) if self.split else max(have, default=0)
                if best < quantity:
                    found.append((item, quantity - best))
        return found


def serves(shelf: Shelf, places: int) -> bool:
    """Whether these places together, and no more of them than may, have everything."""
    if shelf.all_of_it & places:
        return True
    if shelf.most_places < 2 or shelf.short(places):
        return False
    if all(enough & places for enough in shelf.enough) and len(shelf.enough) <= shelf.most_places:
        return True
    return _pair(shelf, places) is not None or bool(_search(shelf, places, {}))


def first_that_serves(shelf: Shelf, steps: Iterable[int]) -> tuple[int, int] | None:
    """(index of the step, all places up to it) of the first step with which everything is served."""
    places = 0
    for index, more in enumerate(steps):
        places |= more
        if serves(shelf, places):
            return index, places
    return None


class Distances:
    """Metres to every place, and the places by distance."""

    __slots__ = ("by_distance", "metres")

    def __init__(self, metres: Sequence[int]) -> None:
        self.metres = metres
        self.by_distance = sorted(range(len(metres)), key=metres.__getitem__)

    def nearest(self, places: int) -> int:
        """Of these places, at least one. Among many, one of the first is soon found."""
        if places.bit_count() > _FEW:
            for place in self.by_distance:
                if places >> place & 1:
                    return place
        return min(bits(places), key=lambda place: (self.metres[place], place))


def choose(shelf: Shelf, places: int, distances: Distances) -> list[tuple[int, tuple[int, ...]]]:
    """(place, units by item) of the fewest places, and then the nearest, that serve; they do."""
    whole = shelf.all_of_it & places
    if whole:
        return [(distances.nearest(whole), shelf.quantities)]
    pair = _pair(shelf, places)
    if pair is not None:
        return _nearest_pair(shelf, pair, distances)
    return _search(shelf, places, {place: distances.metres[place] for place in bits(places)})


def bits(places: int) -> Iterator[int]:
    while places:
        low = places & -places
        yield low.bit_length() - 1
        places ^= low


def _pair(shelf: Shelf, places: int) -> list[tuple[int, int, int]] | None:
    """(items of the first place as bits, places for them, places for the others), each way to send two parts."""
    items = range(len(shelf.enough))
    if not 2 <= len(items) <= _MOST_PAIRED or shelf.most_places < 2:
        return None
    found = []
    for count in range(len(items) // 2 + 1):
        for chosen in combinations(items, count):
            one = other = places
            for item in items:
                if item in chosen:
                    one &= shelf.enough[item]
                else:
                    other &= shelf.enough[item]
            if count and one and other:
                found.append((sum(1 << item for item in chosen), one, other))
    return found or None


def _nearest_pair(
    shelf: Shelf, pairs: Sequence[tuple[int, int, int]], distances: Distances
) -> list[tuple[int, tuple[int, ...]]]:
    best: tuple[int, int, int, int] | None = None
    for items, ones, others in pairs:
        one, other = distances.nearest(ones), distances.nearest(others)
        way = distances.metres[one] + distances.metres[other]
        if best is None or way < best[0]:
            best = (way, items, one, other)
    assert best is not None
    _, items, one, other = best
    mine = tuple(quantity if items >> item & 1 else 0 for item, quantity in enumerate(shelf.quantities))
    return [(one, mine), (other, tuple(q - m for q, m in zip(shelf.quantities, mine, strict=True)))]


def _search(shelf: Shelf, places: int, cost: Mapping[int, int]) -> list[tuple[int, tuple[int, ...]]]:
    """The exact cover of `core.domain.cover`; [] where there is none within `most_places`."""
    supplies = []
    for place in bits(places):
        have = tuple(
            min(quantity, int(units[place])) if shelf.split or enough >> place & 1 else 0
            for units, quantity, enough in zip(shelf.units, shelf.quantities, shelf.enough, strict=True)
        )
        if any(have):
            supplies.append(Supply(place, cost.get(place, 0), have))
    found = cover(shelf.quantities, supplies, shelf.most_places)
    if found.missing:
        return []
    left = list(shelf.quantities)
    parts = []
    for supply in found.chosen:
        taken = tuple(min(want, have) for want, have in zip(left, supply.units, strict=True))
        left = [want - took for want, took in zip(left, taken, strict=True)]
        if any(taken):
            parts.append((supply.place, taken))
    return parts
