"""What the sync bench does in a process of its own: a fresh device, and the floors it is compared with.

The device is the real one: store on real files, HTTP, the engine's own steps. A floor does what cannot be left out.
"""

import asyncio
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import orjson
import zstandard

from app.store import catalogue, outbox
from app.store.database import Database
from app.store.device_store import DeviceStore
from app.store.identity import FileIdentity
from app.store.intents import Stamp
from core.contract.cache_files import FORMAT, VARIANT_COLUMNS
from core.contract.commands import ScanItem
from core.contract.sync import MAX_PUSH_BYTES, MAX_PUSH_COMMANDS, Group, PullRequest
from core.domain.outcome import Verdict
from sync import steps
from sync.codec import encode_request
from sync.engine import Engine, Surroundings
from sync.identity import Credentials
from sync.transport import HttpTransport

# Fields of a body in the order of the columns; "ver" stands beside it.
BODY = ["id", *VARIANT_COLUMNS.split(", ")[1:]]

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Place:
    """Where a device lives and whom it speaks with."""

    folder: Path
    port: int
    device_id: str
    location_id: str
    token: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}


class Tablet:
    """A device that is open: `pull` and `push` are the engine's own, without its waiting."""

    def __init__(self, place: Place) -> None:
        self.database = Database.open(place.folder)
        identity = FileIdentity(place.folder)
        identity.save(Credentials(place.url, place.device_id, 1, place.location_id, "0000000", place.token, ""))
        self.store = DeviceStore(self.database)
        self._transport = HttpTransport(identity)
        around = Surroundings(lambda: NOW, time.monotonic, lambda: 0.5, lambda _: None, lambda _: None)
        self._engine = Engine(self.store, self._transport, around)

    async def pull(self, group: Group) -> int:
        return (await self._engine._pulled(group, lambda _: None)).rows

    async def push(self) -> None:
        while self.store.counts(NOW).queued:
            await self._engine._push(steps.Push(MAX_PUSH_COMMANDS, MAX_PUSH_BYTES))
            if self._engine.status.fault:
                raise RuntimeError(self._engine.status.fault)

    async def close(self) -> None:
        await self._transport.aclose()
        self.database.close()


def initial(place: Place) -> dict[str, float]:
    """Milliseconds of a first sync and of its floor, the most memory this process had, bytes as they travel."""
    peak_before = _peak_mb()
    figures = asyncio.run(_initial(place))
    figures |= {"peak_mb": _peak_mb(), "peak_before_mb": peak_before}
    (told,) = _lines(place, PullRequest(Group.CATALOGUE, None, files=FORMAT))
    return figures | {"floor_ms": download_and_unpack(place, told), "bytes": told["size_bytes"]}


async def _initial(place: Place) -> dict[str, float]:
    tablet = Tablet(place)
    await tablet.pull(Group.MAIN)  # connected, as a tablet is that has its work already
    started = time.perf_counter()
    rows = await tablet.pull(Group.CATALOGUE)
    figures = {"ms": (time.perf_counter() - started) * 1000, "rows": float(rows)}
    with tablet.database.read() as connection:
        assert catalogue.search(connection, "shirt"), "the search index came with it"
    await tablet.close()
    return figures


def download_and_unpack(place: Place, told: dict[str, Any]) -> float:
    packed, plain = place.folder / "floor.zst", place.folder / "floor.db"
    with httpx.Client(base_url=place.url, headers=place.headers) as client:
        client.get("/health")
        started = time.perf_counter()
        with client.stream("GET", f"/sync/v1/files/{told['id']}") as answer, packed.open("wb") as out:
            for piece in answer.iter_bytes(512 * 1024):
                out.write(piece)
        with packed.open("rb") as source, plain.open("wb") as out:
            zstandard.ZstdDecompressor().copy_stream(source, out)
        took_ms = (time.perf_counter() - started) * 1000
    assert plain.stat().st_size == told["unpacked_bytes"]
    packed.unlink()
    plain.unlink()
    return took_ms


