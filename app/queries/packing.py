"""An order on the packing table: what is picked, what lies in which parcel, what it can be packed in."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from app.queries.work import label
from app.state.walks import collections_by_work, process_of
from app.store import documents, references
from app.store.database import Database
from app.store.documents import Where
from core.domain.fulfilment import Fulfilment, Parcel, packed_by_line, to_put_back
from core.domain.lifecycle import FulfilmentState, ParcelState
from core.domain.process import Process, ScanRule, scan_rule_for


@dataclass(frozen=True, slots=True)
class PackLineView:
    """`to_pack` of `picked` units lie in no parcel yet."""

    line_id: str
    sku: str
    name: str
    colour: str
    size: str
    image: str
    category: str
    picked: int
    packed: int
    to_pack: int
    short: int


@dataclass(frozen=True, slots=True)
class ParcelView:
    """`contents`: (line id, article, units)."""

    id: str
    number: int
    state: ParcelState
    packaging: str
    packaging_name: str
    units: int
    contents: tuple[tuple[str, str, int], ...]
    weight_g: int
    expected_weight_g: int  # articles and packaging, by the catalogue
    sscc: str
    carrier: str
    tracking: str
    labels_printed: int


@dataclass(frozen=True, slots=True)
class PackagingView:
    id: str
    name: str
    length_mm: int
    width_mm: int
    height_mm: int
    tare_g: int


@dataclass(frozen=True, slots=True)
class PackView:
    """`still_to_pick`: units; `run_id` of the pick run that has the order, "" for none."""

    fulfilment_id: str
    short_id: str
    number: str
    state: FulfilmentState
    brand: str
    colour: str
    customer: str
    town: str
    country: str
    service_level: str
    gift_message: str
    hold: str
    carrier: str
    carriers: tuple[tuple[str, str], ...]  # (code, name)
    lines: tuple[PackLineView, ...]
    parcels: tuple[ParcelView, ...]
    packagings: tuple[PackagingView, ...]
    still_to_pick: int
    to_put_back: int
    run_id: str
    process: Process

    @property
    def to_pack(self) -> int:
        return sum(line.to_pack for line in self.lines)

    @property
    def open_parcel(self) -> ParcelView | None:
        """The one that is being filled: the newest, so that an empty one of the wrong packaging is left behind."""
        opened = [parcel for parcel in self.parcels if parcel.state is ParcelState.OPEN]
        filled = [parcel for parcel in opened if parcel.units]
        return next(reversed(opened if self.to_pack else filled), None)

    def parcel(self, parcel_id: str) -> ParcelView | None:
        return next((parcel for parcel in self.parcels if parcel.id == parcel_id), None)


def pack_view(database: Database, fulfilment_id: str, language: str) -> PackView | None:
    """None where this device does not know the order (any more)."""
    with database.read() as connection:
        fulfilment = documents.get(connection, ("fulfilment", fulfilment_id))
        if not isinstance(fulfilment, Fulfilment):
            return None
        divisions = {division.id: division for division in references.divisions(connection)}
        packagings = tuple(
            PackagingView(p.id, label(p.labels, language), p.length_mm, p.width_mm, p.height_mm, p.tare_g)
            for p in references.packagings(connection)
        )
        carriers = tuple((carrier.code, carrier.name) for carrier in references.carriers(connection))
        process = process_of(connection, fulfilment.location_id, fulfilment)
        holds = {reason.id: label(reason.labels, language) for reason in references.reasons(connection, "hold")}
    division = divisions.get(fulfilment.division_id)
    names = {packaging.id: packaging for packaging in packagings}
    return PackView(
        fulfilment_id=fulfilment.id,
        short_id=fulfilment.short_id,
        number=fulfilment.number,
        state=fulfilment.state,
        brand=division.brand if division else "",
        colour=division.colour if division else "",
        customer=fulfilment.ship_to.name,
        town=fulfilment.ship_to.town,
        country=fulfilment.ship_to.country,
        service_level=fulfilment.service_level,
        gift_message=fulfilment.gift_message,
        hold=holds.get(fulfilment.hold, fulfilment.hold),
        carrier=fulfilment.carrier,
        carriers=carriers,
        lines=_lines(fulfilment),
        parcels=tuple(_parcel(fulfilment, parcel, names.get(parcel.packaging)) for parcel in fulfilment.parcels),
        packagings=packagings,
        still_to_pick=0 if fulfilment.closed else sum(line.remaining for line in fulfilment.lines),
        to_put_back=to_put_back(fulfilment),
        run_id=fulfilment.run_id,
        process=process,
    )


class PackingStep(StrEnum):
    """Where the packing stands, and so what comes next. Derived: a killed app comes back to it."""

    STOPPED = "stopped"  # cancelled or rejected
    HELD = "held"
    CHOOSE = "choose"  # something to pack and no parcel open
    FILL = "fill"
    WEIGH = "weigh"  # everything is in
    LABEL = "label"  # closed, a label is missing
    PICK = "pick"  # what is picked is packed, the rest is still on the shelves
    DONE = "done"


def step_of(view: PackView, later: Collection[str] = ()) -> PackingStep:
    """`later`: parcels whose label a person wants to print later."""
    if view.state in (FulfilmentState.CANCELLED, FulfilmentState.REJECTED):
        return PackingStep.STOPPED
    if view.hold:
        return PackingStep.HELD
    parcel = view.open_parcel
    if view.to_pack:
        return PackingStep.FILL if parcel else PackingStep.CHOOSE
    if parcel and parcel.units:
        return PackingStep.WEIGH
    if any(parcel.id not in later for parcel in without_label(view)):
        return PackingStep.LABEL
    return PackingStep.PICK if view.still_to_pick else PackingStep.DONE


def without_label(view: PackView) -> tuple[ParcelView, ...]:
    """Parcels that are closed and still here."""
    here = (ParcelState.CLOSED, ParcelState.LOADED)
    return tuple(parcel for parcel in view.parcels if parcel.state in here and not parcel.labels_printed)


def needs_no_scan(view: PackView) -> bool:
    """Whether what is left may go into the parcel by a tap, by the scan rule of each article."""
    waiting = [line for line in view.lines if line.to_pack]
    return bool(waiting) and all(_is_free(scan_rule_for(view.process, line.category), line) for line in waiting)


def _is_free(rule: ScanRule, line: PackLineView) -> bool:
    return rule is ScanRule.NONE or (rule is ScanRule.FIRST and line.packed > 0)


def next_to_pack(database: Database, location_id: str, but: str) -> tuple[str, str] | None:
    """(fulfilment id, short id) of the picked order whose target is soonest, besides `but`."""
    where = Where(is_open=True, states=(FulfilmentState.PICKED,), location_id=location_id)
    with database.read() as connection:
        collected = collections_by_work(connection)
        waiting = [f for f in documents.fulfilments(connection, where) if f.id not in collected]
    return next(((f.id, f.short_id) for f in waiting if f.id != but and not f.hold), None)


def _lines(fulfilment: Fulfilment) -> tuple[PackLineView, ...]:
    packed = packed_by_line(fulfilment)
    return tuple(
        PackLineView(
            line.id, line.sku, line.name, line.colour, line.size, line.image, line.category,
            min(line.held, line.wanted), packed.get(line.id, 0),
            max(0, min(line.held, line.wanted) - packed.get(line.id, 0)), line.short,
        )
        for line in fulfilment.lines
    )  # fmt: skip


def _parcel(fulfilment: Fulfilment, parcel: Parcel, packaging: PackagingView | None) -> ParcelView:
    lines = {line.id: line for line in fulfilment.lines}
    known = [(lines[item.line_id], item.quantity) for item in parcel.items if item.line_id in lines]
    weight = sum(line.weight_g * units for line, units in known) + (packaging.tare_g if packaging else 0)
    return ParcelView(
        id=parcel.id,
        number=parcel.number,
        state=parcel.state,
        packaging=parcel.packaging,
        packaging_name=packaging.name if packaging else parcel.packaging,
        units=parcel.units,
        contents=tuple((line.id, " ".join((line.name, line.colour, line.size)).strip(), n) for line, n in known),
        weight_g=parcel.weight_g,
        expected_weight_g=weight,
        sscc=parcel.sscc,
        carrier=parcel.carrier or fulfilment.carrier,
        tracking=parcel.tracking,
        labels_printed=parcel.labels_printed,
    )
