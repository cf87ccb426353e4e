"""`tablets`: a thousand tablets against one core process as an operator starts it, over real sockets.

Opening: all begin in the same moment, with nothing. Steady: people scan, head office changes a store now and then, and
all tablets of that store have it soon. Outage: the core is killed, work goes on, the core comes back.
The tablets are the app's engine, step machine and transport (`tests.support.tablets`); CPU of both sides is shown.

How far it is stands on standard error. Where it cannot go on it says why in one line, with the core's last words.
"""

import asyncio
import os
import random
import resource
import sys
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from typer.exceptions import TyperException

from core.contract.sync import Group
from core.store.database import Database
from tests.benchmarks.orders import cpu_ms_of
from tests.benchmarks.report import Budget, Report, quantile
from tests.benchmarks.tablets_world import Retailer, Size, fill
from tests.support.fleet import Fleet, until
from tests.support.free_port import free_port
from tests.support.tablets import Tablet, Tablets

BUDGETS = {
    "opening_s": Budget(at_most=60.0),
    "poke_p95_s": Budget(at_most=1.0),
    "errors": Budget(at_most=0),
    "retry_after_ignored": Budget(at_most=0),
    "in_sync_share": Budget(at_least=1.0),
}
START_TIMEOUT_S = 180.0
MOST_S = 600.0  # of the whole day; its parts are shorter
LOOK_S, SAY_S = 0.5, 5.0
OPEN_FILES = 16  # for each tablet, on either side


@dataclass(frozen=True)
class Plan:
    """Seconds of each part. `scans_per_s`: of all tablets together; `changes`: of head office, one store each."""

    opening_s: float = 120.0
    steady_s: float = 30.0
    scans_per_s: float = 20.0
    changes: int = 40
    change_every_s: float = 0.5
    outage_s: float = 12.0
    back_s: float = 150.0


class OneCore(Fleet):
    """One process that can be killed and started again where it was."""

    def begin(self) -> None:
        self.addresses.append(f"http://127.0.0.1:{free_port()}")
        self.again()

    @property
    def address(self) -> str:
        return self.addresses[0]

    @property
    def pid(self) -> int:
        return self.apis[-1].pid

    def kill(self) -> None:
        self.apis[-1].kill()
        self.apis[-1].wait(10)

    def again(self) -> None:
        """Returns when it answers. Raises TyperException where it does not."""
        self.apis.append(self._run("serve", "--no-jobs", "--port", self.address.rpartition(":")[2]))
        try:
            until(lambda: self.has_ended or self._answers(self.address), START_TIMEOUT_S)
        except AssertionError:
            raise self.failure(f"the core did not answer within {START_TIMEOUT_S:g} s of its start") from None
        if self.has_ended:
            raise self.failure("the core ended at its start")

    @property
    def has_ended(self) -> bool:
        return self.apis[-1].poll() is not None

    def failure(self, why: str) -> TyperException:
        """One line for people: what happened, how the core is, and what it said last."""
        code = self.apis[-1].poll()
        how = "the core still runs" if code is None else f"the core ended with code {code}"
        said = " | ".join(self.last_words(self.apis[-1])) or "nothing"
        return TyperException(f"bench tablets: {why}; {how}; it said last: {said}")


@contextmanager
def one_core(url: str) -> Iterator[OneCore]:
    core = OneCore(url)
    try:
        core.begin()
        yield core
    finally:
        core.end()


def run(size: Size | None = None, plan: Plan | None = None) -> Report:
    """Raises TyperException where it cannot go on."""
    size, plan = size or Size(), plan or Plan()
    allow_files(size.stores * size.per_store * OPEN_FILES)
    with TemporaryDirectory(prefix="comptoir-bench-") as folder:
        started = time.perf_counter()
        database = Database(f"sqlite:///{Path(folder) / 'core.db'}")
        database.upgrade()
        say(f"fills a core with {size.stores * size.per_store} tablets of {size.stores} stores")
        retailer = fill(database, size)
        url = str(database.url)
        database.close()
        fill_s = time.perf_counter() - started
        with one_core(url) as core:
            day = Day(core, retailer, plan)
            asyncio.run(day.run())
    figures = {"tablets": len(retailer.tablets), "stores": size.stores, "skus": size.skus, "fill_s": round(fill_s, 1)}
    return Report("tablets", figures | day.figures, day.ratios, BUDGETS, day.notes)


