"""The environment is ready: a virtual environment with exactly the locked packages, and the two system libraries.

Runs under any plain Python 3.11 or later, without third-party packages, and takes well under a second when nothing
has changed. `python3 build_scripts/environment.py --refresh-lock [--upgrade]` writes the lock files anew.
"""

import argparse
import ctypes
import ctypes.util
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
# What a lock holds: to run Comptoir, or to run its gate as well. The second repeats every pin of the first.
LOCKS = {"run": ROOT / "build_scripts/requirements.lock", "test": ROOT / "build_scripts/requirements-test.lock"}
EXTRAS = {"run": ("core",), "test": ("core", "dev")}
CHROMIUM = Path("/usr/bin/chromium")


class EnvironmentProblem(Exception):
    """Something a person has to put right; the message says what."""


def python_path() -> Path:
    """The interpreter of the virtual environment, made or not."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def fingerprint(purpose: str) -> str:
    """Changes when an install could give another result: lock, metadata, interpreter or place."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    relevant = [project["project"], project["build-system"], project["tool"]["setuptools"], sys.version, str(ROOT)]
    digest = hashlib.sha256(json.dumps(relevant, sort_keys=True).encode())
    digest.update(LOCKS[purpose].read_bytes())
    return digest.hexdigest()


def stamp_path(purpose: str) -> Path:
    return VENV / f"comptoir-{purpose}.stamp"


def is_current(purpose: str) -> bool:
    """A test environment also serves to run."""
    if not python_path().exists():
        return False
    purposes = ("run", "test") if purpose == "run" else ("test",)
    return any(stamp_path(p).exists() and stamp_path(p).read_text() == fingerprint(p) for p in purposes)


def call(*command: str | Path, environment: Mapping[str, str] | None = None) -> None:
    """Raises EnvironmentProblem when the command fails; its own output says why."""
    try:
        subprocess.run([str(part) for part in command], cwd=ROOT, check=True, env=environment)
    except (OSError, subprocess.CalledProcessError) as fault:
        raise EnvironmentProblem(f"This step failed: {' '.join(map(str, command))} ({fault})") from fault


def make_venv() -> None:
    if python_path().exists():
        return
    print("Making .venv", flush=True)
    try:
        import ensurepip  # noqa: F401  Debian keeps it in a package of its own
    except ImportError:
        install_from_debian(["python3-venv"])
    call(sys.executable, "-m", "venv", VENV)


def install_packages(purpose: str) -> None:
    """pip, because it takes its index from the machine's settings; hashes, so that a pin names one file."""
    print(f"Installing the packages of {LOCKS[purpose].relative_to(ROOT)}", flush=True)
    pip: list[str | Path] = [python_path(), "-m", "pip", "--disable-pip-version-check", "-qq"]
    call(*pip, "install", "--require-hashes", "-r", LOCKS[purpose])
    call(*pip, "install", "--no-deps", "--no-build-isolation", "--editable", ROOT)
    stamp_path(purpose).write_text(fingerprint(purpose))


def has_zbar() -> bool:
    try:
        ctypes.CDLL("libzbar.so.0")
    except OSError:
        return os.name == "nt" or ctypes.util.find_library("zbar") is not None
    return True


def missing_system_packages(purpose: str) -> list[str]:
    missing = [] if has_zbar() else ["libzbar0"]
    if purpose == "test" and not CHROMIUM.exists():
        missing.append("chromium")
    return missing


def install_from_debian(packages: list[str]) -> None:
    names = " ".join(packages)
    if shutil.which("apt-get") is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        raise EnvironmentProblem(f"Please install with your system's package manager (Debian names): {names}")
    print(f"Installing from Debian: {names}", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    call("apt-get", "-qq", "update", environment=quiet)
    call("apt-get", "-qq", "install", "-y", "--no-install-recommends", *packages, environment=quiet)


def install_system_packages(purpose: str) -> None:
    """Without zbar Comptoir still runs with a hardware scanner, so running only warns; the gate needs everything."""
    missing = missing_system_packages(purpose)
    if not missing:
        return
    try:
        install_from_debian(missing)
    except EnvironmentProblem as problem:
        if purpose == "test":
            raise
        print(f"{problem}. Until then the camera cannot read codes; a hardware scanner works.", file=sys.stderr)


def compile_locales() -> None:
    sources = list((ROOT / "locales").glob("*/LC_MESSAGES/messages.po"))
    compiled = [source.with_suffix(".mo") for source in sources]
    newest = max((source.stat().st_mtime for source in sources), default=0.0)
    if any(not target.exists() or target.stat().st_mtime < newest for target in compiled):
        call(python_path(), ROOT / "build_scripts/locales.py", "compile")


def ensure(purpose: str) -> Path:
    """Brings the environment up to date for `run` or `test` and returns its interpreter. Raises EnvironmentProblem."""
    install_system_packages(purpose)
    if not is_current(purpose):
        make_venv()
        install_packages(purpose)
    compile_locales()
    return python_path()


def ensure_or_exit(purpose: str) -> Path:
    if sys.version_info < (3, 11):  # noqa: UP036  a person may start this with any Python
        sys.exit("Comptoir needs Python 3.11 or later.")
    try:
        return ensure(purpose)
    except EnvironmentProblem as problem:
        sys.exit(str(problem))


def refresh_lock(*, upgrade: bool) -> None:
    """Neither index addresses nor host names may come into the files: another machine has others."""
    for purpose, lock in LOCKS.items():
        extras = [f"--extra={extra}" for extra in EXTRAS[purpose]]
        constraint = ["--constraint", str(LOCKS["run"])] if purpose == "test" else []
        command = [
            str(python_path()),
            "-m",
            "uv",
            "pip",
            "compile",
            "pyproject.toml",
            "build_scripts/build.in",
            *extras,
        ]
        options = ["--universal", "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--no-annotate"]
        header = ["--no-header", "--quiet", *(["--upgrade"] if upgrade else [])]
        call(*command, *constraint, *options, *header, "--output-file", lock)
        print(f"Wrote {lock.relative_to(ROOT)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--test", action="store_true", help="with what the gate needs")
    parser.add_argument("--refresh-lock", action="store_true", help="write the lock files anew")
    parser.add_argument("--upgrade", action="store_true", help="with --refresh-lock: take the newest versions")
    options = parser.parse_args()
    if options.refresh_lock:
        if not python_path().exists():
            ensure_or_exit("test")
        try:
            refresh_lock(upgrade=options.upgrade)
        except EnvironmentProblem as problem:
            sys.exit(str(problem))
    else:
        print(ensure_or_exit("test" if options.test else "run"))


if __name__ == "__main__":
    main()
