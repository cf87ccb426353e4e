"""The `comptoir` command: one line on standard error and exit code 2 whenever it cannot do what was asked.

Other packages bring their commands through the entry point group `comptoir.commands`, and only the one that was asked
for is imported: the device has no core, and `comptoir scan` needs no web server. With `--json` a command prints one
JSON document and nothing else on standard output. A command refuses by raising
`typer.exceptions.TyperException("sentence")`.
"""

import json
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from app.doctor import diagnose
from app.run import run

COMMANDS_GROUP = "comptoir.commands"
EXIT_REFUSED = 2

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def doctor(
    device: Annotated[Path | None, typer.Option(help="Explain the files of the device in this folder instead.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say whether this machine has what it needs, or how a device's database stands. 1: there is something to do."""
    if device is not None:
        return explain(device, as_json)
    findings = diagnose()
    if as_json:
        print(json.dumps({"findings": [finding.as_json() for finding in findings]}))
    else:
        for finding in findings:
            print(f"{finding.verdict:8} {finding.name:14} {finding.detail}")
    if any(finding.needed and not finding.present for finding in findings):
        raise typer.Exit(1)


def explain(folder: Path, as_json: bool) -> None:
    from app import wiping
    from app.store import diagnosis

    wipe = wiping.under_way(folder)
    if wipe is not None:
        print(
            json.dumps({"wipe": wipe.stage, "handed": wipe.handed, "left": wipe.left})
            if as_json
            else wiping.in_words(wipe)
        )
        raise typer.Exit(1)
    found = diagnosis.diagnose(folder, datetime.now(UTC))
    if as_json:
        print(json.dumps(found.as_json()))
    else:
        for sentence in (*diagnosis.sentences(found), *(f"-> {one}" for one in found.advice)):
            print(sentence)
        if diagnosis.is_well(found):
            print("Nothing has to be done.")
    if not diagnosis.is_well(found):
        raise typer.Exit(1)


class Decoders(StrEnum):
    """`device`: what a telephone has; `all`: with the optional ones that are installed here."""

    DEVICE = "device"
    ALL = "all"


def scan(
    images: Annotated[list[Path], typer.Argument(help="Image files.")],
    as_json: AsJson = False,
    decoders: Annotated[Decoders, typer.Option(help="device: as a telephone reads; all: with optional decoders.")] = (
        Decoders.DEVICE
    ),
) -> None:
    """Read the bar codes and QR codes in images, as the app's camera does."""
    answers = [scan_image(image, decoders) for image in images]
    if as_json:
        print(json.dumps({"images": answers}))
        return
    for answer in answers:
        for code in answer["codes"]:
            print(f"{answer['image']}: {code['format']} {code['text']}")
        if not answer["codes"]:
            print(f"{answer['image']}: no code found")


def scan_image(image: Path, decoders: Decoders = Decoders.DEVICE) -> dict[str, Any]:
    """`ms` is the time of the decoding alone, without reading the file. Raises TyperException."""
    from app.devices.codes import optional, pictures
    from app.devices.decoding import EVERY, decode_image

    try:
        if image.stat().st_size > pictures.MOST_BYTES:
            raise ValueError(f"it is larger than {pictures.MOST_BYTES // 1024**2} MB")
        content = image.read_bytes()
        grey = pictures.grey(content)
        if grey is None:
            raise ValueError("no picture format that is known")
        others = optional.available() if decoders is Decoders.ALL else []
        started = time.perf_counter()
        decoded = decode_image(grey, allowed=EVERY, others=others)
    except (OSError, ValueError) as fault:
        raise TyperException(f"{image} cannot be read as an image: {fault}") from fault
    elapsed_ms = round((time.perf_counter() - started) * 1000, 3)
    codes = [
        {"format": code.symbology, "text": code.plain, "corners": code.corners, "decoder": code.decoder}
        for code in decoded
    ]
    return {"image": str(image), "ms": elapsed_ms, "codes": codes}


def start_app(
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="Serve the app to browsers on this port; 0: a window of its own.")
    ] = 0,
    core: Annotated[str | None, typer.Option(help="Address of the core.")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder that keeps this device's data.")] = None,
) -> None:
    """Start the app alone, for a core that runs elsewhere."""
    from app.main import main as start

    start(port, core, data)


def brought_commands() -> dict[str, EntryPoint]:
    """The commands of other packages, by name, not imported."""
    return {point.name: point for point in entry_points(group=COMMANDS_GROUP)}


def attach(commands: typer.Typer, point: EntryPoint) -> None:
    """Imports the command. Raises TyperException when this installation does not hold it."""
    try:
        module = import_module(point.module)
    except ModuleNotFoundError as fault:
        raise TyperException(f"the command {point.name!r} is not part of this installation ({fault})") from fault
    brought = getattr(module, point.attr)
    if not isinstance(brought, typer.Typer):
        commands.command(point.name)(brought)
        return
    single = brought.registered_commands if not brought.registered_groups and not brought.registered_callback else []
    if len(single) == 1 and single[0].callback is not None:
        commands.command(point.name)(single[0].callback)
    else:
        commands.add_typer(brought, name=point.name)


def announce(commands: typer.Typer, point: EntryPoint) -> None:
    """Lists a command in the help without importing it."""
    commands.command(point.name, help=f"See: comptoir {point.name} --help")(lambda: None)


def build(asked: str) -> typer.Typer:
    """The command line with what `asked`, the first word of it, needs."""
    commands = typer.Typer(name="comptoir", add_completion=False, pretty_exceptions_enable=False)
    commands.callback()(orchestration)
    commands.command("doctor")(doctor)
    commands.command("scan")(scan)
    commands.command("app")(start_app)
    commands.command("run")(run)
    for name, point in sorted(brought_commands().items()):
        if name == asked:
            attach(commands, point)
        else:
            announce(commands, point)
    return commands


def orchestration() -> None:
    """Order orchestration for retailers with stores."""


def refuse(sentence: str) -> int:
    print(f"comptoir: {' '.join(sentence.split())}", file=sys.stderr)
    return EXIT_REFUSED


def execute(arguments: Sequence[str]) -> int:
    """Runs one command line and returns its exit code; a bug still ends in its traceback."""
    words = list(arguments) or ["--help"]
    try:
        answer = build(words[0])(args=words, prog_name="comptoir", standalone_mode=False)
    except TyperException as refusal:
        return refuse(refusal.format_message())
    except OSError as fault:
        return refuse(f"{fault.filename}: {fault.strerror}" if fault.filename else str(fault))
    except typer.Abort:
        return refuse("interrupted")
    return answer if isinstance(answer, int) else 0


def main() -> None:
    sys.exit(execute(sys.argv[1:]))


if __name__ == "__main__":
    main()
