"""Device databases filled as the feed fills them: a store with a catalogue of any size, and work to do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.store.database import Database
from app.store.device_store import DeviceStore
from core.contract.reference import Division, Location, Position, User, Variant
from core.contract.sync import MAX_FRAME_ROWS, Commit, Frame, Group, Head, Put
from core.domain.barcodes import check_digit
from core.domain.fulfilment import Address, Fulfilment, Line

OPENING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LOCATION_ID, DIVISION_ID, USER_ID = "store", "division", "associate"
ZONES = ("A", "B", "C", "D", "E", "F")
_BRANDS = ("Nordlys", "Atelier Seine", "Comptoir")
_NAMES = ("shirt", "trousers", "dress", "coat", "scarf", "belt", "shoe", "bag", "jumper", "skirt")
_COLOURS = ("black", "white", "navy", "green", "red", "sand", "grey")


def gtin_of(number: int) -> str:
    body = f"{number + 1_000_000:013d}"
    return body + check_digit(body)


def sku_of(number: int) -> str:
    return f"SKU{number:07d}"


@dataclass(frozen=True)
class Work:
    """Open orders: `lines` of `units` each, `per_order` lines to an order."""

    lines: int
    units: int
    per_order: int


def fill(folder: Path, skus: int, work: Work) -> Database:
    """A device that has just pulled everything of its store."""
    database = Database.open(folder)
    store = DeviceStore(database)
    for group, rows in (
        (Group.MAIN, _main(work, skus)),
        (Group.STOCK, _positions(skus)),
        (Group.CATALOGUE, _variants(skus)),
    ):
        store.apply_pull(group, _frames(rows), OPENING, store.marks())
    return database


def _frames(entities: Iterator[tuple[str, Sequence[Any]]]) -> Iterator[Frame]:
    yield Head(full=True)
    for entity, documents in entities:
        for start in range(0, len(documents), MAX_FRAME_ROWS):
            some = documents[start : start + MAX_FRAME_ROWS]
            yield Put(entity, tuple((document.id, 1, document) for document in some))
    yield Commit("cursor")


def _main(work: Work, skus: int) -> Iterator[tuple[str, Sequence[Any]]]:
    yield "division", [Division(DIVISION_ID, "D", "Division", "Brand", "#123456", "EUR", "FR")]
    street = ("1 Street", "75001", "Paris", "FR", "Europe/Paris")
    yield "location", [Location(LOCATION_ID, "S", "Store", "store", *street, (DIVISION_ID,), ZONES)]
    yield "user", [User(USER_ID, "ana", "Ana", "en", "", ("pick", "pack", "hand_over"))]
    step = max(1, skus // work.lines)
    lines = [_line(number, number * step, work.units) for number in range(work.lines)]
    groups = [lines[start : start + work.per_order] for start in range(0, len(lines), work.per_order)]
    yield "fulfilment", [_fulfilment(number, group) for number, group in enumerate(groups)]


def _line(number: int, article: int, units: int) -> Line:
    return Line(
        f"line{number}", f"order-line{number}", sku_of(article), units, _NAMES[article % len(_NAMES)],
        _COLOURS[article % len(_COLOURS)], "M", gtins=(gtin_of(article),), unit_price_minor=2990, weight_g=300,
    )  # fmt: skip


def _fulfilment(number: int, lines: Sequence[Line]) -> Fulfilment:
    return Fulfilment(
        f"fulfilment{number}", f"NL-{number}-1", f"{number:04d}", f"order{number}", f"NL-{number}", DIVISION_ID,
        LOCATION_ID, "standard", "colis", OPENING + timedelta(hours=number % 24), OPENING,
        Address("Camille Martin", "12 Rue", "75011", "Paris", "FR", "+33 1 23 45 67 89"), tuple(lines),
    )  # fmt: skip


def _positions(skus: int) -> Iterator[tuple[str, Sequence[Any]]]:
    for start in range(0, skus, MAX_FRAME_ROWS):
        numbers = range(start, min(skus, start + MAX_FRAME_ROWS))
        zones = len(ZONES)
        yield (
            "position",
            [Position(sku_of(n), n % 9, 0, 0, 0, 1, ZONES[n % zones], f"{n % 40}-{n % 5}") for n in numbers],
        )


def _variants(skus: int) -> Iterator[tuple[str, Sequence[Any]]]:
    for start in range(0, skus, MAX_FRAME_ROWS):
        yield "variant", [_variant(n) for n in range(start, min(skus, start + MAX_FRAME_ROWS))]


def _variant(n: int) -> Variant:
    brand, name, colour = _BRANDS[n % len(_BRANDS)], _NAMES[n % len(_NAMES)], _COLOURS[n % len(_COLOURS)]
    return Variant(
        sku_of(n), f"P{n // 4}", DIVISION_ID, f"{name} {n // 4}", brand, name, colour, "SMLX"[n % 4], (gtin_of(n),),
        2990, "EUR", 300,
    )  # fmt: skip
