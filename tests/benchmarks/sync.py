"""`sync`: a first sync of 100,000 and 1,000,000 products, 10,000 changes, 1,000 commands; each beside its floor.

Floors are measured in the same run, side by side with the real device: downloading and unpacking the same file; a plain
SQLite upsert of the same rows; one HTTP round trip per 200 commands with the core's transactions in it. Every round is
a device in a process of its own, the file is there already (it is built once for all), and medians count. What building
it cost is a figure.
"""

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from core.contract.cache_files import FORMAT
from core.contract.sync import MAX_PUSH_COMMANDS, Group, PullRequest, PushRequest
from core.service.devices import Device
from core.store.database import Database
from sync.codec import encode_request
from tests.benchmarks import sync_core, sync_device
from tests.benchmarks.disk import probe_fdatasync_ms
from tests.benchmarks.load import serving
from tests.benchmarks.report import Budget, Report, quantile
from tests.benchmarks.sync_device import Place, alone, empty
from tests.support.core import put_device

SMALL, LARGE, CHANGES, COMMANDS, ROUNDS = 100_000, 1_000_000, (100, 10_000), 1_000, 5
BUDGETS = {
    "initial_vs_download": Budget(at_most=3.0),
    "initial_1m_vs_100k": Budget(at_most=12.0),
    "incremental_vs_upsert": Budget(at_most=3.0),
    "push_vs_floor": Budget(at_most=3.0),
    "peak_mb": Budget(at_most=120.0),
}


def run(articles: tuple[int, int] = (SMALL, LARGE), changes: tuple[int, int] = CHANGES, commands: int = COMMANDS,
        rounds: int = ROUNDS) -> Report:  # fmt: skip
    with TemporaryDirectory(prefix="comptoir-bench-") as name:
        folder = Path(name)
        database = Database(f"sqlite:///{folder / 'core.db'}")
        database.upgrade()
        started = time.perf_counter()
        world, devices = sync_core.fill(database, articles)
        figures: dict[str, Any] = {"products": list(articles), "fill_s": round(time.perf_counter() - started, 1)}
        figures |= probe_fdatasync_ms(folder)
        pushers = [put_device(database, world.lille, number) for number in range(1, 2 * rounds + 1)]
        with serving(sync_core.core_app, str(database.url)) as port:
            tokens = {one.id: sync_core.token_of(database, one) for one in (*devices, *pushers)}
            places = [
                Place(folder / one.id, port, one.id, one.location_id, tokens[one.id]) for one in (*devices, *pushers)
            ]
            figures["build_ms"] = [round(_build_ms(place)) for place in places[:2]]
            small = _initial(places[0], rounds)
            large = _initial(places[1], max(1, rounds // 2))
            few, many = (_incremental(database, places[0], number, rounds) for number in changes)
            pushed = _push(database, world, places[2:], commands)
        database.close()
    return _report(figures, {"initial": small, "initial_1m": large, "few": few, "changes": many, "push": pushed})


Rounds = list[dict[str, float]]


def _build_ms(place: Place) -> float:
    """What the first device of all waits for. It is told to come again while the file is being built."""
    started = time.perf_counter()
    while True:
        lines = sync_device._lines(place, PullRequest(Group.CATALOGUE, None, files=FORMAT))
        if lines[0].get("t") == "file":
            return (time.perf_counter() - started) * 1000
        assert lines[0].get("code") == "file_not_ready", lines[0]
        time.sleep(0.2)


def _initial(place: Place, rounds: int) -> Rounds:
    found = []
    for _ in range(rounds):
        empty(place.folder)
        found.append(alone(sync_device.initial, place))
    return found


def _incremental(database: Database, place: Place, number: int, rounds: int) -> Rounds:
    """On the device of the last first sync."""
    found = []
    for turn in range(rounds):
        sync_core.change(database, 0, range(turn, turn + 10 * number, 10), 1000 + number + turn)
        found.append(alone(sync_device.incremental, place))
    return found


def _push(database: Database, world: Any, places: list[Place], commands: int) -> Rounds:
    """Half of the floor before the device and half after it: a disk has faster and slower minutes."""
    found = []
    for turn, (mine, floor) in enumerate(zip(places[::2], places[1::2], strict=True)):
        scans = [sync_core.orders(database, world, f"{name}{turn}", commands) for name in ("own", "floor")]
        sender = sync_core.commands_of(Device(floor.device_id, 0, floor.location_id), world.ana, scans[1])
        made = list(sender)
        batches = [
            encode_request(PushRequest(tuple(made[start : start + MAX_PUSH_COMMANDS])))
            for start in range(0, len(made), MAX_PUSH_COMMANDS)
        ]
        half = len(batches) // 2
        floor_ms = sync_device.push_floor(floor, batches[:half])
        one = alone(sync_device.pushing, mine, world.ana, scans[0])
        floor_ms += sync_device.push_floor(floor, batches[half:])
        found.append(one | {"floor_ms": floor_ms, "bytes": float(sum(map(len, batches)))})
    return found


def _report(figures: dict[str, Any], found: dict[str, Rounds]) -> Report:
    def median(name: str, figure: str) -> float:
        return quantile([one[figure] for one in found[name]], 0.5)

    def against(name: str) -> float:
        return round(quantile([one["ms"] / one["floor_ms"] for one in found[name]], 0.5), 2)

    for name in found:
        figures[f"{name}_ms"] = round(median(name, "ms"), 1)
        figures[f"{name}_floor_ms"] = round(median(name, "floor_ms"), 1)
        figures[f"{name}_bytes"] = int(median(name, "bytes"))
    figures["few_vs_upsert"] = against("few")
    figures["initial_1m_vs_download"] = against("initial_1m")
    peaks = [one["peak_mb"] for name in ("initial", "initial_1m") for one in found[name]]
    figures["peak_before_mb"] = round(median("initial", "peak_before_mb"), 1)
    ratios = {
        "initial_vs_download": against("initial"),
        "initial_1m_vs_100k": round(median("initial_1m", "ms") / median("initial", "ms"), 2),
        "incremental_vs_upsert": against("changes"),
        "push_vs_floor": against("push"),
        "peak_mb": round(max(peaks), 1),
    }
    return Report("sync", figures, ratios, BUDGETS)
