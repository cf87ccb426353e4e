"""`scan-to-feedback`: from the text of a scan to the view that shows it counted, against one committed insert.

A sample is what the pick screen does with a wedge burst: normalise, rule, transaction with outbox (FULL), new view.
The floor is one committed single-row insert by sqlite3 (FULL) into a file in the same folder, measured between the
samples, so that both meet the same disk.
"""

import gc
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from app.actions import picking, runs
from app.actions.desk import Desk
from app.queries.run import run_view
from app.state.walks import Walks
from app.store import documents
from app.store.database import Database
from core.contract.commands import How
from core.contract.ids import uuid7
from core.domain.runs import Method
from core.domain.scanning import COUNTING
from tests.benchmarks.disk import CommitFloor, probe_fdatasync_ms
from tests.benchmarks.report import Budget, Report, quantile
from tests.benchmarks.store_files import LOCATION_ID, OPENING, USER_ID, Work, fill

SKUS = 100_000
RUN = Work(lines=50, units=8, per_order=5)
WARM_UP = 20
BUDGETS = {"median_vs_commit": Budget(at_most=4.0), "p95_vs_commit": Budget(at_most=8.0)}


@dataclass
class Samples:
    scan_ms: list[float] = field(default_factory=list)
    commit_ms: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)


def run(skus: int = SKUS) -> Report:
    with TemporaryDirectory(prefix="comptoir-bench-") as folder:
        started = time.perf_counter()
        database = fill(Path(folder) / "device", skus, RUN)
        filled_s = time.perf_counter() - started
        probe = probe_fdatasync_ms(Path(folder))
        floor = CommitFloor(Path(folder) / "floor.db")
        samples = measure(desk_of(database), floor)
        floor.close()
        database.close()
    return _report(samples, {"skus": skus, "fill_s": round(filled_s, 2), **probe})


def measure(desk: Desk, floor: CommitFloor) -> Samples:
    """Scans every unit of a run of all orders, with a floor sample before each scan."""
    run_id = start_run(desk)
    samples = Samples()
    gc.collect()
    for number, (stop_id, gtin) in enumerate(_units(desk, run_id)):
        commit_ms = floor.sample_ms()
        cpu, started = time.process_time(), time.perf_counter()
        outcome = picking.scan(desk, picking.Aim(run_id, stop_id), gtin, How.WEDGE, f"scan{number}")
        view = run_view(desk.database, desk.walks, run_id, USER_ID)
        elapsed_ms = (time.perf_counter() - started) * 1000
        assert isinstance(outcome, COUNTING) or outcome.code == "fulfilment_complete", outcome
        assert view is not None
        if number >= WARM_UP:
            samples.scan_ms.append(elapsed_ms)
            samples.commit_ms.append(commit_ms)
            samples.cpu_ms.append((time.process_time() - cpu) * 1000)
    return samples


def start_run(desk: Desk) -> str:
    """One wave of every order of the device."""
    with desk.database.read() as connection:
        orders = [fulfilment.id for fulfilment in documents.all(connection, "fulfilment")]
    return runs.start_wave(desk, orders, Method.MULTI).run_id


def _units(desk: Desk, run_id: str) -> Iterator[tuple[str, str]]:
    """(stop id, GTIN) of every unit of the run, in walking order."""
    with desk.database.read() as connection:
        walk = desk.walks.get(connection, run_id)
    assert walk is not None
    for stop in walk.stops:
        for _ in range(stop.wanted):
            yield stop.id, stop.gtins[0]


def desk_of(database: Database) -> Desk:
    numbers = iter(range(1 << 30))
    return Desk(
        database, Walks(), LOCATION_ID, 1, "0000000", USER_ID, lambda: OPENING,
        lambda: uuid7(OPENING, next(numbers).to_bytes(10, "big")),
    )  # fmt: skip


def _report(samples: Samples, figures: dict[str, float]) -> Report:
    scan, commit = samples.scan_ms, samples.commit_ms
    figures |= {
        "scans": len(scan),
        "scan_median_ms": round(quantile(scan, 0.5), 3),
        "scan_p95_ms": round(quantile(scan, 0.95), 3),
        "scan_cpu_mean_ms": round(sum(samples.cpu_ms) / len(samples.cpu_ms), 3),
        "commit_median_ms": round(quantile(commit, 0.5), 3),
        "commit_p95_ms": round(quantile(commit, 0.95), 3),
    }
    ratios = {
        "median_vs_commit": round(quantile(scan, 0.5) / quantile(commit, 0.5), 3),
        "p95_vs_commit": round(quantile(scan, 0.95) / quantile(commit, 0.5), 3),
    }
    return Report("scan-to-feedback", figures, ratios, BUDGETS)
