"""The golden step lists document the protocol: `COMPTOIR_WRITE_GOLDEN=1` writes them anew, to be read."""

import os
import re
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.contract.sync import Group
from sync import steps
from sync.lanes import PULLS, PUSH, State
from sync.machine import step
from sync.steps import Failure, Pull, Push, Reset, Started, Wait

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.txt"))
EVENT = re.compile(r"at (?P<now>[\d.]+)(?: random (?P<random>[\d.]+))?: (?P<event>.+)")
NAMES = {name: getattr(steps, name) for name in dir(steps) if name[0].isupper()} | {"Group": Group}


def shown(instruction: steps.Instruction) -> str:
    parts = ", ".join(str(getattr(instruction, field.name)) for field in fields(instruction))
    return f"    {type(instruction).__name__}({parts})"


def replay(text: str) -> str:
    state, lines = State(), list[str]()
    for line in text.splitlines():
        if found := EVENT.fullmatch(line):
            event = eval(found["event"], NAMES)
            state, asked = step(state, event, float(found["now"]), float(found["random"] or 0.5))
            lines += [line, *map(shown, asked)]
        elif not line.startswith("    "):
            lines.append(line)
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_the_protocol_is_what_its_step_lists_say(path: Path) -> None:
    text = path.read_text()
    if os.environ.get("COMPTOIR_WRITE_GOLDEN"):
        path.write_text(replay(text))
    assert replay(text) == path.read_text()


def test_there_are_step_lists() -> None:
    assert len(GOLDEN) >= 8


BOOLEANS: st.SearchStrategy[bool] = st.booleans()
COUNTS = st.integers(0, 300)
FAILURES = st.sampled_from(list(Failure))
GROUPS = st.sampled_from(list(Group))
OUTSIDE = st.one_of(
    st.builds(steps.CommandsWaiting, COUNTS),
    st.builds(steps.Poked, GROUPS),
    st.just(steps.WentForeground()),
    st.just(steps.WentBackground()),
    st.just(steps.Tick()),
)


def answer(data: st.DataObject, asked: steps.Instruction) -> steps.Event:
    """What may come of an instruction."""
    failure = data.draw(FAILURES)
    good = data.draw(BOOLEANS)
    draw = data.draw
    match asked:
        case Push():
            return (
                steps.PushAnswered(draw(COUNTS), draw(COUNTS)) if good else steps.PushFailed(failure, draw(COUNTS) + 1)
            )
        case Pull(group):
            return steps.PullDone(group, draw(COUNTS)) if good else steps.PullFailed(group, failure)
        case Reset(group):
            return steps.ResetDone(group, draw(COUNTS))
        case steps.Refresh():
            return steps.TokenRefreshed() if good else steps.RefreshFailed(failure)
        case steps.Listen():
            return steps.PokesOpened() if good else steps.PokesClosed(failure)
        case _:
            raise AssertionError(asked)


@settings(deadline=None)
@given(st.data())
def test_never_two_requests_in_one_lane_and_always_a_way_on(data: st.DataObject) -> None:
    state, open_requests, now = State(), list[steps.Instruction](), 0.0
    event: steps.Event = Started(1)
    for _ in range(data.draw(st.integers(1, 40))):
        state, asked = step(state, event, now, data.draw(st.floats(0, 1)))
        if isinstance(event, steps.WentBackground):
            open_requests = [a for a in open_requests if not isinstance(a, steps.Listen)]
        open_requests += [a for a in asked if not isinstance(a, Wait | steps.Announce | steps.SetAside | steps.Hush)]
        lanes = [("pull", a.group) if isinstance(a, Pull | Reset) else type(a) for a in open_requests]
        assert len(lanes) == len(set(lanes))
        (wait,) = [a for a in asked if isinstance(a, Wait)]
        stopped = state.connection in ("revoked", "upgrade_required")
        if state.foreground and not stopped:
            assert open_requests or wait.until is not None
        if wait.until is not None:
            assert wait.until > now
        now += data.draw(st.floats(0, 20))
        answered = data.draw(BOOLEANS)
        if answered and open_requests:
            done = open_requests.pop(data.draw(st.integers(0, len(open_requests) - 1)))
            event = answer(data, done)
        else:
            event = data.draw(OUTSIDE)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 500), st.floats(0, 1))
def test_a_queue_drains_when_faults_stop(queued: int, random: float) -> None:
    state, now = State(), 0.0
    for failure in (Failure.UNREACHABLE, Failure.BROKEN, Failure.UNAVAILABLE, Failure.THROTTLED):
        state, _ = step(state, Started(queued), now, random)
        state, _ = step(state, steps.PushFailed(failure, queued), now, random)
    for _ in range(200):
        now += 61
        state, asked = step(state, steps.Tick(), now, random)
        while push := next((a for a in asked if isinstance(a, Push)), None):
            queued -= min(queued, push.limit)
            state, asked = step(state, steps.PushAnswered(queued, push.limit), now, random)
        for name in PULLS:
            if state.lane(name).running:
                state, _ = step(state, steps.PullDone(Group(name), queued), now, random)
    assert queued == 0
    assert not state.lane(PUSH).wanted
