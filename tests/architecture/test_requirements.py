"""What is installed is what is declared: the locks satisfy pyproject.toml, and every import has its declaration."""

import re
import sys
import tomllib
from functools import lru_cache
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.sources import ROOT, sources

RUN_LOCK = ROOT / "build_scripts/requirements.lock"
TEST_LOCK = ROOT / "build_scripts/requirements-test.lock"
PIN = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)", re.MULTILINE)
OUR_OWN = {"app", "sync", "core", "tests", "locales", "environment", "check"}
REFRESH = "run python3 build_scripts/environment.py --refresh-lock"
# Imported through the package that brings it and whose objects these are.
BROUGHT_BY = {"packaging": "pytest", "starlette": "fastapi", "msgpack": "flet", "flet_web": "flet"}


@lru_cache
def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def declared(*extras: str) -> list[Requirement]:
    lines = [*project()["dependencies"], *(line for e in extras for line in project()["optional-dependencies"][e])]
    return [Requirement(line) for line in lines]


def pins(lock) -> dict[str, set[str]]:
    """Versions by package; a package has several where they differ by Python version."""
    found: dict[str, set[str]] = {}
    for name, version in PIN.findall(lock.read_text(encoding="utf-8")):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


@pytest.mark.parametrize(("lock", "extras"), [(RUN_LOCK, ("core",)), (TEST_LOCK, ("core", "dev"))])
def test_the_lock_satisfies_what_is_declared(lock, extras):
    locked = pins(lock)
    unmet = [
        str(requirement)
        for requirement in declared(*extras)
        if not locked.get(canonicalize_name(requirement.name))
        or not all(requirement.specifier.contains(v) for v in locked[canonicalize_name(requirement.name)])
    ]
    assert not unmet, f"{lock.name} does not hold {unmet}: {REFRESH}"


def test_the_gate_runs_what_people_run():
    tested = pins(TEST_LOCK)
    different = sorted(name for name, versions in pins(RUN_LOCK).items() if tested.get(name) != versions)
    assert not different, f"The two locks differ in {different}: {REFRESH}"


@pytest.mark.parametrize("lock", [RUN_LOCK, TEST_LOCK])
def test_a_lock_names_no_host(lock):
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text, f"{lock.name} names an index of one machine: {REFRESH}"
    assert "--hash=sha256:" in text, f"{lock.name} has no hashes: {REFRESH}"


@pytest.mark.parametrize(
    ("folders", "extras"),
    [
        (("app", "sync", "core/domain", "core/contract"), ()),
        (("core",), ("core",)),
        (("tests", "build_scripts"), ("core", "dev")),
    ],
)
def test_every_imported_package_is_declared(folders, extras):
    names: set[str] = {canonicalize_name(requirement.name) for requirement in declared(*extras)}
    names |= {"flet-web"} if "core" in extras else set()
    distributions = packages_distributions()
    undeclared = set()
    for source in sources(*folders):
        for imported, line in source.imports():
            top = imported.split(".")[0]
            if top in sys.stdlib_module_names or top in OUR_OWN:
                continue
            owners = {canonicalize_name(name) for name in distributions.get(top, [top])}
            if not owners & names and BROUGHT_BY.get(top) not in names:
                undeclared.add(f"{source.name}:{line} imports {top}")
    where = f"the extra {extras[-1]!r}" if extras else "the base dependencies (what a device needs)"
    assert not undeclared, f"Declare these in {where} of pyproject.toml, then {REFRESH}:\n" + "\n".join(
        sorted(undeclared)
    )
