"""What to do next, decided by a function alone: no clock, no socket, no database, no randomness of its own.

Five lanes run side by side, each with at most one request in flight: push, the pulls of three groups, the stream of
pokes; and one lane for a new token, during which the others hold still. A lane is `wanted`, then `running`; failures
only delay it, and never drop a command. tests/sync/golden holds the protocol as step lists.
"""

from dataclasses import replace
from typing import Final

from core.contract.sync import MAX_PUSH_BYTES, MAX_PUSH_COMMANDS, Group
from sync import steps as s
from sync.backoff import SHORTEST_S, next_delay
from sync.lanes import CACHES, POKES, PULLS, PUSH, TOKEN, Lane, State
from sync.steps import Event, Failure, Instruction

POLL_S: Final = (15.0, 60.0)  # without pokes
POLL_WITH_POKES_S: Final = (120.0, 300.0)  # a poke can be lost
AFTER_OUTAGE_S: Final = 30.0  # stock and catalogue of a whole region do not come back at once
SET_ASIDE_S: Final = 15 * 60.0
PAUSED_RETRY_S: Final = 15 * 60.0

BREAKS: Final = 2  # of the same batch, with an answer to a pull in between

_OFFLINE = (Failure.UNREACHABLE, Failure.BROKEN, Failure.UNAVAILABLE, Failure.CORE_OUTDATED)
_STOPPED: Final = ("revoked", "upgrade_required")


Step = tuple[State, tuple[Instruction, ...]]


def step(state: State, event: Event, now: float, random: float) -> Step:
    """`now`: seconds of a clock that never goes back; `random`: 0 to 1."""
    after, asked = _react(state, event, now, random)
    after, planned = _plan(after, now)
    said: tuple[Instruction, ...] = ()
    if after.connection != state.connection or isinstance(event, s.Started):
        said = (s.Announce(after.connection),)
    return after, (*said, *asked, *planned, s.Wait(_next_time(after)))


def _react(state: State, event: Event, now: float, random: float) -> Step:
    match event:
        case s.Started(queued):
            return State(foreground=state.foreground).ask(*PULLS, POKES).ask_push(queued), ()
        case s.CommandsWaiting(queued):
            return state.ask_push(queued), ()
        case s.PushAnswered():
            return _push_answered(state, event, now, random), ()
        case s.PushFailed():
            return _push_failed(state, event, now, random)
        case s.PullDone(group, queued):
            after = _pulled(_reached(state, now, random), group, now, random)
            # What the core has not decided yet is offered again when it said, not with every pull.
            return after if after.lane(PUSH).wanted else after.ask_push(queued), ()
        case s.PullFailed(group, Failure.RESET) if not state.lane(group.value).reset:
            return state, (s.Reset(group),)
        case s.PullFailed(group, failure, retry_after_s, gained):
            last_s = 0.0 if gained else state.lane(group.value).delay_s
            return _failed(state, group.value, failure, next_delay(last_s, random, retry_after_s), now), ()
        case s.ResetDone(group, queued):
            return state.put(group.value, Lane(wanted=True, reset=True)).ask_push(queued), ()
        case s.TokenRefreshed():
            return _refreshed(_reached(state, now, random)), ()
        case s.RefreshFailed(failure, retry_after_s):
            return _refresh_failed(state, failure, _delay(state, TOKEN, random, retry_after_s), now), ()
        case s.PokesOpened():
            state = replace(_reached(state, now, random), listening=True)
            # The core begins with a poke for every group: what changed while nobody listened is found.
            return state.put(POKES, replace(state.lane(POKES), delay_s=0.0)), ()
        case s.PokesClosed(failure, retry_after_s):
            delay = _delay(state, POKES, random, retry_after_s)
            # A stream that ends says nothing about the core: a pull does.
            closed = replace(state, listening=False).ask(Group.MAIN.value)
            known = Failure.THROTTLED if failure is Failure.BROKEN else failure
            return _failed(closed, POKES, known, delay, now), ()
        case s.Poked(group):
            return state.ask(group.value), ()
        case s.WentForeground():
            rested = {name: replace(lane, delay_s=0.0, not_before=0.0) for name, lane in state.lanes.items()}
            return replace(state, foreground=True, lanes=rested).ask(*PULLS, POKES), ()
        case s.WentBackground():
            return _gone(state, now), (s.Hush(),)
        case s.Tick():
            return state, ()


def _push_answered(state: State, event: s.PushAnswered, now: float, random: float) -> State:
    state = _reached(state, now, random)
    grown = min(MAX_PUSH_COMMANDS, state.limit * 2)
    state = replace(state, breaks=0, limit=grown, max_bytes=min(MAX_PUSH_BYTES, state.max_bytes * 2))
    # Commands without a decision stand at the head of the queue: come back when the core says, not at once.
    later = now + max(event.after_s, 1.0) if event.decided == 0 else 0.0
    again = event.queued > 0 or state.lane(PUSH).wanted
    return state.put(PUSH, Lane(wanted=again, not_before=later)).ask(Group.MAIN.value)


