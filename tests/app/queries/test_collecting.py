"""Each order to collect is in one tab, whoever waits is on top, and what people call it finds it in any tab."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.queries.collecting import Tab, collect_count, collect_list, tab_of
from app.queries.finding import find
from app.state.walks import collections_by_work
from core.domain.lifecycle import CollectionState
from tests.support import collect_world
from tests.support import store_world as world
from tests.support.workplace import Place, workplace


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    opened = workplace(tmp_path)
    opened.pulled("collection", *collect_world.everything())
    yield opened
    opened.database.close()


def ids(place: Place, tab: Tab, text: str = "") -> list[str]:
    return [view.id for view in collect_list(place.database, world.STORE_ID, tab, text).items]


def test_each_is_in_one_tab_and_every_tab_says_how_many(place: Place) -> None:
    view = collect_list(place.database, world.STORE_ID, Tab.READY)
    assert view.counts == {Tab.INCOMING: 1, Tab.PREPARE: 3, Tab.READY: 2, Tab.LATE: 1, Tab.DONE: 1}
    assert [one.id for one in view.here] == ["c2"]
    assert [one.id for one in view.items] == ["c1"]
    assert ids(place, Tab.PREPARE) == ["c3", "c5", "c8"]
    assert (ids(place, Tab.INCOMING), ids(place, Tab.LATE), ids(place, Tab.DONE)) == (["c4"], ["c6"], ["c7"])


def test_it_is_found_by_name_short_id_number_and_shelf(place: Place) -> None:
    assert ids(place, Tab.READY, "inès") == ["c6"]
    assert ids(place, Tab.READY, "w05") == ["c5"]
    assert ids(place, Tab.READY, "FR-90004") == ["c4"]
    assert ids(place, Tab.READY, "c-01") == ["c1"]
    assert ids(place, Tab.READY, "nobody") == []


def test_a_name_is_found_without_its_accents_and_with_too_many(place: Place) -> None:
    assert ids(place, Tab.READY, "Ines") == ids(place, Tab.READY, "INÉS") == ["c6"]


def test_a_shelf_finds_what_lies_on_it_now(place: Place) -> None:
    handed = collect_world.own(collect_world.collection(9, {"AL-1001": 1}), "f99", "C-01")
    gone = tuple(replace(line, handed=line.quantity) for line in handed.lines)
    place.pulled("collection", replace(handed, lines=gone, state=CollectionState.COLLECTED))
    assert ids(place, Tab.READY, "C-01") == ["c1"]
    assert ids(place, Tab.READY, "W09") == ["c9"]


def test_a_pick_up_code_is_found_as_printed_and_as_read_out(place: Place) -> None:
    for said in ("400112345678", "4001 1234 5678"):
        assert [(found.kind, found.id) for found in find(place.database, said)] == [("collection", "c1")]
    assert [found.id for found in find(place.database, world.sscc(41))] == ["c4"]
    assert [found.id for found in find(place.database, "CH000041FR")] == ["c4"]


def test_another_brand_than_the_first_of_the_store_is_marked(place: Place) -> None:
    by_id = {view.id: view for view in collect_list(place.database, world.STORE_ID, Tab.PREPARE).items}
    assert (by_id["c5"].other_brand, by_id["c5"].brand) == (True, "Nordlys")
    assert not by_id["c3"].other_brand


def test_the_badge_counts_what_somebody_has_to_do(place: Place) -> None:
    count = collect_count(place.database, world.STORE_ID)
    assert (count.to_do, count.here) == (5, 1)  # three to put away, one to put back, one who waits


def test_what_was_refused_is_late_until_it_lies_on_a_shelf() -> None:
    one = collect_world.everything()[0]
    left = replace(one, lines=tuple(replace(line, refused=line.quantity) for line in one.lines))
    refused = replace(left, state=CollectionState.REFUSED)
    assert tab_of(refused) is Tab.LATE
    back = tuple(replace(line, put_back=line.quantity) for line in refused.lines)
    assert tab_of(replace(refused, lines=back)) is Tab.DONE


def test_the_work_of_a_collection_leads_to_it(place: Place) -> None:
    with place.database.read() as connection:
        found = collections_by_work(connection)
    assert found == {"f91": "c1", "f92": "c2", "f93": "c3", "f96": "c6"}