def incremental(place: Place) -> dict[str, float]:
    """A pull of what changed, into a device that has the catalogue; the same rows upserted by plain SQLite."""
    before = place.folder.parent / f"{place.folder.name}-before.db"

    async def measured() -> dict[str, float]:
        tablet = Tablet(place)
        await tablet.pull(Group.MAIN)
        cursor = tablet.store.cursor(Group.CATALOGUE)
        # A device that has been open for a while: its pages are in memory, as the floor's are.
        with closing(sqlite3.connect(tablet.database.path_of(Group.CATALOGUE))) as source:
            source.execute("VACUUM INTO ?", (str(before),))
        started = time.perf_counter()
        rows = await tablet.pull(Group.CATALOGUE)
        took_ms = (time.perf_counter() - started) * 1000
        await tablet.close()
        lines, size = _answer(place, PullRequest(Group.CATALOGUE, cursor))
        bodies = [body for line in lines if line["t"] == "put" for body in line["rows"]]
        assert len(bodies) == rows
        return {"ms": took_ms, "rows": rows, "bytes": size, "floor_ms": upsert(before, bodies)}

    figures = asyncio.run(measured())
    before.unlink()
    return figures


def upsert(path: Path, rows: list[Any]) -> float:
    """The same rows into the same table, its indexes and barcodes, in one transaction. The search index is left out."""
    values = [[body.get(name, ver) for name in BODY] for _, ver, body in rows]
    changed = ", ".join(f"{name} = excluded.{name}" for name in VARIANT_COLUMNS.split(", ")[1:])
    marks = ", ".join("?" * len(BODY))
    into = f"INSERT INTO variant ({VARIANT_COLUMNS}) VALUES ({marks}) ON CONFLICT (sku) DO UPDATE SET {changed}"
    codes = [(gtin, body["id"]) for _, _, body in rows for gtin in body["gtins"]]
    for row, (_, _, body) in zip(values, rows, strict=True):
        row[BODY.index("gtins")] = " ".join(body["gtins"])
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("PRAGMA synchronous = NORMAL")
        started = time.perf_counter()
        file.execute("BEGIN IMMEDIATE")
        file.executemany(into, values)
        file.executemany("INSERT OR REPLACE INTO barcode VALUES (?, ?)", codes)
        file.execute("COMMIT")
        return (time.perf_counter() - started) * 1000


def pushing(place: Place, user: str, scans: list[ScanItem]) -> dict[str, float]:
    """Milliseconds from a full outbox to all of it final by the feed; the scans were made before."""

    async def measured() -> float:
        tablet = Tablet(place)
        await tablet.pull(Group.MAIN)
        for number, scan in enumerate(scans):
            with tablet.database.write() as connection:
                stamp = Stamp(f"{place.device_id}-{number}", f"intent-{number}", user, NOW)
                assert outbox.submit(connection, scan, stamp).verdict is Verdict.ACCEPTED
        started = time.perf_counter()
        await tablet.push()
        await tablet.pull(Group.MAIN)
        took_ms = (time.perf_counter() - started) * 1000
        counts = tablet.store.counts(NOW)
        assert (counts.queued, counts.waiting, counts.attention) == (0, 0, 0), counts
        await tablet.close()
        return took_ms

    return {"ms": asyncio.run(measured())}


def push_floor(place: Place, batches: list[bytes]) -> float:
    """Round trips with the same number of commands, prepared before: the core's transactions, and nothing else."""
    with httpx.Client(base_url=place.url, headers=place.headers, timeout=60) as client:
        client.get("/health")
        started = time.perf_counter()
        for batch in batches:
            answer = client.post("/sync/v1/push", content=batch)
            verdicts = {one["verdict"] for one in answer.json()["answers"]}
            assert verdicts == {"accepted"}, answer.text[:500]
        return (time.perf_counter() - started) * 1000


def _lines(place: Place, request: PullRequest) -> list[dict[str, Any]]:
    return _answer(place, request)[0]


def _answer(place: Place, request: PullRequest) -> tuple[list[dict[str, Any]], int]:
    """Frames, and how many bytes they were on the wire."""
    with httpx.Client(base_url=place.url, headers=place.headers, timeout=60) as client:
        answer = client.post("/sync/v1/pull", content=encode_request(request))
        return [orjson.loads(line) for line in answer.content.splitlines()], answer.num_bytes_downloaded


def _peak_mb() -> float:
    """Of this program: what `getrusage` says begins with what the process was before it became this one."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def alone(work: Callable[..., Any], *arguments: Any) -> Any:
    """Does it in a new process, so that its memory is its own."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return folder
