from dataclasses import replace

from core.service.catalogue import Article, change_variant, put_articles
from core.store import feed, render
from core.store.database import Database
from tests.support.core import build_world, variant_of

MUG = Article("MUG-B", "div-nord", "MUG", "Mug", colour="blue", gtins=("03760120000010",), price_minor=1290)


def changed(database: Database, since: str) -> dict[str, bool]:
    with database.read() as connection:
        found = feed.changes(connection, [feed.catalogue_part("div-nord")], since)
    return {change.id: change.deleted for change in found}


def snapshot(database: Database) -> str:
    with database.read() as connection:
        return feed.current_snapshot(connection)


def test_what_is_put_twice_is_unchanged_the_second_time(database: Database):
    build_world(database)
    red = replace(MUG, sku="MUG-R", colour="red", gtins=())
    with database.write() as connection:
        assert put_articles(connection, [MUG, red]) == {"created": 2}
    since = snapshot(database)
    with database.write() as connection:
        assert put_articles(connection, [MUG, red]) == {"unchanged": 2}
    assert changed(database, since) == {}


def test_a_new_name_of_the_product_reaches_all_its_variants(database: Database):
    build_world(database)
    red = replace(MUG, sku="MUG-R", colour="red", gtins=())
    with database.write() as connection:
        put_articles(connection, [MUG, red])
    since = snapshot(database)
    with database.write() as connection:
        assert put_articles(connection, [replace(MUG, name="Large mug")]) == {"updated": 1}
        bodies = render.bodies(connection, "variant", "cat:div-nord", ["MUG-B", "MUG-R"])
    assert {variant_of(body).name for body in bodies.values()} == {"Large mug"}
    assert changed(database, since) == {"MUG-B": False, "MUG-R": False}


def test_bar_codes_are_replaced_by_those_given(database: Database):
    build_world(database)
    with database.write() as connection:
        put_articles(connection, [MUG])
        put_articles(connection, [replace(MUG, gtins=("03760120000027", "03760120000010"))])
        (body,) = render.bodies(connection, "variant", "cat:div-nord", ["MUG-B"]).values()
    assert variant_of(body).gtins == ("03760120000027", "03760120000010")


def test_a_variant_is_changed_by_version(database: Database):
    build_world(database)
    with database.write() as connection:
        assert change_variant(connection, "SKU-1", 1, {"price_minor": 5}) is None
        stale = change_variant(connection, "SKU-1", 1, {"price_minor": 6})
        missing = change_variant(connection, "SKU-9", 1, {})
    assert [refused.code if refused else "" for refused in (stale, missing)] == ["stale_version", "variant_unknown"]
