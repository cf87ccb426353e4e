"""Many tablets in one process, against one core: each with its own connections, its own key, its own engine."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from core.contract.commands import How, ScanItem
from core.contract.sync import Group
from sync.engine import Engine, Surroundings
from sync.identity import Credentials
from sync.signing import SeedSigner
from sync.status import SyncStatus
from sync.transport import HttpTransport
from tests.benchmarks.tablets_world import Paired
from tests.support.tablet import Files, MemoryStore, at_once, utc_now
from tests.support.wire import Wire

EARLY_S = 0.05  # a clock's grain


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer of the core. `at_s`: monotonic."""

    at_s: float
    path: str
    status: int
    code: str = ""


@dataclass
class Recorder:
    """All that a fleet asked and heard. `early`: requests that came before the core had said to come again."""

    asked: list[float] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    early: int = 0

    def errors(self) -> Counter[str]:
        """Answers that no tablet should get, by path and status."""
        return Counter(f"{one.path} {one.status}" for one in self.heard if one.status >= 400 and one.status != 429)

    def per_second(self, start_s: float, end_s: float) -> list[int]:
        """Requests that began in each second."""
        seconds = Counter(int(at_s - start_s) for at_s in self.asked if start_s <= at_s < end_s)
        return [seconds[second] for second in range(int(end_s - start_s) + 1)]


class _Wire(Wire):
    """Notes what goes over it, and whether `Retry-After` is heeded; each group is pulled for itself."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self._recorder = recorder
        self._not_before_s: dict[str, float] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        began_s, path = time.monotonic(), request.url.path
        lane = path + next((group for group in Group if f'"group":"{group}"'.encode() in request.content), "")
        self._recorder.asked.append(began_s)
        self._recorder.early += began_s < self._not_before_s.get(lane, 0) - EARLY_S
        try:
            response = await super().handle_async_request(request)
        except httpx.HTTPError as fault:
            self._recorder.faults[f"{path.split('/files')[0]} {type(fault).__name__}"] += 1
            raise
        now_s = time.monotonic()
        self._recorder.heard.append(Heard(now_s, path.partition("/files/")[0], response.status_code))
        if response.status_code == 429:
            self._not_before_s[lane] = now_s + float(response.headers["Retry-After"])
        return response


class _Known:
    """`sync.identity.Identity` in memory."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials: Credentials | None = credentials

    def load(self) -> Credentials | None:
        return self._credentials

    def save(self, credentials: Credentials) -> None:
        self._credentials = credentials

    def forget(self) -> None:
        self._credentials = None


class Tablet:
    """`applied`: entities and when the last pull that brought them was over, monotonic seconds."""

    def __init__(self, paired: Paired, url: str, surroundings: tuple[Recorder, Files]) -> None:
        self.recorder, files = surroundings
        self.location_id, self._work = paired.credentials.location_id, list(reversed(paired.work))
        self.store = MemoryStore(paired.user_id, files)
        self.applied: dict[str, float] = {}
        self._signer = SeedSigner(paired.seed)
        self._client = httpx.AsyncClient(transport=_Wire(self.recorder), trust_env=False)
        identity = _Known(replace(paired.credentials, core_url=url))
        transport = HttpTransport(identity, self._client, lambda: self._signer)
        around = Surroundings(utc_now, time.monotonic, random.random, self._published, self._changed)
        self.engine = Engine(self.store, transport, around, at_once)
        self.status = self.engine.status

    async def run(self) -> None:
        try:
            await self.engine.run()
        finally:
            await self._client.aclose()

    def scan(self) -> bool:
        """One unit of its own order, if there is still one to be found."""
        if not self._work:
            return False
        fulfilment_id, line_id = self._work.pop()
        self.store.submit(ScanItem(fulfilment_id, line_id, 1, How.CAMERA, "x"), utc_now())
        self.engine.wake()
        return True

    @property
    def is_synced(self) -> bool:
        """It hears pokes, holds exactly the rows the core says it holds, and no work of it is undecided."""
        whole = all(cache.is_current for cache in self.store.caches.values())
        return whole and self.status.connection == "online" and not self.store.outbox

    def _published(self, status: SyncStatus) -> None:
        self.status = status

    def _changed(self, entities: frozenset[str]) -> None:
        now_s = time.monotonic()
        self.applied.update(dict.fromkeys(entities, now_s))


class Tablets:
    """`async with Tablets(paired, url) as tablets`: they run from `open` to the end."""

    def __init__(self, paired: Sequence[Paired], url: str) -> None:
        self.recorder = Recorder()
        self.files = Files()
        self.all = [Tablet(one, url, (self.recorder, self.files)) for one in paired]
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "Tablets":
        return self

    def open(self) -> None:
        """All in the same moment."""
        self._tasks = [asyncio.create_task(tablet.run()) for tablet in self.all]

    async def __aexit__(self, *_: Any) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def of(self, location_id: str) -> list[Tablet]:
        return [tablet for tablet in self.all if tablet.location_id == location_id]

    async def synced(self, patience_s: float, some: Iterable[Tablet] | None = None) -> bool:
        """Waits until all are; whether they came to it in time."""
        waiting, end_s = list(some if some is not None else self.all), time.monotonic() + patience_s
        while waiting and time.monotonic() < end_s:
            await asyncio.sleep(0.1)
            waiting = [tablet for tablet in waiting if not tablet.is_synced]
        return not waiting
