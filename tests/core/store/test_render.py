from dataclasses import fields, replace
from typing import Any

import orjson
import pytest
from sqlalchemy import delete, event, update

from app.store.codec import decode
from core.contract.offers import OfferState
from core.contract.reference import Variant
from core.contract.sync import ENTITIES
from core.domain.outcome import Verdict
from core.store import feed, render
from core.store import tables as t
from core.store.database import Database
from tests.support.core import NOW, build_world, put, put_device, put_offer, variant_of


@pytest.fixture
def world(database):
    return build_world(database)


def body(database, entity: str, part: str, id: str):
    with database.read() as connection:
        return render.bodies(connection, entity, part, [id]).get(id)


def test_every_entity_of_the_contract_is_rendered():
    assert {entity for entities in ENTITIES.values() for entity in entities} == set(render.RENDERERS)


@pytest.mark.parametrize("entity", sorted(render.RENDERERS))
def test_an_id_without_a_row_has_no_body(database, world, entity):
    assert body(database, entity, f"store:{world.lille}", "nobody") is None


@pytest.mark.parametrize("entity", ["fulfilment", "offer", "position", "variant"])
def test_rows_are_found_by_their_keys_however_many_a_store_or_a_division_has(tmp_path, entity):
    database = Database(f"sqlite:///{tmp_path / 'core.db'}")
    database.upgrade()
    asked = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def listen(_connection, _cursor, statement, parameters, *_):
        asked.append((statement, parameters))

    with database.read() as connection:
        asked.clear()
        render.bodies(connection, entity, "of:somebody", [f"id-{number}" for number in range(500)])
        raw: Any = connection.connection.driver_connection
        plans = [raw.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall() for statement, values in asked]
    database.close()
    named = {"fulfilment": "fulfilment", "offer": "offer_copy", "position": "position", "variant": "v"}[entity]
    steps = [step for plan in plans for *_, step in plan]
    assert any(step.startswith(f"SEARCH {named} USING INDEX sqlite_autoindex_") for step in steps), steps


def test_a_division_and_a_location_say_what_a_tablet_needs(database, world):
    division = body(database, "division", feed.ORG, world.division)
    assert (division.code, division.brand, division.colour, division.currency) == ("NORD", "Nord", "#224466", "EUR")
    location = body(database, "location", feed.store_part(world.lille), world.lille)
    assert (location.name, location.division_ids, location.zones) == ("Lille", (world.division,), ("A", "B"))


def test_an_offer_is_the_same_for_all_and_shown_to_each_as_its_own(database, world):
    copies = put_offer(database, world)
    with database.write() as connection:
        connection.execute(update(t.offers).values(state="taken", winner=world.lyon))
    for location, copy_id in copies.items():
        offer = body(database, "offer", feed.store_part(location), copy_id)
        assert (offer.id, offer.location_id, offer.state, offer.winner) == (
            copy_id,
            location,
            OfferState.TAKEN,
            world.lyon,
        )
        assert offer.winner_name == "Lyon"


def test_a_user_carries_the_rights_of_the_store_that_looks(database, world):
    assert "pick" in body(database, "user", feed.store_part(world.lyon), world.zoe).permissions
    assert body(database, "user", feed.store_part(world.lille), world.zoe).permissions == ()


def test_a_verdict_belongs_to_the_device_that_asked(database, world):
    device = put_device(database, world.lille)
    with database.write() as connection:
        put(connection, t.processed_commands, id="c-1", device_id=device.id, seq=1, name="ScanItem", user_id="",
            hash="", verdict="accepted", code="picked", params={"remaining": 1}, decided_at=NOW)  # fmt: skip
    own = body(database, "verdict", feed.device_part(device.id), "c-1")
    assert (own.verdict, own.code, own.params, own.decided_at) == (Verdict.ACCEPTED, "picked", {"remaining": 1}, NOW)
    assert body(database, "verdict", feed.device_part("other"), "c-1").code == "id_reuse"


def test_a_variant_brings_all_its_barcodes_in_order(database, world):
    with database.write() as connection:
        put(connection, t.barcodes, division_id=world.division, gtin="00000000000017", sku="SKU-1", position=1)
        connection.execute(update(t.products).values(name='Chemise "Été"\\n\t\u2028'))
    said = body(database, "variant", feed.catalogue_part(world.division), "SKU-1")
    assert list(orjson.loads(said)) == [field.name for field in fields(Variant)]
    variant = variant_of(said)
    assert (variant.name, variant.gtins) == ('Chemise "Été"\\n\t\u2028', ("03760123000000", "00000000000017"))
    assert variant == decode("variant", said)
    with database.write() as connection:
        connection.execute(delete(t.barcodes))
    bare = body(database, "variant", feed.catalogue_part(world.division), "SKU-1")
    assert variant_of(bare) == replace(variant, gtins=())
    assert body(database, "variant", feed.catalogue_part("other"), "SKU-1") is None
