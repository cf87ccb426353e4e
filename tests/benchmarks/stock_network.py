"""A core database with a network of stores that two brands share, and a stock rule of every kind and level."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert

from core.domain.stock_rules import Rule, RuleKind, Scope
from core.service import atp_remake, inbound, stock_book, stock_rules
from core.service.cause import Cause, office_cause
from core.store import tables as t
from core.store.database import Database

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
BRANDS = ("north", "south")
CATEGORIES = ("shirts", "shoes", "bags", "coats", "belts")


def location_of(number: int) -> str:
    return f"store-{number:03d}"


def sku_of(number: int) -> str:
    return f"SKU{number:06d}"


def fill(database: Database, locations: int, skus: int) -> None:
    """Every location has every article."""
    with database.write() as connection:
        _retailer(connection, locations)
        _articles(connection, skus)
        for number in range(locations):
            connection.execute(insert(t.positions), list(_positions(number, skus)))


def _retailer(connection: Connection, locations: int) -> None:
    connection.execute(insert(t.accounts).values(id="acc", name="Bench", created_at=NOW))
    brands = [{"id": id, "account_id": "acc", "code": id, "name": id, "brand": id} for id in BRANDS]
    connection.execute(insert(t.divisions), brands)
    ids = [location_of(number) for number in range(locations)]
    places = [{"id": id, "account_id": "acc", "code": id, "name": id, "kind": "store", "active": True} for id in ids]
    connection.execute(insert(t.locations), [{**place, "zones": [], "process": {}} for place in places])
    shared = [{"location_id": id, "division_id": brand} for id in ids for brand in BRANDS]
    connection.execute(insert(t.location_divisions), shared)


def _articles(connection: Connection, skus: int) -> None:
    categories = [{"id": id, "division_id": BRANDS[0], "name": id, "parent_id": ""} for id in CATEGORIES]
    connection.execute(insert(t.categories), categories)
    of = {"division_id": BRANDS[0], "name": "Article", "attributes": {}}
    products = [{**of, "id": f"P{n}", "category_id": CATEGORIES[n % len(CATEGORIES)]} for n in range(skus)]
    connection.execute(insert(t.products), products)
    variants = [{"id": sku_of(n), "product_id": f"P{n}", "division_id": BRANDS[0]} for n in range(skus)]
    connection.execute(insert(t.variants), variants)


def _positions(location: int, skus: int) -> Iterator[dict[str, Any]]:
    for number in range(skus):
        mixed = location * 7919 + number * 104_729
        on_hand = mixed % 13
        row = {"location_id": location_of(location), "sku": sku_of(number), "on_hand": on_hand}
        yield row | {"reserved": min(on_hand, mixed % 3), "unavailable": int(mixed % 29 == 0), "safety": 0}


def rule_it(database: Database, skus: int) -> str:
    """One channel for each brand, and all rules. Returns the catalogue that is asked."""
    cause = office_cause(NOW)
    with database.write() as connection:
        # Rules first: each change of a rule makes the projection again where there is a catalogue.
        for rule in _rules():
            made = stock_rules.put_rule(connection, cause, rule)
            assert isinstance(made, dict), made
        ids = [_catalogue(connection, cause, brand) for brand in BRANDS]
        for rule in (
            Rule("", RuleKind.EXCLUDE, Scope(category="belts"), ids[0], units=1),
            Rule("", RuleKind.EXCLUDE, Scope(location_id=location_of(5)), ids[0], units=1),
            Rule("", RuleKind.THRESHOLD, Scope(sku=sku_of(7)), ids[0], units=25),
        ):
            stock_rules.put_rule(connection, cause, rule)
        for number in range(0, skus, 5):
            wanted = inbound.Expected(location_of(number % 50), sku_of(number), 40, NOW + timedelta(days=number % 30))
            inbound.expect(connection, cause, wanted)
    _work_off(database, cause)
    return ids[0]


def _work_off(database: Database, cause: Cause) -> None:
    """What workers do after a change that concerns every article."""
    whole = False
    while not whole:
        with database.write() as connection:
            atp_remake.go_on(connection, cause, stock_book.book_of(connection).generation)
        with database.read() as connection:
            whole = stock_book.book_of(connection).whole


def _catalogue(connection: Connection, cause: Cause, brand: str) -> str:
    made = stock_rules.put_catalogue(connection, cause, stock_rules.NewCatalogue(brand, "web", brand, (), 3, 14))
    assert isinstance(made, dict), made
    return str(made["id"])


def _rules() -> Iterator[Rule]:
    yield Rule("", RuleKind.SAFETY, Scope(), basis_points=500)
    yield Rule("", RuleKind.SAFETY, Scope(location_id=location_of(3)), units=2)
    yield Rule("", RuleKind.SAFETY, Scope(category="shoes"), basis_points=1500)
    yield Rule("", RuleKind.SAFETY, Scope(location_of(4), category="bags"), units=4)
    yield Rule("", RuleKind.SAFETY, Scope(sku=sku_of(11)), units=1)
    yield Rule("", RuleKind.SAFETY, Scope(location_of(9), sku_of(11)), units=0)
    yield Rule("", RuleKind.SHARE, Scope(), BRANDS[0], basis_points=7000)
    yield Rule("", RuleKind.SHARE, Scope(category="coats"), BRANDS[1], units=2)
    yield Rule("", RuleKind.INBOUND, Scope(), basis_points=1000)
