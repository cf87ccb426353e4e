"""A stream over a real socket: `test_pokes.py`. Here is how it ends, and what it says when there is nothing to say."""

import asyncio
import signal
from typing import Any

from core.contract.sync import Group
from core.http import poke_stream
from core.http.poke_stream import PokeStream
from core.http.pokes import Pokes
from core.store import feed


class Client:
    """`said`: what it was sent so far."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []
        self.gone = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.said.append(message)

    @property
    def text(self) -> str:
        return b"".join(message.get("body", b"") for message in self.said).decode()


async def opened(pokes: Pokes) -> tuple[Client, "asyncio.Task[None]"]:
    client = Client()
    stream = PokeStream(pokes, [feed.store_part("a"), feed.stock_part("a")])
    task = asyncio.create_task(stream({"type": "http"}, client.receive, client.send))
    await asyncio.sleep(0.05)
    return client, task


async def test_a_stream_begins_with_every_group_and_then_tells_what_changed(sqlite_database):
    pokes = Pokes(sqlite_database)
    client, task = await opened(pokes)
    assert [line for line in client.text.splitlines() if line.startswith("data")] == [f"data: {one}" for one in Group]
    before = len(client.said)

    def mark_twice() -> None:
        for _ in range(2):
            with sqlite_database.write() as connection:
                feed.mark(connection, feed.store_part("a"), "location", "a")

    await asyncio.to_thread(mark_twice)
    await asyncio.sleep(0.1)
    assert [message["body"] for message in client.said[before:]] == [b"event: poke\r\ndata: main\r\n\r\n"]
    client.gone.set()
    await asyncio.wait_for(task, 2)


async def test_who_hangs_up_is_not_told_any_more_and_leaves_no_task(sqlite_database):
    pokes = Pokes(sqlite_database)
    before = asyncio.all_tasks()
    client, task = await opened(pokes)
    client.gone.set()
    await asyncio.wait_for(task, 2)
    await asyncio.sleep(0.05)
    assert asyncio.all_tasks() <= before
    assert client.said[-1] == {"type": "http.response.body", "body": b""}


async def test_a_stream_that_has_nothing_to_say_says_so(sqlite_database, monkeypatch):
    monkeypatch.setattr(poke_stream, "HEARTBEAT_S", 0.05)
    client, task = await opened(Pokes(sqlite_database))
    await asyncio.sleep(0.3)
    assert client.text.count(": ping") >= 2
    client.gone.set()
    await asyncio.wait_for(task, 2)


async def test_streams_end_when_the_server_is_told_to_stop(sqlite_database, monkeypatch):
    _, task = await opened(Pokes(sqlite_database))
    monkeypatch.setattr("core.http.pokes.AppStatus.should_exit", True)
    await asyncio.wait_for(task, 3)


class Server:
    """As uvicorn, which hears signals before it has loaded the app."""

    should_exit = True

    def handle_exit(self, *_: Any) -> None: ...


async def test_streams_end_under_a_server_that_loaded_the_app_after_it_heard_signals(sqlite_database):
    before = signal.signal(signal.SIGTERM, Server().handle_exit)
    try:
        _, task = await opened(Pokes(sqlite_database))
        await asyncio.wait_for(task, 3)
    finally:
        signal.signal(signal.SIGTERM, before)
