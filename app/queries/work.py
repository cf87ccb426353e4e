"""The work list: all that is to do in this store, and what the next wave would be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.state.walks import collections_by_work, process_of
from app.store import documents, references
from app.store.database import Database
from app.store.documents import Where
from core.domain.fulfilment import Fulfilment
from core.domain.process import Process
from core.domain.runs import PickRun
from core.domain.worklist import WorkFilter, WorkItem, WorkKind, filter_counts, filtered, next_wave, work_items


@dataclass(frozen=True, slots=True)
class WorkItemView:
    """`brand` is empty where orders of several brands are in it; `who` works on it now, "" for nobody."""

    item: WorkItem
    brand: str
    colour: str
    customer: str
    who: str
    mine: bool
    hold: str  # why it waits, in the reader's language; its code where nobody named it


@dataclass(frozen=True, slots=True)
class WorkListView:
    """`counts`: items each choice of a filter would show, `{"kind": {"pick": 3}, ...}`; `total`: unfiltered."""

    store: str
    items: tuple[WorkItemView, ...]
    counts: Mapping[str, Mapping[str, int]]
    total: int
    next_wave: int


@dataclass(frozen=True, slots=True)
class WaveOrderView:
    fulfilment_id: str
    short_id: str
    number: str
    customer: str
    brand: str
    colour: str
    target_at: datetime
    service_level: str
    units: int
    lines: int


@dataclass(frozen=True, slots=True)
class WaveView:
    """Every order a new run may take, soonest target first; the first `suggested` are the next wave."""

    process: Process
    suggested: int
    orders: tuple[WaveOrderView, ...]
    colleagues: tuple[tuple[str, str], ...]  # (user id, name)


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a list is made."""

    location_id: str
    user_id: str
    language: str


def work_list(database: Database, reader: Reader, now: datetime, asked: WorkFilter) -> WorkListView:
    with database.read() as connection:
        fulfilments = {f.id: f for f in _open_fulfilments(connection, reader.location_id)}
        runs: dict[str, PickRun] = {run.id: run for run in documents.all(connection, "run", Where(is_open=True))}
        collected = collections_by_work(connection)
        items = work_items(fulfilments.values(), runs.values(), now, collected)
        shown = filtered(items, asked)
        prepared = {one: fulfilments[work] for work, one in collected.items() if work in fulfilments}
        context = _Context(connection, reader, fulfilments | prepared, runs)
        return WorkListView(
            store=references.location(connection, reader.location_id).name,
            items=tuple(context.view(item) for item in shown),
            counts=filter_counts(items, asked),
            total=len(items),
            next_wave=len(next_wave(fulfilments.values(), process_of(connection, reader.location_id, None), now)),
        )


def wave(database: Database, reader: Reader, now: datetime) -> WaveView:
    with database.read() as connection:
        process = process_of(connection, reader.location_id, None)
        free = next_wave(_open_fulfilments(connection, reader.location_id), process, now, n=10_000)
        brands = {division.id: (division.brand, division.colour) for division in references.divisions(connection)}
        orders = tuple(_wave_order(f, *brands.get(f.division_id, ("", ""))) for f in free)
        colleagues = tuple(
            (user.id, user.name)
            for user in references.users(connection)
            if user.active and user.id != reader.user_id and "pick" in user.permissions
        )
        return WaveView(process, min(process.wave_size, len(orders)), orders, colleagues)


def _wave_order(fulfilment: Fulfilment, brand: str, colour: str) -> WaveOrderView:
    return WaveOrderView(
        fulfilment_id=fulfilment.id,
        short_id=fulfilment.short_id,
        number=fulfilment.number,
        customer=fulfilment.ship_to.name,
        brand=brand,
        colour=colour,
        target_at=fulfilment.target_at,
        service_level=fulfilment.service_level,
        units=sum(line.remaining for line in fulfilment.lines),
        lines=sum(line.remaining > 0 for line in fulfilment.lines),
    )


def _open_fulfilments(connection: Connection, location_id: str) -> list[Fulfilment]:
    return documents.all(connection, "fulfilment", Where(is_open=True, location_id=location_id))


class _Context:
    """What the items of one list have in common, read once."""

    def __init__(
        self,
        connection: Connection,
        reader: Reader,
        fulfilments: Mapping[str, Fulfilment],
        runs: Mapping[str, PickRun],
    ) -> None:
        self._reader, self._fulfilments, self._runs = reader, fulfilments, runs
        self._brands = {division.id: division for division in references.divisions(connection)}
        self._names = {user.id: user.name for user in references.users(connection)}
        self._holds = {reason.id: reason.labels for reason in references.reasons(connection, "hold")}
        self._carriers = {carrier.code: carrier.name for carrier in references.carriers(connection)}

    def view(self, item: WorkItem) -> WorkItemView:
        run = self._runs.get(item.ref) if item.kind is WorkKind.CONTINUE_RUN else None
        fulfilment = self._fulfilments.get(item.ref)
        division = self._brands.get(fulfilment.division_id) if fulfilment else None
        holder = run.pickers[0] if run and run.pickers else ""
        customer = fulfilment.ship_to.name if fulfilment else ""
        if item.kind is WorkKind.HAND_OVER:
            customer = self._carriers.get(item.ref, item.ref)
        hold = self._holds.get(item.detail, {"": item.detail}) if item.kind is WorkKind.HELD else {}
        return WorkItemView(
            item=item,
            brand=division.brand if division else "",
            colour=division.colour if division else "",
            customer=customer,
            who=self._names.get(holder, ""),
            mine=bool(run and self._reader.user_id in run.pickers),
            hold=label(hold, self._reader.language),
        )


def label(labels: Mapping[str, str], language: str) -> str:
    """In the reader's language, else English, else whatever there is."""
    return labels.get(language) or labels.get("en") or next(iter(labels.values()), "")
