"""Packing: what is picked goes into parcels by scan; a parcel is closed with weight and a number of this device."""

from datetime import UTC, datetime

import pytest

from app.actions import packing, picking, runs
from app.actions.packing import Measured
from app.actions.picking import Aim
from core.contract.commands import How
from core.domain.lifecycle import FulfilmentState, ParcelState
from core.domain.outcome import Outcome
from core.domain.runs import Method
from core.domain.sscc import SsccOrigin, parse_sscc
from tests.support.desk import World, ean


@pytest.fixture
def parcel_id(world: World) -> str:
    """f1 is picked completely, and a parcel is open for it."""
    run_id = runs.start_wave(world.desk(), ["f1"], Method.MULTI).run_id
    for number in (0, 0, 1):
        picking.scan(world.desk(), Aim(run_id, None), ean(number), How.WEDGE)
    return packing.open_parcel(world.desk(), "f1", "box_s")


def pack(world: World, parcel_id: str, number: int) -> Outcome:
    return packing.scan(world.desk(), "f1", parcel_id, ean(number), How.WEDGE)


def test_scans_fill_the_parcel_until_everything_is_in(world: World, parcel_id: str) -> None:
    assert pack(world, parcel_id, 0).params() == {"to_pack": 2}
    assert pack(world, parcel_id, 0).params() == {"to_pack": 1}
    assert pack(world, parcel_id, 1).code == "everything_packed"
    assert pack(world, parcel_id, 1).code == "nothing_to_pack"


def test_an_article_of_another_order_is_named(world: World, parcel_id: str) -> None:
    assert pack(world, parcel_id, 3).params()["scanned_name"] == "Linen shirt 3 Écru M"


def test_a_parcel_is_not_closed_without_weight(world: World, parcel_id: str) -> None:
    pack(world, parcel_id, 0)
    assert packing.close(world.desk(), "f1", parcel_id, "COL", Measured(0)).code == "weight_missing"
    assert world.fulfilment(1).parcels[0].state is ParcelState.OPEN


def test_each_closed_parcel_has_the_next_number_of_this_device(world: World, parcel_id: str) -> None:
    packing.pack_rest(world.desk(), "f1", parcel_id)
    assert packing.close(world.desk(), "f1", parcel_id, "COL", Measured(900)).code == "packing_finished"
    parcel = world.fulfilment(1).parcels[0]
    assert parse_sscc(parcel.sscc, "4006381") == SsccOrigin(device_number=7, counter=0)
    assert world.fulfilment(1).state is FulfilmentState.PACKED


def test_two_parcels_of_one_order_get_two_numbers(world: World, parcel_id: str) -> None:
    pack(world, parcel_id, 0)
    assert packing.close(world.desk(), "f1", parcel_id, "COL", Measured(300)).params() == {"to_pack": 2}
    second = packing.open_parcel(world.desk(), "f1", "box_l")
    packing.pack_rest(world.desk(), "f1", second)
    assert packing.close(world.desk(), "f1", second, "COL", Measured(500)).code == "packing_finished"
    first, other = world.fulfilment(1).parcels
    assert first.sscc != other.sscc
    assert [first.number, other.number] == [1, 2]


def test_what_was_packed_wrongly_comes_out_again(world: World, parcel_id: str) -> None:
    pack(world, parcel_id, 1)
    assert packing.unpack(world.desk(), "f1", parcel_id, "l1-1").code == "unpacked"
    assert world.fulfilment(1).parcels[0].units == 0


def test_a_closed_parcel_is_opened_again_and_its_label_recorded(world: World, parcel_id: str) -> None:
    packing.pack_rest(world.desk(), "f1", parcel_id)
    packing.close(world.desk(), "f1", parcel_id, "COL", Measured(900))
    assert packing.record_label(world.desk(), "f1", parcel_id, "COL", " 6A123 ").code == "label_recorded"
    parcel = world.fulfilment(1).parcels[0]
    assert (parcel.labels_printed, parcel.tracking) == (1, "6A123")
    assert packing.reopen(world.desk(), "f1", parcel_id).code == "parcel_reopened"


def test_an_order_that_is_not_known_cannot_be_packed(world: World) -> None:
    assert packing.scan(world.desk(), "nowhere", "p", ean(0), How.WEDGE).code == "parcel_unknown"


def test_the_first_scan_opens_a_parcel_only_for_an_article_of_the_order(world: World) -> None:
    run_id = runs.start_wave(world.desk(), ["f1"], Method.MULTI).run_id
    picking.scan(world.desk(), Aim(run_id, None), ean(0), How.WEDGE)
    assert packing.first_scan(world.desk(), "f1", "box_l", ean(3), How.WEDGE).code == "wrong_item"
    assert world.fulfilment(1).parcels == ()
    assert packing.first_scan(world.desk(), "f1", "box_l", ean(0), How.WEDGE).code == "everything_packed"
    (parcel,) = world.fulfilment(1).parcels
    assert (parcel.packaging, parcel.units) == ("box_l", 1)
    assert packing.first_scan(world.desk(), "nowhere", "box_l", ean(0), How.WEDGE).code == "parcel_unknown"


def test_an_expired_article_is_packed_with_a_warning_to_take_it_out(world: World, parcel_id: str) -> None:
    answer = packing.scan(world.desk(), "f1", parcel_id, f"(01){ean(0)}(17)200101", How.WEDGE)
    assert (answer.code, answer.params()["expired"]) == ("packed_expired", "2020-01-01")
    assert len(world.fulfilment(1).parcels[0].items) == 1


def test_an_article_is_over_when_the_day_is_over_in_the_store(world: World, parcel_id: str) -> None:
    text = f"(01){ean(0)}(17)260301"
    world.now = datetime(2026, 3, 1, 22, 59, tzinfo=UTC)  # a minute to midnight in Paris
    assert packing.scan(world.desk(), "f1", parcel_id, text, How.WEDGE).code == "packed"
    world.now = datetime(2026, 3, 1, 23, 0, tzinfo=UTC)
    assert packing.scan(world.desk(), "f1", parcel_id, text, How.WEDGE).code == "packed_expired"
