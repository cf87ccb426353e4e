"""Handover: parcels are scanned onto the driver's list; closing it ships the orders."""

import pytest

from app.actions import handover, packing, picking, runs
from app.actions.packing import Measured
from app.actions.picking import Aim
from core.contract.commands import How
from core.domain.lifecycle import FulfilmentState, ManifestState
from core.domain.runs import Method
from tests.support.desk import World, ean

CARRIER = "COL"


@pytest.fixture
def sscc(world: World) -> str:
    """f1 is packed; its only parcel has this number."""
    run_id = runs.start_wave(world.desk(), ["f1"], Method.MULTI).run_id
    for number in (0, 0, 1):
        picking.scan(world.desk(), Aim(run_id, None), ean(number), How.WEDGE)
    parcel_id = packing.open_parcel(world.desk(), "f1", "box_s")
    packing.pack_rest(world.desk(), "f1", parcel_id)
    packing.close(world.desk(), "f1", parcel_id, CARRIER, Measured(900))
    return world.fulfilment(1).parcels[0].sscc


def test_a_scanned_parcel_is_on_the_list_and_closing_it_ships_the_order(world: World, sscc: str) -> None:
    manifest_id = handover.open_manifest(world.desk(), CARRIER)
    assert handover.scan(world.desk(), manifest_id, f"(00){sscc}", How.WEDGE).code == "to_load"
    assert handover.scan(world.desk(), manifest_id, sscc, How.WEDGE).code == "already_loaded"
    assert handover.close(world.desk(), manifest_id).params() == {"parcels": 1}
    assert world.fulfilment(1).state is FulfilmentState.SHIPPED
    assert world.document("manifest", manifest_id).state is ManifestState.CLOSED


def test_the_open_list_of_a_carrier_is_used_again(world: World) -> None:
    first = handover.open_manifest(world.desk(), CARRIER)
    assert handover.open_manifest(world.desk("bob"), CARRIER) == first
    assert handover.open_manifest(world.desk(), "DPD") != first


def test_a_parcel_of_another_carrier_stays_here(world: World, sscc: str) -> None:
    manifest_id = handover.open_manifest(world.desk(), "DPD")
    assert handover.scan(world.desk(), manifest_id, sscc, How.WEDGE).code == "wrong_carrier"


def test_a_number_nobody_waits_for_says_so(world: World, sscc: str) -> None:
    manifest_id = handover.open_manifest(world.desk(), CARRIER)
    assert handover.scan(world.desk(), manifest_id, "6A00011122", How.MANUAL).code == "parcel_not_here"
    assert handover.scan(world.desk(), "elsewhere", sscc, How.WEDGE).code == "manifest_unknown"
    assert handover.close(world.desk(), "elsewhere").code == "manifest_unknown"


def test_a_parcel_is_taken_off_the_list(world: World, sscc: str) -> None:
    manifest_id = handover.open_manifest(world.desk(), CARRIER)
    handover.scan(world.desk(), manifest_id, sscc, How.WEDGE)
    parcel_id = world.fulfilment(1).parcels[0].id
    assert handover.unload(world.desk(), manifest_id, "f1", parcel_id).params() == {"loaded": 0}


def test_a_scan_before_any_list_begins_the_one_of_the_parcels_carrier(world: World, sscc: str) -> None:
    manifest_id, answer = handover.begin_with(world.desk(), sscc, How.WEDGE)
    assert answer.code == "to_load"
    assert world.document("manifest", manifest_id).carrier == CARRIER
    again, answer = handover.begin_with(world.desk(), sscc, How.WEDGE)
    assert (again, answer.code) == (manifest_id, "on_other_manifest")
    assert handover.begin_with(world.desk(), "6A00011122", How.WEDGE)[0] == ""


def test_an_article_scanned_at_the_handover_is_named(world: World) -> None:
    manifest_id = handover.open_manifest(world.desk(), CARRIER)
    answer = handover.scan(world.desk(), manifest_id, ean(0), How.WEDGE)
    assert (answer.code, answer.params()) == ("article_not_parcel", {"name": "Linen shirt 0"})
    assert handover.begin_with(world.desk(), ean(0), How.WEDGE)[1] == answer
