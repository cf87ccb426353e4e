"""A core's database on SQLite and on PostgreSQL, and a small world to put into it."""

import shutil
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from sqlalchemy import Connection, insert, update

from core.contract.commands import Arguments, Command
from core.contract.reference import Variant
from core.domain.fulfilment import Address, Fulfilment, Line
from core.service.devices import Device
from core.store import documents, feed
from core.store import tables as t
from core.store.database import Database
from tests.support.postgres import new_database

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
ADDRESS = Address("Jo", "1 rue", "59000", "Lille", "FR", "06", "jo@example.org")
ON_BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
ALL_PERMISSIONS = ["pick", "pack", "unpack", "hand_over", "claim", "collect"]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that others are copied from."""
    path = tmp_path_factory.mktemp("sqlite-template") / "core.db"
    database = Database(f"sqlite:///{path}")
    database.upgrade()
    database.close()
    return path


def copied(template: Path, path: Path) -> Iterator[Database]:
    """A SQLite database at `path`, filled like the template."""
    shutil.copy(template, path)
    yield from opened(f"sqlite:///{path}")


def copied_in_postgres(template: str, url: str) -> Iterator[Database]:
    """The same in the PostgreSQL at `url`, under a name of its own."""
    with new_database(url, f"t{uuid.uuid4().hex}", template) as made:
        yield from opened(made)


def opened(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.close()


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    yield from copied(sqlite_template, tmp_path / "core.db")


@pytest.fixture
def postgres_database(postgres_url: str, postgres_template: str) -> Iterator[Database]:
    yield from copied_in_postgres(postgres_template, postgres_url)


@pytest.fixture(params=ON_BOTH)
def database(request: pytest.FixtureRequest) -> Database:
    """A migrated, empty database; each test runs on both."""
    return fixture_named(request, f"{request.param}_database")


def fixture_named(request: pytest.FixtureRequest, name: str) -> Database:
    found = request.getfixturevalue(name)
    assert isinstance(found, Database)
    return found


@dataclass(frozen=True)
class World:
    """Two stores of one brand. `ana` may do everything, `leo` has no role, `zoe` works in Lyon only."""

    division: str = "div-nord"
    lille: str = "loc-lille"
    lyon: str = "loc-lyon"
    ana: str = "usr-ana"
    leo: str = "usr-leo"
    zoe: str = "usr-zoe"
    skus: tuple[str, ...] = ("SKU-1", "SKU-2", "SKU-3")


def build_world(database: Database) -> World:
    world = World()
    with database.write() as connection:
        _put_retailer(connection, world)
        _put_people(connection, world)
        _put_goods(connection, world)
    return world


def _put_retailer(connection: Connection, world: World) -> None:
    put(connection, t.accounts, id="acc", name="Nord", company_prefix="3760123", created_at=NOW)
    put(connection, t.divisions, id=world.division, account_id="acc", code="NORD", name="Nord", brand="Nord",
        colour="#224466", currency="EUR", country="FR", process={}, version=1)  # fmt: skip
    feed.mark(connection, feed.ORG, "division", world.division)
    for id, town in ((world.lille, "Lille"), (world.lyon, "Lyon")):
        put(connection, t.locations, id=id, account_id="acc", code=town.upper(), name=town, kind="store",
            street="1 rue", postcode="59000", town=town, country="FR", timezone="Europe/Paris", zones=["A", "B"],
            process={}, phone="",
            latitude=0.0, longitude=0.0, demo=False, active=True, priority=0, version=1)  # fmt: skip
        put(connection, t.location_divisions, location_id=id, division_id=world.division)
        feed.mark(connection, feed.store_part(id), "location", id)
    put(connection, t.reasons, id="not_found", account_id="acc", usage="short", labels={"en": "Not found"},
        effect="zero", target="on_hand", collateral=True, position=1, active=True)  # fmt: skip
    put(connection, t.carriers, id="car-post", account_id="acc", code="post", name="Post", services=["standard"],
        pickup_time="17:00", gs1_prefix="", active=True)  # fmt: skip
    put(connection, t.packagings, id="box-s", account_id="acc", labels={"en": "Small box"}, length_mm=200, width_mm=150,
        height_mm=100, tare_g=80, position=1, active=True)  # fmt: skip
    for entity, id in (("reason", "not_found"), ("carrier", "car-post"), ("packaging", "box-s")):
        feed.mark(connection, feed.ORG, entity, id)


def _put_people(connection: Connection, world: World) -> None:
    put(connection, t.roles, id="role-all", account_id="acc", name="Associate", permissions=ALL_PERMISSIONS)
    for id, name in ((world.ana, "Ana"), (world.leo, "Leo"), (world.zoe, "Zoe")):
        put(connection, t.users, id=id, account_id="acc", login=name.lower(), name=name, language="fr", pin_hash="",
            password_hash="", active=True, demo_pin="", version=1, created_at=NOW)  # fmt: skip
    put(connection, t.assignments, id="as-ana", user_id=world.ana, role_id="role-all")
    put(connection, t.assignments, id="as-zoe", user_id=world.zoe, role_id="role-all", location_id=world.lyon)
    for location, people in ((world.lille, [world.ana]), (world.lyon, [world.ana, world.zoe])):
        feed.mark_many(connection, feed.store_part(location), "user", people)


def _put_goods(connection: Connection, world: World) -> None:
    put(connection, t.products, id="prod-1", division_id=world.division, code="P1", name="Shirt", brand="Nord",
        category_id="", category="Shirts", description="", attributes={}, version=1)  # fmt: skip
    for number, sku in enumerate(world.skus):
        put(connection, t.variants, id=sku, product_id="prod-1", division_id=world.division, colour="Blue", size="M",
            price_minor=1990, currency="EUR", weight_g=200, image="", active=True, version=1)  # fmt: skip
        put(connection, t.barcodes, division_id=world.division, gtin=f"0376012300000{number}", sku=sku, position=0)
        feed.mark(connection, feed.catalogue_part(world.division), "variant", sku)
        for location in (world.lille, world.lyon):
            put(connection, t.positions, location_id=location, sku=sku, on_hand=10, reserved=0, picked=0,
                unavailable=0, safety=0, zone="A", place=f"A-{number}", version=1)  # fmt: skip
            feed.mark(connection, feed.stock_part(location), "position", sku)


def put(connection: Connection, table: Any, **values: Any) -> None:
    connection.execute(insert(table).values(**values))


def put_order(connection: Connection, world: World, number: str, quantities: dict[str, int]) -> str:
    """A received order, not sourced. Returns its id."""
    order_id = f"ord-{number}"
    put(connection, t.orders, id=order_id, account_id="acc", division_id=world.division, number=number, channel="web",
        state="received", hold="", service_level="standard", carrier="post", currency="EUR", total_minor=0,
        ship_to=asdict(ADDRESS), gift_message="", options={}, placed_at=NOW, received_at=NOW,
        target_at=NOW + timedelta(hours=4), version=1)  # fmt: skip
    for position, (sku, quantity) in enumerate(quantities.items()):
        put(connection, t.order_lines, id=f"{order_id}-{position}", order_id=order_id, position=position, sku=sku,
            quantity=quantity, cancelled=0, name="Shirt", unit_price_minor=1990)  # fmt: skip
    return order_id


def put_fulfilment(
    database: Database, world: World, id: str = "f-1", quantities: tuple[int, ...] = (2, 1)
) -> Fulfilment:
    """An open fulfilment in Lille, one line per quantity, its stock reserved; its order is `ord-<id>`."""
    wanted = dict(zip(world.skus, quantities, strict=False))
    with database.write() as connection:
        order_id = put_order(connection, world, id, wanted)
        lines = tuple(
            Line(f"{id}-l{n}", f"{order_id}-{n}", sku, quantity, name="Shirt", gtins=(f"0376012300000{n}",))
            for n, (sku, quantity) in enumerate(wanted.items())
        )
        made = Fulfilment(
            id, f"N-{id}", "A1B2", order_id, id, world.division, world.lille, "standard", "post",
            NOW + timedelta(hours=4), NOW, ADDRESS, lines,
        )  # fmt: skip
        documents.save(connection, None, made)
        for line in lines:
            p = t.positions.c
            reserve = update(t.positions).where(p.location_id == world.lille, p.sku == line.sku)
            connection.execute(reserve.values(reserved=p.reserved + line.quantity))
            feed.mark(connection, feed.stock_part(world.lille), "position", line.sku)
    return made


def put_device(database: Database, location_id: str, number: int = 1) -> Device:
    device = Device(f"dev-{number}", number, location_id, "Tablet")
    with database.write() as connection:
        put(connection, t.devices, id=device.id, number=number, location_id=location_id, name=device.name,
            state="active", enrolled_at=NOW)  # fmt: skip
    return device


def put_offer(database: Database, world: World, id: str = "off-1") -> dict[str, str]:
    """An open offer to both stores. Returns the ids of its copies, by location."""
    copies = {location: f"{id}-{location}" for location in (world.lille, world.lyon)}
    with database.write() as connection:
        put(connection, t.offers, id=id, order_id="", order_number="1", units=1, value_minor=100, currency="EUR",
            target_at=NOW + timedelta(hours=4), expires_at=NOW + timedelta(minutes=30), state="open", winner="",
            taken_by="")  # fmt: skip
        for location, copy_id in copies.items():
            put(connection, t.offer_copies, id=copy_id, offer_id=id, location_id=location)
            feed.mark(connection, feed.store_part(location), "offer", copy_id)
    return copies


class Sender:
    """Makes the commands of one device, numbered in order."""

    def __init__(self, device: Device, user_id: str) -> None:
        self.device, self.user_id, self._seq = device, user_id, 0

    def command(self, arguments: Arguments, **changes: Any) -> Command:
        self._seq += 1
        made = Command(
            f"{self.device.id}-c{self._seq}", self._seq, type(arguments).__name__, 1, self.user_id, NOW, arguments
        )
        return replace(made, **changes)


_VARIANTS = TypeAdapter(Variant)


def variant_of(body: bytes) -> Variant:
    """Of the feed, where it is JSON already."""
    return _VARIANTS.validate_json(body)
