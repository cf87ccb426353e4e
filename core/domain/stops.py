"""The walk of a pick run: where to go, what to fetch there, for whom. The same documents always give the same walk."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

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

    @property
    def title(self) -> str:
        """With colour and size: the same article in another size is another stop."""
        return " ".join(part for part in (self.name, self.colour, self.size) if part)


class _Pick(NamedTuple):
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
        closed, tote = fulfilment.closed, totes.get(fulfilment.id, 0)
        for line in fulfilment.lines:
            if not closed or not line.remaining:
                yield _Pick(order, tote, fulfilment, line)


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
    stop_id = line.sku if method is Method.BATCH else f"{first.fulfilment.id}:{line.id}"
    article = (stop_id, line.sku, line.name, line.colour, line.size, line.image, line.gtins, line.category)
    allocations = tuple([_allocation(pick.fulfilment, pick.line, pick.tote) for pick in group])
    return Stop(*article, place.zone, place.place, place.shelf, allocations, *_totals(allocations))


def _allocation(fulfilment: Fulfilment, line: Line, tote: int) -> Allocation:
    return Allocation(fulfilment.id, line.id, fulfilment.short_id, tote, line.wanted, line.held, line.short)


def _totals(allocations: tuple[Allocation, ...]) -> tuple[int, int, int, int]:
    wanted = held = short = remaining = 0
    for allocation in allocations:
        wanted += allocation.wanted
        held += allocation.held
        short += allocation.short
        remaining += allocation.remaining
    return wanted, held, short, remaining


def with_counts(stops: Iterable[Stop], fulfilment: Fulfilment) -> tuple[Stop, ...]:
    """The same walk after counts of one order changed, without planning it anew: what a scan costs.

    Where its state became cancelled, or its hold or run changed, plan again.
    """
    lines = {line.id: line for line in fulfilment.lines}
    return tuple(_recounted(stop, fulfilment, lines) for stop in stops)


def _recounted(stop: Stop, fulfilment: Fulfilment, lines: Mapping[str, Line]) -> Stop:
    if all(allocation.fulfilment_id != fulfilment.id for allocation in stop.allocations):
        return stop
    allocations = tuple(
        _allocation(fulfilment, lines[allocation.line_id], allocation.tote)
        if allocation.fulfilment_id == fulfilment.id and allocation.line_id in lines
        else allocation
        for allocation in stop.allocations
    )
    wanted, held, short, remaining = _totals(allocations)
    return replace(stop, allocations=allocations, wanted=wanted, held=held, short=short, remaining=remaining)


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
