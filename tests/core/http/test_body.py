import socket
import threading
from collections.abc import AsyncIterator

import uvicorn

from tests.support.http import client_of


async def test_a_body_over_the_limit_is_refused_before_it_is_read(paired):
    async with client_of(paired.app) as client:
        answer = await client.post("/device/v1/enrol", content=b"x" * (1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert answer.json()["params"] == {"limit_bytes": 1024 * 1024}


async def test_a_body_that_does_not_say_its_size_is_counted(paired):
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 64 * 1024

    async with client_of(paired.app, paired.token) as client:
        answer = await client.post("/sync/v1/push", content=endless())
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_every_answer_says_the_time_of_the_core(paired):
    async with client_of(paired.app) as client:
        for path in ("/health", "/nowhere"):
            assert (await client.get(path)).headers["date"] == "Mon, 04 May 2026 09:00:00 GMT"


def test_a_client_that_sends_everything_first_still_reads_why_it_was_refused(paired):
    """Over a real socket: an answer followed by a reset would be lost."""
    server = uvicorn.Server(uvicorn.Config(paired.app, port=0, log_level="critical"))
    listening = socket.create_server(("127.0.0.1", 0))
    running = threading.Thread(target=server.run, args=([listening],))
    running.start()
    try:
        with socket.create_connection(listening.getsockname()[:2], timeout=20) as client:
            size = 10_000_000
            client.sendall(b"POST /sync/v1/push HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size)
            answer = client.recv(65_536)
    finally:
        server.should_exit = True
        running.join(20)
        listening.close()
    assert answer.startswith(b"HTTP/1.1 413")
