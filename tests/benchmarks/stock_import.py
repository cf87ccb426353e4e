"""`import`: a full stock file of 300 stores x 20,000 articles, 1 % of it changed, against reading and hashing the file.

The floor reads the same bytes from the same disk and takes their SHA-256. `vs_csv` sets the import beside reading the
rows with the csv module and hashing each, which is the least that an importer of single rows does. The core's memory is
the peak of a process that does nothing but this import. `write_floor_vs_read` is what writing the changed rows costs
alone, `comparing_vs_read` what finding that nothing changed does, both in floors: their sum is what can be reached.
`from_nothing` are the first files of a core that has no position yet.
"""

import csv
import hashlib
import json
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import insert

from core.service.cause import office_cause
from core.service.imports.engine import Errand
from core.service.imports.kinds import Asked, import_file
from core.service.imports.report import Report as ImportReport
from core.service.imports.stock_full import BATCH
from core.store import tables as t
from core.store.database import Database
from tests.benchmarks.disk import probe_fdatasync_ms
from tests.benchmarks.report import Budget, Report, quantile
from tests.benchmarks.stock_network import NOW

LOCATIONS, SKUS = 300, 20_000
EMPTY_LOCATIONS = 10
CHANGED_EVERY = 100
MEASURED = ("wall_s", "cpu_s", "peak_mb", "floor_s", "csv_s", "raw_write_s")
TURNS = 3
BUDGETS = {"vs_reading_and_hashing": Budget(at_most=3.0), "memory_mb": Budget(at_most=300.0)}
NOTE = (
    "The floor hashes at memory speed, but a changed row is a position, a row of the ledger and a mark in the feed, "
    "written and synced: `raw_write_s` writes as many of them by sqlite3 alone, from rows that are known already, and "
    "is itself beyond the budget. What the import does beside writing is `comparing_s`."
)


def run(locations: int = LOCATIONS, skus: int = SKUS, turns: int = TURNS) -> Report:
    with TemporaryDirectory(prefix="comptoir-bench-") as name:
        folder = Path(name)
        url = f"sqlite:///{folder}/core.db"
        _fill(url, folder / "core.db", locations, skus)
        figures: dict[str, Any] = {"rows": locations * skus, **probe_fdatasync_ms(folder)}
        _write(folder / "stock.csv", locations, skus, 0)
        figures |= _from_nothing(folder, min(EMPTY_LOCATIONS, locations), skus)
        figures["first_import_s"] = _apart(url, folder / "stock.csv")["wall_s"]
        figures["comparing_s"] = _apart(url, folder / "stock.csv")["wall_s"]
        samples: dict[str, list[float]] = {
            "wall_s": [],
            "cpu_s": [],
            "peak_mb": [],
            "floor_s": [],
            "csv_s": [],
            "raw_write_s": [],
        }
        for turn in range(1, turns + 1):
            _write(folder / "stock.csv", locations, skus, turn)
            samples["floor_s"].append(_read_and_hash(folder / "stock.csv"))
            done = _apart(url, folder / "stock.csv")
            assert done["updated"] >= 0.8 * locations * skus / CHANGED_EVERY, done
            for key in ("wall_s", "cpu_s", "peak_mb"):
                samples[key].append(done[key])
            figures["updated"] = done["updated"]
        samples["csv_s"].append(_read_rows(folder / "stock.csv"))
        samples["raw_write_s"].append(_write_raw(folder / "core.db", _changes(locations, skus, turns + 1)))
        figures["file_mb"] = round((folder / "stock.csv").stat().st_size / 1e6, 1)
    return _report(samples, figures)


def _from_nothing(folder: Path, locations: int, skus: int) -> dict[str, float]:
    url = f"sqlite:///{folder}/empty.db"
    _furnish(url, locations, skus)
    _write(folder / "empty.csv", locations, skus, 0)
    done = _apart(url, folder / "empty.csv")
    rows = locations * skus
    assert done["updated"] >= 0.9 * rows - rows / 13, done
    return {"from_nothing_rows": rows, "from_nothing_s": round(done["wall_s"], 3)}


def _furnish(url: str, locations: int, skus: int) -> None:
    """Locations and articles, and no position of any."""
    database = Database(url)
    database.upgrade()
    with database.write() as connection:
        connection.execute(insert(t.accounts).values(id="acc", name="Bench", created_at=NOW))
        brand = {"id": "brand", "account_id": "acc", "code": "B", "name": "B", "brand": "B"}
        connection.execute(insert(t.divisions), [brand])
        places = [
            {"id": f"store-{n:03d}", "account_id": "acc", "code": f"S{n:03d}", "name": "S", "kind": "store",
             "zones": [], "process": {}}
            for n in range(locations)
        ]  # fmt: skip
        connection.execute(insert(t.locations), places)
        connection.execute(insert(t.products), [{"id": "P", "division_id": "brand", "name": "P", "attributes": {}}])
        articles = [{"id": f"A{n:06d}", "product_id": "P", "division_id": "brand"} for n in range(skus)]
        connection.execute(insert(t.variants), articles)
    database.close()


