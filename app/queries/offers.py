"""Offers to this store: what is open, what became of the others, and how the store answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Final

from sqlalchemy import Connection

from app.queries.work import Reader, label
from app.store import asked, catalogue, documents, references, ringing, stock
from app.store.asked import Ask
from app.store.database import Database
from app.store.documents import Where
from core.contract.commands import ClaimOffer, DeclareOutOfStock, DeclineOffer, ReleaseClaim
from core.contract.offers import Offer, OfferState
from core.contract.reference import Reason, StockEffect, StockTarget
from core.domain.fulfilment import Fulfilment
from core.domain.lifecycle import FulfilmentState

LOOK_BACK: Final = timedelta(days=1)  # as long as the core tells what became of an offer
OF_OFFERS: Final = (ClaimOffer, DeclineOffer, ReleaseClaim, DeclareOutOfStock)
DECLINE, RELEASE = "decline", "release"  # usages of reasons


class Stage(StrEnum):
    """Where an offer stands for this store. ASKING: the core has not answered; nothing is won."""

    OPEN = "open"
    ASKING = "asking"
    YOURS = "yours"
    FASTER = "faster"  # another store has it
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    RELEASED = "released"


_STAGES = {
    OfferState.OPEN: Stage.OPEN,
    OfferState.DECLINED: Stage.DECLINED,
    OfferState.EXPIRED: Stage.EXPIRED,
    OfferState.WITHDRAWN: Stage.WITHDRAWN,
    OfferState.RELEASED: Stage.RELEASED,
}


@dataclass(frozen=True, slots=True)
class OfferLineView:
    """`shelf`: units that lie here now and are not declared gone, None where the store never had the article.
    `declared`: said to be out."""

    sku: str
    name: str
    colour: str
    size: str
    image: str
    category: str
    units: int
    shelf: int | None
    place: str
    declared: bool

    @property
    def is_short(self) -> bool:
        return self.declared or (self.shelf or 0) < self.units


@dataclass(frozen=True, slots=True)
class Refusal:
    """Of the last thing asked, until somebody has read it. `code` and `params` name the core's sentence."""

    command_id: str
    code: str
    params: tuple[tuple[str, str | int], ...]


@dataclass(frozen=True, slots=True)
class WorkOfOffer:
    """What the store does with an order it has won. `begun`: it cannot be given back any more."""

    fulfilment_id: str
    short_id: str
    begun: bool


@dataclass(frozen=True, slots=True)
class OfferView:
    """`asked`: name of the command that waits for the core, "" for none; `reason`: in the reader's language.

    `distance_km`: to the customer, None where nobody knows; `later`: somebody here said "not now".
    """

    id: str
    number: str
    brand: str
    colour: str
    units: int
    value_minor: int
    currency: str
    target_at: datetime
    expires_at: datetime
    days_late: int
    others: int
    lines: tuple[OfferLineView, ...]
    stage: Stage
    asked: str = ""
    winner: str = ""
    reason: str = ""
    who: str = ""
    ended_at: datetime | None = None
    refusal: Refusal | None = None
    work: WorkOfOffer | None = None
    distance_km: int | None = None
    later: bool = False


@dataclass(frozen=True, slots=True)
class OfferFigures:
    """Of offers made to this store in the last 24 hours. `median_s`: from being asked to claiming or declining."""

    won: int = 0
    lost: int = 0
    declined: int = 0
    unanswered: int = 0
    median_s: int | None = None

    @property
    def total(self) -> int:
        return self.won + self.lost + self.declined + self.unanswered


@dataclass(frozen=True, slots=True)
class OffersView:
    """`open`: can be answered or is being asked, soonest end first, those that were put off last.

    `over`: the last day's others, newest first.
    """

    open: tuple[OfferView, ...]
    over: tuple[OfferView, ...]
    figures: OfferFigures


@dataclass(frozen=True, slots=True)
class OfferReason:
    """`effect` on `target`: what declining with it says about every article of the offer."""

    id: str
    text: str
    effect: StockEffect
    target: StockTarget


@dataclass(frozen=True, slots=True)
class OfferNews:
    """A new offer (`code` "") or the core's answer about one, by id of the offer or of the command."""

    id: str
    offer_id: str
    number: str
    units: int
    value_minor: int
    currency: str
    code: str = ""
    state: str = ""
    params: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True, slots=True)
