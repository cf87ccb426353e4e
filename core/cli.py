"""The commands of the core: serve, demo data, imports, pairing codes, and why an order went where it went.

Every command brings its database up to date before it works. With `--json` it prints one JSON document; what cannot be
done is one line on standard error and exit code 2. Heavy imports stand inside: `comptoir --help` needs none of them.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.exceptions import TyperException

if TYPE_CHECKING:
    from core.service.telling import Translations
    from core.store.database import Database

LOCALES = Path(__file__).resolve().parent.parent / "locales"
app = typer.Typer(help="The orchestration core.")

DatabaseUrl = Annotated[
    str, typer.Option("--database", help="sqlite:///path or postgresql://...; default as the core.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "",
    port: Annotated[int, typer.Option(min=-1, max=65_535, help="Port to listen on; 0 takes a free one.")] = -1,
    database: DatabaseUrl = "",
    jobs: Annotated[bool, typer.Option(help="Run timers here too; --no-jobs where workers of their own do.")] = True,
) -> None:
    """Start the core and keep it running."""
    from core.bootstrap import make_outside, make_worker, open_database, read_settings, settled
    from core.http.app import create_app
    from core.http.serving import serve_forever
    from core.jobs import outside
    from core.jobs.worker import running

    with _clear_refusals():
        settings = read_settings()
        settings = replace(
            settings,
            host=host or settings.host,
            port=settings.port if port < 0 else port,
            database_url=database or settings.database_url,
        )
        opened = open_database(settings)
        desks = make_outside(opened) if jobs else []
    with (
        running(make_worker(opened)) if jobs else nullcontext(),
        outside.running(desks),
    ):
        serve_forever(settled(create_app(opened, settings)), settings.host, settings.port)


@app.command()
def worker(database: DatabaseUrl = "") -> None:
    """Run timers and work for later, and nothing else: `python -m core.cli worker`, as many as you like."""
    import signal
    import threading

    from core.bootstrap import make_outside, make_worker
    from core.jobs import outside

    stop = threading.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: stop.set())
    opened = _open(database)
    work = make_worker(opened)
    with _clear_refusals():
        desks = make_outside(opened)
    with outside.running(desks):
        print("The worker runs.", flush=True)
        work.run(stop)


def demo_data(
    scale: Annotated[str, typer.Option(help="small, medium or large.")] = "small",
    seed: Annotated[int, typer.Option(help="The same seed makes the same retailer.")] = 1,
    reset: Annotated[bool, typer.Option("--reset", help="Replace everything that is in the database.")] = False,
    database: DatabaseUrl = "",
    as_json: AsJson = False,
) -> None:
    """Fill the database with a demo retailer; once it is there, change nothing."""
    from core.demo.load import DemoRefused, Wanted, load
    from core.demo.scale import SCALES

    if scale not in SCALES:
        raise TyperException(f"there is no scale {scale!r}: use {', '.join(SCALES)}")
    say = _nothing if as_json else _progress
    try:
        summary = load(_open(database), Wanted(scale, seed, datetime.now(UTC), reset), say)
    except DemoRefused as refused:
        raise TyperException(str(refused)) from refused
    if as_json:
        print(json.dumps(asdict(summary)))
        return
    print("The demo retailer is there." if summary.created else "The demo retailer was there already.")
    print(", ".join(f"{count:,} {name}" for name, count in summary.counts.items()))
    for login in summary.logins:
        print(f"{login['store_name'] or 'Head office':24} {login['name']:24} {login['login']:18} {login['secret']}")
    for pairing in summary.pairing:
        print(f"{pairing['store']:24} pairing code {pairing['code']}")


def demo_order(
    store: Annotated[str, typer.Option(help="Code of the store, for example LYO1.")],
    count: Annotated[int, typer.Option(min=1, max=1_000, help="How many.")] = 1,
    database: DatabaseUrl = "",
    as_json: AsJson = False,
) -> None:
    """Place a new order of a demo customer, right now: the store's tablets show it within a second."""
    from core.demo.load import DemoRefused, place_demo_order

    opened = _open(database)
    try:
        made = [place_demo_order(opened, store, datetime.now(UTC)) for _ in range(count)]
    except DemoRefused as refused:
        raise TyperException(str(refused)) from refused
    numbers = [one.number for one in made if one is not None]
    if not numbers:
        raise TyperException(f"the shelves of {store} are empty: no order can be placed")
    print(json.dumps({"orders": numbers}) if as_json else "\n".join(numbers))