def say(sentence: str) -> None:
    print(f"bench tablets: {sentence}", file=sys.stderr, flush=True)


def allow_files(wanted: int) -> None:
    """Sockets of this process, and of the core that it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


class Day:
    def __init__(self, core: OneCore, retailer: Retailer, plan: Plan) -> None:
        self.core, self.retailer, self.plan = core, retailer, plan
        self.tablets = Tablets(retailer.tablets, core.address)
        self.figures: dict[str, Any] = {"load_before": os.getloadavg()[0]}
        self.ratios: dict[str, float] = {}
        self.notes: list[str] = []
        self._rng = random.Random(4)
        self._cpu = (0.0, 0.0)
        self._scans = 0
        self._part, self._is_out = "begins", False

    async def run(self) -> None:
        """Raises TyperException when the core ends by itself, or the day takes too long."""
        async with self.tablets:
            await self._watched(self._parts())
        recorder = self.tablets.recorder
        errors = recorder.errors()
        self.figures |= {"scans": self._scans, "errors_by_kind": dict(errors), "load_after": os.getloadavg()[0]}
        caches = [cache for tablet in self.tablets.all for cache in tablet.store.caches.values()]
        self.figures["proved_share"] = sum(cache.is_proved for cache in caches) / len(caches)
        self.figures["doubts"] = sum(tablet.store.doubts for tablet in self.tablets.all)
        self.ratios |= {"errors": sum(errors.values()), "retry_after_ignored": recorder.early}

    async def _parts(self) -> None:
        await self._opening()
        await self._steady()
        await self._outage()

    async def _watched(self, parts: Coroutine[Any, Any, None]) -> None:
        day, start_s, said_s = asyncio.create_task(parts), time.monotonic(), 0.0
        try:
            while not day.done():
                await asyncio.wait({day}, timeout=LOOK_S)
                now_s = time.monotonic()
                if self.core.has_ended and not self._is_out:
                    raise self.core.failure(
                        f"the core was lost {now_s - start_s:.0f} s after the start, {self._where()}"
                    )
                if now_s - start_s > MOST_S:
                    raise self.core.failure(f"not over after {MOST_S:g} s, {self._where()}")
                if now_s - said_s >= SAY_S:
                    said_s = now_s
                    say(f"{now_s - start_s:.0f} s, {self._where()}")
            await day
        except (httpx.HTTPError, AssertionError) as fault:
            raise self.core.failure(f"{type(fault).__name__} {fault}, {self._where()}") from fault
        finally:
            day.cancel()
            await asyncio.gather(day, return_exceptions=True)

    def _where(self) -> str:
        """How far it is, in words."""
        of, recorder = self.tablets.all, self.tablets.recorder
        waits = sum(one.status == 429 for one in recorder.heard)
        whole = sum(tablet.is_synced for tablet in of)
        errors, faults = sum(recorder.errors().values()), sum(recorder.faults.values())
        heard = f"{len(recorder.heard)} answers ({waits} told to wait, {errors} errors), {faults} faults"
        return f"{self._part}: {whole} of {len(of)} tablets in sync, {heard}, load {os.getloadavg()[0]:.1f}"

    async def _opening(self) -> None:
        start_s = self._begin("opening")
        self.tablets.open()
        await self.tablets.synced(self.plan.opening_s)
        self.ratios["opening_s"] = round(time.monotonic() - start_s, 2)
        core_ms = self._end(start_s)
        self.figures["opening_core_ms_per_tablet"] = round(core_ms / len(self.tablets.all), 1)
        pulls = [tablet.store.pulls for tablet in self.tablets.all]
        for group in Group:
            self.figures[f"opening_pulls_each_{group}"] = round(sum(of[group] for of in pulls) / len(pulls), 2)

    async def _steady(self) -> None:
        start_s = self._begin("steady")
        scanning = asyncio.create_task(self._scan())
        await asyncio.sleep(self.plan.steady_s)
        self._end(start_s)
        start_s = self._begin("poke")
        waits_s = await self._changes()
        scanning.cancel()
        self._end(start_s)
        self.figures |= {"poke_median_s": round(quantile(waits_s, 0.5), 3), "poke_max_s": round(max(waits_s), 3)}
        self.ratios["poke_p95_s"] = round(quantile(waits_s, 0.95), 3)

    async def _scan(self) -> None:
        while True:
            await asyncio.sleep(self._rng.expovariate(self.plan.scans_per_s))
            self._scans += self._rng.choice(self.tablets.all).scan()

    async def _changes(self) -> list[float]:
        """Seconds from the click at head office to each tablet of the store having it."""
        headers = {"Authorization": f"Bearer {self.retailer.office}"}
        told: list[tuple[float, str]] = []
        async with httpx.AsyncClient(base_url=self.core.address, headers=headers, timeout=30) as client:
            for store in self._rng.sample(
                list(self.retailer.stores), min(self.plan.changes, len(self.retailer.stores))
            ):
                told.append((time.monotonic(), store))
                path, body = f"/v1/locations/{store}", {"phone": f"+33 {len(told)}"}
                answer = await client.patch(path, json=body, headers={"If-Match": '"1"'})
                assert answer.status_code == 200, answer.text
                await asyncio.sleep(max(0.0, told[-1][0] + self.plan.change_every_s - time.monotonic()))
        await asyncio.sleep(5)
        never_s = time.monotonic()
        waits_s: list[float] = []
        for at_s, store in told:
            applied = [tablet.applied.get("location", 0.0) for tablet in self.tablets.of(store)]
            waits_s += [(one_s if one_s > at_s else never_s) - at_s for one_s in applied]
        return waits_s

    async def _outage(self) -> None:
        self._part, self._is_out = "outage", True
        self.core.kill()
        scanning = asyncio.create_task(self._scan())
        await asyncio.sleep(self.plan.outage_s)
        scanning.cancel()
        for tablet in self.tablets.all:
            for cache in tablet.store.caches.values():
                cache.is_current = False
        await asyncio.to_thread(self.core.again)
        self._is_out = False
        start_s = self._begin("reconnect")
        work = asyncio.create_task(self._at_work(start_s))
        await self.tablets.synced(self.plan.back_s)
        self._end(start_s)
        self.figures |= {"reconnect_s": round(time.monotonic() - start_s, 1), "reconnect_work_s": await work}
        synced = [tablet for tablet in self.tablets.all if tablet.is_synced]
        self.ratios["in_sync_share"] = round(len(synced) / len(self.tablets.all), 4)

    async def _at_work(self, start_s: float) -> float:
        """Until every tablet has its store's work again."""

        def lacks(tablet: Tablet) -> bool:
            return not tablet.store.caches[Group.MAIN].is_current or bool(tablet.store.outbox)

        while any(map(lacks, self.tablets.all)) and time.monotonic() < start_s + self.plan.back_s:
            await asyncio.sleep(0.1)
        return round(time.monotonic() - start_s, 1)

    def _begin(self, part: str) -> float:
        self._part = part
        self._cpu = (cpu_ms_of(self.core.pid), time.process_time() * 1000)
        self.tablets.recorder.faults.clear()
        return time.monotonic()

    def _end(self, start_s: float) -> float:
        """CPU of the core since the part began, ms."""
        name, end_s, recorder = self._part, time.monotonic(), self.tablets.recorder
        heard = [one for one in recorder.heard if start_s <= one.at_s < end_s]
        core_ms, own_ms = cpu_ms_of(self.core.pid) - self._cpu[0], time.process_time() * 1000 - self._cpu[1]
        wall_ms = (end_s - start_s) * 1000
        per_second = recorder.per_second(start_s, end_s)
        self.figures |= {
            f"{name}_driver_ms_per_answer": round(own_ms / max(1, len(heard)), 2),
            f"{name}_answers": len(heard),
            f"{name}_told_to_wait": sum(one.status == 429 for one in heard),
            f"{name}_core_cpu_share": round(core_ms / wall_ms, 2),
            f"{name}_driver_cpu_share": round(own_ms / wall_ms, 2),
            f"{name}_core_ms_per_answer": round(core_ms / max(1, len(heard)), 2),
            f"{name}_requests_per_s": per_second,
            f"{name}_faults": dict(recorder.faults),
        }
        return core_ms
