"""Everything the device needs can be installed on Android and iOS: a native package that Flet's mobile index does not
hold would only be noticed when somebody builds the bundle."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import PurePosixPath

from packaging.requirements import Requirement

from tests.architecture.sources import ROOT

# Native packages that Flet's mobile index holds, as shared/architecture.md lists them, and msgpack, which Flet itself
# needs on every device, and cffi, on which the bindings of cryptography and argon2 stand.
MOBILE_INDEX = {
    "opencv-python", "pyzbar", "numpy", "pydantic-core", "sqlalchemy", "greenlet", "cryptography",
    "argon2-cffi-bindings", "orjson", "msgspec", "rapidfuzz", "zstandard", "pillow", "apsw", "psutil",
    "msgpack", "cffi",
}  # fmt: skip
# Compiled here for speed, but also published as a wheel for any platform, which a device takes.
PURE_WHEEL_TOO = {"fonttools"}
NATIVE_SUFFIXES = {".so", ".pyd", ".dylib", ".dll"}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def device_packages() -> set[str]:
    """The base dependencies of the project and all that they need."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    waiting = [Requirement(line) for line in project["dependencies"]]
    found: set[str] = set()
    while waiting:
        requirement = waiting.pop()
        name = canonical(requirement.name)
        if name in found or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        found.add(name)
        waiting += [Requirement(line) for line in distribution(name).requires or []]
    return found


def is_native(name: str) -> bool:
    files = distribution(name).files or []
    return any(NATIVE_SUFFIXES.intersection(PurePosixPath(str(file)).suffixes) for file in files)


def test_every_native_package_of_the_device_exists_for_android_and_ios():
    missing = sorted(name for name in device_packages() - MOBILE_INDEX - PURE_WHEEL_TOO if is_native(name))
    assert not missing, (
        f"{missing} are native and not in Flet's mobile index: move them to the extra `core`, or do without them."
    )


def test_the_check_sees_native_code():
    assert is_native("numpy")
    assert not is_native("segno")


def test_the_list_names_no_package_that_became_pure():
    stale = []
    for name in PURE_WHEEL_TOO:
        try:
            stale += [] if is_native(name) else [name]
        except PackageNotFoundError:
            stale.append(name)
    assert not stale, f"Take {stale} off PURE_WHEEL_TOO: nothing compiled is installed for it."
