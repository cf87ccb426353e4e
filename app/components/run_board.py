"""What a pick run shows, cut into pieces that redraw alone: a scan in a run of 200 lines draws one row, not all."""

from dataclasses import dataclass, field
from enum import StrEnum

import flet as ft

from app.queries.run import RunView, StopView
from app.state.cell import Cell
from app.theme import Meaning
from app.ui.beside import beside
from core.domain.lifecycle import RunState


class Stage(StrEnum):
    UNKNOWN = "unknown"  # not on this device (any more)
    FINISHED = "finished"
    PAUSED = "paused"
    TAKEN = "taken"  # a colleague holds it
    ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class HeadView:
    """The run as a whole. Units: `done` of `asked`; `open_orders` would go back to the work list if it ended now."""

    number: str
    holder: str
    done: int
    asked: int
    stops_left: int
    stops: int
    open_orders: int
    cancelled: tuple[tuple[str, str, int], ...]
    left_out: int

    @property
    def complete(self) -> bool:
        return self.stops_left == 0


@dataclass(frozen=True, slots=True)
class StopRowView:
    """A line of the walk, at `index` of it. `taken` of `asked` units, `short` of them not found."""

    id: str
    index: int
    name: str
    variant: str
    where: str
    taken: int
    asked: int
    short: int
    aimed: bool
    done: bool


@dataclass(frozen=True, slots=True)
class ArticleView:
    """What to look for, and where. `shelf`: units there by the books; `index` in the walk, from 0."""

    stop_id: str
    sku: str
    name: str
    colour: str
    size: str
    image: str
    category: str
    zone: str
    place: str
    shelf: int
    index: int


@dataclass(frozen=True, slots=True)
class CountView:
    """How many and for whom. `shares`: (tote, short id, taken, wanted), those that wait first, by tote."""

    wanted: int
    held: int
    short: int
    remaining: int
    shelf_first: bool
    shares: tuple[tuple[int, str, int, int], ...]


@dataclass(frozen=True, slots=True)
class ChoicesView:
    """What can be done at this stop now. `free` units count by a tap, `override` by a role that may."""

    stop_open: bool
    complete: bool
    free: int
    override: bool
    typing: bool


NO_CHOICES = ChoicesView(False, False, 0, False, False)


@dataclass
class RunBoard:
    """One per screen. `chosen` and `shelves` are of the person in front of it, everything else is the database's."""

    may_override: bool = False
    chosen: str | None = None
    shelves: set[str] = field(default_factory=set)
    view: RunView | None = None
    stage: Cell[Stage] = field(default_factory=lambda: Cell(Stage.UNKNOWN))
    head: Cell[HeadView | None] = field(default_factory=lambda: Cell(None))
    article: Cell[ArticleView | None] = field(default_factory=lambda: Cell(None))
    count: Cell[CountView | None] = field(default_factory=lambda: Cell(None))
    choices: Cell[ChoicesView] = field(default_factory=lambda: Cell(NO_CHOICES))
    answer: Cell[tuple[Meaning, str] | None] = field(default_factory=lambda: Cell(None))
    sheet: Cell[str] = field(default_factory=lambda: Cell(""))
    camera: Cell[bool] = field(default_factory=lambda: Cell(False))
    listed: ft.Ref[ft.ListView] = field(default_factory=lambda: ft.Ref[ft.ListView]())
    stop_ids: Cell[tuple[str, ...]] = field(default_factory=lambda: Cell(()))
    rows: dict[str, Cell[StopRowView]] = field(default_factory=dict)

    def show(self, view: RunView | None) -> None:
        """What the database says now. Call it in the page's context: what differs is drawn again."""
        self.view = view
        if view is None:
            self.stage.value = Stage.UNKNOWN
            return
        aimed = self.aimed(view)
        for index, each in enumerate(view.stops):
            self._show_row(_row(each, index, each.id == aimed))
        stop = view.stop(aimed)
        shelf_first = stop is not None and self._shelf_first(view, stop)
        self.head.value = _head(view)
        self.article.value = _article(view, stop) if stop else None
        self.count.value = _count(stop, shelf_first) if stop else None
        self.choices.value = self._choices(view, stop, shelf_first)
        self.stop_ids.value = tuple(stop.id for stop in view.stops)
        self.stage.value = stage_of(view)

    @property
    def stop_id(self) -> str:
        """Of the stop on the screen, "" where there is none."""
        return self.article.value.stop_id if self.article.value else ""

    def aimed(self, view: RunView) -> str | None:
        """The stop that was tapped, else the first that is not done."""
        return self.chosen if view.stop(self.chosen) else view.next_stop

    def leave(self, stop_id: str, view: RunView | None) -> None:
        """The stop is complete: the next open one in walking order comes, the first again after the last."""
        stops = view.stops if view else ()
        here = next((index for index, stop in enumerate(stops) if stop.id == stop_id), 0)
        ahead = (*stops[here + 1 :], *stops[:here])
        self.chosen = next((stop.id for stop in ahead if not stop.done), None)

    def _show_row(self, row: StopRowView) -> None:
        cell = self.rows.get(row.id)
        if cell is None:
            self.rows[row.id] = Cell(row)
        else:
            cell.value = row

    def _shelf_first(self, view: RunView, stop: StopView) -> bool:
        asked = view.process.location_scan and bool(stop.place) and not stop.done
        return asked and stop.id not in self.shelves

    def _choices(self, view: RunView, stop: StopView | None, shelf_first: bool) -> ChoicesView:
        complete, typing = view.next_stop is None, view.process.manual_entry
        if stop is None:
            return ChoicesView(False, complete, 0, False, typing)
        free = 0 if shelf_first else stop.by_tap
        override = self.may_override and not stop.by_tap and not stop.done
        return ChoicesView(not stop.done, complete, free, override, typing)


def stage_of(view: RunView) -> Stage:
    if view.state is RunState.FINISHED:
        return Stage.FINISHED
    if not view.mine:
        return Stage.TAKEN
    return Stage.PAUSED if view.state is RunState.PAUSED else Stage.ACTIVE


def _head(view: RunView) -> HeadView:
    open_orders = {share.fulfilment_id for stop in view.stops for share in stop.totes if share.remaining}
    left = sum(not stop.done for stop in view.stops)
    return HeadView(
        view.number, view.holder, view.done, view.asked, left, len(view.stops), len(open_orders), view.cancelled,
        view.left_out,
    )  # fmt: skip


def _article(view: RunView, stop: StopView) -> ArticleView:
    index = next(index for index, other in enumerate(view.stops) if other.id == stop.id)
    article = (stop.id, stop.sku, stop.name, stop.colour, stop.size, stop.image, stop.category, stop.zone, stop.place)
    return ArticleView(*article, stop.shelf, index)


def _count(stop: StopView, shelf_first: bool) -> CountView:
    waiting_first = sorted(stop.totes, key=lambda share: (share.remaining == 0, share.tote))
    shares = [(share.tote, share.short_id, min(share.held, share.wanted), share.wanted) for share in waiting_first]
    held = min(stop.held, stop.wanted)
    return CountView(stop.wanted, held, stop.short, stop.remaining, shelf_first, tuple(shares))


def _row(stop: StopView, index: int, aimed: bool) -> StopRowView:
    variant = beside(stop.colour, stop.size)
    where = beside(stop.zone, stop.place)
    taken, asked = min(stop.held, stop.wanted), stop.wanted + stop.short
    return StopRowView(stop.id, index, stop.name, variant, where, taken, asked, stop.short, aimed, stop.done)
