import asyncio
import threading

import pytest
from starlette.requests import ClientDisconnect

from core.http.spool import CHUNK_BYTES, IN_MEMORY_BYTES, Abandoned, Spool, SpoolResponse


async def taken(spool: Spool) -> bytes:
    return b"".join([piece async for piece in spool.pieces()])


async def test_what_is_written_is_sent_before_the_rest_is_there():
    spool, go = Spool(), threading.Event()

    def write() -> None:
        spool.write(b"head")
        go.wait(10)
        spool.write(b"")
        spool.write(b", rest")
        spool.end()

    writing = asyncio.create_task(asyncio.to_thread(write))
    await spool.begun
    pieces = spool.pieces()
    assert await anext(pieces) == b"head"
    go.set()
    assert [piece async for piece in pieces] == [b", rest"]
    await writing
    spool.close()


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * IN_MEMORY_BYTES])
async def test_all_of_it_comes_in_its_order_however_much_waits(size):
    spool = Spool()
    content = bytes(number * 7 % 256 for number in range(256)) * (size // 256) + b"." * (size % 256)

    def write() -> None:
        for start in range(0, size, 30_000):
            spool.write(content[start : start + 30_000])
        spool.end()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(asyncio.to_thread(write))
        found = tasks.create_task(taken(spool))
    assert found.result() == content
    spool.close()


async def test_an_answer_that_cannot_be_written_to_its_end_is_no_whole_one():
    spool = Spool()
    spool.write(b"head")
    spool.end(OSError("no space"))
    with pytest.raises(OSError, match="no space"):
        await taken(spool)
    spool.close()


async def test_who_writes_learns_that_nobody_takes_it_any_more():
    spool = Spool()
    spool.write(b"head")

    async def hung_up(message: object) -> None:
        raise OSError("hung up")

    async def receive() -> dict[str, str]:
        await asyncio.Event().wait()
        raise AssertionError

    answer = SpoolResponse(spool, {}, "text/plain")
    with pytest.raises(ClientDisconnect):
        await answer({"type": "http", "asgi": {"spec_version": "2.4"}}, receive, hung_up)
    with pytest.raises(Abandoned):
        await asyncio.to_thread(spool.write, b"rest")
