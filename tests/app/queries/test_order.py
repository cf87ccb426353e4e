"""An order is read with what happened to it, and with what the core has not confirmed."""

from dataclasses import replace
from pathlib import Path

from app.queries.order import order_view
from core.contract.commands import How, ReportShort, ScanItem
from core.domain.lifecycle import FulfilmentState, ParcelState
from tests.support import store_world as world
from tests.support.workplace import workplace


def test_an_order_says_what_was_asked_and_what_happened(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    place.tell(ScanItem("f1", "f1-AL-1001", 1, How.WEDGE))
    place.tell(ReportShort("f1", "f1-AL-1003", 2, "damaged"))
    view = order_view(place.database, "f1", "fr")
    assert view is not None
    assert (view.short_id, view.brand, view.carrier, view.unsent) == ("K001", "Alba", "Chronopost", 2)
    assert [(line.quantity, line.held, line.short, line.reason) for line in view.lines] == [
        (1, 1, 0, ""),
        (2, 0, 2, "Abîmé"),
    ]


def test_hold_and_parcels_are_told_in_words(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    held, packed = order_view(place.database, "f10", "en"), order_view(place.database, "f7", "en")
    assert held is not None
    assert packed is not None
    assert held.hold == "The address is being checked"
    assert packed.state is FulfilmentState.PACKED
    assert [(p.state, p.carrier, p.sscc) for p in packed.parcels] == [(ParcelState.CLOSED, "Colissimo", world.sscc(1))]


def test_an_order_of_a_brand_or_a_reason_nobody_knows_is_still_readable(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    place.pulled("fulfilment", replace(place.order("f2"), hold="weird", division_id="gone", carrier="pigeon"))
    view = order_view(place.database, "f2", "en")
    assert view is not None
    assert (view.hold, view.brand, view.carrier) == ("weird", "", "pigeon")
    assert order_view(place.database, "nowhere", "en") is None