def import_files(
    kind: Annotated[str, typer.Argument(help="products, stock, stock-full, stock-delta, orders or customers.")],
    file: Annotated[Path, typer.Argument(help="CSV in UTF-8, also gzipped.")],
    mapping: Annotated[str, typer.Option(help="How to read a foreign file: online-retail.")] = "",
    database: DatabaseUrl = "",
    as_json: AsJson = False,
) -> None:
    """Import a file; refused rows are reported with line, reason and remedy. Exit code 1 when rows were refused."""
    from core.service.cause import office_cause
    from core.service.imports.engine import Errand
    from core.service.imports.kinds import Asked, import_file
    from core.service.refusal import Refusal

    at = datetime.now(UTC)
    errand = Errand(file.name, office_cause(at), lambda: datetime.now(UTC), mapping=mapping)
    with file.open("rb") as stream:
        report = import_file(_open(database), Asked(kind, mapping), stream, errand)
    if isinstance(report, Refusal):
        raise TyperException(f"{report.code}: {report.remedy}")
    if as_json:
        print(json.dumps(report.as_json(), ensure_ascii=False))
    else:
        print(f"{report.rows:,} rows; " + ", ".join(f"{count:,} {name}" for name, count in report.counts.items()))
        print(f"{report.refused:,} refused" + "".join(f"; {n:,} {code}" for code, n in report.by_code.items()))
        for one in report.refusals[:20]:
            print(f"line {one.line}: {one.code} {one.field} {one.value!r}. {one.remedy}")
    if report.code:
        raise TyperException(f"{file}: {report.message}")
    if report.refused:
        raise typer.Exit(1)


def source(
    order: Annotated[str, typer.Argument(help="Number or id of the order, or the text of a code of ours.")],
    explain: Annotated[bool, typer.Option("--explain", help="Say for every location why, or why not.")] = False,
    story: Annotated[bool, typer.Option("--story", help="Say what happened to it, when, who, where and why.")] = False,
    language: Annotated[str, typer.Option(help="For example fr; default as the environment.")] = "",
    database: DatabaseUrl = "",
    as_json: AsJson = False,
) -> None:
    """Show where an order goes, and why."""
    from core.service.events import timeline
    from core.service.order_codes import order_id_of
    from core.service.promise_orders import promise_of
    from core.service.promise_telling import sentences
    from core.service.sourcing import decisions_of

    with _open(database).read() as connection:
        order_id = order_id_of(connection, order)
        decisions = decisions_of(connection, order_id) if order_id else []
        entries = timeline(connection, order_id) if story and order_id else []
        promised = promise_of(connection, order_id) if order_id else None
    if not order_id:
        raise TyperException(f"there is no order {order!r}")
    if as_json:
        print(json.dumps({"order": order, "decisions": decisions}, default=str, ensure_ascii=False))
        return
    translate = _translations(language)
    for decision in decisions:
        _show_decision(decision, explain, translate)
    if explain and promised is not None:
        print("\n".join(sentences(translate, promised.explanation)))
    if story:
        _show_story(entries, translate)


def enrolment_code(
    store: Annotated[str, typer.Option(help="Code of the store, for example LYO1.")],
    reusable: Annotated[bool, typer.Option("--reusable", help="Pairs any number of tablets; for demos only.")] = False,
    svg: Annotated[Path | None, typer.Option(help="Write the QR code to this file.")] = None,
    database: DatabaseUrl = "",
    as_json: AsJson = False,
) -> None:
    """Make a code that pairs a tablet with a store."""
    from core.service import enrolment
    from core.service.refusal import Refusal

    at = datetime.now(UTC)
    with _open(database).write() as connection:
        made = enrolment.create(connection, store, at, reusable=reusable)
    if isinstance(made, Refusal):
        raise TyperException(f"there is no location with the code {store!r}")
    if svg is not None:
        svg.write_bytes(enrolment.qr_image(made.payload, "svg"))
    if as_json:
        print(json.dumps(asdict(made), default=str))
    else:
        print(f"{made.code}  ({made.payload}, until {made.expires_at:%Y-%m-%d %H:%M} UTC)")


def _show_decision(decision: Any, explain: bool, _: "Translations") -> None:
    from core.service import telling

    print(f"{decision['decided_at']:%Y-%m-%d %H:%M} {decision['kind']}")
    lines = telling.headline(_, decision)
    if explain:
        lines += telling.explanation(_, decision)
    print("\n".join(f"  {line}" for line in lines))


def _show_story(entries: Sequence[Any], _: "Translations") -> None:
    from core.contract.story_words import sentence

    for entry in entries:
        facts = (sentence(_, entry.code, entry.params), entry.user, entry.location, entry.reason)
        print(f"{entry.at:%Y-%m-%d %H:%M:%S}  " + " · ".join(fact for fact in facts if fact))


def _translations(language: str) -> "Translations":
    """Sentences of the core in this language, "" is that of the environment; in English where it is not known."""
    import gettext

    from core.service.telling import Translations

    languages = [language] if language else None
    return Translations(gettext.translation("messages", LOCALES, languages, fallback=True))


def _open(url: str) -> "Database":
    from core.bootstrap import open_database, read_settings

    with _clear_refusals():
        settings = read_settings()
        return open_database(replace(settings, database_url=url or settings.database_url))


@contextmanager
def _clear_refusals() -> Iterator[None]:
    """A setting that means nothing and a database that does not answer are one line, not a traceback."""
    from core.settings import SettingInvalid
    from core.store.database import DatabaseUnusable

    try:
        yield
    except SettingInvalid as fault:
        raise TyperException(str(fault)) from fault
    except DatabaseUnusable as fault:
        raise TyperException(f"the database cannot be opened: {fault}") from fault


def _progress(step: str) -> None:
    print(step, file=sys.stderr)


def _nothing(_: str) -> None:
    """Where only the JSON document may be printed."""


if __name__ == "__main__":
    app()
