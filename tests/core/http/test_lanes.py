import asyncio
import threading
from functools import partial

import pytest

from core.http.lanes import LONGEST_S, MOST_WAIT_S, Lane
from core.http.problems import ProblemError


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


async def a_slow_lane(takes_s: float) -> tuple[Lane, threading.Event]:
    """One thread that takes so long for each, and stands still from now on until the event."""
    clock, go = Clock(), threading.Event()
    lane = Lane(1, "test", clock)

    def work() -> None:
        clock.now_s += takes_s

    await lane.run(work)
    return lane, go


async def test_a_lane_does_what_it_is_asked_and_raises_what_that_raises():
    lane = Lane(2, "test")
    assert await asyncio.gather(*(lane.run(partial(pow, n, 2)) for n in range(20))) == [n * n for n in range(20)]
    with pytest.raises(ZeroDivisionError):
        await lane.run(lambda: 1 // 0)
    assert lane.wait_s == 0


async def test_who_would_wait_too_long_is_told_when_to_come_and_each_another_moment():
    lane, go = await a_slow_lane(1.0)
    waiting = [asyncio.create_task(lane.run(go.wait)) for _ in range(20)]
    await asyncio.sleep(0.05)
    inside = [task for task in waiting if not task.done()]
    refused = [task.exception() for task in waiting if task.done()]
    assert len(inside) == MOST_WAIT_S + 1
    assert all(isinstance(one, ProblemError) and one.problem.status == 429 for one in refused)
    told = [int(one.headers["Retry-After"]) for one in refused if isinstance(one, ProblemError)]
    assert told == [7 + place for place in range(14)]
    go.set()
    await asyncio.gather(*inside)
    assert await lane.run(lambda: "there is room again") == "there is room again"


async def test_nobody_is_sent_away_for_longer_than_half_a_minute():
    lane, go = await a_slow_lane(4.0)
    inside = [asyncio.create_task(lane.run(go.wait)) for _ in range(2)]
    await asyncio.sleep(0.05)
    told = []
    for _ in range(50):
        with pytest.raises(ProblemError) as refused:
            await lane.run(go.wait)
        told.append(int(refused.value.headers["Retry-After"]))
    assert max(told) <= LONGEST_S
    assert len(set(told)) > 3
    go.set()
    await asyncio.gather(*inside)
