"""A retailer with a thousand tablets: many stores of one brand, each with its stock, its orders and its people."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert

from core.contract.sync import Enrolment
from core.domain.fulfilment import Fulfilment, Line
from core.domain.permissions import ROLES, Role
from core.service import devices, sessions
from core.store import documents, feed
from core.store import tables as t
from core.store.database import Database
from sync.identity import Credentials
from sync.signing import SeedSigner
from tests.support.core import ADDRESS, build_world

LINES, UNITS = 10, 20  # of an order
SIGNERS = ("head", "a long password")


@dataclass(frozen=True)
class Size:
    """`shelf`: articles a store keeps, of `skus` in the catalogue. Every tablet has an order of its own to pick."""

    stores: int = 200
    per_store: int = 5
    skus: int = 20_000
    shelf: int = 1_000


@dataclass(frozen=True)
class Paired:
    """A tablet that was enrolled and knows nothing yet. `work`: (fulfilment, line) for each scan it can make."""

    credentials: Credentials
    seed: bytes
    user_id: str
    work: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Retailer:
    """`office`: a token of head office."""

    tablets: Sequence[Paired]
    stores: Sequence[str]
    office: str


def fill(database: Database, size: Size) -> Retailer:
    at, world = datetime.now(UTC), build_world(database)
    skus = [f"A{number:06d}" for number in range(size.skus)]
    _put_catalogue(database, world.division, skus)
    stores = [f"loc-{number:03d}" for number in range(size.stores)]
    tablets: list[Paired] = []
    for number, store in enumerate(stores):
        start = number * 37 % max(1, size.skus - size.shelf)
        _put_store(database, world.division, store, skus[start : start + size.shelf])
        made = [
            _order(world.division, store, str(tablet), skus[start : start + LINES], at)
            for tablet in range(size.per_store)
        ]
        with database.write() as connection:
            _put_orders(connection, made, at)
            devices.keep_code(connection, f"CODE{number:04d}", store, at, reusable=True)
        tablets += [_paired(database, f"CODE{number:04d}", (store, one), world.ana, at) for one in made]
    return Retailer(tablets, stores, _head_office(database, at))


def _put_catalogue(database: Database, division_id: str, skus: Sequence[str]) -> None:
    of = {"product_id": "prod-1", "division_id": division_id, "price_minor": 1990, "currency": "EUR", "weight_g": 200}
    variants = [of | {"id": sku, "colour": "Blue", "size": "SMLX"[place % 4]} for place, sku in enumerate(skus)]
    codes = [{"division_id": division_id, "gtin": f"{place:014d}", "sku": sku} for place, sku in enumerate(skus)]
    with database.write() as connection:
        connection.execute(insert(t.variants), variants)
        connection.execute(insert(t.barcodes), codes)
        feed.mark_many(connection, feed.catalogue_part(division_id), "variant", skus)


def _put_store(database: Database, division_id: str, store: str, skus: Sequence[str]) -> None:
    of = {"account_id": "acc", "code": store.upper(), "name": store, "kind": "store", "zones": ["A", "B"]}
    shelf = [
        {"location_id": store, "sku": sku, "on_hand": 500, "reserved": UNITS * 10, "zone": "A", "place": f"A-{place}"}
        for place, sku in enumerate(skus)
    ]
    with database.write() as connection:
        connection.execute(insert(t.locations), [of | {"id": store}])
        connection.execute(insert(t.location_divisions), [{"location_id": store, "division_id": division_id}])
        connection.execute(insert(t.positions), shelf)
        feed.mark(connection, feed.store_part(store), "location", store)
        feed.mark(connection, feed.store_part(store), "user", "usr-ana")
        feed.mark_many(connection, feed.stock_part(store), "position", skus)


def _order(division_id: str, store: str, name: str, skus: Sequence[str], at: datetime) -> Fulfilment:
    id = f"{store}-{name}"
    lines = tuple(Line(f"{id}-{n}", f"ord-{id}-{n}", sku, UNITS, name="Shirt") for n, sku in enumerate(skus))
    return Fulfilment(
        id, f"N-{id}", "A1B2", f"ord-{id}", id, division_id, store, "standard", "post", at, at, ADDRESS, lines
    )


def _put_orders(connection: object, made: Sequence[Fulfilment], at: datetime) -> None:
    from sqlalchemy import Connection

    assert isinstance(connection, Connection)
    for one in made:
        order = {"id": one.order_id, "account_id": "acc", "division_id": one.division_id, "number": one.id}
        times = {"placed_at": at, "received_at": at, "target_at": at}
        connection.execute(insert(t.orders), [order | times | {"channel": "web", "currency": "EUR", "ship_to": {}}])
        lines = [
            {"id": line.order_line_id, "order_id": one.order_id, "position": place, "sku": line.sku, "quantity": UNITS}
            for place, line in enumerate(one.lines)
        ]
        connection.execute(insert(t.order_lines), lines)
    documents.save_new(connection, made)


def _paired(database: Database, code: str, of: tuple[str, Fulfilment], user_id: str, at: datetime) -> Paired:
    store, order = of
    seed = hashlib.sha256(order.id.encode()).digest()
    applicant = devices.Applicant(code, order.id, public_key=SeedSigner(seed).public_key)
    made = devices.enrol(database, applicant, at)
    assert isinstance(made, Enrolment), made
    tokens = (made.company_prefix, made.access_token, made.refresh_token, made.core_key)
    known = Credentials("", made.device_id, made.device_number, store, *tokens)
    work = [(order.id, line.id) for _ in range(UNITS) for line in order.lines]
    return Paired(known, seed, user_id, work)


def _head_office(database: Database, at: datetime) -> str:
    login, password = SIGNERS
    with database.write() as connection:
        role = {"id": "r-head", "account_id": "acc", "name": "head"}
        connection.execute(insert(t.roles), [role | {"permissions": [str(p) for p in ROLES[Role.HEAD_OFFICE]]}])
        user = {"id": "usr-head", "account_id": "acc", "login": login, "name": "Head", "created_at": at}
        connection.execute(insert(t.users), [user | {"password_hash": sessions.hash_secret(password)}])
        connection.execute(insert(t.assignments), [{"id": "as-head", "user_id": "usr-head", "role_id": "r-head"}])
    session = sessions.sign_in(database, login, password, at)
    assert isinstance(session, sessions.Session)
    return session.token
