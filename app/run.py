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
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

HOST = "127.0.0.1"
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 10.0

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
    with stopped_by_signal(), contextlib.ExitStack() as stack:
        core = ("core", "--database", place.database_url, "--port", str(place.core_port))
        started = [stack.enter_context(process("core", data, core))]
        wait_for(place.core_url + "/health", started)
        app = ("app", "--port", str(place.app_port), "--core", place.core_url, "--data", str(data))
        started.append(stack.enter_context(process("app", data, app)))
        wait_for(place.app_url, started)
        typer.echo(welcome(place, demo))
        if not no_browser and (sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY")):
            webbrowser.open(place.app_url + "?pair=" + demo["pairing"][0]["code"])
        watch(started)


def welcome(place: Place, demo: dict[str, Any]) -> str:
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


@contextlib.contextmanager
def process(name: str, data: Path, words: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A `comptoir` command in the background, its output in a log file beside the data; ended with the block."""
    with (data / f"{name}.log").open("ab") as log:
        # A session of its own: Ctrl-C reaches this process only, which then stops the others in order.
        running = subprocess.Popen(
            [sys.executable, "-m", "app.cli", *words], stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield running
        finally:
            running.terminate()
            try:
                running.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


def wait_for(url: str, started: Sequence[subprocess.Popen[bytes]]) -> None:
    """Until the address answers. Raises TyperException when a process ended or the time is over."""
    until = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < until:
        fail_if_ended(started)
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise TyperException(f"{url} did not answer within {START_TIMEOUT_S:g} s; see the .log files in the data folder")


def watch(started: Sequence[subprocess.Popen[bytes]]) -> None:
    """Until a signal comes, or one of the processes ends by itself."""
    while True:
        fail_if_ended(started)
        time.sleep(0.5)


def fail_if_ended(started: Sequence[subprocess.Popen[bytes]]) -> None:
    for running in started:
        if running.poll() is not None:
            words = " ".join(str(word) for word in running.args[2:4]) if isinstance(running.args, list) else ""
            raise TyperException(f"{words} ended with code {running.returncode}; see the .log files in the data folder")


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
