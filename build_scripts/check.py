"""The one gate: style, types, import contracts, translations and every test, the same here and in CI.

Started by build_scripts/test.py, which makes the environment ready first. `--fast` leaves out Chromium and PostgreSQL;
`--only ruff,types` runs the named steps alone.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTEST = (sys.executable, "-m", "pytest", "--color=no")
NO_TESTS_COLLECTED = 5
CLOSING_LINE = re.compile(r"\d+ (passed|failed|error|skipped|deselected)|no tests ran")


@dataclass(frozen=True)
class Step:
    """`is_empty` says that there is nothing to run yet, so that "no tests collected" is no failure."""

    name: str
    title: str
    command: tuple[str, ...]
    is_empty: bool = False


@dataclass(frozen=True)
class Result:
    step: Step
    passed: bool
    duration_s: float
    closing_line: str


def steps(*, fast: bool) -> list[Step]:
    without = "not browser and not postgres" if fast else "not browser"
    has_journeys = any((ROOT / "tests/browser").glob("test_*.py"))
    found = [
        Step("ruff", "Style (ruff check)", (str(BIN / "ruff"), "check", ".")),
        Step("format", "Format (ruff format --check)", (str(BIN / "ruff"), "format", "--check", ".")),
        Step("types", "Types (mypy)", (str(BIN / "mypy"),)),
        Step("imports", "Import contracts (lint-imports)", (str(BIN / "lint-imports"), "--no-logo")),
        Step("locales", "Translations", (sys.executable, "build_scripts/locales.py", "check")),
        Step("compile", "Compiled translations", (sys.executable, "build_scripts/locales.py", "compile")),
        Step("tests", "Tests", (*PYTEST, "-q", "-n", "2", "--dist", "worksteal", "-m", without)),
    ]
    if not fast:
        journeys = (*PYTEST, "-q", "-m", "browser", "tests/browser" if has_journeys else "tests/architecture")
        found.append(Step("browser", "Journeys in Chromium", journeys, is_empty=not has_journeys))
    return found


def run(step: Step) -> Result:
    print(
        f"\n=== {step.title}: {' '.join(Path(part).name if part[0] == '/' else part for part in step.command)}",
        flush=True,
    )
    started = time.monotonic()
    closing_line = ""
    # No browser is ever downloaded: the journeys drive the system's Chromium.
    environment = {**os.environ, "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1", "PYTHONUNBUFFERED": "1"}
    # Every process of the tests would compile all modules anew where the shell forbids to keep them.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment.setdefault("PYTHONPYCACHEPREFIX", str(ROOT / ".artefacts" / "pycache"))
    with subprocess.Popen(
        step.command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            if CLOSING_LINE.search(line):
                closing_line = line.strip()
    code = process.returncode
    passed = code == 0 or (step.is_empty and code == NO_TESTS_COLLECTED)
    duration_s = time.monotonic() - started
    print(f"--- {step.title}: {'ok' if passed else 'FAILED'} in {duration_s:.1f} s", flush=True)
    return Result(step, passed, duration_s, closing_line if step.command[: len(PYTEST)] == PYTEST else "")


def summary(results: Sequence[Result]) -> str:
    lines = ["", "=== Summary"]
    for result in results:
        verdict = "ok    " if result.passed else "FAILED"
        lines.append(f"{verdict} {result.duration_s:7.1f} s  {result.step.title}  {result.closing_line}".rstrip())
    failed = [result.step.name for result in results if not result.passed]
    total_s = sum(result.duration_s for result in results)
    verdict = f"The gate is closed by: {', '.join(failed)}" if failed else "The gate is open"
    return "\n".join([*lines, f"{verdict} ({total_s:.0f} s)"])


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fast", action="store_true", help="without Chromium and PostgreSQL")
    parser.add_argument("--only", default="", metavar="STEPS", help="names separated by commas")
    options = parser.parse_args(arguments)
    chosen = steps(fast=options.fast)
    if options.only:
        names = set(options.only.split(","))
        unknown = names - {step.name for step in chosen}
        if unknown:
            parser.error(f"no such step: {', '.join(sorted(unknown))}; there are {', '.join(s.name for s in chosen)}")
        chosen = [step for step in chosen if step.name in names]
    results = [run(step) for step in chosen]
    print(summary(results), flush=True)
    return 0 if all(result.passed for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
