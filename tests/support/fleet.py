"""Many processes of one core on one database, started as an operator starts them, and clients that survive their death.

A client asks any process; where it hears nothing it asks another one the same, under the same key or command id.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import IO, Any

import httpx
import orjson

from tests.support.free_port import free_port

START_TIMEOUT_S = 180.0
ANSWER_TIMEOUT_S = 20.0
MOST_TURNS = 40
LAST_BYTES = 64 * 1024


def until(holds: Callable[[], bool], timeout_s: float = 60.0) -> None:
    end = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.05)


@dataclass
class Fleet:
    """`addresses`: of the API processes, the dead ones too."""

    url: str
    addresses: list[str] = field(default_factory=list)
    apis: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    workers: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    _said: dict[int, IO[bytes]] = field(default_factory=dict)  # what each process wrote as an error, by its pid

    def start(self, apis: int, workers: int) -> None:
        for _ in range(apis):
            port = free_port()
            self.addresses.append(f"http://127.0.0.1:{port}")
            self.apis.append(self._run("serve", "--no-jobs", "--port", str(port)))
        self.workers += [self._run("worker") for _ in range(workers)]
        for address in self.addresses:
            until(partial(self._answers, address), START_TIMEOUT_S)

    def _run(self, *command: str) -> "subprocess.Popen[bytes]":
        line = [sys.executable, "-m", "core.cli", *command, "--database", self.url]
        said = tempfile.TemporaryFile()  # noqa: SIM115  closed in `end`
        process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=said)
        self._said[process.pid] = said
        return process

    def kill_api(self, index: int) -> None:
        """An API process, as a power cut would: no signal handler runs."""
        self.apis[index].kill()
        self.apis[index].wait(10)

    def restart_api(self, index: int) -> None:
        """Another process listens where a dead one did."""
        address = self.addresses[index]
        self.apis[index] = self._run("serve", "--no-jobs", "--port", address.rpartition(":")[2])
        until(partial(self._answers, address), START_TIMEOUT_S)

    def last_words(self, process: "subprocess.Popen[bytes]", most: int = 5) -> list[str]:
        """The last lines that it wrote as errors, the newest last."""
        said = self._said[process.pid].fileno()  # whose place is the process's own: it is not moved here
        text = os.pread(said, LAST_BYTES, max(0, os.fstat(said).st_size - LAST_BYTES))
        lines = text.decode(errors="replace").splitlines()
        return [line.strip() for line in lines if line.strip()][-most:]

    def _answers(self, address: str) -> bool:
        try:
            return httpx.get(f"{address}/health", timeout=2.0).status_code == 200
        except httpx.TransportError:
            return False

    def end(self) -> None:
        for process in (*self.apis, *self.workers):
            process.kill()
            process.wait(10)
        for said in self._said.values():
            said.close()


@contextmanager
def fleet(url: str, apis: int, workers: int) -> Iterator[Fleet]:
    made = Fleet(url)
    try:
        made.start(apis, workers)
        yield made
    finally:
        made.end()


class Caller:
    """One client: it writes everything twice or more, and asks until it is answered. Not for several threads.

    `turns`: how often it asks.
    """

    def __init__(self, fleet: Fleet, token: str, seed: int, turns: int = MOST_TURNS) -> None:
        self._fleet, self._rng, self._turns = fleet, random.Random(seed), turns
        self._client = httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=ANSWER_TIMEOUT_S)
        self.unanswered = 0

    def post(self, path: str, body: Any, key: str = "") -> list[Any]:
        """What it heard, one answer a delivery: each request is sent once or twice on purpose, by any process."""
        heard = [self._post_once(path, body, key)]
        if self._rng.random() < 0.4:
            heard.append(self._post_once(path, body, key))
        return heard

    def lines(self, path: str, body: Any) -> list[Any]:
        """The answer of a stream, a JSON document a line."""
        return [orjson.loads(line) for line in self._answered(path, body, "").content.splitlines()]

    def _post_once(self, path: str, body: Any, key: str) -> Any:
        return self._answered(path, body, key).json()

    def _answered(self, path: str, body: Any, key: str) -> httpx.Response:
        headers = {"Idempotency-Key": key} if key else {}
        content = {"content": body} if isinstance(body, bytes) else {"json": body}
        for _ in range(self._turns):
            address = self._rng.choice(self._fleet.addresses)
            try:
                answer = self._client.post(f"{address}{path}", headers=headers, **content)
            except httpx.TransportError:
                self.unanswered += 1
                time.sleep(0.05)
                continue
            if answer.status_code in (429, 503):
                time.sleep(0.1)
                continue
            assert answer.status_code < 300, answer.text
            return answer
        raise AssertionError(f"nobody answered {path}")

    def close(self) -> None:
        self._client.close()
