"""docs/sync.md names for every invariant the tests that hold it, and nothing that does not exist."""

import re

import pytest

from tests.architecture.sources import ROOT
from tests.simulation import clones, invariants, misfortune, offer_invariants, withdrawal

TEXT = (ROOT / "docs" / "sync.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| (I\d+|order) \| .* \| (.*) \|$", TEXT, re.MULTILINE))
NUMBERS = [f"I{number}" for number in (*range(1, 16), *range(21, 26))]
SOURCES = {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests").rglob("*.py"))}
# What is named beside tests: codes, kinds of faults, figures of a bench, step lists.
OTHER = {"wire_unsupported", "core_outdated", "main.db", "app_upgraded", "core_upgraded", "peak_mb", withdrawal.KIND}
OTHER.update((*misfortune.KINDS, clones.KIND))


def names(number: str) -> list[str]:
    return re.findall(r"`([^`]+)`", ROWS[number])


def exists(name: str) -> bool:
    if name.endswith(".py"):
        return any(path.name == name or path.as_posix().endswith(f"/{name}") for path in SOURCES)
    if re.fullmatch(r"\d\d-[a-z-]+", name):
        return (ROOT / "tests" / "sync" / "golden" / f"{name}.txt").exists()
    holder, _, function = name.rpartition(".")
    defined = [source for source in SOURCES.values() if re.search(rf"def {re.escape(function)}\(", source)]
    return any(not holder or re.search(rf"^class {holder}\b", source, re.MULTILINE) for source in defined)


def test_every_invariant_has_its_row():
    assert list(ROWS) == [*NUMBERS, "order"]


@pytest.mark.parametrize("number", [*NUMBERS, "order"])
def test_what_holds_it_exists(number: str):
    tests = [name for name in names(number) if name not in OTHER and not name.startswith("comptoir ")]
    assert tests, f"nothing is named that holds {number}"
    assert [name for name in tests if not exists(name)] == []


def test_every_check_of_the_simulation_is_named():
    checks = [*invariants.at_each_step, *invariants.at_the_end]
    mine = {check.__name__ for check in checks if check.__module__ != offer_invariants.__name__}
    assert mine <= {name for number in ROWS for name in names(number)}
