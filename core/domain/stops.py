"""The walk of a pick run: where to go, what to fetch there, for whom. The same documents always give the same walk."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.domain.fulfilment import Fulfilment, Line
from core.domain.lifecycle import FulfilmentState
from core.domain.process import Process
from core.domain.process import Sequence as WalkSequence
from core.domain.runs import Method, PickRun


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article was last known to lie. `shelf`: units there by the books."""

    zone: str
    place: str
    shelf: int


NOWHERE = Place("", "", 0)


@dataclass(frozen=True, slots=True)
class Allocation:
    """An order line in a stop. Units: `wanted` (short ones taken off), `held` in hand, `short` not found."""

    fulfilment_id: str
    line_id: str
    short_id: str
    tote: int  # from 1, the same for the whole run
    wanted: int
    held: int
    short: int

    @property
    def remaining(self) -> int:
        return max(0, self.wanted - self.held)


@dataclass(frozen=True, slots=True)
class Stop:
    """One thing to fetch at one place. `allocations`: whose target is soonest first. Totals are of units."""

    id: str  # the SKU where orders are summed, else fulfilment and line
    sku: str
    name: str
    colour: str
    size: str
    image: str
    gtins: tuple[str, ...]
    category: str
    zone: str
    place: str
    shelf: int
    allocations: tuple[Allocation, ...]
    wanted: int
    held: int
    short: int
    remaining: int

    @property
    def done(self) -> bool:
        return self.remaining == 0


@dataclass(frozen=True, slots=True)
class _Pick:
    order: int  # from 0, soonest target first
    tote: int
    fulfilment: Fulfilment
    line: Line


def plan_stops(
    run: PickRun,
    fulfilments: Mapping[str, Fulfilment],
    places: Mapping[str, Place],
    zones: Sequence[str],
    process: Process,
) -> tuple[Stop, ...]:
    """The stops of a run, done ones included, in walking order. `places` by SKU; `zones` as the store is walked.

    Orders that were cancelled, are on hold or belong to another run have no stops: nothing is to be fetched for them.
    """
    walk = _WALKS[process.sequence]
    rank = {zone: index for index, zone in enumerate(zones)}
    alone = run.method is Method.SINGLE
    keyed: list[tuple[tuple[object, ...], Stop]] = []
    for index, group in enumerate(_groups(run.method, _picks(run, fulfilments))):
        first = group[0]
        place = places.get(first.line.sku, NOWHERE)
        on_the_way = walk(rank.get(place.zone, len(rank)), place, first.line)
        # An order at a time comes order by order; one walk for all meets equal places in the order of their targets.
        key = (first.order, *on_the_way, index) if alone else (*on_the_way, first.order, index)
        keyed.append((key, _stop(run.method, group, place)))
    keyed.sort(key=_key)
    return tuple(stop for _, stop in keyed)


def _key(keyed: tuple[tuple[object, ...], Stop]) -> Any:
    return keyed[0]


def tote_numbers(run: PickRun) -> dict[str, int]:
    """Number of each order's tote, from 1. It stays when an order before it turns out to be somebody else's."""
    return {fulfilment_id: index for index, fulfilment_id in enumerate(run.totes or run.fulfilment_ids, start=1)}


def _picks(run: PickRun, fulfilments: Mapping[str, Fulfilment]) -> Iterator[_Pick]:
    totes = tote_numbers(run)
    orders = [f for f in map(fulfilments.get, run.fulfilment_ids) if f is not None and _is_worked_on(f, run)]
    orders.sort(key=lambda f: (f.target_at, f.number, f.id))
    for order, fulfilment in enumerate(orders):
        for line in fulfilment.lines:
            if not (fulfilment.closed and line.remaining):
                yield _Pick(order, totes.get(fulfilment.id, 0), fulfilment, line)


def _is_worked_on(fulfilment: Fulfilment, run: PickRun) -> bool:
    stopped = fulfilment.hold or fulfilment.state is FulfilmentState.CANCELLED
    return not stopped and fulfilment.run_id in ("", run.id)


def _groups(method: Method, picks: Iterable[_Pick]) -> Iterable[list[_Pick]]:
    if method is not Method.BATCH:
        return ([pick] for pick in picks)
    by_sku: dict[str, list[_Pick]] = {}
    for pick in picks:
        by_sku.setdefault(pick.line.sku, []).append(pick)
    return by_sku.values()


def _stop(method: Method, group: list[_Pick], place: Place) -> Stop:
    first = group[0]
    line = first.line
    allocations = tuple(_allocation(pick) for pick in group)
    return Stop(
        id=line.sku if method is Method.BATCH else f"{first.fulfilment.id}:{line.id}",
        sku=line.sku,
        name=line.name,
        colour=line.colour,
        size=line.size,
        image=line.image,
        gtins=line.gtins,
        category=line.category,
        zone=place.zone,
        place=place.place,
        shelf=place.shelf,
        allocations=allocations,
        wanted=sum([allocation.wanted for allocation in allocations]),
        held=sum([allocation.held for allocation in allocations]),
        short=sum([allocation.short for allocation in allocations]),
        remaining=sum([allocation.remaining for allocation in allocations]),
    )


def _allocation(pick: _Pick) -> Allocation:
    fulfilment, line = pick.fulfilment, pick.line
    return Allocation(fulfilment.id, line.id, fulfilment.short_id, pick.tote, line.wanted, line.held, line.short)


@lru_cache(maxsize=8192)
def _natural(text: str) -> tuple[str | int, ...]:
    """Sort key under which shelf A2 comes before A10."""
    parts = re.split(r"([0-9]+)", text)
    return tuple(int(part) if index % 2 else part.casefold() for index, part in enumerate(parts))


Walk = Callable[[int, Place, Line], tuple[object, ...]]


def _by_zone(zone_rank: int, place: Place, line: Line) -> tuple[object, ...]:
    return zone_rank, place.zone, _natural(place.place), line.sku


_WALKS: Mapping[WalkSequence, Walk] = {
    WalkSequence.ZONE: _by_zone,
    WalkSequence.CATEGORY: lambda zone_rank, place, line: (line.category, *_by_zone(zone_rank, place, line)),
    WalkSequence.ARTICLE: lambda zone_rank, place, line: (line.sku,),
}
