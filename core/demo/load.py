"""Puts the demo retailer into a database: once, the same for a seed, with orders aged relative to now."""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select, update

from core.demo import delivery, fetching, network, reference
from core.demo.articles import Article, articles
from core.demo.channels import put_channels
from core.demo.network import ACCOUNT, Person, Place
from core.demo.offers import put_offers
from core.demo.orders import Wish, place_order
from core.demo.scale import SCALES, Scale
from core.demo.showcase import showcase, wishes
from core.demo.stock import position_rows
from core.service.cause import Cause, id_maker
from core.service.devices import CODE_ALPHABET, CODE_LENGTH, keep_code
from core.service.events import Happening, record
from core.service.orders import Received
from core.store import feed
from core.store import tables as t
from core.store.database import Database

CHUNK = 5_000
LOADED = "DemoDataLoaded"
PAIRED_STORES = 3
KEPT = ("sync_clock", "secret", "alembic_version")


class DemoRefused(Exception):
    """The database holds something that is not the demo, or half of it."""


@dataclass(frozen=True, slots=True)
class Summary:
    """`created` is false where the demo was there already. `secret` of a login: PIN or password."""

    created: bool
    scale: str
    seed: int
    counts: Mapping[str, int]
    logins: Sequence[Mapping[str, str]]
    pairing: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """`now`: what ages of orders are relative to. `reset` replaces everything that is in the database."""

    scale_name: str
    seed: int
    now: datetime
    reset: bool = False

    @property
    def scale(self) -> Scale:
        return SCALES[self.scale_name]


def load(database: Database, wanted: Wanted, progress: Callable[[str], None] = lambda _: None) -> Summary:
    """Raises DemoRefused rather than mixing demo and real data."""
    scale, seed, now = wanted.scale, wanted.seed, wanted.now
    if wanted.reset:
        progress("removing what is there")
        empty(database)
    state = _state(database)
    if state is not None:
        return _summary(database, state["scale"], state["seed"], created=False)
    goods: dict[str, list[Article]] = {}
    for article in articles(seed, scale.skus):
        goods.setdefault(article.division_id, []).append(article)
    all_places = network.places(scale)
    persons = network.staff(random.Random(f"{seed}:staff"), all_places)
    progress("brands, places, people")
    with database.write() as connection:
        _put_configuration(connection, now)
        _put_network(connection, seed, all_places, persons, now)
        for place in [place for place in all_places if place.kind == "store"][:PAIRED_STORES]:
            keep_code(connection, pairing_code(seed, place.id), place.id, now, reusable=True)
    progress(f"{scale.skus:,} articles")
    with database.write() as connection:
        _put_goods(connection, goods)
    for number, place in enumerate(all_places, 1):
        if number == 1 or number % 25 == 0 or number == len(all_places):
            progress(f"stock of place {number} of {len(all_places)}")
        with database.write() as connection:
            _put_stock(connection, place, position_rows(seed, place, goods, scale))
    progress("orders")
    _put_orders(database, wanted, all_places, persons)
    progress("what each channel may sell")
    with database.write() as connection:
        put_channels(connection, now, goods)
    if scale.name == "small":
        progress("orders that stores compete for")
        stores = [place for place in all_places if place.kind == "store"]
        with database.write() as connection:
            put_offers(connection, seed, now, stores, lambda topic: _ids(seed, now, topic))
    with database.write() as connection:
        told = {"scale": scale.name, "seed": seed}
        record(connection, Cause(now, now, _ids(seed, now, "end")), [Happening(LOADED, "account", ACCOUNT, data=told)])
    return _summary(database, scale.name, seed, created=True)


def _summary(database: Database, scale: str, seed: int, created: bool) -> Summary:
    places = t.locations.c
    query = select(places.id, places.name).where(places.kind == "store").order_by(places.id).limit(PAIRED_STORES)
    with database.read() as connection:
        pairing = [{"store": row.name, "code": pairing_code(seed, row.id)} for row in connection.execute(query)]
    return Summary(created, scale, seed, counts(database), logins(database), pairing)