def _fill(url: str, path: Path, locations: int, skus: int) -> None:
    """Positions as the first file says them, past the ledger: they are the state before the bench begins."""
    _furnish(url, locations, skus)
    raw = sqlite3.connect(path)
    row = "INSERT INTO position VALUES (?, ?, ?, 0, 0, 0, 0, '', '', 1)"
    raw.executemany(
        row,
        ((f"store-{place:03d}", f"A{n:06d}", _on_hand(place, n, 0)) for place in range(locations) for n in range(skus)),
    )
    raw.commit()
    raw.close()


def _on_hand(place: int, number: int, turn: int) -> int:
    """One row in a hundred says something else in each turn."""
    mixed = place * 7919 + number * 104_729
    moved = turn if (mixed // 13) % CHANGED_EVERY == turn else 0
    return mixed % 13 + moved


def _write(path: Path, locations: int, skus: int, turn: int) -> None:
    """Earlier turns keep their changes: each file differs from the one before in 1 % of its rows."""
    with path.open("w", encoding="ascii") as file:
        file.write("sku,location,on_hand\n")
        for place in range(locations):
            file.write("".join(_lines(place, skus, turn)))


def _lines(place: int, skus: int, turn: int) -> Iterator[str]:
    for number in range(skus):
        units = max(_on_hand(place, number, past) for past in range(turn + 1))
        yield f"A{number:06d},S{place:03d},{units}\n"


def _apart(url: str, path: Path) -> dict[str, float]:
    """The import in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.stock_import", url, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _import(url: str, path: Path) -> dict[str, float]:
    database = Database(url)
    errand = Errand(path.name, office_cause(NOW), lambda: NOW)
    cpu, started = time.process_time(), time.perf_counter()
    with path.open("rb") as stream:
        report = import_file(database, Asked("stock-full"), stream, errand)
    wall = time.perf_counter() - started
    cpu = time.process_time() - cpu
    database.close()
    assert isinstance(report, ImportReport), report
    assert not report.refused, report.refusals[:3]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"wall_s": wall, "cpu_s": cpu, "peak_mb": peak, "updated": report.counts["updated"]}


def _changes(locations: int, skus: int, turn: int) -> list[tuple[int, str, str]]:
    return [
        (_on_hand(place, number, turn), f"store-{place:03d}", f"A{number:06d}")
        for place in range(locations)
        for number in range(skus)
        if (place * 7919 + number * 104_729) // 13 % CHANGED_EVERY == turn
    ]


def _write_raw(path: Path, rows: list[tuple[int, str, str]]) -> float:
    """As many rows of position, ledger and feed as an import changes, with nothing else around them, as durably."""
    raw = sqlite3.connect(path, isolation_level=None)
    for pragma in ("synchronous=FULL", "cache_size=-32000"):
        raw.execute(f"PRAGMA {pragma}")
    empty = "INSERT INTO movement VALUES (?, ?, ?, 'import', ?, 0, 0, 0, 0, '', '', '', '', '', '', ?, ?)"
    mark = """INSERT INTO sync_row VALUES ('stock:' || ?, 'position', ?, ?, 1, 0, 0)
        ON CONFLICT DO UPDATE SET ver = ver + 1"""
    started = time.perf_counter()
    for start in range(0, len(rows), BATCH):
        some, moment = rows[start : start + BATCH], str(NOW)
        raw.execute("BEGIN IMMEDIATE")
        raw.executemany(
            "UPDATE position SET on_hand = ?, version = version + 1 WHERE location_id = ? AND sku = ?", some
        )
        ledger = (
            (f"raw-{start + n:08d}", place, sku, units, moment, moment) for n, (units, place, sku) in enumerate(some)
        )
        raw.executemany(empty, ledger)
        raw.executemany(mark, ((place, sku, 10**9 + start) for _, place, sku in some))
        raw.execute("COMMIT")
    wall = time.perf_counter() - started
    raw.close()
    return wall


def _read_and_hash(path: Path) -> float:
    started = time.perf_counter()
    with path.open("rb") as file:
        hashlib.file_digest(file, "sha256").hexdigest()
    return time.perf_counter() - started


def _read_rows(path: Path) -> float:
    started = time.perf_counter()
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.reader(file):
            hash(tuple(row))
    return time.perf_counter() - started


def _report(samples: dict[str, list[float]], figures: dict[str, Any]) -> Report:
    medians = {name: quantile(some, 0.5) for name, some in samples.items()}
    figures |= {f"{name}": round(median, 3) for name, median in medians.items()}
    ratios = {
        "vs_reading_and_hashing": round(medians["wall_s"] / medians["floor_s"], 3),
        "memory_mb": round(max(samples["peak_mb"]), 1),
        "vs_csv": round(medians["wall_s"] / medians["csv_s"], 3),
        "vs_write_floor": round(medians["wall_s"] / medians["raw_write_s"], 3),
        "write_floor_vs_read": round(medians["raw_write_s"] / medians["floor_s"], 3),
        "comparing_vs_read": round(figures["comparing_s"] / medians["floor_s"], 3),
    }
    return Report("import", figures, ratios, BUDGETS, (NOTE,))


if __name__ == "__main__":
    print(json.dumps(_import(sys.argv[1], Path(sys.argv[2]))))
