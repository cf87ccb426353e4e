"""How a device hands over what it holds (I13): its step lists, and that it always comes to an end."""

import os
import re
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync import leaving
from sync.leaving import Begun, End, HandOver, NothingMore, NotTaken, PassOver, Probe, Rest, State, Taken, step
from sync.steps import Failure

GOLDEN = sorted((Path(__file__).parent / "golden" / "leaving").glob("*.txt"))
EVENT = re.compile(r"on (?P<event>.+)")
NAMES = {"Begun": Begun, "Taken": Taken, "NotTaken": NotTaken, "NothingMore": NothingMore, "Failure": Failure}
BLAMED = (Failure.BROKEN, Failure.UNAVAILABLE, Failure.REFUSED, Failure.INVALID, Failure.TOO_LARGE, Failure.BUG)


def shown(instruction: leaving.Instruction) -> str:
    parts = ", ".join(str(getattr(instruction, field.name)) for field in fields(instruction))
    return f"    {type(instruction).__name__}({parts})"


def replay(text: str) -> str:
    state, lines = State(), list[str]()
    for line in text.splitlines():
        if found := EVENT.fullmatch(line):
            state, asked = step(state, eval(found["event"], NAMES), 0.5)
            lines += [line, *map(shown, asked)]
        elif not line.startswith("    "):
            lines.append(line)
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_the_handover_is_what_its_step_lists_say(path: Path) -> None:
    text = path.read_text()
    if os.environ.get("COMPTOIR_WRITE_GOLDEN"):
        path.write_text(replay(text))
    assert replay(text) == path.read_text()


def test_there_are_step_lists() -> None:
    assert len(GOLDEN) == 4


class Office:
    """Takes a batch without a `bad` one, of the opaque ones those that are not `worse`; the network draws its own."""

    def __init__(self, count: int, bad: set[int], worse: set[int], network: st.DataObject | None) -> None:
        self.queue, self.bad, self.worse, self.network = list(range(count)), bad, worse, network
        self.taken, self.left, self.asked = list[int](), list[int](), 0

    def run(self) -> int:
        state = State()
        event: leaving.Event = Begun()
        while True:
            state, asked = step(state, event, 0.5)
            for instruction in asked[:-1]:
                self.do(instruction)
            if isinstance(asked[-1], End):
                return asked[-1].left
            self.asked += 1
            event = self.answer(asked[-1])

    def do(self, instruction: leaving.Instruction) -> None:
        match instruction:
            case PassOver():
                self.left.append(self.queue.pop(0))
            case leaving.Again():
                self.queue, self.left = self.left, []
            case Rest(seconds):
                assert seconds > 0
            case _:
                raise AssertionError(instruction)

    def answer(self, asked: leaving.Instruction) -> leaving.Event:
        sent = self.queue[: asked.limit] if isinstance(asked, HandOver) else []
        if isinstance(asked, HandOver) and not sent:
            return NothingMore()
        if self.network is not None and self.asked < 100 and self.network.draw(st.booleans()):
            return NotTaken(self.network.draw(st.sampled_from(list(Failure))), len(sent))
        assert isinstance(asked, HandOver | Probe)
        refused = self.worse if isinstance(asked, HandOver) and asked.opaque else self.bad | self.worse
        if refused.intersection(sent):
            return NotTaken(BLAMED[min(sent) % len(BLAMED)], len(sent))
        self.taken += sent
        del self.queue[: len(sent)]
        return Taken(len(sent))


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_everything_that_can_be_taken_is_taken_and_it_ends(data: st.DataObject) -> None:
    count = data.draw(st.integers(0, 250))
    some = st.sets(st.integers(0, max(0, count - 1)), max_size=4)
    bad, worse = data.draw(some), data.draw(some) if count else set()
    office = Office(count, bad, worse, data.draw(st.sampled_from((None, data))))
    assert office.run() == len(worse)
    assert sorted(office.taken) == sorted(set(range(count)) - worse)
    assert sorted(office.left) == sorted(worse)


def test_one_command_that_nobody_takes_costs_few_requests() -> None:
    office = Office(200, set(), {117}, None)
    assert office.run() == 1
    # Halving finds it in two tries a size, then it is asked for alone, once an hour for a day.
    assert office.asked < 2 * 2 * 8 + 200 / 2 + leaving.ROUNDS * 10
