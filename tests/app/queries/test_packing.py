"""An order on the packing table."""

from app.actions import packing, picking, runs
from app.actions.packing import Measured
from app.actions.picking import Aim
from app.queries.handover import carriers_view, manifest_view
from app.queries.packing import PackingStep, pack_view, step_of
from core.contract.commands import How
from core.domain.lifecycle import FulfilmentState, ParcelState
from core.domain.runs import Method
from tests.support.desk import World, ean


def test_lines_say_what_is_picked_packed_and_short(world: World) -> None:
    run_id = runs.start_wave(world.desk(), ["f1"], Method.MULTI).run_id
    picking.scan(world.desk(), Aim(run_id, None), ean(0), How.WEDGE)
    view = pack_view(world.database, "f1", "fr")
    assert view is not None
    assert [(line.picked, line.to_pack) for line in view.lines] == [(1, 1), (0, 0)]
    assert (view.to_pack, view.still_to_pick, view.open_parcel) == (1, 2, None)
    assert [packaging.name for packaging in view.packagings] == ["Petit carton", "Grand carton"]


def test_a_parcel_shows_its_content_and_what_it_should_weigh(world: World) -> None:
    run_id = runs.start_wave(world.desk(), ["f1"], Method.MULTI).run_id
    for number in (0, 0, 1):
        picking.scan(world.desk(), Aim(run_id, None), ean(number), How.WEDGE)
    parcel_id = packing.open_parcel(world.desk(), "f1", "box_s")
    packing.pack_rest(world.desk(), "f1", parcel_id)
    view = pack_view(world.database, "f1", "en")
    assert view is not None
    parcel = view.open_parcel
    assert parcel is not None
    assert parcel.contents == (("l1-0", "Linen shirt 0 Écru M", 2), ("l1-1", "Linen shirt 1 Écru M", 1))
    assert parcel.expected_weight_g == 3 * 250 + 120
    packing.close(world.desk(), "f1", parcel_id, "COL", Measured(870))
    closed = pack_view(world.database, "f1", "en")
    assert closed is not None
    assert (closed.state, closed.parcels[0].state) == (FulfilmentState.PACKED, ParcelState.CLOSED)


def test_an_order_that_is_not_known_is_none(world: World) -> None:
    assert pack_view(world.database, "nowhere", "en") is None
    assert manifest_view(world.database, "nowhere") is None
    assert [carrier.waiting for carrier in carriers_view(world.database)] == [0]


def test_each_state_of_an_order_has_its_next_step(world: World) -> None:
    def step(*later: str) -> PackingStep:
        view = pack_view(world.database, "f1", "en")
        assert view is not None
        return step_of(view, later)

    assert step() is PackingStep.PICK
    run_id = runs.start_wave(world.desk(), ["f1"], Method.MULTI).run_id
    for number in (0, 0, 1):
        picking.scan(world.desk(), Aim(run_id, None), ean(number), How.WEDGE)
    assert step() is PackingStep.CHOOSE
    packing.open_parcel(world.desk(), "f1", "box_s")
    parcel_id = packing.open_parcel(world.desk(), "f1", "box_l")
    assert step() is PackingStep.FILL
    packing.pack_rest(world.desk(), "f1", parcel_id)
    assert step() is PackingStep.WEIGH
    packing.close(world.desk(), "f1", parcel_id, "COL", Measured(870))
    assert step() is PackingStep.LABEL
    assert step(parcel_id) is PackingStep.DONE
    packing.record_label(world.desk(), "f1", parcel_id, "COL")
    assert step() is PackingStep.DONE
