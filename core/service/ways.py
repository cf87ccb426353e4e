"""Ways to use a place where lines come whole and share an article: which its stock serves, each a column."""

from collections.abc import Sequence
from itertools import combinations, product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[Any]


class Ways(NamedTuple):
    """`have`: items x ways; `owners`: the place of each way, of which only one can be chosen."""

    have: Ints
    owners: Ints


def whole_line_ways(have: Ints, stock: Ints, units: Ints, skus: Sequence[str]) -> Ways | None:
    """`have`: whole lines that each place could send if it sent only this one. None where no two lines compete."""
    groups: dict[str, list[int]] = {}
    for item, sku in enumerate(skus):
        groups.setdefault(sku, []).append(item)
    shared = [items for items in groups.values() if len(items) > 1]
    if not shared:
        return None
    columns: list[Ints] = []
    owners: list[int] = []
    for place in np.flatnonzero(have.any(axis=0)).tolist():
        # A line that nobody may send has no stock.
        choices = [
            _fitting([item for item in items if have[item, place]], units, int(stock[items, place].max()))
            for items in shared
        ]
        alone = have[:, place].copy()
        alone[[item for items in shared for item in items]] = 0
        for picked in product(*choices):
            column = alone.copy()
            served = [item for items in picked for item in items]
            column[served] = units[served]
            if column.any():
                columns.append(column)
                owners.append(place)
    found = np.array(columns, dtype=np.int64).reshape(len(columns), len(units)).T
    return Ways(found, np.array(owners, dtype=np.int64))


def _fitting(items: Sequence[int], units: Ints, stock: int) -> list[tuple[int, ...]]:
    """The largest sets of these lines that the stock serves whole."""
    fitting = [
        chosen
        for size in range(len(items), -1, -1)
        for chosen in combinations(items, size)
        if sum(int(units[item]) for item in chosen) <= stock
    ]
    return [one for one in fitting if not any(set(one) < set(other) for other in fitting)]
