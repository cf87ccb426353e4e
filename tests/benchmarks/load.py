"""Requests over real sockets, as many at a time as asked, with so little work of its own that the server is measured.

    with serving(bare_app) as port:
        round = drive(port, [post("/orders", body)], concurrency=8, count=2_000)

Each app runs in a process of its own: uvicorn, one worker, as the core is served.
"""

import asyncio
import multiprocessing
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel, Field

START_TIMEOUT_S = 180.0


@dataclass(frozen=True)
class Round:
    """Of `count` requests: milliseconds of each, and how many a second."""

    latencies_ms: Sequence[float]
    per_s: float


def post(path: str, body: Any, headers: Mapping[str, str] | None = None) -> bytes:
    """One request as it goes over the wire."""
    content = orjson.dumps(body)
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: bench",
        "Content-Type: application/json",
        f"Content-Length: {len(content)}",
    ]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + content


class _Caller(asyncio.Protocol):
    """One connection: sends the next request when the answer before it is complete."""

    def __init__(self, requests: Iterator[bytes], latencies_ms: list[float], done: "asyncio.Future[None]") -> None:
        self._requests, self._latencies_ms, self._done = requests, latencies_ms, done
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        if len(body) < length:
            return
        self._latencies_ms.append((time.perf_counter() - self._sent) * 1000)
        if head[9:10] != b"2" and not self._done.done():
            self._done.set_exception(RuntimeError(self._buffer.decode(errors="replace")[:1000]))
        self._buffer = b""
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server closed the connection"))

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            if not self._done.done():
                self._done.set_result(None)
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(request)


def drive(port: int, requests: Sequence[bytes], concurrency: int, count: int) -> Round:
    """`requests` are sent in turn, `count` in all. Raises RuntimeError for an answer that is an error."""
    return asyncio.run(_drive(port, requests, concurrency, count))


async def _drive(port: int, requests: Sequence[bytes], concurrency: int, count: int) -> Round:
    loop = asyncio.get_running_loop()
    stream = (requests[number % len(requests)] for number in range(count))
    latencies_ms: list[float] = []
    ends = [loop.create_future() for _ in range(concurrency)]
    started = time.perf_counter()
    for end in ends:
        await loop.create_connection(lambda end=end: _Caller(stream, latencies_ms, end), "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*ends)
    return Round(latencies_ms, len(latencies_ms) / (time.perf_counter() - started))


class _LineBody(BaseModel):
    sku: str = Field(max_length=64)
    quantity: int = Field(ge=1, le=10_000)


class _OrderBody(BaseModel):
    division_id: str = Field(max_length=64)
    destination: dict[str, str]
    lines: list[_LineBody] = Field(min_length=1, max_length=500)


def bare_app() -> FastAPI:
    """The floor: FastAPI reads and validates an order of a few lines, and answers."""
    app = FastAPI()

    @app.post("/orders")
    async def receive(body: _OrderBody) -> dict[str, Any]:
        return {"division_id": body.division_id, "units": sum(line.quantity for line in body.lines)}

    return app


def _serve(make_app: Callable[..., FastAPI], arguments: tuple[Any, ...], listening: socket.socket) -> None:
    config = uvicorn.Config(make_app(*arguments), log_level="error", access_log=False, lifespan="off")
    uvicorn.Server(config).run(sockets=[listening])


@contextmanager
def serving(make_app: Callable[..., FastAPI], *arguments: Any) -> Iterator[int]:
    """`make_app(*arguments)` is called in the new process; both must be importable or picklable. Yields the port."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(128)
    port = listening.getsockname()[1]
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_serve, args=(make_app, arguments, listening), daemon=True)
    process.start()
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.join(10)
        listening.close()


def _wait(port: int, process: Any) -> None:
    """Until the app answers anything."""
    until = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < until and process.is_alive():
        with socket.create_connection(("127.0.0.1", port), timeout=START_TIMEOUT_S) as probe:
            probe.sendall(b"GET /nothing HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
            if probe.recv(16).startswith(b"HTTP/1.1"):
                return
    raise RuntimeError("the app under test did not start")
