"""Places that nobody needs: a cheaper one has whole all that they have any of, and can always stand in for them."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[Any]
MOST_TABLED: Final = 12  # items: a table has an entry for every set of them


def undominated(full: Ints, touched: Ints) -> Ints:
    """By place whether none before it stands in for it. Items x places, cheapest first: has all, has any."""
    return _by_table(full, touched) if len(full) <= MOST_TABLED else _by_pairs(full, touched)


def of_use(have: Ints, fixed: Ints, unit: Ints, owners: Ints, most: int) -> Ints:
    """By way to use a place, whether fewer than `most` other places have a way before it that can stand in for it.

    Of a choice of at most `most` places one of these is not used, and takes the way's place. A way stands in for
    another where it has all that it has, and neither it nor any unit there costs more.
    """
    order = np.lexsort((unit.sum(axis=0), fixed))
    kept: list[int] = []
    # Those that are kept so far, side by side: what was left out has others that stand in for it as well.
    has, costs, of = np.empty_like(have), np.empty_like(unit), np.empty_like(owners)
    for way in order.tolist():
        size = len(kept)
        able = ((has[:, :size] >= have[:, way, None]) & (costs[:, :size] <= unit[:, way, None])).all(axis=0)
        places = of[:size][able]
        if len(places) >= most and len(np.unique(places[places != owners[way]])) >= most:
            continue
        has[:, size], costs[:, size], of[size] = have[:, way], unit[:, way], owners[way]
        kept.append(way)
    found = np.zeros(len(fixed), dtype=bool)
    found[kept] = True
    return found


def _by_table(full: Ints, touched: Ints) -> Ints:
    items, places = full.shape
    numbers, bits = np.arange(places), 1 << np.arange(items)
    # The first place that has a set whole: those that have just this set, then those that have more.
    first = np.full(1 << items, places)
    first[(bits @ full)[::-1]] = numbers[::-1]
    for item in range(items):
        without, with_it = first.reshape(-1, 2, 1 << item).swapaxes(0, 1)
        np.minimum(without, with_it, out=without)
    found: Ints = first[bits @ touched]
    return np.greater_equal(found, numbers)


def _by_pairs(full: Ints, touched: Ints) -> Ints:
    places = np.arange(full.shape[1])
    stands_in = places[:, None] < places
    for held, asked in zip(packed(full), packed(touched), strict=True):
        stands_in &= (asked & ~held[:, None]) == 0
    return np.logical_not(stands_in.any(axis=0))


def packed(rows: Ints) -> Ints:
    """Truths of items x places as bits: words x places."""
    octets = np.packbits(rows, axis=0)
    if len(octets) == 1:
        return octets
    words = np.zeros((rows.shape[1], -(-len(octets) // 8) * 8), dtype=np.uint8)
    words[:, : len(octets)] = octets.T
    return np.ascontiguousarray(words.view(np.uint64).T)
