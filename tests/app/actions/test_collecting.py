"""What is done at the desk and at the shelf is one command with its effect, and what a scan means is said."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.actions import collecting
from app.actions.collecting import NoShelf, Shelf, ShelfToScan, shelf_of
from app.store import documents
from core.contract.commands import How
from core.domain.barcodes import check_digit
from core.domain.collecting_answers import CollectionReady, EverythingArrived, ExtendedTooFar, ReturnedToShelf
from core.domain.collection import Collection
from core.domain.lifecycle import CollectionState
from tests.support import collect_world
from tests.support import store_world as world
from tests.support.workplace import Place, workplace


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    opened = workplace(tmp_path)
    opened.pulled("fulfilment", *collect_world.works())
    opened.pulled("collection", *collect_world.everything())
    yield opened
    opened.database.close()


def known(place: Place, id: str) -> Collection:
    with place.database.read() as connection:
        found = documents.collection(connection, id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "scan_only", "meaning"),
    [
        ("comptoir:shelf:c-01", True, Shelf("C-01")),
        ("c-01", True, ShelfToScan()),
        ("c-01", False, Shelf("C-01")),
        (world.gtin13("AL-1001"), False, NoShelf(world.gtin13("AL-1001"))),
        ("a name that is far too long for any shelf", False, NoShelf("a name that is far too long for any she")),
    ],
)
def test_what_a_text_says_about_a_shelf(text: str, scan_only: bool, meaning: object) -> None:
    found = shelf_of(text, scan_only)
    assert type(found) is type(meaning)
    if isinstance(meaning, Shelf):
        assert found == meaning


def test_a_parcel_arrives_by_its_number_or_its_tracking(place: Place) -> None:
    assert collecting.arrive(place.desk, "c4", world.sscc(51), How.WEDGE) is None
    assert collecting.arrive_any(place.desk, "no such parcel", How.WEDGE) is None
    assert collecting.arrive(place.desk, "c4", "CH000041FR", How.WEDGE) == EverythingArrived()
    assert place.commands()
    assert known(place, "c4").parts[0].arrived_at == place.now


def test_own_goods_carry_their_fulfilment_and_parcels_do_not(place: Place) -> None:
    assert collecting.put_away(place.desk, "c3", "f93", "C-09") == CollectionReady()
    assert collecting.put_away(place.desk, "c5", "p51", "C-10") == CollectionReady()
    assert place.order("f93").parcels
    assert place.order("f93").carrier == ""
    assert collecting.put_away(place.desk, "c99", "x", "C-10") == collecting.NoSuchCollection()


def test_what_nobody_fetched_goes_back_by_article_or_by_line(place: Place) -> None:
    assert collecting.put_back_scanned(place.desk, "c6", world.gtin13("AL-1001")) is None
    assert collecting.put_back_scanned(place.desk, "c6", world.gtin13("AL-1005")) == ReturnedToShelf(0)
    assert known(place, "c6").state is CollectionState.REFUSED
    assert collecting.put_back_scanned(place.desk, "c6", world.gtin13("AL-1005")) is None


def test_what_the_shop_weighed_goes_back_by_its_label(place: Place) -> None:
    rules = {"store_codes": [{"pattern": "21{ppppp}{wwwww}{check}"}]}
    place.pulled("location", replace(world.LOCATION, process={**world.LOCATION.process, **rules}))
    kept = known(place, "c6")
    lines = tuple(replace(line, gtins=(weighed(0).zfill(14),)) for line in kept.lines)
    place.pulled("collection", replace(kept, lines=lines))
    assert collecting.put_back_scanned(place.desk, "c6", weighed(534)) == ReturnedToShelf(0)


def weighed(grams: int) -> str:
    body = f"2100077{grams:05}"
    return body + check_digit(body)


def test_a_second_tap_receives_and_drops_nothing_twice(place: Place) -> None:
    for _ in range(2):
        collecting.arrive_part(place.desk, "c4", "p41")
        collecting.drop_in_locker(place.desk, "c8", "12")
    assert [name for _, name in place.commands()] == ["ArriveParcel", "DropInLocker"]
    assert known(place, "c8").locker == "12"


def test_asking_changes_nothing_here(place: Place) -> None:
    before = known(place, "c8")
    collecting.reserve_locker(place.desk, "c8", "m", "tap-1")
    collecting.reserve_locker(place.desk, "c8", "m", "tap-1")
    collecting.notify(place.desk, "c1", "ready", "tap-2")
    assert known(place, "c8") == before
    assert [name for _, name in place.commands()] == ["ReserveLocker", "NotifyCustomer"]


def test_time_and_place_are_the_customers(place: Place) -> None:
    collecting.note_customer(place.desk, "c1", "  bay 2 ")
    collecting.extend(place.desk, "c1", collect_world.UNTIL + timedelta(days=3))
    after = known(place, "c1")
    assert after.waiting is not None
    assert after.waiting.where == "bay 2"
    assert after.pick_up_by == collect_world.UNTIL + timedelta(days=3)


def test_nobody_is_promised_more_time_than_the_store_gives(place: Place) -> None:
    latest = collect_world.UNTIL + timedelta(days=2)
    place.pulled("collection", replace(known(place, "c1"), latest_pick_up=latest))
    answer = collecting.extend(place.desk, "c1", collect_world.UNTIL + timedelta(days=3))
    assert isinstance(answer, ExtendedTooFar)
    assert datetime.fromisoformat(answer.latest) == latest
    assert answer.latest.endswith("+01:00")
    assert place.commands() == []
