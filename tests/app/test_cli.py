"""The command line refuses in one line, prints one document, and imports nothing that was not asked for."""

import json
import struct
import subprocess
import sys
import zlib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
import typer
from typer.exceptions import TyperException

from app import cli

HEADER = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
HUGE_PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + HEADER + struct.pack(">I", zlib.crc32(HEADER))
group = typer.Typer()
single = typer.Typer()


@group.command()
def one() -> None:
    typer.echo("group one")


@group.command()
def two() -> None:
    raise TyperException("two does\nnot work")


@single.command()
def only(times: int = 1) -> None:
    typer.echo("only " * times)


def plain(word: str) -> None:
    typer.echo(f"plain {word}")


@pytest.fixture
def brought(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {"group": "group", "single": "single", "plain": "plain"}
    points = {
        name: EntryPoint(name, f"{__name__}:{attribute}", cli.COMMANDS_GROUP) for name, attribute in names.items()
    }
    points["gone"] = EntryPoint("gone", "no.such.module:app", cli.COMMANDS_GROUP)
    monkeypatch.setattr(cli, "brought_commands", lambda: points)


@pytest.mark.usefixtures("brought")
@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (["group", "one"], "group one\n"),
        (["single", "--times", "2"], "only only \n"),
        (["plain", "word"], "plain word\n"),
    ],
)
def test_a_command_of_another_package_runs_whatever_its_form(words, printed, capsys):
    assert cli.execute(words) == 0
    assert capsys.readouterr().out == printed


@pytest.mark.usefixtures("brought")
@pytest.mark.parametrize(
    "words",
    [["group", "two"], ["gone"], ["nonsense"], ["scan"], ["scan", "/no/such/file", "--json"], ["doctor", "--x"]],
)
def test_a_refusal_is_one_line_on_standard_error_and_exit_code_2(words, capsys):
    assert cli.execute(words) == cli.EXIT_REFUSED
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("comptoir: ")
    assert printed.err.count("\n") == 1


@pytest.mark.usefixtures("brought")
def test_the_help_names_every_command_without_importing_it(capsys):
    assert cli.execute([]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in ("doctor", "scan", "app", "group", "single", "plain", "gone"))


def test_json_is_one_document(capsys):
    cli.execute(["doctor", "--json"])
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert {"name", "present", "needed", "detail"} == set(findings[0])


def test_a_file_that_is_no_image_is_refused(tmp_path: Path, capsys):
    pytest.importorskip("app.devices.decoding")
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"not an image")
    assert cli.execute(["scan", str(broken), "--json"]) == cli.EXIT_REFUSED
    assert "broken.png" in capsys.readouterr().err


def test_the_command_line_loads_no_web_server():
    code = "import sys, app.cli; sys.exit(bool({'fastapi', 'uvicorn', 'flet'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
