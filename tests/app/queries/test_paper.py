"""Papers are made of what the device has: the right parcel, addresses, places, in a language of who reads them."""

from dataclasses import replace

import pytest

from app.actions import handover, packing, picking, runs
from app.actions.packing import Measured
from app.actions.picking import Aim
from app.i18n import translations
from app.queries import paper
from app.queries.paper import ParcelRef
from app.queries.run import run_view
from core.contract.commands import How
from core.domain.runs import Method
from tests.support.desk import World, ean
from tests.support.documents import codes_on, page_images, page_texts


@pytest.fixture
def ref(world: World) -> ParcelRef:
    """f1 is packed into one closed parcel."""
    run_id = runs.start_wave(world.desk(), ["f1"], Method.MULTI).run_id
    for number in (0, 0, 1):
        picking.scan(world.desk(), Aim(run_id, None), ean(number), How.WEDGE)
    parcel_id = packing.open_parcel(world.desk(), "f1", "box_s")
    packing.pack_rest(world.desk(), "f1", parcel_id)
    packing.close(world.desk(), "f1", parcel_id, "COL", Measured(1250))
    return ParcelRef("f1", parcel_id)


def test_the_label_carries_the_parcels_number_and_address(world: World, ref: ParcelRef) -> None:
    draw = paper.label(world.database, ref, "pdf", world.now)
    assert draw is not None
    drawn = draw()
    sscc = world.fulfilment(1).parcels[0].sscc
    assert drawn.name == "label A001 1-1"
    assert sscc in codes_on(page_images(drawn.content)[0])["CODE128"]
    text = page_texts(drawn.content)[0]
    assert "Ada Lovelace" in text
    assert "75002 Paris" in text
    zpl = paper.label(world.database, ref, "zpl", world.now)
    assert zpl is not None
    assert zpl().content.startswith(b"^XA")


def test_a_parcel_without_a_number_has_no_label(world: World) -> None:
    assert paper.label(world.database, ParcelRef("f1", "nobody"), "pdf", world.now) is None
    parcel_id = packing.open_parcel(world.desk(), "f1", "box_s")
    assert paper.label(world.database, ParcelRef("f1", parcel_id), "pdf", world.now) is None


def test_the_packing_slip_lists_what_lies_in_the_parcel_in_the_customers_language(world: World, ref: ParcelRef) -> None:
    draw = paper.packing_slip(world.database, ref, world.now)
    assert draw is not None
    text = page_texts(draw().content)[0]
    assert "Linen shirt 0" in text
    assert "Linen shirt 1" in text
    assert "FR-1001" in text


def test_the_pick_list_has_only_what_is_left_to_fetch(world: World) -> None:
    run_id = runs.start_wave(world.desk(), ["f1", "f2"], Method.BATCH).run_id
    for _ in range(3):
        picking.scan(world.desk(), Aim(run_id, None), ean(0), How.WEDGE)
    view = run_view(world.database, world.walks, run_id, "ann")
    assert view is not None
    data = paper.pick_list_data(view, ("Paris Opéra", "Europe/Paris"), world.now)
    assert [(stop.sku, stop.quantity, stop.place) for stop in data.stops] == [("sku1", 1, "A A-1")]
    drawn = paper.pick_list(view, ("Paris Opéra", "Europe/Paris"), translations("en"), world.now)()
    assert "Linen shirt 1" in page_texts(drawn.content)[0]


def test_the_manifest_names_each_parcel_the_driver_takes(world: World, ref: ParcelRef) -> None:
    manifest_id = handover.open_manifest(world.desk(), "COL")
    sscc = world.fulfilment(1).parcels[0].sscc
    assert handover.scan(world.desk(), manifest_id, sscc, How.WEDGE).code == "to_load"
    draw = paper.manifest(world.database, manifest_id, world.now)
    assert draw is not None
    text = page_texts(draw().content)[0]
    assert sscc in text.replace(" ", "")
    assert "Ada Lovelace" in text
    assert paper.manifest(world.database, "nobody", world.now) is None


def test_papers_that_leave_the_store_are_in_a_language_of_the_country() -> None:
    languages = {
        "FR": "fr",
        "BE": "nl",
        "MA": "ar",
        "GB": "en",
        "AT": "de",
        "MD": "ro",
        "UA": "uk",
        "CN": "zh",
        "": "en",
    }
    assert {country: paper.paper_language(country).language.tag for country in languages} == languages
    assert paper.paper_language("JP").language.tag == "en"


def test_an_empty_open_parcel_is_not_counted(world: World, ref: ParcelRef) -> None:
    packing.open_parcel(world.desk(), "f1", "box_l")
    known = paper._parcel(world.database, ref)
    assert known is not None
    data = paper.label_data(known, translations("en"), world.now)
    assert (data.number, data.count) == (1, 1)
    gift = replace(known, fulfilment=replace(known.fulfilment, gift_message="Happy birthday"))
    assert paper.packing_slip_data(gift).gift_note == "Happy birthday"
