"""`comptoir run`: core, app and demo retailer on this machine, started together and stopped together."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import webbrowser
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

import typer
from typer.exceptions import TyperException

HOST = "127.0.0.1"
START_TIMEOUT_S = 120.0
STOP_TIMEOUT_S = 10.0
# Long enough to see the app work without its core.
AWAY_S = 20.0
# What ends sooner than this after its start has a reason that another start does not mend.
SHORT_LIFE_S = 10.0

Data = Annotated[Path, typer.Option("--data", help="Folder that keeps the databases between runs.")]
Port = Annotated[
    int, typer.Option(min=0, max=65_535, help="Where the app answers; the next free port when it is taken.")
]
CorePort = Annotated[
    int, typer.Option(min=0, max=65_535, help="Where the core answers; the next free port when it is taken.")
]
Scale = Annotated[str, typer.Option(help="Size of the demo retailer: small, medium or large.")]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")]


@dataclass(frozen=True)
class Place:
    """Where one run keeps its things and answers."""

    data: Path
    app_port: int
    core_port: int

    @property
    def database_url(self) -> str:
        return f"sqlite:///{(self.data / 'core.db').resolve()}"

    @property
    def core_url(self) -> str:
        return f"http://{HOST}:{self.core_port}"

    @property
    def app_url(self) -> str:
        return f"http://{HOST}:{self.app_port}/"


def run(
    data: Data = Path(".comptoir"),
    port: Port = 8550,
    core_port: CorePort = 8400,
    scale: Scale = "small",
    no_browser: NoBrowser = False,
) -> None:
    """Start core and app with a demo retailer; Ctrl-C stops both, a second start keeps the data."""
    data.mkdir(parents=True, exist_ok=True)
    place = Place(data, free_port(port), free_port(core_port, but=port))
    demo = comptoir_json("demo-data", "--scale", scale, "--database", place.database_url)
    core = Part("core", data, ("--database", place.database_url, "--port", str(place.core_port)))
    app = Part("app", data, ("--port", str(place.app_port), "--core", place.core_url, "--data", str(data)))
    with stopped_by_signal(), contextlib.ExitStack() as stack:
        wait_for(place.core_url + "/health", stack.enter_context(core))
        wait_for(place.app_url, stack.enter_context(app))
        typer.echo(welcome(place, demo, core.pid))
        if not no_browser and (sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY")):
            webbrowser.open(place.app_url + "?pair=" + demo["pairing"][0]["code"])
        watch((core, app))


def welcome(place: Place, demo: dict[str, Any], core_pid: int) -> str:
    """What a new user needs to know, addresses first."""
    stores = [f"  {s['store']:28} {place.app_url}?pair={s['code']}" for s in demo["pairing"]]
    logins = [
        f"  {u['store_name'] or 'Head office':28} {u['name']:20} {u['role']:12} {u['login']:18} {u['secret']}"
        for u in demo["logins"]
    ]
    return "\n".join(
        [
            "",
            "Comptoir is running. A browser that is paired with a demo store (each browser profile is a device):",
            *stores,
            "A fresh device, to see the pairing:",
            f"  {place.app_url}",
            "People, with login and secret (a PIN on the tablet, a password for head office's API):",
            *logins,
            f"Head office's API:  {place.core_url}/docs",
            f"To see the app without its core: kill -9 {core_pid}   (it is started again after {AWAY_S:g} s)",
            "Ctrl-C stops everything and keeps the data.",
            "",
        ]
    )


def comptoir_json(*words: str) -> dict[str, Any]:
    """One `comptoir` command's JSON answer. Raises TyperException with its own error line."""
    done = subprocess.run([sys.executable, "-m", "app.cli", *words, "--json"], capture_output=True, text=True)
    if done.returncode:
        raise TyperException(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"{words[0]} failed")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


class Part:
    """A `comptoir` command in the background, its output in a log file beside the data; ended with the block."""

    def __init__(self, name: str, data: Path, words: Sequence[str]) -> None:
        self.name, self._log = name, data / f"{name}.log"
        self._command = (sys.executable, "-m", "app.cli", name, *words)
        self._running: subprocess.Popen[bytes] | None = None
        self._started_s = 0.0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._running is not None
        self._running.terminate()
        try:
            self._running.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait()

    def start(self) -> None:
        with self._log.open("ab") as log:
            # A session of its own: Ctrl-C reaches this process only, which then stops the others in order.
            self._running = subprocess.Popen(self._command, stdout=log, stderr=log, start_new_session=True)
        self._started_s = time.monotonic()

    @property
    def pid(self) -> int:
        return self._running.pid if self._running else 0

    @property
    def ended(self) -> str:
        """How it ended, in words; "" while it runs."""
        code = self._running.poll() if self._running else None
        if code is None:
            return ""
        return f"ended by signal {-code}" if code < 0 else f"ended with code {code}"

    def fail_if_ended(self) -> None:
        """Raises TyperException."""
        if self.ended:
            raise TyperException(f"{self.name} {self.ended}; see {self._log}")

    @property
    def lived_s(self) -> float:
        return time.monotonic() - self._started_s


def wait_for(url: str, part: Part) -> None:
    """Until the address answers. Raises TyperException when the part ended or the time is over."""
    until = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < until:
        part.fail_if_ended()
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise TyperException(f"{url} did not answer within {START_TIMEOUT_S:g} s; see the .log files in the data folder")


def watch(parts: Sequence[Part], away_s: float = AWAY_S) -> None:
    """Until a signal comes. What ends is started again; raises TyperException where it ends at once."""
    back_at: dict[str, float] = {}
    while True:
        for part in parts:
            if not part.ended:
                continue
            if part.name not in back_at:
                if part.lived_s < SHORT_LIFE_S:
                    part.fail_if_ended()
                back_at[part.name] = time.monotonic() + away_s
                typer.echo(f"The {part.name} {part.ended}. It is started again in {away_s:g} s.")
            elif time.monotonic() >= back_at[part.name]:
                del back_at[part.name]
                part.start()
                typer.echo(f"The {part.name} is started again as process {part.pid}.")
        time.sleep(0.2)


@contextlib.contextmanager
def stopped_by_signal() -> Iterator[None]:
    """Ctrl-C and a termination end the block quietly, whoever sent them."""

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("\nStopped. The data is kept.")
    finally:
        signal.signal(signal.SIGTERM, before)


def free_port(wanted: int, but: int = 0) -> int:
    """`wanted`, or the next one that nobody listens on."""
    for port in range(wanted, wanted + 50):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if port != but and not _taken(probe, port):
                return port
    raise TyperException(f"no free port from {wanted} to {wanted + 49}")


def _taken(probe: socket.socket, port: int) -> bool:
    try:
        probe.bind((HOST, port))
    except OSError:
        return True
    return False
