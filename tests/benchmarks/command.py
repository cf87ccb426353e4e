"""`comptoir bench NAME [--json]`: runs one bench, prints its report. Exit code 0: it ran; `ok`: it met its budgets."""

import json
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from typer.exceptions import TyperException

from tests.benchmarks.report import Report

# Each module has `run() -> Report`.
BENCHES = {
    "import": "tests.benchmarks.stock_import",
    "atp": "tests.benchmarks.atp",
    "promise": "tests.benchmarks.promise",
    "scan-to-feedback": "tests.benchmarks.scan_to_feedback",
    "claims": "tests.benchmarks.claims",
    "sourcing": "tests.benchmarks.sourcing",
    "replay": "tests.benchmarks.replay",
    "orders": "tests.benchmarks.orders",
    "sync": "tests.benchmarks.sync",
    "timers": "tests.benchmarks.timers",
    "tablets": "tests.benchmarks.tablets",
    "scan": "tests.benchmarks.scan",
}

app = typer.Typer(add_completion=False)


@app.command()
def bench(
    name: Annotated[str, typer.Argument(help="One of: " + ", ".join(BENCHES))],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    folder: Annotated[Path | None, typer.Option(help="For `scan`: pictures of your own with an expected.csv.")] = None,
) -> None:
    """Measure one promise of performance and compare it with its budget."""
    report = measure(name, folder)
    if as_json:
        print(json.dumps(report.as_json()))
    else:
        _print_table(report)


def measure(name: str, folder: Path | None = None) -> Report:
    """Raises TyperException where there is no such bench, or none that takes a folder."""
    if name not in BENCHES:
        raise TyperException(f"there is no bench {name!r}; there are: {', '.join(BENCHES)}")
    if folder is not None and name != "scan":
        raise TyperException(f"the bench {name!r} makes its own data and takes no folder")
    bench = import_module(BENCHES[name])
    report = bench.run(folder) if folder is not None else bench.run()
    assert isinstance(report, Report)
    return report


def _print_table(report: Report) -> None:
    table = Table(title=f"{report.name}: {'within budget' if report.ok else 'OVER BUDGET'}", title_justify="left")
    for column in ("", "measured", "budget"):
        table.add_column(column)
    for name, ratio in report.ratios.items():
        table.add_row(name, f"{ratio:.2f}", _bounds(report, name))
    for name, figure in report.figures.items():
        if isinstance(figure, dict):  # a table of its own, which a bench tells in its notes
            continue
        table.add_row(name, _shown(figure), "")
    console = Console()
    console.print(table)
    for note in report.notes:
        console.print(note)


def _bounds(report: Report, name: str) -> str:
    budget = report.budgets.get(name)
    if budget is None:
        return ""
    bounds = " and ".join(f"{word.replace('_', ' ')} {bound:g}" for word, bound in budget.as_json().items())
    return bounds + (" (missed)" if name in report.missed else "")


def _shown(figure: Any) -> str:
    return f"{figure:.4g}" if isinstance(figure, float) else str(figure)