def _push_failed(state: State, event: s.PushFailed, now: float, random: float) -> Step:
    failure, delay = event.failure, _delay(state, PUSH, random, event.retry_after_s)
    if failure is Failure.TOO_LARGE and event.sent > 1:
        state = replace(state, limit=event.sent // 2, max_bytes=max(1, state.max_bytes // 2))
        return state.put(PUSH, Lane(wanted=True)), ()
    aside: tuple[Instruction, ...] = ()
    if failure is Failure.TOO_LARGE:
        state, aside = replace(state, breaks=0), (s.SetAside(SET_ASIDE_S),)
    elif failure is Failure.RESET:
        state = state.ask(Group.MAIN.value)  # the pull meets the same answer, and resets its own group
    elif failure is Failure.BROKEN and state.alive:
        # Was it the network or this batch? A pull in between tells.
        state = replace(state, alive=False, breaks=state.breaks + 1).ask(Group.MAIN.value)
        if state.breaks >= BREAKS and event.sent > 1:
            state = replace(state, breaks=0, limit=event.sent // 2)
        elif state.breaks >= BREAKS:
            state, aside = replace(state, breaks=0, limit=MAX_PUSH_COMMANDS), (s.SetAside(SET_ASIDE_S),)
    return _failed(state, PUSH, failure, delay, now), aside


def _pulled(state: State, group: Group, now: float, random: float) -> State:
    """Again at once when it was asked for meanwhile, else as a poll."""
    if state.lane(group.value).wanted:
        return state.put(group.value, Lane(wanted=True))
    shortest, longest = POLL_WITH_POKES_S if state.listening else POLL_S
    poll_at = now + shortest + random * (longest - shortest)
    return state.put(group.value, Lane(wanted=state.foreground, not_before=poll_at))


def _refreshed(state: State) -> State:
    lanes = {name: replace(lane, old_token=lane.running) for name, lane in state.lanes.items()}
    return replace(state, trial=True, lanes={**lanes, TOKEN: Lane()})


def _gone(state: State, now: float) -> State:
    """In the background: no polls, no pokes; what is queued still goes up and its verdicts come down."""
    polls = {name: Lane() for name in PULLS if not state.lane(name).running and state.lane(name).not_before > now}
    return replace(state, foreground=False, listening=False, lanes={**state.lanes, **polls, POKES: Lane()})


def _refresh_failed(state: State, failure: Failure, delay: float, now: float) -> State:
    if failure in (Failure.UNAUTHORISED, Failure.REFUSED):
        return _paused(state, now)
    return _failed(state, TOKEN, failure, delay, now)


def _paused(state: State, now: float) -> State:
    """The core does not know this device now. It keeps what it holds, and asks again later."""
    state = replace(state, connection="paused", trial=False)
    return state.put(TOKEN, Lane(wanted=True, not_before=now + PAUSED_RETRY_S))


def _failed(state: State, name: str, failure: Failure, delay: float, now: float) -> State:
    """The lane waits; what the failure says about the connection."""
    lane = state.lane(name)
    if failure is Failure.UNAUTHORISED:
        state = state.put(name, Lane(wanted=True, reset=lane.reset))
        if lane.old_token:
            return state
        return _paused(state, now) if state.trial else state.ask(TOKEN)
    wanted = name != POKES or state.foreground
    state = state.put(name, Lane(wanted=wanted, not_before=now + delay, delay_s=delay, reset=lane.reset))
    if failure is Failure.REVOKED:
        return replace(state, connection="revoked")
    if failure is Failure.UPGRADE:
        return replace(state, connection="upgrade_required")
    if failure in _OFFLINE and state.connection != "paused":
        return replace(state, connection="offline")
    return state


def _reached(state: State, now: float, random: float) -> State:
    """The core answered, so the token is good."""
    if state.connection in _STOPPED:
        return state
    if not state.lane(TOKEN).running:
        state = state.put(TOKEN, Lane())
    if state.connection == "offline":
        for name in CACHES:
            if not state.lane(name).running:
                # As a backoff: the core pokes every group of who listens again, and all would come at once after all.
                later = now + AFTER_OUTAGE_S * random
                state = state.put(name, Lane(wanted=True, not_before=later, delay_s=SHORTEST_S))
    return replace(state, connection="online", trial=False, alive=True)


def _delay(state: State, name: str, random: float, retry_after_s: float | None) -> float:
    return next_delay(state.lane(name).delay_s, random, retry_after_s)


def _plan(state: State, now: float) -> Step:
    """Starts every lane that is wanted and due."""
    asked: list[Instruction] = []
    for name in (TOKEN, PUSH, *PULLS, POKES):
        if state.lane(name).due(now) and _may_run(state, name):
            asked.append(_instruction(state, name))
            state = state.put(name, replace(state.lane(name), wanted=False, running=True, old_token=False))
    return state, tuple(asked)


def _may_run(state: State, name: str) -> bool:
    if state.connection in _STOPPED:
        return False
    token = state.lane(TOKEN)
    if name != TOKEN and (token.wanted or token.running):
        return False
    if name in CACHES and state.lane(Group.MAIN.value).running:
        return False  # work first: a new tablet can be worked with before its catalogue begins to come
    return state.foreground or name in (TOKEN, PUSH, Group.MAIN.value)


def _instruction(state: State, name: str) -> Instruction:
    match name:
        case "token":
            return s.Refresh()
        case "push":
            return s.Push(state.limit, state.max_bytes)
        case "pokes":
            return s.Listen()
        case _:
            return s.Pull(Group(name))


def _next_time(state: State) -> float | None:
    """When the next lane is due that only time holds back."""
    waiting = [
        lane.not_before
        for name, lane in state.lanes.items()
        if lane.wanted and not lane.running and _may_run(state, name)
    ]
    return min(waiting, default=None)
