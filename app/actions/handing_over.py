"""The handover desk: what the customer takes and leaves, what is to be paid for it, and the fact that it went out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final, Protocol

from app.actions import articles
from app.actions.desk import Desk
from app.store import documents, readable
from core.contract import commands as c
from core.contract.commands import How
from core.domain.barcodes import normalise, scanned_text
from core.domain.collecting import own_works
from core.domain.collecting_answers import HandedOverTwice
from core.domain.outcome import Outcome, Verdict
from core.domain.process import Process
from core.domain.scan_notes import is_of_article, units
from core.domain.scanning import WrongItem, stranger

LONGEST_NAME: Final = 80


class GivenLine(Protocol):
    """What is needed of a line: `open` units can be given, one costs `price_minor`."""

    @property
    def line_id(self) -> str: ...
    @property
    def open(self) -> int: ...
    @property
    def price_minor(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def gtins(self) -> tuple[str, ...]: ...
    @property
    def sku(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Giving:
    """Units by line: `taken` by the customer, `left` here for a reason. `how`: the last way one was identified."""

    taken: Mapping[str, int] = field(default_factory=dict)
    left: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    how: How = How.TAP

    @property
    def units(self) -> int:
        return sum(self.taken.values())

    @property
    def units_left(self) -> int:
        return sum(units for units, _reason in self.left.values())

    def take(self, line: GivenLine, units: int, how: How = How.TAP) -> "Giving":
        most = line.open - self.left.get(line.line_id, (0, ""))[0]
        return replace(self, taken={**self.taken, line.line_id: max(0, min(units, most))}, how=how)

    def leave(self, line: GivenLine, units: int, reason: str) -> "Giving":
        """What is left cannot be taken as well."""
        left = {**self.left, line.line_id: (min(units, line.open), reason)}
        if units <= 0:
            left.pop(line.line_id)
        after = replace(self, left=left)
        return after.take(line, min(self.taken.get(line.line_id, 0), line.open - max(0, units)), self.how)

    def all(self, lines: Sequence[GivenLine]) -> "Giving":
        """Everything that is not left here."""
        found = self
        for line in lines:
            found = found.take(line, line.open, self.how)
        return found

    def within(self, lines: Sequence[GivenLine]) -> "Giving":
        """Of what can still be given: another tablet may have been faster."""
        taken, left = dict[str, int](), dict[str, tuple[int, str]]()
        for line in lines:
            units, reason = self.left.get(line.line_id, (0, ""))
            if min(units, line.open):
                left[line.line_id] = (min(units, line.open), reason)
            here = left.get(line.line_id, (0, ""))[0]
            if count := min(self.taken.get(line.line_id, 0), line.open - here):
                taken[line.line_id] = count
        return Giving(taken, left, self.how)


@dataclass(frozen=True, slots=True)
class Proof:
    """`identity`: kind of document seen, never its number. `collector`, `relation`: "" for the buyer."""

    identity: str = ""
    collector: str = ""
    relation: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class TakenAlready(Outcome):
    """Of this order, and no unit of it can be taken any more."""

    code: ClassVar[str] = "taken_already"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    name: str
    taken: int


def unexpected(desk: Desk, giving: Giving, lines: Sequence[GivenLine], text: str, process: Process) -> Outcome:
    """What a code is that `scanned` did not take, and what is still expected."""
    code = normalise(text)
    of_order = [line for line in lines if is_of_article(line, code, process)]
    if of_order:
        return TakenAlready(of_order[0].name, sum(giving.taken.get(line.line_id, 0) for line in of_order))
    waiting = (line for line in lines if line.open > giving.taken.get(line.line_id, 0))
    answer = stranger(code, scanned_text(code), next(waiting, None))
    if not isinstance(answer, WrongItem):
        return answer
    with desk.database.read() as connection:
        return articles.name(connection, answer, process)


def scanned(giving: Giving, lines: Sequence[GivenLine], text: str, how: How, process: Process) -> Giving | None:
    """With one unit more of the scanned article, or all the pieces that a bundle of the house says. None: not so much
    of it is left to be taken."""
    code = normalise(text)
    pieces = units(code, process)
    for line in lines:
        wanted = giving.taken.get(line.line_id, 0) + pieces
        if is_of_article(line, code, process) and giving.take(line, wanted).taken[line.line_id] == wanted:
            return giving.take(line, wanted, how)
    return None


def to_pay(lines: Sequence[GivenLine], due_minor: int, giving: Giving) -> int:
    """Minor units to be paid now: not for what stays here, be it left or fetched another time."""
    stays = sum(line.price_minor * (line.open - giving.taken.get(line.line_id, 0)) for line in lines)
    return max(0, due_minor - stays) if giving.units else 0


def take_cash(desk: Desk, collection_id: str, payment_id: str, amount_minor: int) -> Outcome:
    """A fact, network or not. `payment_id`: also of the card that was asked for the same amount; one of them counts."""
    return desk.tell(c.TakeCash(collection_id, payment_id, amount_minor), f"cash:{payment_id}")


def charge_card(desk: Desk, collection_id: str, payment_id: str, amount_minor: int) -> Outcome:
    """Asked of the core: nothing is paid before its answer."""
    return desk.tell(c.ChargeCard(collection_id, payment_id, amount_minor), f"card:{payment_id}")


def hand_over(desk: Desk, collection_id: str, handover_id: str, giving: Giving, proof: Proof) -> Outcome:
    """A second tap hands over nothing a second time."""
    with desk.database.write() as connection:
        known = documents.collection(connection, collection_id)
        said = c.HandOverCollection(
            collection_id,
            handover_id,
            tuple(c.HandedItem(line, units) for line, units in giving.taken.items() if units),
            tuple(c.RefusedItem(line, units, reason) for line, (units, reason) in giving.left.items() if units),
            own_works(known) if known else (),
            giving.how,
            proof.identity,
            proof.collector.strip()[:LONGEST_NAME],
            proof.relation if proof.collector.strip() else "",
            proof.signature,
        )
        outcome = desk.say(connection, said, f"hand-over:{handover_id}")
        if isinstance(outcome, HandedOverTwice):
            first = known.handed if known else None
            collector = outcome.collector or (first.collector if first else "")
            told = readable.params(connection, outcome.code, {**outcome.params(), "collector": collector})
            outcome = HandedOverTwice(outcome.units, str(told["by"]), str(told["at"]), collector)
    desk.walks.forget()
    return outcome
