"""`atp`: what 50 articles can promise over 300 locations with all rules, against reading 50 projected rows by key.

The floor is the sqlite3 module alone, with one prepared statement on the table's key. `why` brings every step of each
sum and the units of every location. The full computation from the positions is measured beside them, and must agree.
"""

import gc
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection

from core.service.atp import availability, place_names
from core.service.atp_projection import compute
from core.service.stock_book import book_of
from core.store.database import Database
from tests.benchmarks.disk import probe_fdatasync_ms
from tests.benchmarks.report import Budget, Report, quantile
from tests.benchmarks.stock_network import NOW, fill, rule_it, sku_of

LOCATIONS, SKUS, ASKED = 300, 400, 50
ROUNDS = 300
BUDGETS = {"vs_projection": Budget(at_most=3.0), "why_vs_projection": Budget(at_most=10.0)}


def run(locations: int = LOCATIONS, skus: int = SKUS, rounds: int = ROUNDS) -> Report:
    with TemporaryDirectory(prefix="comptoir-bench-") as folder:
        database = Database(f"sqlite:///{folder}/core.db")
        database.upgrade()
        fill(database, locations, skus)
        started = time.perf_counter()
        catalogue_id = rule_it(database, skus)
        ruled_s = time.perf_counter() - started
        figures: dict[str, Any] = {"locations": locations, "skus": skus, "asked": ASKED, "rules_s": round(ruled_s, 2)}
        figures |= probe_fdatasync_ms(Path(folder))
        raw = sqlite3.connect(f"{folder}/core.db")
        with database.read() as connection:
            asked = [sku_of(number * (skus // ASKED)) for number in range(ASKED)]
            samples = measure(connection, raw, catalogue_id, asked, rounds)
            figures["full_computation_ms"] = check(connection, catalogue_id, asked)
        raw.close()
        database.close()
    return _report(samples, figures)


def measure(
    connection: Connection, raw: sqlite3.Connection, catalogue_id: str, asked: list[str], rounds: int
) -> dict[str, list[float]]:
    """Milliseconds by what was done; the three take turns, so that all meet the same machine."""
    marks = ", ".join("?" * ASKED)
    floor = f"SELECT sku, units FROM atp WHERE catalogue_id = ? AND sku IN ({marks})"
    parameters = (catalogue_id, *asked)
    works: dict[str, Callable[[], object]] = {
        "projection": lambda: raw.execute(floor, parameters).fetchall(),
        "atp": lambda: availability(connection, catalogue_id, asked, NOW),
        "why": lambda: availability(connection, catalogue_id, asked, NOW, why=True),
    }
    samples: dict[str, list[float]] = {name: [] for name in works}
    gc.collect()
    for number in range(rounds + 20):
        for name, work in works.items():
            started = time.perf_counter()
            work()
            if number >= 20:
                samples[name].append((time.perf_counter() - started) * 1000)
    return samples


def check(connection: Connection, catalogue_id: str, asked: list[str]) -> float:
    """The projection says what the full computation says; its milliseconds for as many articles as are asked for."""
    book = book_of(connection)
    started = time.perf_counter()
    sums = {full.sku: full for full in compute(connection, book, asked, (book.catalogues[catalogue_id],))}
    elapsed_ms = (time.perf_counter() - started) * 1000
    seen, names = availability(connection, catalogue_id, asked, NOW, why=True), place_names(connection)
    for sku, found in seen.items():
        why, full = found.why, sums[sku]
        assert why is not None
        assert sum(step.units for step in why.steps) == found.units, sku
        assert found.in_stock == full.total.units, sku
        places = {names[slot]: units for slot, units in enumerate(why.places) if units}
        assert places == {id: place.units for id, place in full.places.items() if place.units}, sku
    assert any(found.units for found in seen.values())
    return round(elapsed_ms, 2)


def _report(samples: dict[str, list[float]], figures: dict[str, Any]) -> Report:
    medians = {name: quantile(some, 0.5) for name, some in samples.items()}
    figures |= {f"{name}_median_ms": round(median, 4) for name, median in medians.items()}
    ratios = {
        "vs_projection": round(medians["atp"] / medians["projection"], 3),
        "why_vs_projection": round(medians["why"] / medians["projection"], 3),
    }
    return Report("atp", figures, ratios, BUDGETS)
