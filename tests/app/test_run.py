"""Core, app and demo are started together, named to the user, and stopped together."""

import os
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from typer.exceptions import TyperException

from app import run
from app.run import Part, Place, free_port, stopped_by_signal, wait_for, watch, welcome

DEMO = {
    "pairing": [{"store": "Paris Opéra", "code": "DEMO-1"}],
    "logins": [
        {"name": "Amina", "role": "associate", "secret": "1111", "login": "amina", "store_name": "Paris Opéra"},
        {"name": "Hélène", "role": "head_office", "secret": "demo", "login": "office", "store_name": ""},
    ],
}


def test_the_welcome_names_every_store_login_and_the_fresh_device() -> None:
    text = welcome(Place(Path("d"), 8550, 8400), DEMO, 4711)
    assert "http://127.0.0.1:8550/?pair=DEMO-1" in text
    assert "Paris Opéra                  Amina                associate    amina              1111" in text
    assert "Head office                  Hélène" in text
    assert "\n  http://127.0.0.1:8550/\n" in text


def test_a_taken_port_gives_the_next_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        wanted = taken.getsockname()[1]
        assert free_port(wanted) > wanted


def test_a_part_that_ends_while_it_starts_is_an_error_that_names_it(tmp_path: Path) -> None:
    with Part("doctor", tmp_path, ["--nonsense"]) as part, pytest.raises(TyperException, match="ended with code 2"):
        wait_for("http://127.0.0.1:9/", part)
    assert "nonsense" in (tmp_path / "doctor.log").read_text()


def test_a_part_ends_with_its_block(tmp_path: Path) -> None:
    with Part("doctor", tmp_path, ["--json"]) as part:
        pass
    assert part.ended


@dataclass
class Fallen:
    """A part that was killed; its second start is noted, and ends the watching."""

    name: str = "core"
    ended: str = "ended by signal 9"
    pid: int = 4711
    lived_s: float = 60.0
    starts: int = 0

    def start(self) -> None:
        self.starts += 1
        self.ended = "ended with code 1"
        self.lived_s = 0.5

    def fail_if_ended(self) -> None:
        raise TyperException(f"{self.name} {self.ended}")


def test_a_part_that_was_killed_is_started_again_and_one_that_ends_at_once_is_an_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    core = Fallen()
    with pytest.raises(TyperException, match="core ended with code 1"):
        watch([cast(Part, core)], away_s=0.0)
    assert core.starts == 1
    said = capsys.readouterr().out
    assert "The core ended by signal 9. It is started again in 0 s." in said
    assert "The core is started again as process 4711." in said


def test_a_termination_ends_the_block_quietly(capsys: pytest.CaptureFixture[str]) -> None:
    with stopped_by_signal():
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(5)
    assert "The data is kept" in capsys.readouterr().out


def test_a_command_that_fails_is_reported_in_its_own_words() -> None:
    with pytest.raises(TyperException, match="nonsense"):
        run.comptoir_json("nonsense")
