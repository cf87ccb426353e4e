from dataclasses import fields, replace

import pytest

from core.domain import handover, packing, picking
from core.domain.fulfilment import Fulfilment, Line, Parcel, ParcelItem
from core.domain.handover import Manifest, ManifestParcel
from core.domain.lifecycle import FulfilmentState, ParcelState, RunState
from core.domain.runs import Method, PickRun
from core.store import documents, feed
from core.store import tables as t
from tests.support.core import NOW, build_world, put_fulfilment


@pytest.fixture
def world(database):
    return build_world(database)


@pytest.fixture
def fulfilment(database, world):
    return put_fulfilment(database, world)


def loaded(database, kind, id):
    with database.read() as connection:
        return documents.load(connection, [(kind, id)]).get((kind, id))


@pytest.mark.parametrize(
    ("document", "table", "without"),
    [
        (Fulfilment, t.fulfilments, {"lines", "parcels"}),
        (Line, t.fulfilment_lines, set()),
        (Parcel, t.parcels, {"items"}),
        (ParcelItem, t.parcel_items, set()),
        (PickRun, t.pick_runs, set()),
        (Manifest, t.manifests, {"parcels"}),
        (ManifestParcel, t.manifest_parcels, set()),
    ],
)
def test_every_field_of_a_document_has_a_column(document, table, without):
    assert {field.name for field in fields(document)} - without <= set(table.c.keys())


def test_what_is_saved_is_what_is_loaded(database, fulfilment):
    assert loaded(database, "fulfilment", "f-1") == fulfilment


def test_every_step_of_the_work_survives_saving_and_loading(database, fulfilment):
    now = fulfilment
    steps = [
        lambda f: picking.pick(f, "f-1-l0", 2)[0],
        lambda f: picking.report_short(f, "f-1-l1", 1, "not_found")[0],
        lambda f: packing.open_parcel(f, "p1", "box-s")[0],
        lambda f: packing.pack(f, "p1", "f-1-l0", 2)[0],
        lambda f: packing.unpack(f, "p1", "f-1-l0", 1)[0],
        lambda f: packing.pack(f, "p1", "f-1-l0", 1)[0],
        lambda f: packing.close_parcel(f, "p1", "376012300000000018", "post", packing.Measures(500))[0],
        lambda f: replace(f, run_id="r-1", hold="fraud", release_at=NOW),
    ]
    for step in steps:
        after = step(now)
        with database.write() as connection:
            documents.save(connection, now, after)
        now = after
        assert loaded(database, "fulfilment", "f-1") == now
    assert now.state is FulfilmentState.PACKED
    assert now.parcels[0].state is ParcelState.CLOSED


def test_a_parcel_that_is_gone_takes_its_contents_along(database, fulfilment):
    full = packing.pack(packing.open_parcel(fulfilment, "p1", "box-s")[0], "p1", "f-1-l0", 1)[0]
    with database.write() as connection:
        documents.save(connection, fulfilment, full)
        documents.save(connection, full, fulfilment)
    assert loaded(database, "fulfilment", "f-1") == fulfilment


def test_runs_and_manifests_survive_too(database, world, fulfilment):
    run = PickRun("r-1", "R1", world.lille, Method.MULTI, ("f-1",), (world.ana,), NOW, world.ana, left=("f-9",))
    manifest = Manifest("m-1", world.lille, "post", NOW, world.ana)
    filled = replace(manifest, parcels=(ManifestParcel("p1", "f-1", "376012300000000018", 500),))
    closed, _, _ = handover.close_manifest(filled, {}, NOW, world.ana)
    with database.write() as connection:
        documents.save(connection, None, run)
        documents.save(connection, run, replace(run, state=RunState.FINISHED, finished_at=NOW))
        documents.save(connection, None, manifest)
        documents.save(connection, manifest, filled)
        documents.save(connection, filled, closed)
    assert loaded(database, "run", "r-1") == replace(run, state=RunState.FINISHED, finished_at=NOW)
    assert loaded(database, "manifest", "m-1") == closed


def test_a_document_that_moves_leaves_its_old_store(database, world, fulfilment):
    with database.write() as connection:
        documents.save(connection, fulfilment, replace(fulfilment, location_id=world.lyon))
    with database.read() as connection:
        since_ever = {
            (change.part, change.deleted)
            for part in (world.lille, world.lyon)
            for change in feed.changes(connection, [feed.store_part(part)], snapshot_of_nothing(connection))
            if change.entity == "fulfilment"
        }
    assert since_ever == {(feed.store_part(world.lille), True), (feed.store_part(world.lyon), False)}


def snapshot_of_nothing(connection) -> str:
    return "0" if connection.dialect.name == "sqlite" else "3:3:"


def test_saving_the_same_again_writes_nothing(database, fulfilment):
    with database.read() as connection:
        before = feed.current_snapshot(connection)
    with database.write() as connection:
        documents.save(connection, fulfilment, fulfilment)
    with database.read() as connection:
        assert feed.changes(connection, [feed.store_part(fulfilment.location_id)], before) == []
