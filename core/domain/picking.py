"""Picking: what a unit taken, missed or put back does to a fulfilment. Facts always count, if with a warning."""

from dataclasses import dataclass, replace
from typing import ClassVar

from core.domain.fulfilment import Fulfilment, Line, all_found, packed_units, settled, surplus
from core.domain.lifecycle import FulfilmentState
from core.domain.outcome import Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Picked(Outcome):
    code: ClassVar[str] = "picked"
    remaining: int  # units of this line still to pick


@dataclass(frozen=True, slots=True)
class LineComplete(Outcome):
    code: ClassVar[str] = "line_complete"


@dataclass(frozen=True, slots=True)
class FulfilmentComplete(Outcome):
    code: ClassVar[str] = "fulfilment_complete"


@dataclass(frozen=True, slots=True)
class OverPicked(Outcome):
    """More than wanted is in hand now, for example because two people finished the same line."""

    code: ClassVar[str] = "over_picked"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION
    surplus: int


@dataclass(frozen=True, slots=True)
class PickedAfterCancel(Outcome):
    code: ClassVar[str] = "picked_after_cancel"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION
    surplus: int


@dataclass(frozen=True, slots=True)
class Shorted(Outcome):
    code: ClassVar[str] = "shorted"
    short: int


@dataclass(frozen=True, slots=True)
class FulfilmentRejected(Outcome):
    """Nothing of it can be found here: every unit is short."""

    code: ClassVar[str] = "fulfilment_rejected"


@dataclass(frozen=True, slots=True)
class NothingShort(Outcome):
    """The units reported short were already picked or reported by somebody else."""

    code: ClassVar[str] = "nothing_short"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION


@dataclass(frozen=True, slots=True)
class PutBack(Outcome):
    code: ClassVar[str] = "put_back"
    remaining: int  # units of this line that still have to go back


@dataclass(frozen=True, slots=True)
class PutBackTooMany(Outcome):
    code: ClassVar[str] = "put_back_too_many"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION
    extra: int


@dataclass(frozen=True, slots=True)
class UnknownLine(Outcome):
    """The fulfilment has no such line (any more)."""

    code: ClassVar[str] = "unknown_line"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION


PickOutcome = Picked | LineComplete | FulfilmentComplete | OverPicked | PickedAfterCancel | UnknownLine
ShortOutcome = Shorted | LineComplete | FulfilmentComplete | FulfilmentRejected | NothingShort | UnknownLine
PutBackOutcome = PutBack | PutBackTooMany | UnknownLine


def pick(fulfilment: Fulfilment, line_id: str, quantity: int) -> tuple[Fulfilment, PickOutcome]:
    """`quantity` units of a line are in the picker's hands."""
    line = fulfilment.line(line_id)
    if line is None:
        return fulfilment, UnknownLine()
    picked = replace(line, picked=line.picked + quantity)
    after = settled(fulfilment.with_line(picked))
    extra = surplus(after, picked)
    if fulfilment.state in (FulfilmentState.CANCELLED, FulfilmentState.REJECTED):
        return after, PickedAfterCancel(extra)
    if extra > surplus(fulfilment, line):
        return after, OverPicked(extra)
    if picked.remaining:
        return after, Picked(picked.remaining)
    return after, FulfilmentComplete() if all_found(after) else LineComplete()


def report_short(fulfilment: Fulfilment, line_id: str, quantity: int, reason: str) -> tuple[Fulfilment, ShortOutcome]:
    """`quantity` units of a line cannot be found; never more than remain (somebody may have found them meanwhile)."""
    line = fulfilment.line(line_id)
    if line is None:
        return fulfilment, UnknownLine()
    counted = min(quantity, line.remaining)
    if fulfilment.closed or counted == 0:
        return fulfilment, NothingShort()
    shorted = replace(line, short=line.short + counted, short_reason=reason)
    after = settled(fulfilment.with_line(shorted))
    if after.state is FulfilmentState.REJECTED:
        return after, FulfilmentRejected()
    if shorted.remaining:
        return after, Shorted(counted)
    return after, FulfilmentComplete() if all_found(after) else LineComplete()


def put_back(fulfilment: Fulfilment, line_id: str, quantity: int) -> tuple[Fulfilment, PutBackOutcome]:
    """`quantity` units lie on the shelf again: surplus, a cancelled order, or a scan that is undone.

    They count even where nobody is known to hold them: the scan that took them may arrive later.
    """
    line = fulfilment.line(line_id)
    if line is None:
        return fulfilment, UnknownLine()
    loose = undoable(fulfilment, line)
    returned = replace(line, put_back=line.put_back + quantity)
    after = settled(fulfilment.with_line(returned))
    if quantity > loose:
        return after, PutBackTooMany(quantity - loose)
    return after, PutBack(surplus(after, returned))


def undoable(fulfilment: Fulfilment, line: Line) -> int:
    """Units of the line that can be put back: picked and not in a parcel."""
    return max(0, line.held - packed_units(fulfilment, line.id))
