"""How a withdrawn device hands over what it holds, decided by a function alone, as sync.machine decides the rest.

A batch that is not taken is halved, down to one command. Whether it was the batch or the network is found out by an
empty one: only a failure with an answer to that counts. A command that is not taken as it is goes as opaque bytes,
which nothing on the way can read. One that is not taken that way either is left for later, and there is an end to it.
tests/sync/golden/leaving holds it as step lists.
"""

from dataclasses import dataclass, replace
from typing import Final

from core.contract.sync import MAX_PUSH_COMMANDS
from sync.backoff import next_delay
from sync.steps import Failure

TRIES: Final = 2  # of the same batch, or of one command in one form
ROUNDS: Final = 24
ROUND_S: Final = 3600.0  # head office has a day to put right what does not take a command

# What says nothing of the commands: the network, the core or the clock of this device.
_NOT_THE_BATCH: Final = frozenset(
    {
        Failure.UNREACHABLE,
        Failure.THROTTLED,
        Failure.UNAUTHORISED,
        Failure.REVOKED,
        Failure.RESET,
        Failure.UPGRADE,
        Failure.CORE_OUTDATED,
        Failure.STORAGE,
    }
)


@dataclass(frozen=True, slots=True)
class State:
    """`left`: commands of this round that were passed over; `blamed`: how many the failed batch had, 0 for none."""

    limit: int = MAX_PUSH_COMMANDS
    tries: int = 0
    opaque: bool = False
    blamed: int = 0
    left: int = 0
    rounds: int = 0
    delay_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Begun:
    """The app runs (again)."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Head office has them. `sent`: commands in the batch, 0 for an empty one."""

    sent: int


@dataclass(frozen=True, slots=True)
class NotTaken:
    failure: Failure
    sent: int
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class NothingMore:
    """There is no command behind those that were handed over or passed over."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """The next commands, at most `limit`; with `opaque` the one as bytes."""

    limit: int
    opaque: bool = False


@dataclass(frozen=True, slots=True)
class Probe:
    """Hand over nothing: does the core answer at all?"""


@dataclass(frozen=True, slots=True)
class PassOver:
    """Leave the next command for the next round."""


@dataclass(frozen=True, slots=True)
class Rest:
    seconds: float


@dataclass(frozen=True, slots=True)
class Again:
    """From the first one that was left."""


@dataclass(frozen=True, slots=True)
class End:
    """`left`: commands that nobody took."""

    left: int


Event = Begun | Taken | NotTaken | NothingMore
Instruction = HandOver | Probe | PassOver | Rest | Again | End
Step = tuple[State, tuple[Instruction, ...]]


def step(state: State, event: Event, random: float) -> Step:
    """What is asked for is done in its order; only the last one is answered by an event. `random`: 0 to 1."""
    match event:
        case Begun():
            return state, (HandOver(state.limit),)
        case Taken(0):
            return _proved(replace(state, delay_s=0.0))
        case Taken():
            state = State(min(MAX_PUSH_COMMANDS, state.limit * 2), left=state.left, rounds=state.rounds)
            return state, (HandOver(state.limit),)
        case NotTaken():
            return _failed(state, event, random)
        case NothingMore() if state.left and state.rounds + 1 < ROUNDS:
            state = State(rounds=state.rounds + 1)
            return state, (Rest(ROUND_S), Again(), HandOver(state.limit))
        case NothingMore():
            return state, (End(state.left),)


def _failed(state: State, event: NotTaken, random: float) -> Step:
    delay_s = next_delay(state.delay_s, random, event.retry_after_s)
    if event.failure is Failure.TOO_LARGE and event.sent > 1:
        return _halved(state, event.sent)
    if event.sent and event.failure not in _NOT_THE_BATCH:
        state = replace(state, blamed=event.sent)
    # Nothing is found out about a batch before the core answers an empty one.
    asked: Instruction = Probe() if state.blamed else HandOver(state.limit, state.opaque)
    return replace(state, delay_s=delay_s), (Rest(delay_s), asked)


def _proved(state: State) -> Step:
    """The core answers: it was the batch."""
    sent, state = state.blamed, replace(state, blamed=0, tries=state.tries + 1)
    if state.tries < TRIES:
        return state, (HandOver(state.limit, state.opaque),)
    if sent > 1:
        return _halved(state, sent)
    if not state.opaque:
        return replace(state, limit=1, tries=0, opaque=True), (HandOver(1, opaque=True),)
    state = State(1, left=state.left + 1, rounds=state.rounds)
    return state, (PassOver(), HandOver(1))


def _halved(state: State, sent: int) -> Step:
    state = replace(state, limit=sent // 2, tries=0)
    return state, (HandOver(state.limit),)
