"""A real device database with a small store in it, filled through the feed as a core would fill it."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.store import documents, outbox
from app.store.database import Database, driver
from app.store.device_store import DeviceStore
from app.store.intents import Stamp
from core.contract import reference as ref
from core.contract.commands import How, ScanItem
from core.contract.sync import Answer, Commit, Delete, Frame, Group, Head, PushAnswer, Put, VerdictDocument
from core.domain.fulfilment import Address, Fulfilment, Line
from core.domain.outcome import Verdict

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ADDRESS = Address("Ada Lovelace", "Rue de la Paix 1", "75002", "Paris", "FR")
LOCATION = ref.Location(
    "paris",
    "P1",
    "Paris Opéra",
    "store",
    "Rue Scribe 1",
    "75009",
    "Paris",
    "FR",
    "Europe/Paris",
    ("maison",),
    ("A", "B"),
)
DIVISION = ref.Division("maison", "MA", "Maison", "Maison", "#224466", "EUR", "FR")
USERS = (
    ref.User("ann", "ann", "Ann", "en", "", ("pick", "pack", "hand_over")),
    ref.User("bob", "bob", "Bob", "fr", "", ("pick", "pack", "hand_over", "unpack", "claim")),
)
REASONS = (
    ref.Reason("not_found", "short", {"en": "Not found", "fr": "Introuvable"}, ref.StockEffect.MINUS, position=1),
    ref.Reason("damaged", "short", {"en": "Damaged", "fr": "Abîmé"}, ref.StockEffect.MINUS, ref.StockTarget.ON_HAND),
)
CARRIERS = (ref.Carrier("colissimo", "COL", "Colissimo", ("standard", "express"), "17:00"),)
PACKAGINGS = (
    ref.Packaging("box_s", {"en": "Small box", "fr": "Petit carton"}, 300, 200, 100, 120, 1),
    ref.Packaging("box_l", {"en": "Large box", "fr": "Grand carton"}, 600, 400, 300, 400, 2),
)


def gtin(number: int) -> str:
    """14 digits; the check digit is not right."""
    return f"{number:014}"


def variant(number: int, **changes: Any) -> ref.Variant:
    plain = ref.Variant(
        f"sku{number}", f"product{number // 3}", "maison", f"Linen shirt {number}", "Maison", "shirts", "Écru", "M",
        (gtin(number),), 4990, "EUR", 250,
    )  # fmt: skip
    return replace(plain, **changes)


def large() -> list[ref.Variant]:
    """Articles whose file has several pieces: it is full of what cannot be made smaller."""

    def image(number: int) -> str:
        return "".join(hashlib.sha512(f"{number}-{m}".encode()).hexdigest() for m in range(40))

    return [variant(number, image=image(number)) for number in range(1300)]


def position(number: int, **changes: Any) -> ref.Position:
    return replace(ref.Position(f"sku{number}", 5, 2, 0, 0, 0, "A", f"A-{number}"), **changes)


def fulfilment(number: int, quantities: tuple[int, ...] = (2, 1), **changes: Any) -> Fulfilment:
    """`f{number}` with lines `l{number}-{index}` of sku0, sku1 ..."""
    lines = tuple(
        Line(f"l{number}-{i}", f"ol{number}-{i}", f"sku{i}", q, f"Linen shirt {i}", "Écru", "M", gtins=(gtin(i),))
        for i, q in enumerate(quantities)
    )
    plain = Fulfilment(
        f"f{number}", f"FR-{1000 + number}-1", f"A{number:03}", f"o{number}", f"FR-{1000 + number}", "maison", "paris",
        "standard", "colissimo", NOW + timedelta(hours=number), NOW - timedelta(days=1), ADDRESS, lines,
    )  # fmt: skip
    return replace(plain, **changes)


def put(entity: str, *bodies: Any, ver: int = 1) -> Put:
    return Put(entity, tuple((body.id, ver, body) for body in bodies))


def stream(*frames: Put | Delete, cursor: str = "c1", full: bool = False) -> list[Frame]:
    return [Head(full), *frames, Commit(cursor)]


def fill(store: DeviceStore, orders: int = 3, articles: int = 6) -> None:
    """First pulls of the three groups: fulfilments f1..f{orders}, articles sku0..sku{articles - 1}."""
    main = (
        put("division", DIVISION),
        put("location", LOCATION),
        put("user", *USERS),
        put("reason", *REASONS),
        put("carrier", *CARRIERS),
        put("packaging", *PACKAGINGS),
        put("fulfilment", *(fulfilment(n) for n in range(1, orders + 1))),
    )
    apply(store, Group.MAIN, *main, full=True)
    apply(store, Group.STOCK, put("position", *(position(n) for n in range(articles))), full=True)
    apply(store, Group.CATALOGUE, put("variant", *(variant(n) for n in range(articles))), full=True)


def apply(store: DeviceStore, group: Group, *frames: Put | Delete, cursor: str = "c1", full: bool = False) -> None:
    pulled = store.apply_pull(group, stream(*frames, cursor=cursor, full=full), NOW, store.marks())
    assert pulled is not None


def stamp(number: int, user_id: str = "ann") -> Stamp:
    return Stamp(f"command-{number}", f"intent-{number}", user_id, NOW + timedelta(seconds=number))


def scan(database: Database, number: int, line: str = "l1-0", order: str = "f1") -> None:
    with database.write() as connection:
        outbox.submit(connection, ScanItem(order, line, 1, How.WEDGE), stamp(number))


def picked(database: Database, order: str = "f1") -> list[int]:
    with database.read() as connection:
        found = documents.fulfilment(connection, order)
    assert found is not None
    return [line.picked for line in found.lines]


def verdict(number: int, kind: Verdict = Verdict.ACCEPTED, code: str = "picked") -> VerdictDocument:
    return VerdictDocument(f"command-{number}", kind, code, {"surplus": 1}, NOW)


def answers(*numbers: int, verdict: Verdict | None = Verdict.ACCEPTED) -> PushAnswer:
    return PushAnswer(tuple(Answer(f"command-{n}", verdict, after_ms=500) for n in numbers), NOW + timedelta(minutes=2))


def states(database: Database) -> list[str]:
    with database.read() as connection:
        return [row[0] for row in driver(connection).execute("SELECT state FROM command ORDER BY seq")]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(tmp_path / "device")
    yield opened
    opened.close()


@pytest.fixture
def store(database: Database) -> DeviceStore:
    """The device's store after its first pulls; `database` is the same one."""
    filled = DeviceStore(database)
    fill(filled)
    return filled
