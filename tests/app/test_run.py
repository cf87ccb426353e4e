"""Core, app and demo are started together, named to the user, and stopped together."""

import os
import signal
import socket
import time
from pathlib import Path

import pytest
from typer.exceptions import TyperException

from app import run
from app.run import Place, free_port, process, stopped_by_signal, wait_for, welcome

DEMO = {
    "pairing": [{"store": "Paris Opéra", "code": "DEMO-1"}],
    "logins": [
        {"name": "Amina", "role": "associate", "secret": "1111", "login": "amina", "store_name": "Paris Opéra"},
        {"name": "Hélène", "role": "head_office", "secret": "demo", "login": "office", "store_name": ""},
    ],
}


def test_the_welcome_names_every_store_login_and_the_fresh_device() -> None:
    text = welcome(Place(Path("d"), 8550, 8400), DEMO)
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


def test_a_process_that_ends_by_itself_is_an_error_that_names_it(tmp_path: Path) -> None:
    with process("core", tmp_path, ["doctor", "--nonsense"]) as running:
        running.wait(30)
        with pytest.raises(TyperException, match="ended with code 2"):
            wait_for("http://127.0.0.1:9/", [running])
    assert "nonsense" in (tmp_path / "core.log").read_text()


def test_a_background_process_ends_with_its_block(tmp_path: Path) -> None:
    with process("app", tmp_path, ["doctor", "--json"]) as running:
        pass
    assert running.poll() is not None


def test_a_termination_ends_the_block_quietly(capsys: pytest.CaptureFixture[str]) -> None:
    with stopped_by_signal():
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(5)
    assert "The data is kept" in capsys.readouterr().out


def test_a_command_that_fails_is_reported_in_its_own_words() -> None:
    with pytest.raises(TyperException, match="nonsense"):
        run.comptoir_json("nonsense")
