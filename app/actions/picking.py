"""Picking: a unit scanned or tapped, missed, put back. The scan is decided here and now, and is a fact from then on."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import Connection

from app.actions import articles
from app.actions.desk import Desk
from app.state.walks import Walk, process_of
from app.store import documents
from app.store.documents import Where
from app.store.intents import AlreadySubmitted
from core.contract.commands import How, PutBackItem, ReportShort, ScanItem
from core.domain.barcodes import normalise, scanned_text
from core.domain.fulfilment import Fulfilment, surplus
from core.domain.outcome import Outcome, Verdict
from core.domain.picking import FulfilmentComplete, LineComplete, Shorted, UnknownLine, undoable
from core.domain.runs import RunUnknown
from core.domain.scan_notes import Noted, is_of_article, noted, refused, units
from core.domain.scanning import (
    COUNTING,
    Counted,
    OtherStop,
    StopComplete,
    WrongItem,
    match_scan,
    shares,
    shelf_first,
    stranger,
    units_without_scan,
)
from core.domain.stops import Stop


@dataclass(frozen=True, slots=True)
class ScanNeeded(Outcome):
    """This article must be scanned; a tap does not count it."""

    code: ClassVar[str] = "scan_needed"
    verdict: ClassVar[Verdict] = Verdict.REJECTED


@dataclass(frozen=True, slots=True)
class NothingToPutBack(Outcome):
    code: ClassVar[str] = "nothing_to_put_back"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    name: str


@dataclass(frozen=True, slots=True)
class ShortElsewhere(Outcome):
    """Reported missing at this stop, and the same article in `orders` other orders of the store."""

    code: ClassVar[str] = "short_elsewhere"
    short: int
    orders: int


@dataclass(frozen=True, slots=True)
class Aim:
    """What the screen shows while a code is scanned. `shelves`: stops whose shelf was scanned in this run."""

    run_id: str
    stop_id: str | None
    shelves: Collection[str] = ()


def scan(desk: Desk, aim: Aim, text: str, how: How, intent: str = "") -> Outcome:
    """Counts the article that was scanned, or says why it does not count. Committed when this returns."""
    code = normalise(text)
    with desk.database.write() as connection:
        walk = desk.walks.get(connection, aim.run_id)
        if walk is None:
            return RunUnknown()
        answer: Outcome = match_scan(code, walk.stops, aim.stop_id, walk.process)
        if isinstance(answer, WrongItem):
            return articles.name(connection, answer, walk.process)
        if not isinstance(answer, COUNTING):
            return answer
        stop = next(stop for stop in walk.stops if stop.id == answer.stop_id)
        today = desk.today(connection)
        refusal = shelf_first(stop, walk.process, aim.shelves) or refused(code, stop.title, walk.process, today)
        if refusal is not None:
            return refusal
        answer = noted(answer, code, walk.process, today)
        after: list[object] = []
        for part, (share, counted) in enumerate(shares(stop, units(code, walk.process))):
            fact = ScanItem(share.fulfilment_id, share.line_id, counted, how, text[:64], aim.run_id)
            said = desk.say(connection, fact, f"{intent}/{part}" if part and intent else intent)
            after.append(documents.get(connection, ("fulfilment", share.fulfilment_id)))
    for fulfilment in after:
        if isinstance(fulfilment, Fulfilment):
            desk.walks.recount(aim.run_id, fulfilment)
    return _louder(answer, said)


def confirm(desk: Desk, aim: Aim, quantity: int, override: bool = False, intent: str = "") -> Outcome:
    """`quantity` units of the stop aimed at, by a tap: where the scan rule or a role that may override it allows it."""
    with desk.database.write() as connection:
        walk = desk.walks.get(connection, aim.run_id)
        stop = _stop(walk, aim.stop_id)
        if walk is None or stop is None:
            return RunUnknown()
        free = stop.remaining if override else units_without_scan(stop, walk.process)
        if quantity > free:
            return ScanNeeded()
        outcome: Outcome = UnknownLine()
        for part, (share, units) in enumerate(shares(stop, quantity)):
            arguments = ScanItem(share.fulfilment_id, share.line_id, units, How.TAP, "", aim.run_id)
            outcome = desk.say(connection, arguments, f"{intent}/{part}" if intent else "")
    desk.walks.forget()
    return outcome


@dataclass(frozen=True, slots=True)
class Missing:
    """A short pick as the screen asks for it. `collateral`: report it in the store's other open orders too."""

    run_id: str
    stop_id: str
    quantity: int
    reason: str
    collateral: bool = False