class Bell:
    """`waiting`: open offers that nobody here has answered or put off; `news`: not told on this device.

    `known`: all that can be told.
    """

    waiting: int
    news: tuple[OfferNews, ...]
    known: frozenset[str]


def offers_view(database: Database, reader: Reader, now: datetime) -> OffersView:
    with database.read() as connection:
        offers = references.offers(connection)
        context = _Context(connection, reader, offers)
        views = [context.view(offer) for offer in offers]
        recent = [offer for offer in offers if offer.offered_at is not None and offer.offered_at >= now - LOOK_BACK]
    waiting = [view for view in views if view.stage in (Stage.OPEN, Stage.ASKING)]
    over = [view for view in views if view.ended_at is not None and view.ended_at >= now - LOOK_BACK]
    over = [view for view in over if view not in waiting]
    return OffersView(
        tuple(sorted(waiting, key=lambda view: (view.later, view.expires_at, view.id))),
        tuple(sorted(over, key=lambda view: (view.ended_at or now, view.id), reverse=True)),
        figures(recent, reader.location_id),
    )


def offer_view(database: Database, reader: Reader, offer_id: str) -> OfferView | None:
    """None: long over, or never made to this store."""
    with database.read() as connection:
        offer = references.offer(connection, offer_id)
        return _Context(connection, reader, [offer]).view(offer) if offer is not None else None


def offer_reasons(database: Database, usage: str, language: str) -> tuple[OfferReason, ...]:
    with database.read() as connection:
        found: list[Reason] = references.reasons(connection, usage)
    return tuple(OfferReason(r.id, label(r.labels, language), r.effect, r.target) for r in found)


def bell(database: Database, location_id: str) -> Bell:
    with database.read() as connection:
        offers = {offer.id: offer for offer in references.offers(connection)}
        questions, _declared = _said(connection)
        heard, put_off = ringing.heard(connection), ringing.put_off(connection)
    unanswered = {id for id, asks in questions.items() if any(ask.open for ask in asks)}
    waiting = [offer for offer in offers.values() if offer.state is OfferState.OPEN and offer.id not in unanswered]
    answers = {ask.command.id: (id, ask) for id, asks in questions.items() for ask in asks if not ask.open}
    news = [_news(offer, offer.id) for offer in waiting if offer.id not in heard]
    for command_id, (offer_id, ask) in answers.items():
        if command_id not in heard and (offer := offers.get(offer_id)) is not None:
            news.append(_news(offer, command_id, ask))
    known = frozenset(offers) | frozenset(answers)
    return Bell(sum(offer.id not in put_off for offer in waiting), tuple(news), known)


def _said(connection: Connection) -> tuple[dict[str, list[Ask]], dict[str, set[str]]]:
    """By offer: what was asked about it, newest first; which articles were declared out of stock."""
    questions: dict[str, list[Ask]] = {}
    declared: dict[str, set[str]] = {}
    for ask in asked.asks(connection, *(kind.__name__ for kind in OF_OFFERS)):
        match ask.command.arguments:
            case DeclareOutOfStock(offer_id, sku):
                declared.setdefault(offer_id, set()).add(sku)
            case ClaimOffer(offer_id) | DeclineOffer(offer_id) | ReleaseClaim(offer_id):
                questions.setdefault(offer_id, []).append(ask)
    return questions, declared


def _news(offer: Offer, id: str, ask: Ask | None = None) -> OfferNews:
    what = (offer.id, offer.order_number, offer.units, offer.value_minor, offer.currency)
    return OfferNews(id, *what, ask.code, ask.state, _params(ask)) if ask else OfferNews(id, *what)


def _params(ask: Ask) -> tuple[tuple[str, str | int], ...]:
    return tuple(sorted(ask.params.items()))


def figures(offers: Sequence[Offer], location_id: str) -> OfferFigures:
    """What the core claims by itself is nobody's answer, as in its own figures."""
    stages = [_stage(offer, location_id) for offer in offers]
    seconds = [
        (offer.answered_at - offer.offered_at).total_seconds()
        for offer, stage in zip(offers, stages, strict=True)
        if stage in (Stage.YOURS, Stage.DECLINED) and offer.answered_by and offer.answered_at and offer.offered_at
    ]
    return OfferFigures(
        won=stages.count(Stage.YOURS),
        lost=stages.count(Stage.FASTER),
        declined=stages.count(Stage.DECLINED),
        unanswered=stages.count(Stage.EXPIRED),
        median_s=round(median(seconds)) if seconds else None,
    )