def pairing_code(seed: int, location_id: str) -> str:
    """The demo's own: the same for the same seed, usable any number of times."""
    rng = random.Random(f"{seed}:pairing:{location_id}")
    return "".join(rng.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def place_demo_order(database: Database, location_code: str, at: datetime, seed: int | None = None) -> Received | None:
    """A new order for the store right now. None: it has nothing on its shelves. Raises DemoRefused: no such store."""
    rng = random.Random(seed if seed is not None else at.timestamp())
    with database.write() as connection:
        query = select(t.locations.c.id).where(t.locations.c.code == location_code)
        location_id = connection.execute(query).scalar()
        if location_id is None:
            raise DemoRefused(f"there is no location with the code {location_code!r}")
        return place_order(connection, rng, location_id, Wish(at), id_maker(at))


def empty(database: Database) -> None:
    """Everything goes; devices notice by the new epoch that this is another history, and start anew."""
    with database.write() as connection:
        for table in reversed(t.METADATA.sorted_tables):
            if table.name not in KEPT:
                connection.execute(delete(table))
        epoch = random.SystemRandom().getrandbits(64)
        connection.execute(update(t.sync_clocks).values(epoch=f"{epoch:016x}"))


def counts(database: Database) -> dict[str, int]:
    tables = {
        "locations": t.locations, "users": t.users, "skus": t.variants, "positions": t.positions,
        "customers": t.customers, "orders": t.orders, "fulfilments": t.fulfilments,
    }  # fmt: skip
    with database.read() as connection:
        return {
            name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
            for name, table in tables.items()
        }


def logins(database: Database) -> list[dict[str, str]]:
    """Of head office and of the first three stores."""
    u, a, places = t.users.c, t.assignments.c, t.locations.c
    query = (
        select(u.login, u.name, a.role_id, u.demo_pin, places.code, places.name.label("place"))
        .join_from(t.users, t.assignments, a.user_id == u.id)
        .join(t.locations, places.id == a.location_id, isouter=True)
        .order_by(places.id.is_not(None), places.id, u.demo_pin)
        .limit(10)
    )
    with database.read() as connection:
        return [
            {
                "login": row.login,
                "name": row.name,
                "role": row.role_id,
                "store": row.code or "",
                "store_name": row.place or "",
                "secret": row.demo_pin or network.HEAD_OFFICE_PASSWORD,
            }
            for row in connection.execute(query)
        ]


def _state(database: Database) -> Mapping[str, Any] | None:
    with database.read() as connection:
        told = connection.execute(select(t.events.c.data).where(t.events.c.name == LOADED)).scalar()
        accounts = connection.execute(select(t.accounts.c.id)).scalars().all()
    if told is not None:
        return dict(told)
    if accounts:
        raise DemoRefused("the database holds other data, or a demo that was interrupted: use --reset to replace it")
    return None


def _ids(seed: int, at: datetime, topic: str) -> Callable[[], str]:
    return id_maker(at, random.Random(f"{seed}:ids:{topic}").randbytes)


def _insert(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    stream = iter(rows)
    while chunk := list(islice(stream, CHUNK)):
        connection.execute(insert(table), chunk)


def _put_configuration(connection: Connection, now: datetime) -> None:
    account = {"id": ACCOUNT, "name": "Comptoir demo", "company_prefix": reference.COMPANY_PREFIX, "created_at": now}
    _insert(connection, t.accounts, [account])
    owned = {"account_id": ACCOUNT}
    for table, entity, rows in (
        (t.divisions, "division", reference.DIVISIONS),
        (t.carriers, "carrier", reference.CARRIERS),
        (t.packagings, "packaging", reference.PACKAGINGS),
        (t.reasons, "reason", reference.REASONS),
    ):
        known = set(table.columns.keys())
        documents = [{name: _plain(value) for name, value in asdict(row).items() if name in known} for row in rows]
        _insert(connection, table, [document | owned for document in documents])
        feed.mark_many(connection, feed.ORG, entity, [row.id for row in rows])
    _insert(connection, t.carrier_services, delivery.SERVICES)
    _insert(connection, t.delivery_methods, [method | owned for method in delivery.METHODS])
    _insert(connection, t.roles, network.role_rows())


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _put_network(
    connection: Connection, seed: int, all_places: Sequence[Place], persons: Sequence[Person], now: datetime
) -> None:
    _insert(connection, t.locations, network.location_rows(random.Random(f"{seed}:places"), all_places))
    serves = [{"location_id": place.id, "division_id": one} for place in all_places for one in place.division_ids]
    _insert(connection, t.location_divisions, serves)
    _insert(connection, t.users, network.user_rows(seed, persons, now))
    _insert(connection, t.assignments, network.assignment_rows(persons))
    for place in all_places:
        part = feed.store_part(place.id)
        feed.mark(connection, part, "location", place.id)
        feed.mark_many(connection, part, "user", [one.id for one in persons if one.location_id == place.id])


def _put_goods(connection: Connection, goods: Mapping[str, Sequence[Article]]) -> None:
    brands = {division.id: division for division in reference.DIVISIONS}
    for division_id, sold in goods.items():
        brand = brands[division_id]
        categories = sorted({article.category for article in sold})
        rows = [
            {"id": f"{division_id}:{name}", "division_id": division_id, "name": name, "position": position}
            for position, name in enumerate(categories)
        ]
        _insert(connection, t.categories, rows)
        _insert(connection, t.products, _products(sold, brand.brand))
        _insert(connection, t.variants, _variants(sold, brand.currency))
        _insert(connection, t.barcodes, _barcodes(sold))
        feed.mark_many(connection, feed.catalogue_part(division_id), "variant", [article.sku for article in sold])


def _products(sold: Sequence[Article], brand: str) -> Iterator[Mapping[str, Any]]:
    seen: set[str] = set()
    for article in sold:
        if article.product_id not in seen:
            seen.add(article.product_id)
            yield {
                "id": article.product_id,
                "division_id": article.division_id,
                "code": article.product_id,
                "name": article.product_name,
                "brand": brand,
                "category_id": f"{article.division_id}:{article.category}",
                "category": article.category,
            }


def _variants(sold: Sequence[Article], currency: str) -> Iterator[Mapping[str, Any]]:
    names = ("product_id", "division_id", "colour", "size", "price_minor", "weight_g")
    for article in sold:
        yield {"id": article.sku, "currency": currency} | {name: getattr(article, name) for name in names}


def _barcodes(sold: Sequence[Article]) -> Iterator[Mapping[str, Any]]:
    for article in sold:
        for position, gtin in enumerate(article.gtins):
            yield {"division_id": article.division_id, "gtin": gtin, "sku": article.sku, "position": position}


def _put_stock(connection: Connection, place: Place, rows: Iterator[dict[str, Any]]) -> None:
    stream = iter(rows)
    while chunk := list(islice(stream, CHUNK)):
        connection.execute(insert(t.positions), chunk)
        feed.mark_many(connection, feed.stock_part(place.id), "position", [row["sku"] for row in chunk])


def _put_orders(database: Database, asked: Wanted, all_places: Sequence[Place], persons: Sequence[Person]) -> None:
    """Oldest first over all stores, as they would have come in; then what colleagues did with some of them."""
    seed, now, count = asked.seed, asked.now, asked.scale.orders_per_store
    stores = [place for place in all_places if place.kind == "store"]
    wanted = [
        (wish, place)
        for number, place in enumerate(stores)
        for wish in wishes(random.Random(f"{seed}:wishes:{place.id}"), count, now, number)
    ]
    wanted.sort(key=lambda entry: (entry[0].placed_at, entry[1].id))
    rng = random.Random(f"{seed}:orders")
    for number, (wish, place) in enumerate(wanted, 1):
        numbered = Wish(**{**_values(wish), "number": str(100_000 + number)})
        with database.write() as connection:
            place_order(connection, rng, place.id, numbered, _ids(seed, wish.placed_at, f"order:{number}"))
    for place in stores[:3]:
        here = {person.role: person.id for person in persons if person.location_id == place.id}
        with database.write() as connection:
            showcase(connection, place.id, here, now - timedelta(minutes=50), _ids(seed, now, f"deeds:{place.id}"))
    _put_collections(database, asked, all_places, persons)


def _put_collections(database: Database, asked: Wanted, all_places: Sequence[Place], persons: Sequence[Person]) -> None:
    """In the stores that a tablet is paired with; their parcels come from the first warehouse."""
    stores = [place for place in all_places if place.kind == "store"][:PAIRED_STORES]
    sender = next(place for place in all_places if place.kind != "store")
    for number, place in enumerate(stores, 1):
        here = {person.role: person.id for person in persons if person.location_id == place.id}
        rng = random.Random(f"{asked.seed}:collect:{place.id}")
        desk = fetching.Desk(place.id, here, sender.id, number)
        with database.write() as connection:
            fetching.fill(connection, rng, desk, asked.now, lambda topic: _ids(asked.seed, asked.now, f"fetch:{topic}"))


def _values(wish: Wish) -> dict[str, Any]:
    return {name: getattr(wish, name) for name in Wish.__dataclass_fields__}
