"""The work list of a store: everything there is to do, what is due first on top, nothing hidden by age."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.domain.fulfilment import Fulfilment, Parcel, packed_by_line, picked_share, to_pack, to_put_back
from core.domain.lifecycle import FulfilmentState, ParcelState, RunState
from core.domain.process import Process
from core.domain.runs import PickRun

URGENT_WITHIN = timedelta(minutes=60)
NOBODY: Mapping[str, str] = {}


class WorkKind(StrEnum):
    CONTINUE_RUN = "continue_run"
    PICK = "pick"
    PACK = "pack"
    PUT_AWAY = "put_away"  # picked for a customer who fetches it here
    HAND_OVER = "hand_over"
    PUT_BACK = "put_back"
    HELD = "held"


class Urgency(StrEnum):
    OVERDUE = "overdue"
    URGENT = "urgent"
    LATER = "later"


class Age(StrEnum):
    """Since the order was placed."""

    FRESH = "fresh"  # under 4 hours
    DAY = "day"  # under 24 hours
    OLD = "old"


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing to do, for several orders where it is a run or a handover. `done` of `asked`: units, or parcels."""

    id: str  # kind and ref: unique in a list
    kind: WorkKind
    ref: str  # fulfilment id; of a run: run id; of a handover: carrier code; to put away: collection id
    number: str
    short_id: str
    target_at: datetime
    urgency: Urgency
    age: Age
    service_level: str  # "express" where any of its orders is
    done: int
    asked: int
    orders: int
    lines: int
    detail: str = ""  # held: reason code; run: state; else the carrier


def work_items(
    fulfilments: Iterable[Fulfilment],
    runs: Iterable[PickRun],
    now: datetime,
    collected: Mapping[str, str] = NOBODY,
    urgent_within: timedelta = URGENT_WITHIN,
) -> tuple[WorkItem, ...]:
    """The work of one location, soonest target first, then by number. Orders before their release time are left out.

    `collected`: id of the collection by id of the fulfilment, for what customers fetch here: no carrier takes that.
    """
    released = {f.id: f for f in fulfilments if not _is_unreleased(f, now)}
    clock = _Clock(now, urgent_within)
    items: list[WorkItem] = []
    in_run: set[str] = set()
    for run in runs:
        mine = [f for f in map(released.get, run.fulfilment_ids) if f is not None and f.run_id == run.id]
        if run.state is not RunState.FINISHED and mine:
            in_run.update(fulfilment.id for fulfilment in mine)
            items.append(_run_item(run, mine, clock))
    for fulfilment in released.values():
        found = _fulfilment_items(fulfilment, fulfilment.id in in_run, clock)
        items.extend(_to_put_away(item, collected) for item in found)
    items.extend(_handovers((f for f in released.values() if f.id not in collected), clock))
    return tuple(sorted(items, key=lambda item: (item.target_at, item.number, item.id)))


def _to_put_away(item: WorkItem, collected: Mapping[str, str]) -> WorkItem:
    """Packing what a customer fetches is putting it on its shelf."""
    if item.kind is not WorkKind.PACK or item.ref not in collected:
        return item
    kind, ref = WorkKind.PUT_AWAY, collected[item.ref]
    return replace(item, id=f"{kind}:{ref}", kind=kind, ref=ref, detail="")


def next_wave(
    fulfilments: Iterable[Fulfilment], process: Process, now: datetime, n: int | None = None
) -> tuple[Fulfilment, ...]:
    """The `n` orders to pick next (the process' wave size where None), soonest target first."""
    free = [f for f in fulfilments if is_pickable(f, now)]
    free.sort(key=lambda f: (f.target_at, f.number, f.id))
    return tuple(free[: process.wave_size if n is None else max(0, n)])


def is_pickable(fulfilment: Fulfilment, now: datetime) -> bool:
    """Whether a new run may take it: released, not held, in no run, and something is left to pick."""
    waits = fulfilment.state in (FulfilmentState.OPEN, FulfilmentState.PICKING)
    free = not fulfilment.hold and not fulfilment.run_id and not _is_unreleased(fulfilment, now)
    return waits and free and any(line.remaining for line in fulfilment.lines)


@dataclass(frozen=True, slots=True)
class WorkFilter:
    """What a list is narrowed to; None does not narrow."""

    kind: WorkKind | None = None
    service_level: str | None = None
    age: Age | None = None
    urgency: Urgency | None = None

    def admits(self, item: WorkItem, but: str = "") -> bool:
        """Whether the item is in the list, `but` one criterion not asked."""
        return all(
            asked is None or name == but or getattr(item, name) == asked
            for name, asked in (
                ("kind", self.kind),
                ("service_level", self.service_level),
                ("age", self.age),
                ("urgency", self.urgency),
            )
        )


def filtered(items: Iterable[WorkItem], asked: WorkFilter) -> tuple[WorkItem, ...]:
    return tuple(item for item in items if asked.admits(item))