def _stage(offer: Offer, location_id: str) -> Stage:
    if offer.state is OfferState.TAKEN:
        return Stage.YOURS if offer.winner == location_id else Stage.FASTER
    return _STAGES[offer.state]


class _Context:
    """What the offers of one list have in common, read once."""

    def __init__(self, connection: Connection, reader: Reader, offers: Sequence[Offer]) -> None:
        self._connection, self._reader = connection, reader
        self._brands = {division.id: division for division in references.divisions(connection)}
        self._names = {user.id: user.name for user in references.users(connection)}
        self._reasons = {reason.id: reason.labels for reason in references.reasons(connection, DECLINE, RELEASE)}
        skus = sorted({line.sku for offer in offers for line in offer.lines})
        self._positions = stock.positions(connection, skus) if skus else {}
        self._categories = {sku: v.category for sku in skus if (v := catalogue.by_sku(connection, sku)) is not None}
        self._questions, self._declared = _said(connection)
        self._put_off = ringing.put_off(connection)
        won = any(_stage(offer, reader.location_id) is Stage.YOURS for offer in offers)
        self._work = self._by_number() if won else {}

    def _by_number(self) -> Mapping[str, Fulfilment]:
        mine: list[Fulfilment] = documents.all(
            self._connection, "fulfilment", Where(location_id=self._reader.location_id)
        )
        return {one.order_number: one for one in mine if one.state is not FulfilmentState.CANCELLED}

    def view(self, offer: Offer) -> OfferView:
        questions = self._questions.get(offer.id, [])
        waiting = next((ask for ask in questions if ask.open), None)
        stage = _stage(offer, self._reader.location_id)
        brand = self._brands.get(offer.division_id)
        work = self._work.get(offer.order_number) if stage is Stage.YOURS else None
        return OfferView(
            id=offer.id,
            number=offer.order_number,
            brand=brand.brand if brand else "",
            colour=brand.colour if brand else "",
            units=offer.units,
            value_minor=offer.value_minor,
            currency=offer.currency,
            target_at=offer.target_at,
            expires_at=offer.expires_at,
            days_late=offer.days_late,
            others=offer.others,
            lines=self._lines(offer, self._declared.get(offer.id, set())),
            stage=Stage.ASKING if waiting else stage,
            asked=waiting.command.name if waiting else "",
            winner=offer.winner_name,
            reason=self._reason(offer.reason),
            who=self._names.get(offer.answered_by, ""),
            ended_at=offer.answered_at,
            refusal=_refusal(questions[0]) if questions else None,
            work=WorkOfOffer(work.id, work.short_id, _begun(work)) if work else None,
            distance_km=offer.distance_km,
            later=stage is Stage.OPEN and offer.id in self._put_off,
        )

    def _reason(self, reason_id: str) -> str:
        return label(self._reasons.get(reason_id, {}), self._reader.language)

    def _lines(self, offer: Offer, declared: set[str]) -> tuple[OfferLineView, ...]:
        found = []
        for line in offer.lines:
            here = self._positions.get(line.sku)
            found.append(
                OfferLineView(
                    sku=line.sku,
                    name=line.name or line.sku,
                    colour=line.colour,
                    size=line.size,
                    image=line.image,
                    category=self._categories.get(line.sku, ""),
                    units=line.units,
                    shelf=max(0, here.on_hand - here.picked - here.unavailable) if here else None,
                    place=" ".join(filter(None, (here.zone, here.place))) if here else "",
                    declared=line.sku in declared,
                )
            )
        return tuple(found)


def _refusal(ask: Ask) -> Refusal | None:
    if ask.state != "rejected" or ask.settled:
        return None
    return Refusal(ask.command.id, ask.code, _params(ask))


def _begun(work: Fulfilment) -> bool:
    untouched = work.state is FulfilmentState.OPEN and not work.run_id and not work.parcels
    return not untouched or any(line.held for line in work.lines)
