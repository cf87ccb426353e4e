from collections import Counter

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select
from stdnum import ean

from core.demo.articles import articles
from core.demo.load import DemoRefused, Wanted, load, place_demo_order
from core.demo.towns import store_towns
from core.domain.fulfilment import to_put_back
from core.domain.stock import line_movements
from core.service.orders import Received
from core.store import documents, feed, render
from core.store import tables as t
from core.store.collections import load_collections
from core.store.database import Database
from tests.support.core import build_world
from tests.support.demo import OPENED, SMALL


def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables but the clocks, which are drawn, and what is secret."""
    with database.read() as connection:
        return {
            table.name: sorted((tuple(map(str, row)) for row in connection.execute(select(table))), key=str)
            for table in t.METADATA.sorted_tables
            if table.name not in ("sync_clock", "stock_rule_clock", "secret", "enrolment_code")
        }


def test_the_small_retailer(database: Database):
    summary = load(database, SMALL)
    assert summary.created
    assert (summary.counts["locations"], summary.counts["skus"]) == (4, 400)
    assert [login["login"] for login in summary.logins][:2] == ["office", "associate.lyo1"]
    with database.read() as connection:
        ids = connection.execute(select(t.fulfilments.c.id)).scalars().all()
        work = list(documents.load_fulfilments(connection, ids).values())
        holds = Counter(fulfilment.hold for fulfilment in work)
        states = Counter(fulfilment.state.value for fulfilment in work)
        positions = {(row.location_id, row.sku): row for row in connection.execute(select(t.positions))}
        offered = connection.execute(
            select(t.offers.c.holder, t.offers.c.lines).where(t.offers.c.state == "open")
        ).all()
        wrong = connection.execute(
            select(func.count())
            .select_from(t.positions)
            .where(t.positions.c.reserved > t.positions.c.on_hand - t.positions.c.unavailable)
        ).scalar_one()
    assert holds["address_check"] == 3
    assert {"open", "picked", "packed", "shipped", "cancelled"} <= set(states)
    assert sum(to_put_back(fulfilment) for fulfilment in work) > 0
    assert any(fulfilment.release_at for fulfilment in work)
    assert any(fulfilment.gift_message for fulfilment in work)
    assert any(len(fulfilment.lines) > 2 for fulfilment in work)
    assert any(line.quantity > 2 for fulfilment in work for line in fulfilment.lines)
    assert any(not fulfilment.ship_to.name.isascii() for fulfilment in work)
    assert any(fulfilment.target_at < OPENED for fulfilment in work if fulfilment.state == "open")
    assert wrong == 0
    claims: Counter[tuple[str, str, str]] = Counter()
    for fulfilment in work:
        for moved in line_movements(None, fulfilment):
            claims[fulfilment.location_id, moved.sku, "reserved"] += moved.movement.reserved
            claims[fulfilment.location_id, moved.sku, "picked"] += moved.movement.picked
    for offer in offered:
        for line in offer.lines:
            claims[offer.holder, line["sku"], "reserved"] += line["units"]
    for (location_id, sku), row in positions.items():
        assert row.reserved == claims[location_id, sku, "reserved"]
        assert row.picked == claims[location_id, sku, "picked"]


def test_the_same_seed_makes_the_same_retailer(sqlite_database: Database, tmp_path):
    other = Database(f"sqlite:///{tmp_path}/other.db")
    other.upgrade()
    for database in (sqlite_database, other):
        load(database, Wanted("small", 7, OPENED))
    first, second = everything(sqlite_database), everything(other)
    other.close()
    for table in first:
        assert first[table] == second[table], table


def test_a_second_load_changes_nothing_and_a_reset_starts_anew(sqlite_demo: Database):
    before = everything(sqlite_demo)
    again = load(sqlite_demo, Wanted("small", 2, OPENED))
    assert (again.created, again.seed) == (False, 1)
    assert everything(sqlite_demo) == before
    with sqlite_demo.read() as connection:
        epoch = feed.current_epoch(connection)
    fresh = load(sqlite_demo, Wanted("small", 2, OPENED, reset=True))
    assert (fresh.created, fresh.seed) == (True, 2)
    with sqlite_demo.read() as connection:
        assert feed.current_epoch(connection) != epoch


def test_real_data_is_never_mixed_with_the_demo(sqlite_database: Database):
    build_world(sqlite_database)
    with pytest.raises(DemoRefused):
        load(sqlite_database, SMALL)


def test_the_demo_pins_open_the_tablet(sqlite_demo: Database):
    with sqlite_demo.read() as connection:
        users = connection.execute(select(t.users).where(t.users.c.demo_pin != "")).all()
    assert {user.demo_pin for user in users} == {"1111", "2222", "3333"}
    for user in users[:3]:
        assert PasswordHasher().verify(user.pin_hash, user.demo_pin)


def test_every_marked_row_can_be_sent_to_a_device(sqlite_demo: Database):
    parts = ["org", "store:store-001", "stock:store-001", "cat:alba", "cat:nordlys"]
    with sqlite_demo.read() as connection:
        by_entity: dict[tuple[str, str], list[str]] = {}
        for change in feed.changes(connection, parts, None):
            by_entity.setdefault((change.part, change.entity), []).append(change.id)
        for (part, entity), ids in by_entity.items():
            assert set(render.bodies(connection, entity, part, ids)) == set(ids), (part, entity)
    assert {entity for _, entity in by_entity} >= {
        "division", "carrier", "packaging", "reason", "location", "user", "fulfilment", "position", "variant",
    }  # fmt: skip


def test_a_live_order_appears_in_the_store_it_was_placed_for(sqlite_demo: Database):
    made = place_demo_order(sqlite_demo, "LYO1", OPENED, seed=5)
    assert isinstance(made, Received)
    with sqlite_demo.read() as connection:
        query = select(t.fulfilments.c.location_id).where(t.fulfilments.c.order_id == made.order_id)
        assert connection.execute(query).scalars().all() == ["store-001"]
    with pytest.raises(DemoRefused):
        place_demo_order(sqlite_demo, "XXX", OPENED)


def test_every_article_has_a_name_a_size_of_its_kind_and_bar_codes_of_its_own():
    made = articles(3, 2_000)
    codes = [gtin for article in made for gtin in article.gtins]
    assert len({article.sku for article in made}) == 2_000
    assert len(set(codes)) == len(codes) > 2_000
    assert all(len(gtin) == 14 and ean.is_valid(gtin[1:]) for gtin in codes)
    assert Counter(article.division_id for article in made) == {"alba": 1_200, "nordlys": 800}
    assert made == articles(3, 2_000)


def test_stores_stand_in_real_towns():
    towns = store_towns(40)
    assert [town.name for town in towns[:3]] == ["Lyon", "Paris", "Lille"]
    assert len({(town.name, town.country) for town in towns}) == 40
    assert all(-10 < town.longitude < 25 and 35 < town.latitude < 60 for town in towns)
    assert {town.timezone for town in towns} >= {"Europe/Paris", "Europe/Zurich"}


def test_customers_fetch_orders_in_every_state(sqlite_demo: Database):
    with sqlite_demo.read() as connection:
        ids = connection.execute(select(t.collections.c.id)).scalars().all()
        here = [one for one in load_collections(connection, ids).values() if one.location_id == "store-001"]
        due = connection.execute(select(t.messages.c.id).where(t.messages.c.due_at.is_not(None))).all()
        refused = connection.execute(select(t.reasons.c.id).where(t.reasons.c.usage == "refuse")).all()
    states = Counter(one.state.value for one in here)
    assert states == {"expected": 4, "arrived": 1, "ready": 4, "expired": 1, "collected": 1}
    assert {one.kind.value for one in here} == {"collect", "ship_to_store", "reservation", "locker"}
    assert {one.division_id for one in here} == {"alba", "nordlys"}
    assert sum(one.waiting is not None for one in here) == 2
    assert any(one.due_minor for one in here)
    assert {part.from_location for one in here for part in one.parts if not part.own} == {"Entrepôt Orléans"}
    assert refused
    assert not due
