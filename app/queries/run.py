"""A pick run as it is walked: the stops, what is in hand, who holds it; and the surplus of an order to put back."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.queries.work import label
from app.state.walks import Walks, shelf_places
from app.store import documents, references
from app.store.database import Database
from core.contract.reference import StockEffect, StockTarget
from core.domain.fulfilment import Fulfilment, Line, surplus, to_put_back
from core.domain.lifecycle import FulfilmentState, RunState
from core.domain.process import Process, scan_rule_for
from core.domain.runs import Method, PickRun
from core.domain.scanning import units_without_scan
from core.domain.stops import Allocation, Stop


@dataclass(frozen=True, slots=True)
class StopView:
    """`by_tap`: units that may be counted without scanning each now."""

    id: str
    sku: str
    name: str
    colour: str
    size: str
    image: str
    category: str
    gtin: str
    zone: str
    place: str
    shelf: int
    wanted: int
    held: int
    short: int
    remaining: int
    by_tap: int
    totes: tuple[Allocation, ...]

    @property
    def done(self) -> bool:
        return self.remaining == 0


@dataclass(frozen=True, slots=True)
class RunView:
    """`next_stop`: the first one not done in walking order, None when all are. Units: `done` of `asked`."""

    id: str
    number: str
    state: RunState
    method: Method
    process: Process
    holder: str
    mine: bool
    orders: tuple[tuple[str, int, str], ...]  # (short id, tote, order number), by tote
    stops: tuple[StopView, ...]
    next_stop: str | None
    done: int
    asked: int
    cancelled: tuple[tuple[str, str, int], ...]  # (fulfilment id, short id, units to put back), cancelled under way
    left_out: int  # orders a colleague has
    to_pack: tuple[tuple[str, str], ...]  # (fulfilment id, short id) of orders picked completely and not packed yet
    to_put_away: tuple[tuple[str, str], ...] = ()  # (collection id, short id) of those that customers fetch here

    def stop(self, stop_id: str | None) -> StopView | None:
        return next((stop for stop in self.stops if stop.id == stop_id), None)


@dataclass(frozen=True, slots=True)
class ReasonView:
    """`effect` on `target`: what it does to the stock, to be said before it is chosen."""

    id: str
    text: str
    effect: StockEffect
    target: StockTarget
    collateral: bool


@dataclass(frozen=True, slots=True)
class PutBackLineView:
    line_id: str
    sku: str
    name: str
    colour: str
    size: str
    image: str
    category: str
    zone: str
    place: str
    units: int


@dataclass(frozen=True, slots=True)
class PutBackView:
    """`gone`: the carrier has it. `lines` is empty when nothing is left to put back."""

    fulfilment_id: str
    short_id: str
    number: str
    cancelled: bool
    lines: tuple[PutBackLineView, ...]


def run_view(database: Database, walks: Walks, run_id: str, user_id: str) -> RunView | None:
    """None where this device does not know the run (any more)."""
    with database.read() as connection:
        walk = walks.get(connection, run_id)
        if walk is None:
            return None
        run = walk.run
        holder = references.user(connection, run.pickers[0]) if run.pickers else None
    stops = tuple(_stop(stop, walk.process) for stop in walk.stops)
    totes = {share.fulfilment_id: share.tote for stop in walk.stops for share in stop.allocations}
    orders = [(f.short_id, totes.get(f.id, 0), f.number) for f in walk.fulfilments.values() if f.id in totes]
    cancelled = [f for f in walk.fulfilments.values() if f.state is FulfilmentState.CANCELLED]
    picked = [f for f in walk.fulfilments.values() if _waits_for_packing(f, run)]
    return RunView(
        id=run.id,
        number=run.number,
        state=run.state,
        method=run.method,
        process=walk.process,
        holder=holder.name if holder else "",
        mine=user_id in run.pickers,
        orders=tuple(sorted(orders, key=lambda order: order[1])),
        stops=stops,
        next_stop=next((stop.id for stop in stops if not stop.done), None),
        done=sum(min(stop.held, stop.wanted) + stop.short for stop in stops),
        asked=sum(stop.wanted + stop.short for stop in stops),
        cancelled=tuple((f.id, f.short_id, to_put_back(f)) for f in cancelled),
        left_out=len(set(run.left) - {f.id for f in cancelled}),
        to_pack=tuple((f.id, f.short_id) for f in picked if f.id not in walk.collected),
        to_put_away=tuple((walk.collected[f.id], f.short_id) for f in picked if f.id in walk.collected),
    )


def _waits_for_packing(fulfilment: Fulfilment, run: PickRun) -> bool:
    mine = fulfilment.id in run.fulfilment_ids and fulfilment.run_id in ("", run.id)
    return mine and fulfilment.state is FulfilmentState.PICKED and not fulfilment.hold


def _stop(stop: Stop, process: Process) -> StopView:
    return StopView(
        stop.id, stop.sku, stop.name, stop.colour, stop.size, stop.image, stop.category,
        stop.gtins[0] if stop.gtins else "", stop.zone, stop.place, stop.shelf, stop.wanted, stop.held, stop.short,
        stop.remaining, units_without_scan(stop, process), stop.allocations,
    )  # fmt: skip


def counted_into(before: RunView, after: RunView) -> int | None:
    """The tote of what was counted in between; None where orders are not kept apart, or several got some."""
    if after.method is not Method.MULTI or len(after.orders) < 2:
        return None
    held = {share.line_id: share.held for stop in before.stops for share in stop.totes}
    totes = {
        share.tote for stop in after.stops for share in stop.totes if share.held > held.get(share.line_id, share.held)
    }
    return totes.pop() if len(totes) == 1 else None


def needs_scan(view: RunView, stop: StopView) -> bool:
    return scan_rule_for(view.process, stop.category) != "none" and not stop.by_tap


def short_reasons(database: Database, language: str) -> tuple[ReasonView, ...]:
    with database.read() as connection:
        found = references.reasons(connection, "short")
    return tuple(ReasonView(r.id, label(r.labels, language), r.effect, r.target, r.collateral) for r in found)


def other_orders_with(database: Database, sku: str, but: frozenset[str]) -> int:
    """How many other open orders of the store still want this article. `but`: order lines already meant."""
    with database.read() as connection:
        where = documents.Where(is_open=True, states=("open", "picking"))
        fulfilments: list[Fulfilment] = documents.all(connection, "fulfilment", where)
    return sum(
        any(line.sku == sku and line.remaining and line.id not in but for line in fulfilment.lines)
        for fulfilment in fulfilments
    )


def put_back_view(database: Database, fulfilment_id: str) -> PutBackView | None:
    with database.read() as connection:
        fulfilment = documents.get(connection, ("fulfilment", fulfilment_id))
        if not isinstance(fulfilment, Fulfilment):
            return None
        places = shelf_places(connection, [fulfilment])
    units: Mapping[str, int] = {line.id: surplus(fulfilment, line) for line in fulfilment.lines}

    def view(line: Line) -> PutBackLineView:
        place = places.get(line.sku)
        zone, shelf = (place.zone, place.place) if place else ("", "")
        article = (line.id, line.sku, line.name, line.colour, line.size, line.image, line.category)
        return PutBackLineView(*article, zone, shelf, units[line.id])

    return PutBackView(
        fulfilment_id=fulfilment.id,
        short_id=fulfilment.short_id,
        number=fulfilment.number,
        cancelled=fulfilment.closed,
        lines=tuple(view(line) for line in fulfilment.lines if units[line.id]),
    )
