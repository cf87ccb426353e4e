"""Every way to part a small order over places whose parcels cost by steps of weight: exact, by dynamic programming.

A state is what has been given so far, one number of units a line. The cheapest place for each part is found as vectors,
then the cheapest way to build each state out of parts: a few thousand states are looked at in milliseconds, where the
ways of `core.service.weight_ways` and a search over them would be tens of thousands.
"""

from dataclasses import dataclass, replace
from math import prod
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.service.cheapest import Priced
from core.service.matching import Found, Search
from core.service.weighing import Tiers
from core.service.weight_ways import loose_ways, stepped_ways

Ints = NDArray[Any]
MOST_STATES: Final = 8_192
MOST_STEPS: Final = 1_500_000  # pairs of a state and a part of it
IMPOSSIBLE: Final = 2**60


@dataclass(frozen=True, slots=True)
class Parcels:
    """`search`: each place with all that it has; its costs are not heeded. `unit`: items x places, of each unit; None
    where only parcels cost. `whole`: lines are not cut. `columns`: `in_steps`, where it is known."""

    search: Search
    unit: Ints | None
    weights_g: Ints
    tiers: Tiers
    whole: bool
    columns: Search | None = None

    def without(self, place: int) -> "Parcels":
        return replace(self, search=self.search.without(place), columns=self.columns and self.columns.without(place))

    def hurried(self, node_limit: int) -> "Parcels":
        return replace(
            self, search=self.search.hurried(node_limit), columns=self.columns and self.columns.hurried(node_limit)
        )

    @property
    def counts(self) -> list[int]:
        """Of each line: how many numbers of units it can be given."""
        return [2 if self.whole else units + 1 for units in self.search.demand.tolist()]

    @property
    def is_small(self) -> bool:
        counts = self.counts
        pairs = prod(count * (count + 1) // 2 for count in counts)
        return self.search.owners is None and prod(counts) <= MOST_STATES and pairs <= MOST_STEPS

    @property
    def owners(self) -> Ints:
        """The place of each column of `search`."""
        return np.arange(self.search.have.shape[1]) if self.search.owners is None else self.search.owners

    @property
    def full(self) -> Search:
        """As if every parcel had all in it that its place has."""
        grams, owners = self.weights_g @ self.search.have, self.owners
        steps = (grams > self.tiers.limits_g[:, owners]).sum(axis=0)
        return replace(self.search, costs=self.tiers.costs[steps, owners], order=None, complete=False)

    def in_steps(self) -> Search:
        """A column for each way to use a place in each of its steps, or for each step where those are too many."""
        asked = (self.search.have, self.owners, self.weights_g, self.tiers)
        every = stepped_ways(*asked, self.whole)
        ways, is_every = every or loose_ways(*asked), every is not None
        return replace(self.search, have=ways.have, costs=ways.costs, owners=ways.owners, order=None, complete=is_every)


def parted(parcels: Parcels) -> Priced | None:
    """The cheapest answer of those that leave least missing; of `Parcels` that are small.

    None: the best parts are more than there may be, or two of them are of one place, which sends one parcel.
    """
    search, counts = parcels.search, parcels.counts
    given = np.indices(counts).reshape(len(counts), prod(counts))
    if parcels.whole:
        given = given * search.demand[:, None]
    places = np.flatnonzero(search.have.any(axis=0))
    costs, senders = _cheapest_senders(parcels, given, places)
    totals, last = _built(costs, counts)
    units = given.sum(axis=0)
    best = int(np.lexsort((totals, -np.where(totals < IMPOSSIBLE, units, -1)))[0])
    parts: list[int] = []
    left = best
    while left:
        parts.append(int(last[left]))
        left -= parts[-1]
    chosen = {int(places[senders[part]]): given[:, part].tolist() for part in parts}
    if len(chosen) < len(parts) or len(parts) > search.most_places:
        return None
    missing = int(search.demand.sum() - units[best])
    ordered = sorted(chosen)
    found = Found(tuple(ordered), tuple(chosen[one] for one in ordered), missing, missing, len(parts), True, 0)
    return Priced(found, int(totals[best]), int(totals[best]))


def _cheapest_senders(parcels: Parcels, given: Ints, places: Ints) -> tuple[Ints, Ints]:
    """What each part costs from the place that sends it cheapest, and the number of that place."""
    if not len(places):
        nobody = np.zeros(given.shape[1], dtype=np.int64)
        return nobody + IMPOSSIBLE, nobody
    grams, tiers = parcels.weights_g @ given, parcels.tiers
    costs = np.repeat(tiers.costs[-1, places][:, None], given.shape[1], axis=1)
    for step in range(len(tiers.costs) - 2, -1, -1):
        carried = grams <= tiers.limits_g[step, places][:, None]
        np.copyto(costs, tiers.costs[step, places][:, None], where=carried)
    for item, units in enumerate(given):
        if parcels.unit is not None:
            costs += parcels.unit[item, places][:, None] * units
        costs[units > parcels.search.have[item, places][:, None]] = IMPOSSIBLE
    cheapest = costs.argmin(axis=0)
    found = costs[cheapest, np.arange(len(cheapest))]
    found[0] = IMPOSSIBLE  # a parcel with nothing in it
    return found, cheapest


def _built(costs: Ints, counts: list[int]) -> tuple[Ints, Ints]:
    """(what each state costs, the part that was added last); states are numbered as `numpy.indices` numbers them."""
    middle = len(counts) // 2
    high, low = _below(counts[:middle]), _below(counts[middle:])
    totals = np.full(len(costs), IMPOSSIBLE, dtype=np.int64)
    last = np.zeros(len(costs), dtype=np.int64)
    totals[0] = 0
    for state in range(1, len(costs)):
        above, below = divmod(state, len(low))
        parts = (high[above][:, None] * len(low) + low[below]).ravel()
        sums = costs[parts] + totals[state - parts]
        best = int(sums.argmin())
        totals[state], last[state] = min(sums[best], IMPOSSIBLE), parts[best]
    return totals, last


def _below(counts: list[int]) -> list[Ints]:
    """Of each state of these lines the states that are a part of it."""
    given = np.indices(counts).reshape(len(counts), prod(counts))
    return [np.flatnonzero((given <= given[:, state : state + 1]).all(axis=0)) for state in range(prod(counts))]
