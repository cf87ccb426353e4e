"""Carriers and their lists."""

import pytest

from app.actions import handover, packing, picking, runs
from app.actions.packing import Measured
from app.actions.picking import Aim
from app.queries.handover import carriers_view, closed_lists, manifest_view
from core.contract.commands import How
from core.domain.lifecycle import ManifestState
from core.domain.runs import Method
from tests.support.desk import World, ean


@pytest.fixture
def sscc(world: World) -> str:
    run_id = runs.start_wave(world.desk(), ["f1"], Method.MULTI).run_id
    for number in (0, 0, 1):
        picking.scan(world.desk(), Aim(run_id, None), ean(number), How.WEDGE)
    parcel_id = packing.open_parcel(world.desk(), "f1", "box_s")
    packing.pack_rest(world.desk(), "f1", parcel_id)
    packing.close(world.desk(), "f1", parcel_id, "COL", Measured(900))
    return world.fulfilment(1).parcels[0].sscc


def test_a_carrier_shows_what_waits_for_it(world: World, sscc: str) -> None:
    (carrier,) = carriers_view(world.database)
    assert (carrier.code, carrier.waiting, carrier.loaded, carrier.manifest_id) == ("COL", 1, 0, "")


def test_a_list_shows_what_is_on_it_and_what_still_waits(world: World, sscc: str) -> None:
    manifest_id = handover.open_manifest(world.desk(), "COL")
    before = manifest_view(world.database, manifest_id)
    assert before is not None
    assert [parcel.sscc for parcel in before.waiting] == [sscc]
    handover.scan(world.desk(), manifest_id, sscc, How.WEDGE)
    handover.close(world.desk(), manifest_id)
    after = manifest_view(world.database, manifest_id)
    assert after is not None
    assert (after.state, after.waiting) == (ManifestState.CLOSED, ())
    assert [(parcel.short_id, parcel.loaded) for parcel in after.parcels] == [("A001", True)]


def test_what_drivers_took_is_kept_for_a_reprint(world: World, sscc: str) -> None:
    manifest_id = handover.open_manifest(world.desk(), "COL")
    assert closed_lists(world.database) == ()
    handover.scan(world.desk(), manifest_id, sscc, How.WEDGE)
    handover.close(world.desk(), manifest_id)
    assert [(taken.id, taken.parcels) for taken in closed_lists(world.database)] == [(manifest_id, 1)]
