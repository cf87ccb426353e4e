import asyncio
from collections.abc import Sequence

import pytest

from core.http.turns import Turns


class Work:
    def __init__(self) -> None:
        self.turns: list[list[int]] = []

    def __call__(self, asked: Sequence[int]) -> list[int]:
        self.turns.append(list(asked))
        if 13 in asked:
            raise RuntimeError("a bug")
        return [number * 2 for number in asked]


async def test_what_arrives_together_is_done_together_and_each_hears_its_own():
    work = Work()
    turns = Turns[int, int](work, 10, "test")
    assert await asyncio.gather(*map(turns.ask, range(7))) == [number * 2 for number in range(7)]
    assert sorted(number for turn in work.turns for number in turn) == list(range(7))
    assert len(work.turns) <= 2


async def test_a_turn_is_bounded():
    work = Work()
    turns = Turns[int, int](work, 3, "test")
    await asyncio.gather(*map(turns.ask, range(8)))
    assert max(map(len, work.turns)) == 3


async def test_a_turn_that_fails_is_told_to_who_was_in_it_and_the_next_one_works():
    turns = Turns[int, int](Work(), 1, "test")
    answers = await asyncio.gather(turns.ask(13), turns.ask(2), return_exceptions=True)
    assert isinstance(answers[0], RuntimeError)
    assert answers[1] == 4
    with pytest.raises(RuntimeError, match="a bug"):
        await turns.ask(13)


async def test_who_went_away_does_not_stop_the_others():
    work = Work()
    turns = Turns[int, int](work, 10, "test")
    gone = asyncio.create_task(turns.ask(1))
    staying = asyncio.create_task(turns.ask(2))
    await asyncio.sleep(0)
    gone.cancel()
    assert await staying == 4


async def test_who_asks_again_and_again_is_taken_with_the_others():
    work = Work()
    turns = Turns[int, int](work, 20, "test")

    async def client(number: int) -> None:
        for _ in range(10):
            await turns.ask(number)

    await asyncio.gather(*map(client, range(8)))
    # The first comes alone; from then on all eight are expected.
    assert len(work.turns) <= 14
