"""What an offer is for this store follows from what the core said and what this device asked, never from hope."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from app.actions import offering
from app.queries.offers import Stage, bell, figures, offer_reasons, offer_view, offers_view
from app.queries.work import Reader
from core.contract.commands import How, ScanItem
from core.contract.offers import OfferState
from core.contract.sync import Group
from core.domain.outcome import Verdict
from tests.support.device import apply, put
from tests.support.offer_world import BOOTS, MANAGER, REASONS, SHIRT, answered, lost, offer, won
from tests.support.store_world import NOW, POSITIONS, STORE_ID, order
from tests.support.workplace import Place, workplace

READER = Reader(STORE_ID, MANAGER, "fr")


def store(tmp_path: Path, *offers: object) -> Place:
    place = workplace(tmp_path, user_id=MANAGER)
    place.pulled("reason", *REASONS)
    place.pulled("offer", *offers)
    return place


def test_an_offer_that_is_being_asked_for_is_neither_open_nor_won(tmp_path: Path) -> None:
    place = store(tmp_path, offer("o1", 30))
    offering.claim(place.desk, "o1")
    view = offer_view(place.database, READER, "o1")
    assert view is not None
    assert (view.stage, view.asked, view.work) == (Stage.ASKING, "ClaimOffer", None)


def test_the_stock_is_what_lies_here_now(tmp_path: Path) -> None:
    place = store(tmp_path, offer("o1", 30, SHIRT, BOOTS))
    place.tell(ScanItem("f1", "f1-AL-1001", 1, How.WEDGE))
    view = offer_view(place.database, READER, "o1")
    assert view is not None
    assert [(line.shelf, line.is_short, line.place) for line in view.lines] == [
        (3, False, "A Women A-12"), (1, True, "C Shoes C-02"),
    ]  # fmt: skip


def test_what_was_declared_gone_does_not_lie_here(tmp_path: Path) -> None:
    place = store(tmp_path, offer("o1", 30, SHIRT))
    here = next(one for one in POSITIONS if one.id == SHIRT.sku)
    apply(place.store, Group.STOCK, put("position", replace(here, unavailable=here.on_hand), ver=2), cursor="c2")
    view = offer_view(place.database, READER, "o1")
    assert view is not None
    assert [(line.shelf, line.is_short) for line in view.lines] == [(0, True)]


def test_what_is_over_is_told_for_a_day_newest_first(tmp_path: Path) -> None:
    old = answered(offer("o3", 30, offered_at=NOW - timedelta(days=3)), OfferState.EXPIRED)
    place = store(tmp_path, offer("o1", 50), offer("o2", 30), old, lost(offer("o4", 9)), won(offer("o5", 9), 8))
    view = offers_view(place.database, READER, NOW)
    assert [one.id for one in view.open] == ["o2", "o1"]
    assert [(one.id, one.stage) for one in view.over] == [("o5", Stage.YOURS), ("o4", Stage.FASTER)]


def test_the_work_of_a_won_offer_is_found_and_whether_it_was_begun(tmp_path: Path) -> None:
    made = won(offer("o1", 30))
    place = store(tmp_path, made)
    place.pulled("fulfilment", order(30, {"AL-1001": 1}, timedelta(hours=8), order_number=made.order_number))
    view = offer_view(place.database, READER, "o1")
    assert view is not None
    assert view.work is not None
    assert (view.work.fulfilment_id, view.work.begun) == ("f30", False)
    place.tell(ScanItem("f30", "f30-AL-1001", 1, How.WEDGE))
    view = offer_view(place.database, READER, "o1")
    assert view is not None
    assert view.work is not None
    assert view.work.begun


def test_a_claim_of_the_core_itself_is_nobodys_answer() -> None:
    alone = won(offer("o1", 30), 2)
    by_core = answered(offer("o2", 30), OfferState.TAKEN, 60, winner=STORE_ID)
    assert figures([alone, by_core], STORE_ID).median_s == 120
    assert figures([by_core], STORE_ID).median_s is None
    assert figures([alone, by_core], STORE_ID).won == 2


def test_reasons_are_read_in_the_readers_language(tmp_path: Path) -> None:
    place = store(tmp_path)
    assert [reason.text for reason in offer_reasons(place.database, "decline", "fr")] == [
        "Rayon vide",
        "Trop de travail",
    ]


def test_the_bell_counts_what_nobody_here_has_answered(tmp_path: Path) -> None:
    place = store(tmp_path, offer("o1", 30), offer("o2", 30))
    assert bell(place.database, STORE_ID).waiting == 2
    offering.claim(place.desk, "o1")
    heard = bell(place.database, STORE_ID)
    assert (heard.waiting, [news.offer_id for news in heard.news]) == (1, ["o2"])
    place.judged(place.commands()[0][0], Verdict.ACCEPTED, "offer_claimed")
    place.pulled("offer", won(offer("o1", 30)), ver=3)
    assert [(news.offer_id, news.code) for news in bell(place.database, STORE_ID).news] == [
        ("o2", ""), ("o1", "offer_claimed"),
    ]  # fmt: skip
