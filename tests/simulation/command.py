"""`comptoir simulate --seed 1..200 --steps 100 [--json]`: replays simulated days. Exit code 0 only when none was bad.

A bad day prints its seed and what happened on it, so that it can be replayed alone: `comptoir simulate --seed 17`.
"""

import json
import logging
import multiprocessing
import os
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from tests.simulation.crash import mortality
from tests.simulation.day import Day
from tests.simulation.misfortune import KINDS
from tests.simulation.mutants import MUTANTS
from tests.simulation.violation import Violation

STEPS = 60
TOLD = 60  # last lines of a bad day

app = typer.Typer(add_completion=False)


@dataclass(frozen=True)
class Result:
    seed: int
    deeds: int
    violations: list[Violation]
    trace: list[str]
    faults: dict[str, int]
    verdicts: dict[str, int]

    def as_json(self) -> list[dict[str, Any]]:
        return [{"seed": self.seed, "invariant": v.invariant, "what": v.what} for v in self.violations]


@app.command()
def simulate(
    seed: Annotated[str, typer.Option(help="One seed, or a range: 1..200")] = "1..50",
    steps: Annotated[int, typer.Option(help="What happens on a day before the weather clears")] = STEPS,
    mutant: Annotated[str, typer.Option(help="Break the code on purpose: " + ", ".join(MUTANTS))] = "",
    jobs: Annotated[int, typer.Option(help="Days at a time, each in a process; 0: one per processor")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Replay simulated days of tablets, core and bad luck, and say which promise was broken."""
    seeds = read_seeds(seed)
    if mutant and mutant not in MUTANTS:
        raise TyperException(f"there is no mutant {mutant!r}; there are: {', '.join(MUTANTS)}")
    started = time.monotonic()
    results = [_tell(result, as_json) for result in _all(seeds, steps, mutant, jobs or os.cpu_count() or 1)]
    violations = [violation for result in results for violation in result.as_json()]
    summary = {
        "seeds": len(results),
        "steps": steps,
        "commands": sum(result.deeds for result in results),
        "faults": _added(result.faults for result in results),
        "verdicts": _added(result.verdicts for result in results),
        "seconds": round(time.monotonic() - started, 1),
        "violations": violations,
    }
    if as_json:
        print(json.dumps(summary))
    else:
        days = f"{summary['seeds']} days, {summary['commands']} deeds, {summary['seconds']} s"
        print(f"{days}: {len(violations)} violations\nfaults {summary['faults']}\nverdicts {summary['verdicts']}")
    if violations:
        raise typer.Exit(1)


def _added(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return dict(sorted(total.items()))


def _all(seeds: range, steps: int, mutant: str, jobs: int) -> Iterator[Result]:
    """In the order of the seeds."""
    if jobs == 1 or len(seeds) == 1:
        yield from (live(seed, steps, mutant) for seed in seeds)
        return
    # Not forked: every process makes its own folder and its own database of the opening.
    with ProcessPoolExecutor(min(jobs, len(seeds)), multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(partial(live, steps=steps, mutant=mutant), seeds)


def read_seeds(text: str) -> range:
    """`17` or `1..200`, both ends included. Raises TyperException."""
    first, dots, last = text.partition("..")
    try:
        found = range(int(first), int(last if dots else first) + 1)
    except ValueError:
        found = range(0)
    if not found:
        raise TyperException(f"{text!r} is no seed and no range of seeds; write 17 or 1..200")
    return found


def live(seed: int, steps: int, mutant: str = "") -> Result:
    """One day from its seed; with the code broken on purpose where a mutant is named."""
    logging.disable(logging.CRITICAL)  # poisoned commands and cut connections are what such a day is made of
    try:
        with mortality():
            if mutant:
                with MUTANTS[mutant].patch():
                    rates = dict.fromkeys(KINDS, 0.0) | MUTANTS[mutant].misfortunes
                    return _lived(Day(seed, rates, **{"fetching": False} | MUTANTS[mutant].fate), steps)
            return _lived(Day(seed), steps)
    finally:
        logging.disable(logging.NOTSET)


def _lived(day: Day, steps: int) -> Result:
    try:
        violations = day.run(steps)
    except Exception as bug:  # one day that broke must not hide what the others found
        day.trace.extend(traceback.format_exception(bug))
        violations = [Violation("crash", f"{type(bug).__name__}: {bug}")]
    faults = dict(day.faults + Counter(day.network.counted))
    return Result(day.seed, len(day.ledger.deeds), violations, day.trace, faults, dict(day.verdicts))


def _tell(result: Result, quiet: bool) -> Result:
    if result.violations and not quiet:
        print(f"\nseed {result.seed}")
        print("\n".join(result.trace[-TOLD:]))
        for violation in result.violations[:5]:
            print(f"=> {violation}")
    return result
