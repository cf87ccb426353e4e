"""The pick list on paper: for a run when the tablet is flat, in walking order, with a box to tick for each stop."""

from dataclasses import dataclass
from datetime import date, datetime

from app.documents.a4 import INNER_MM, Cell, Column, Flow
from app.documents.marks import Align
from app.documents.pdf import render_pdf
from app.documents.translator import Translator
from core.domain.own_codes import payload


@dataclass(frozen=True, slots=True)
class PickStop:
    """One thing to fetch. `orders`: (order short id, quantity) of each order of the run that gets some of it."""

    place: str
    description: str
    variant: str
    sku: str
    gtin: str
    orders: tuple[tuple[str, int], ...]

    @property
    def quantity(self) -> int:
        return sum(quantity for _, quantity in self.orders)


@dataclass(frozen=True, slots=True)
class PickListData:
    """One run; `stops` in walking order. `run_id` goes into the code, `run_name` is what people say."""

    store: str
    run_id: str
    run_name: str
    associate: str
    picked_on: date
    stops: tuple[PickStop, ...]


def pick_list_pdf(data: PickListData, tr: Translator, created_at: datetime) -> bytes:
    """A4, as many pages as the stops need. `created_at`: aware."""
    title = tr.gettext("Pick list")
    orders = {order for stop in data.stops for order, _ in stop.orders}
    pieces = sum(stop.quantity for stop in data.stops)
    flow = Flow(tr, footer=f"{data.run_name} · {data.store}")
    flow.head(data.store, title, payload("run", data.run_id))
    flow.facts(
        [
            (tr.gettext("Run"), data.run_name),
            (tr.gettext("Associate"), data.associate or "-"),
            (tr.gettext("Date"), tr.day(data.picked_on)),
            (tr.gettext("Orders"), tr.number(len(orders))),
            (tr.gettext("Pieces"), tr.number(pieces)),
        ]
    )
    flow.table(_columns(tr), [_row(stop, tr) for stop in data.stops])
    return render_pdf(flow.finish(), f"{title} {data.run_name}", created_at)


def _columns(tr: Translator) -> list[Column]:
    box_mm, place_mm, orders_mm, quantity_mm = 9.0, 26.0, 42.0, 22.0
    return [
        Column("", box_mm),
        Column(tr.gettext("Place"), place_mm),
        Column(tr.gettext("Item"), INNER_MM - box_mm - place_mm - orders_mm - quantity_mm),
        Column(tr.gettext("For order"), orders_mm),
        Column(tr.gettext("Quantity"), quantity_mm, Align.RIGHT),
    ]


def _row(stop: PickStop, tr: Translator) -> list[Cell]:
    detail = "\n".join(filter(None, (stop.variant, "  ".join(filter(None, (stop.sku, stop.gtin))))))
    shares = "\n".join(f"{order}: {tr.number(quantity)}" for order, quantity in stop.orders)
    return [
        Cell(is_box=True),
        Cell(stop.place or "-", bold=True),
        Cell(stop.description, sub=detail),
        Cell(shares),
        Cell(tr.number(stop.quantity), bold=True),
    ]
