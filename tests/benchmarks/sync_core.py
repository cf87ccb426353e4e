"""A core with two stores to sync: one whose brand has a catalogue of 100,000 articles, one with a million."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from typing import Any

import jwt
from fastapi import FastAPI
from sqlalchemy import insert, select

from core.contract.commands import Command, How, ScanItem
from core.service.devices import Device
from core.store import feed
from core.store import tables as t
from core.store.database import Database
from core.store.tables.device import SIGNING_KEY
from tests.benchmarks.store_files import gtin_of
from tests.support.core import NOW, Sender, World, build_world, put, put_device, put_fulfilment

SCANS_PER_ORDER = 10
AT_ONCE = 50_000
BRANDS = ("Nordlys", "Atelier Seine", "Comptoir")
NOUNS = ("shirt", "trousers", "dress", "coat", "scarf", "belt", "shoe", "bag", "jumper", "skirt")
STYLES = ("linen", "wool", "slim", "wide", "long", "short", "classic", "sport", "evening", "summer", "rain")
COLOURS = ("black", "white", "navy", "green", "red", "sand", "grey")


def core_app(url: str) -> FastAPI:
    """As the core is served, by a clock that stands still: tokens last as long as the bench."""
    from core.bootstrap import settled
    from core.http.app import create_app

    return settled(create_app(Database(url), now=lambda: NOW))


def token_of(database: Database, device: Device) -> str:
    with database.read() as connection:
        key = connection.execute(select(t.secrets.c.value).where(t.secrets.c.name == SIGNING_KEY)).scalar_one()
    lasts_until = int((NOW + timedelta(days=1)).timestamp())
    return str(jwt.encode({"sub": device.id, "exp": lasts_until}, key, algorithm="HS256"))


def fill(database: Database, articles: Sequence[int]) -> tuple[World, list[Device]]:
    """A brand, a store and a tablet for each number of articles, beside the small world with its orders."""
    world = build_world(database)
    devices = []
    with database.write() as connection:
        for number, _ in enumerate(articles):
            division, location = f"brand-{number}", f"store-{number}"
            put(connection, t.divisions, id=division, account_id="acc", code=division, name=division, brand=division)
            put(connection, t.locations, id=location, account_id="acc", code=location, name=location, kind="store",
                zones=[], process={}, active=True)  # fmt: skip
            put(connection, t.location_divisions, location_id=location, division_id=division)
    for number, count in enumerate(articles):
        _articles(database, f"brand-{number}", number, count)
        devices.append(put_device(database, f"store-{number}", 100 + number))
    return world, devices


def _articles(database: Database, division: str, brand: int, count: int) -> None:
    for start in range(0, count, AT_ONCE):
        numbers = range(start, min(count, start + AT_ONCE))
        with database.write() as connection:
            products = [_product(division, brand, n // 4) for n in numbers if n % 4 == 0]
            connection.execute(insert(t.products), products)
            connection.execute(insert(t.variants), [_variant(division, brand, n) for n in numbers])
            codes = [{"division_id": division, "gtin": gtin_of(n), "sku": sku_of(brand, n)} for n in numbers]
            connection.execute(insert(t.barcodes), codes)
            feed.mark_many(connection, feed.catalogue_part(division), "variant", (sku_of(brand, n) for n in numbers))


def sku_of(brand: int, number: int) -> str:
    return f"B{brand}-{number:07d}"


def _product(division: str, brand: int, n: int) -> dict[str, Any]:
    words = (STYLES[n % 11], STYLES[n // 11 % 11], NOUNS[n % 10])
    return {
        "id": f"B{brand}-P{n}", "division_id": division, "name": f"{' '.join(words)} {n % 997}",
        "brand": BRANDS[n % 3], "category": NOUNS[n % 10], "attributes": {},
    }  # fmt: skip


def _variant(division: str, brand: int, n: int) -> dict[str, Any]:
    return {
        "id": sku_of(brand, n), "product_id": f"B{brand}-P{n // 4}", "division_id": division,
        "colour": COLOURS[n // 4 % 7], "size": "SMLX"[n % 4], "price_minor": 990 + n % 97 * 100, "currency": "EUR",
        "weight_g": 300,
    }  # fmt: skip


def change(database: Database, brand: int, numbers: range, price_minor: int) -> None:
    """New prices, as a season brings them."""
    with closing(database.engine.raw_connection()) as raw:
        raw.cursor().executemany(
            "UPDATE variant SET price_minor = ? WHERE id = ?", [(price_minor, sku_of(brand, n)) for n in numbers]
        )
        raw.commit()
    with database.write() as connection:
        ids = [sku_of(brand, n) for n in numbers]
        feed.mark_many(connection, feed.catalogue_part(f"brand-{brand}"), "variant", ids)


def orders(database: Database, world: World, name: str, scans: int) -> list[ScanItem]:
    """Open orders in Lille, and the scans that pick them."""
    found = []
    for number in range(-(-scans // SCANS_PER_ORDER)):
        made = put_fulfilment(database, world, f"{name}-{number}", (SCANS_PER_ORDER // 2, SCANS_PER_ORDER // 2))
        lines = [line for line in made.lines for _ in range(line.quantity)]
        found += [ScanItem(made.id, line.id, 1, How.WEDGE) for line in lines]
    return found[:scans]


def commands_of(device: Device, user: str, scans: Sequence[ScanItem]) -> Iterator[Command]:
    sender = Sender(device, user)
    return (sender.command(scan) for scan in scans)
