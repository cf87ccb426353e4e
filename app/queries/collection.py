"""One order that a customer fetches: what it is made of, where each part is, what was asked about it, what is next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from app.queries.collecting import CollectItemView, item_views, open_collections
from app.queries.work import label
from app.state.walks import process_of
from app.store import asked, documents, outbox, references
from app.store.database import Database
from core.domain.collect_terms import CollectTerms, resolve
from core.domain.collection import Collection, CollectionKind, CollectionLine, CollectionPart, shelves, to_put_back
from core.domain.fulfilment import Fulfilment
from core.domain.lifecycle import CollectionState, FulfilmentState
from core.domain.process import Process


class PartStep(StrEnum):
    """What a part waits for."""

    ARRIVE = "arrive"
    PICK = "pick"
    SHELF = "shelf"
    NOTHING = "nothing"


class Step(StrEnum):
    """The one next thing to do with the whole."""

    WAIT = "wait"  # for parcels
    PICK = "pick"
    PUT_AWAY = "put_away"
    ASK_LOCKER = "ask_locker"
    ASKING_LOCKER = "asking_locker"
    DROP = "drop"
    HAND_OVER = "hand_over"
    PUT_BACK = "put_back"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class CollectionLineView:
    """Units: `open` can still be given, `back` go back to a shelf. `reason`: of what was refused, in words."""

    line_id: str
    sku: str
    name: str
    colour: str
    size: str
    image: str
    category: str
    gtins: tuple[str, ...]
    wanted: int
    open: int
    handed: int
    refused: int
    reason: str
    back: int
    price_minor: int


@dataclass(frozen=True, slots=True)
class PartView:
    """`place`: who sent it, "" for this store. `code`: on its label, or on the tote it was picked into.

    `run_id`: of the pick run that fetches it now.
    """

    id: str
    own: bool
    units: int
    place: str
    code: str
    shelf: str
    arrived_at: datetime | None
    step: PartStep
    fulfilment_id: str
    run_id: str


@dataclass(frozen=True, slots=True)
class AskView:
    """`state`: "asking", then "yes" or "no"; `code`, `params`: the sentence of the answer. `payment_id`: of a card."""

    state: str
    code: str
    params: tuple[tuple[str, str | int], ...]
    payment_id: str = ""

    def param(self, name: str) -> str:
        return str(dict(self.params).get(name, ""))


@dataclass(frozen=True, slots=True)
class HandedView:
    at: datetime
    who: str
    collector: str


@dataclass(frozen=True, slots=True)
class CollectionView:
    """`known_shelves`: in use for other orders. `told`: the message that was asked for here again."""

    item: CollectItemView
    phone: str
    email: str
    pick_up_by: datetime | None
    latest_pick_up: datetime | None
    ready_at: datetime | None
    terms: CollectTerms
    process: Process
    lines: tuple[CollectionLineView, ...]
    parts: tuple[PartView, ...]
    handed: HandedView | None
    locker: str
    locker_ask: AskView | None
    card_ask: AskView | None
    told: AskView | None
    unsent: int
    known_shelves: tuple[str, ...]

    def part(self, part_id: str) -> PartView | None:
        return next((part for part in self.parts if part.id == part_id), None)


def collection_view(database: Database, collection_id: str, language: str) -> CollectionView | None:
    """None where this device does not know it (any more)."""
    with database.read() as connection:
        one = documents.collection(connection, collection_id)
        if one is None:
            return None
        found = references.reasons(connection, "refuse")
        reasons = {reason.id: label(reason.labels, language) for reason in found}
        handed = None
        if one.handed is not None:
            user = references.user(connection, one.handed.by)
            handed = HandedView(one.handed.at, user.name if user else "", one.handed.collector)
        return CollectionView(
            item=item_views(connection, [one])[0],
            phone=one.phone,
            email=one.email,
            pick_up_by=one.pick_up_by,
            latest_pick_up=one.latest_pick_up,
            ready_at=one.ready_at,
            terms=terms_of(connection, one),
            process=process_of(connection, one.location_id, one),
            lines=tuple(_line(one, line, reasons) for line in one.lines),
            parts=tuple(_part(connection, part, one.locker) for part in one.parts if part.units),
            handed=handed,
            locker=one.locker,
            locker_ask=_ask(connection, "ReserveLocker", one.id),
            card_ask=_ask(connection, "ChargeCard", one.id),
            told=_ask(connection, "NotifyCustomer", one.id),
            unsent=outbox.unfinished_on(connection, ("collection", one.id)),
            known_shelves=_known_shelves(connection, one),
        )


def terms_of(connection: Connection, one: Collection) -> CollectTerms:
    """How this store hands over for the brand."""
    of_brand = [division.collect for division in references.divisions(connection) if division.id == one.division_id]
    try:
        own: Mapping[str, object] = references.location(connection, one.location_id).collect
    except references.Missing:
        own = {}
    return resolve(of_brand[0] if of_brand else {}, own)


def refuse_reasons(database: Database, language: str) -> tuple[tuple[str, str], ...]:
    """(code, words), in their order."""
    with database.read() as connection:
        found = references.reasons(connection, "refuse")
    return tuple((reason.id, label(reason.labels, language)) for reason in found)


def step_of(view: CollectionView) -> Step:
    item, waiting = view.item, [part for part in view.parts if part.step is not PartStep.NOTHING]
    if item.back:
        return Step.PUT_BACK
    if item.state in (CollectionState.COLLECTED, CollectionState.REFUSED, CollectionState.CANCELLED):
        return Step.DONE
    if item.state in (CollectionState.READY, CollectionState.EXPIRED):
        return Step.HAND_OVER
    if any(part.step is PartStep.PICK for part in waiting):
        return Step.PICK
    to_shelve = any(part.step is PartStep.SHELF for part in waiting)
    if item.kind is CollectionKind.LOCKER and to_shelve and not item.missing:
        return _locker_step(view.locker_ask)
    return Step.PUT_AWAY if to_shelve else Step.WAIT


def _locker_step(ask: AskView | None) -> Step:
    if ask is None or ask.state == "no":
        return Step.ASK_LOCKER
    return Step.DROP if ask.state == "yes" else Step.ASKING_LOCKER


def _line(one: Collection, line: CollectionLine, reasons: Mapping[str, str]) -> CollectionLineView:
    reason = reasons.get(line.refused_reason, line.refused_reason) if line.refused else ""
    return CollectionLineView(
        line.id, line.sku, line.name, line.colour, line.size, line.image, "", line.gtins, line.wanted, line.open,
        line.handed, line.refused, reason, to_put_back(one, line), line.unit_price_minor,
    )  # fmt: skip


def _part(connection: Connection, part: CollectionPart, locker: str) -> PartView:
    work = documents.fulfilment(connection, part.fulfilment_id) if part.own else None
    return PartView(
        id=part.id,
        own=part.own,
        units=part.units,
        place=part.from_location,
        code=part.sscc or part.tracking or (work.short_id if work else ""),
        shelf=part.shelf,
        arrived_at=part.arrived_at,
        step=PartStep.NOTHING if locker else _part_step(part, work),
        fulfilment_id=part.fulfilment_id,
        run_id=work.run_id if work else "",
    )


def _part_step(part: CollectionPart, work: Fulfilment | None) -> PartStep:
    if part.shelf:
        return PartStep.NOTHING
    if not part.own:
        return PartStep.SHELF if part.arrived_at else PartStep.ARRIVE
    to_pick = work is not None and work.state in (FulfilmentState.OPEN, FulfilmentState.PICKING)
    return PartStep.PICK if to_pick else PartStep.SHELF


def _ask(connection: Connection, name: str, collection_id: str) -> AskView | None:
    known = asked.latest(connection, name, collection_id=collection_id)
    if known is None:
        return None
    state = "asking" if known.open else ("yes" if known.state == "accepted" else "no")
    payment_id = getattr(known.command.arguments, "payment_id", "")
    return AskView(state, known.code, tuple(sorted(known.params.items())), payment_id)


def _known_shelves(connection: Connection, but: Collection, most: int = 8) -> tuple[str, ...]:
    others = (one for one in open_collections(connection, but.location_id) if one.id != but.id)
    return tuple(sorted({name for one in others for name in shelves(one)})[:most])
