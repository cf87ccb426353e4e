"""Sums over rows, kept by core and device alike: how many there are, and the sum of a hash of each, mod 2^64.

They tell a missing, an extra and a stale row, in whatever order the rows came. They are no seal: that is TLS.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from struct import unpack

RANGES = 256  # of rows, by the first byte of a hash of their name
_WORD = 1 << 64
_WORD_BYTES = 8
_AT_ONCE = 4_000


@dataclass(frozen=True, slots=True)
class Sum:
    """`value`: 0 to 2^64 - 1."""

    rows: int = 0
    value: int = 0

    def plus(self, other: "Sum") -> "Sum":
        return Sum(self.rows + other.rows, (self.value + other.value) % _WORD)

    def minus(self, other: "Sum") -> "Sum":
        return Sum(self.rows - other.rows, (self.value - other.value) % _WORD)


def value_of(entity: str, id: str, ver: int) -> int:
    return int.from_bytes(blake2b(f"{entity}|{id}|{ver}".encode(), digest_size=_WORD_BYTES).digest(), "big")


def range_of(entity: str, id: str) -> int:
    return blake2b(f"{entity}|{id}".encode(), digest_size=1).digest()[0]


def sum_of(rows: Iterable[tuple[str, str, int]]) -> Sum:
    """`rows`: (entity, id, version)."""
    rows, count, value = iter(rows), 0, 0
    # As `value_of`, some thousands in one step: this is most of what a sum costs.
    while some := [
        blake2b(f"{entity}|{id}|{ver}".encode(), digest_size=_WORD_BYTES).digest()
        for entity, id, ver in islice(rows, _AT_ONCE)
    ]:
        count += len(some)
        value += sum(unpack(f">{len(some)}Q", b"".join(some)))
    return Sum(count, value % _WORD)


def by_range(rows: Iterable[tuple[str, str, int]]) -> list[Sum]:
    """A sum for each of the ranges."""
    counts, values = [0] * RANGES, [0] * RANGES
    for entity, id, ver in rows:
        place = range_of(entity, id)
        counts[place] += 1
        values[place] += value_of(entity, id, ver)
    return [Sum(count, value % _WORD) for count, value in zip(counts, values, strict=True)]