def report_short(desk: Desk, missing: Missing, intent: str = "") -> Outcome:
    """The units of a stop that are not there; the last orders to leave are short first."""
    with desk.database.write() as connection:
        stop = _stop(desk.walks.get(connection, missing.run_id), missing.stop_id)
        if stop is None:
            return RunUnknown()
        outcome: Outcome = UnknownLine()
        wanted, orders = missing.quantity, set[str]()
        for share in reversed(stop.allocations):
            units = min(wanted, share.remaining)
            if units <= 0:
                continue
            wanted -= units
            arguments = ReportShort(share.fulfilment_id, share.line_id, units, missing.reason, missing.run_id)
            outcome = desk.say(connection, arguments, f"{intent}/{share.line_id}" if intent else "")
        if missing.collateral:
            mine = {share.line_id for share in stop.allocations}
            for fulfilment_id, line_id, units in collateral(connection, stop.sku, mine):
                desk.say(connection, ReportShort(fulfilment_id, line_id, units, missing.reason))
                orders.add(fulfilment_id)
    desk.walks.forget()
    if not isinstance(outcome, Shorted | LineComplete | FulfilmentComplete):
        return outcome
    # What was reported is said, not that nothing is left to fetch because of it.
    short = missing.quantity - wanted
    return ShortElsewhere(short, len(orders)) if orders else Shorted(short)


def collateral(connection: Connection, sku: str, but: Collection[str]) -> list[tuple[str, str, int]]:
    """(fulfilment id, line id, units) still to pick of this article in the store's other orders."""
    return [
        (fulfilment.id, line.id, line.remaining)
        for fulfilment in documents.all(connection, "fulfilment", Where(is_open=True, states=("open", "picking")))
        for line in fulfilment.lines
        if line.sku == sku and line.remaining and line.id not in but
    ]


def undo(desk: Desk, run_id: str, stop_id: str, intent: str = "") -> Outcome:
    """The last unit of a stop goes back to the shelf: a scan is undone by another fact."""
    with desk.database.write() as connection:
        walk = desk.walks.get(connection, run_id)
        stop = _stop(walk, stop_id)
        if walk is None or stop is None:
            return RunUnknown()
        for share in reversed(stop.allocations):
            fulfilment = walk.fulfilments[share.fulfilment_id]
            line = fulfilment.line(share.line_id)
            if line is not None and undoable(fulfilment, line):
                outcome = desk.say(connection, PutBackItem(share.fulfilment_id, share.line_id, 1, "undo"), intent)
                break
        else:
            return NothingToPutBack(stop.name)
    desk.walks.forget()
    return outcome


def put_back(desk: Desk, fulfilment_id: str, text: str, how: How, intent: str = "") -> Outcome:
    """A surplus article of an order, scanned at its shelf: one unit, or the pieces that a bundle of the house says."""
    code = normalise(text)
    with desk.database.write() as connection:
        fulfilment = documents.get(connection, ("fulfilment", fulfilment_id))
        known = fulfilment if isinstance(fulfilment, Fulfilment) else None
        process = process_of(connection, desk.location_id, known)
        mine = [line for line in known.lines if is_of_article(line, code, process)] if known else []
        if known is None or not mine:
            expected = next((line for line in known.lines if surplus(known, line)), None) if known else None
            answer = stranger(code, scanned_text(code), expected)
            return articles.name(connection, answer, process) if isinstance(answer, WrongItem) else answer
        pieces = units(code, process)
        line = next((line for line in mine if surplus(known, line) >= pieces), None)
        if line is None:
            return NothingToPutBack(mine[0].name)
        outcome = desk.say(connection, PutBackItem(fulfilment_id, line.id, pieces, _why(known)), intent)
    desk.walks.forget()
    return outcome


def put_back_rest(desk: Desk, fulfilment_id: str) -> Outcome:
    """Everything of the order that is too much lies on the shelf again, without scanning each unit."""
    outcome: Outcome = UnknownLine()
    with desk.database.write() as connection:
        fulfilment = documents.get(connection, ("fulfilment", fulfilment_id))
        for line in fulfilment.lines if isinstance(fulfilment, Fulfilment) else ():
            units = surplus(fulfilment, line) if isinstance(fulfilment, Fulfilment) else 0
            if units and isinstance(fulfilment, Fulfilment):
                outcome = desk.say(connection, PutBackItem(fulfilment_id, line.id, units, _why(fulfilment)))
    desk.walks.forget()
    return outcome


def _why(fulfilment: Fulfilment) -> str:
    return "cancelled" if fulfilment.closed else "surplus"


def _louder(answer: Outcome, said: Outcome) -> Outcome:
    """The answer to show: what the outbox flagged goes before what the scan meant."""
    if said.verdict is Verdict.ATTENTION or isinstance(said, AlreadySubmitted):
        return said
    if isinstance(answer, OtherStop) or (isinstance(answer, Noted) and (answer.means or answer.expired)):
        return answer
    finished = said.code == "fulfilment_complete" and isinstance(answer, Counted | StopComplete)
    return said if finished else answer


def _stop(walk: Walk | None, stop_id: str | None) -> Stop | None:
    return next((stop for stop in walk.stops if stop.id == stop_id), None) if walk else None
