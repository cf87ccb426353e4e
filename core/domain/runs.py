"""Pick runs: a wave of fulfilments fetched in one walk, by one picker or several, paused, resumed, taken over."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from core.domain.fulfilment import Fulfilment, all_found
from core.domain.lifecycle import RUN, FulfilmentState, RunState, next_state
from core.domain.outcome import Outcome, Verdict


class Method(StrEnum):
    SINGLE = "single"  # one order after the other
    MULTI = "multi"  # several orders in one walk, kept apart in totes
    BATCH = "batch"  # the same articles summed, sorted per order afterwards


@dataclass(frozen=True, slots=True)
class PickRun:
    id: str
    number: str  # short, to say aloud
    location_id: str
    method: Method
    fulfilment_ids: tuple[str, ...]
    pickers: tuple[str, ...]  # user ids; the first one is the holder
    started_at: datetime
    started_by: str
    state: RunState = RunState.ACTIVE
    finished_at: datetime | None = None
    left: tuple[str, ...] = ()  # asked for, but closed or in another run
    totes: tuple[str, ...] = ()  # every order asked for: tote 1 first, so that no tote changes its number


@dataclass(frozen=True, slots=True)
class RunStarted(Outcome):
    code: ClassVar[str] = "run_started"
    orders: int


@dataclass(frozen=True, slots=True)
class AlreadyInRun(Outcome):
    """Some orders are in another run already, or closed: those are left to it, the others are picked here."""

    code: ClassVar[str] = "already_in_run"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION
    orders: int


@dataclass(frozen=True, slots=True)
class RunPaused(Outcome):
    code: ClassVar[str] = "run_paused"


@dataclass(frozen=True, slots=True)
class RunResumed(Outcome):
    code: ClassVar[str] = "run_resumed"


@dataclass(frozen=True, slots=True)
class RunTakenOver(Outcome):
    code: ClassVar[str] = "run_taken_over"


@dataclass(frozen=True, slots=True)
class RunFinished(Outcome):
    code: ClassVar[str] = "run_finished"
    open_orders: int  # went back to the work list


@dataclass(frozen=True, slots=True)
class RunOver(Outcome):
    """The run was finished by somebody else meanwhile."""

    code: ClassVar[str] = "run_over"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION


@dataclass(frozen=True, slots=True)
class RunUnknown(Outcome):
    code: ClassVar[str] = "run_unknown"
    verdict: ClassVar[Verdict] = Verdict.ATTENTION


Fulfilments = Mapping[str, Fulfilment]
Changed = dict[str, Fulfilment]


def start(run: PickRun, fulfilments: Fulfilments) -> tuple[PickRun, Changed, RunStarted | AlreadyInRun]:
    """`fulfilments`: those of the run that are known, by id. Returns the run without those it cannot have."""
    asked = tuple(dict.fromkeys(run.fulfilment_ids))
    free = [f for f in map(fulfilments.get, asked) if f is not None and can_start(f, run.id)]
    ids = tuple(fulfilment.id for fulfilment in free)
    left = tuple(i for i in asked if i not in ids)
    changed = {f.id: replace(f.after("start"), run_id=run.id) for f in free}
    started = replace(run, fulfilment_ids=ids, left=left, totes=run.totes or asked)
    return started, changed, AlreadyInRun(len(left)) if left else RunStarted(len(ids))


def can_start(fulfilment: Fulfilment, run_id: str) -> bool:
    """Whether a (new) run may have it: something to pick, not on hold, not in another run."""
    waits = fulfilment.state in (FulfilmentState.OPEN, FulfilmentState.PICKING)
    return waits and not fulfilment.hold and fulfilment.run_id in ("", run_id)


def pause(run: PickRun) -> tuple[PickRun, RunPaused | RunOver]:
    if run.state is RunState.FINISHED:
        return run, RunOver()
    return replace(run, state=next_state(RUN, run.state, "pause")), RunPaused()


def resume(run: PickRun) -> tuple[PickRun, RunResumed | RunOver]:
    if run.state is RunState.FINISHED:
        return run, RunOver()
    return replace(run, state=next_state(RUN, run.state, "resume")), RunResumed()


def take_over(run: PickRun, user_id: str) -> tuple[PickRun, RunTakenOver | RunOver]:
    """`user_id` goes on with the run; the colleague stays named behind."""
    if run.state is RunState.FINISHED:
        return run, RunOver()
    pickers = (user_id, *(picker for picker in run.pickers if picker != user_id))
    return replace(run, state=next_state(RUN, run.state, "take_over"), pickers=pickers), RunTakenOver()


def finish(run: PickRun, fulfilments: Fulfilments, at: datetime) -> tuple[PickRun, Changed, RunFinished | RunOver]:
    """What is not complete goes back to the work list, with its counts."""
    if run.state is RunState.FINISHED:
        return run, {}, RunOver()
    mine = [f for f in map(fulfilments.get, run.fulfilment_ids) if f is not None and f.run_id == run.id]
    changed = {f.id: replace(_set_aside(f), run_id="") for f in mine}
    still_open = sum(not _picking_done(fulfilment) for fulfilment in mine)
    finished = replace(run, state=next_state(RUN, run.state, "finish"), finished_at=at)
    return finished, changed, RunFinished(still_open)


def _set_aside(fulfilment: Fulfilment) -> Fulfilment:
    untouched = not any(line.held or line.short for line in fulfilment.lines)
    return fulfilment.after("set_aside") if untouched else fulfilment


def _picking_done(fulfilment: Fulfilment) -> bool:
    return fulfilment.closed or all_found(fulfilment)


def all_done(fulfilments: Iterable[Fulfilment]) -> bool:
    return all(_picking_done(fulfilment) for fulfilment in fulfilments)