def filter_counts(items: Iterable[WorkItem], asked: WorkFilter) -> dict[str, dict[str, int]]:
    """How many items each choice would show: `{"kind": {"pick": 3}, "service_level": {...}, ...}`."""
    counts: dict[str, dict[str, int]] = {"kind": {}, "service_level": {}, "age": {}, "urgency": {}}
    for item in items:
        for name, of in counts.items():
            if asked.admits(item, but=name):
                choice = str(getattr(item, name))
                of[choice] = of.get(choice, 0) + 1
    return counts


@dataclass(frozen=True, slots=True)
class _Clock:
    now: datetime
    urgent_within: timedelta

    def urgency(self, target_at: datetime) -> Urgency:
        left = target_at - self.now
        if left < timedelta(0):
            return Urgency.OVERDUE
        return Urgency.URGENT if left <= self.urgent_within else Urgency.LATER

    def age(self, placed_at: datetime) -> Age:
        hours = (self.now - placed_at) / timedelta(hours=1)
        if hours < 4:
            return Age.FRESH
        return Age.DAY if hours < 24 else Age.OLD


def _is_unreleased(fulfilment: Fulfilment, now: datetime) -> bool:
    return (
        fulfilment.release_at is not None and fulfilment.release_at > now and fulfilment.state is FulfilmentState.OPEN
    )


def _fulfilment_items(fulfilment: Fulfilment, in_run: bool, clock: _Clock) -> Iterator[WorkItem]:
    back = to_put_back(fulfilment)
    if back and not (in_run and fulfilment.closed):  # of an order cancelled under way, its run tells
        returned = sum(line.put_back for line in fulfilment.lines)
        yield _item(WorkKind.PUT_BACK, fulfilment, (returned, returned + back), clock, "")
    if fulfilment.closed:
        return
    if fulfilment.hold:
        yield _item(WorkKind.HELD, fulfilment, picked_share(fulfilment.lines), clock, fulfilment.hold)
    elif in_run:
        return
    elif fulfilment.state in (FulfilmentState.OPEN, FulfilmentState.PICKING):
        yield _item(WorkKind.PICK, fulfilment, picked_share(fulfilment.lines), clock, fulfilment.carrier)
    elif fulfilment.state is FulfilmentState.PICKED:
        packed = sum(packed_by_line(fulfilment).values())
        yield _item(WorkKind.PACK, fulfilment, (packed, packed + to_pack(fulfilment)), clock, fulfilment.carrier)


def _item(kind: WorkKind, fulfilment: Fulfilment, progress: tuple[int, int], clock: _Clock, detail: str) -> WorkItem:
    return _of_orders((kind, fulfilment.id, fulfilment.number, detail), [fulfilment], progress, clock)


def _of_orders(
    named: tuple[WorkKind, str, str, str], orders: list[Fulfilment], progress: tuple[int, int], clock: _Clock
) -> WorkItem:
    kind, ref, number, detail = named
    first = min(orders, key=lambda f: (f.target_at, f.number))
    express = next((f.service_level for f in orders if f.service_level == "express"), first.service_level)
    return WorkItem(
        id=f"{kind}:{ref}",
        kind=kind,
        ref=ref,
        number=number,
        short_id=first.short_id if len(orders) == 1 else "",
        target_at=first.target_at,
        urgency=clock.urgency(first.target_at),
        age=clock.age(min(f.placed_at for f in orders)),
        service_level=express,
        done=progress[0],
        asked=progress[1],
        orders=len(orders),
        lines=sum(len(f.lines) for f in orders),
        detail=detail,
    )


def _run_item(run: PickRun, orders: list[Fulfilment], clock: _Clock) -> WorkItem:
    lines = [line for f in orders if f.state is not FulfilmentState.CANCELLED for line in f.lines]
    return _of_orders((WorkKind.CONTINUE_RUN, run.id, run.number, run.state), orders, picked_share(lines), clock)


def _handovers(fulfilments: Iterable[Fulfilment], clock: _Clock) -> Iterator[WorkItem]:
    """One item for each carrier that has closed parcels here."""
    by_carrier: dict[str, list[tuple[Fulfilment, Parcel]]] = {}
    for fulfilment in fulfilments:
        for parcel in fulfilment.parcels if not fulfilment.closed and not fulfilment.hold else ():
            if parcel.state in (ParcelState.CLOSED, ParcelState.LOADED):
                by_carrier.setdefault(parcel.carrier or fulfilment.carrier, []).append((fulfilment, parcel))
    for carrier, waiting in by_carrier.items():
        orders: Mapping[str, Fulfilment] = {fulfilment.id: fulfilment for fulfilment, _ in waiting}
        loaded = sum(parcel.state is ParcelState.LOADED for _, parcel in waiting)
        named = (WorkKind.HAND_OVER, carrier, carrier, carrier)
        yield _of_orders(named, list(orders.values()), (loaded, len(waiting)), clock)
