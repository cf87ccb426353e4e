import sqlite3
from dataclasses import replace

import pytest

from app.store import feed, sums
from app.store.database import Database, driver
from app.store.device_store import DeviceStore
from app.store.merging import merge_catalogue
from core.contract.sums import Sum, sum_of
from core.contract.sync import Commit, Delete, Frame, Group, Head, Put
from tests.support.device import NOW, database, fulfilment, position, put, store, variant

__all__ = ["database", "store"]

NEWS = {
    Group.MAIN: (put("fulfilment", fulfilment(1), fulfilment(9), ver=2), Delete("fulfilment", ("f2", "f9", "none"))),
    Group.STOCK: (put("position", position(1), position(9), ver=2), Delete("position", ("sku2", "sku9", "none"))),
    Group.CATALOGUE: (put("variant", variant(1), variant(9), ver=2), Delete("variant", ("sku2", "sku9", "none"))),
}


def here(database: Database, group: Group) -> Sum:
    with database.read() as connection:
        return sum_of(sums.rows_of(driver(connection), group))


def check(database: Database, group: Group) -> sums.Check:
    with database.read() as connection:
        return sums.check_of(driver(connection), group)


def pull(store: DeviceStore, group: Group, told: Sum | None, *frames: Put | Delete) -> int:
    """The doubt after a pull whose commit says `told`."""
    commit = Commit("c2") if told is None else Commit("c2", told.rows, told.value)
    pulled = store.apply_pull(group, [Head(False), *frames, commit], NOW, store.marks())
    assert pulled is not None
    return pulled.doubt


@pytest.mark.parametrize("group", list(Group))
def test_the_kept_sum_is_the_sum_of_the_rows(database: Database, store: DeviceStore, group: Group) -> None:
    assert check(database, group).sum == here(database, group)
    pull(store, group, None, *NEWS[group])
    assert check(database, group).sum == here(database, group)
    pull(store, group, None)
    assert check(database, group).sum == here(database, group)


@pytest.mark.parametrize("group", list(Group))
def test_a_row_that_came_twice_counts_once(database: Database, store: DeviceStore, group: Group) -> None:
    news, _ = NEWS[group]
    pull(store, group, None, news, replace(news, rows=news.rows[:1]))
    assert check(database, group).sum == here(database, group)


def test_a_row_that_came_and_was_not_kept_is_in_no_sum(
    database: Database, store: DeviceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetful(raw: sqlite3.Connection, full: bool) -> None:
        merge_catalogue(raw, full)
        raw.execute("DELETE FROM catalogue.variant WHERE sku = 'sku9'")

    monkeypatch.setattr(feed, "merge_catalogue", forgetful)
    pull(store, Group.CATALOGUE, None, *NEWS[Group.CATALOGUE])
    assert check(database, Group.CATALOGUE).sum == here(database, Group.CATALOGUE)


def test_a_core_that_says_no_sum_is_believed_and_nothing_was_checked(database: Database, store: DeviceStore) -> None:
    assert pull(store, Group.MAIN, None) == 0
    assert check(database, Group.MAIN).checked_at == ""


def test_doubt_grows_asks_for_more_each_time_and_ends(database: Database, store: DeviceStore) -> None:
    wrong = here(database, Group.MAIN).plus(Sum(1, 1))
    asked = []
    for doubt in (1, 2, 3, 4, 4):
        assert pull(store, Group.MAIN, wrong) == doubt
        request = store.begin_pull(Group.MAIN).request
        asked.append((request.doubt, len(request.have), request.cursor))
    assert asked == [(1, 256, "c2"), (2, 0, None), (3, 0, "c2"), (0, 0, "c2"), (0, 0, "c2")]
    assert check(database, Group.MAIN).differed_at == NOW.isoformat()
    assert pull(store, Group.MAIN, here(database, Group.MAIN)) == 0
    assert check(database, Group.MAIN).checked_at == NOW.isoformat()


def test_a_device_that_gave_up_counts_its_rows_and_tries_again_another_day(
    database: Database, store: DeviceStore
) -> None:
    wrong = here(database, Group.STOCK).plus(Sum(1, 1))
    for _ in range(4):
        pull(store, Group.STOCK, wrong)
    store.tidy(NOW)
    assert check(database, Group.STOCK) == replace(sums.Check(), differed_at=NOW.isoformat())


def test_what_lies_in_a_told_range_and_did_not_come_goes(database: Database, store: DeviceStore) -> None:
    kept = {"f1": 1, "f3": 1}
    frames: list[Frame] = [
        Head(False, tuple(range(256))),
        put("fulfilment", fulfilment(1), fulfilment(3)),
        Commit("c2"),
    ]
    store.apply_pull(Group.MAIN, frames, NOW, store.marks())
    with database.read() as connection:
        assert {id: ver for _, id, ver in sums.rows_of(driver(connection), Group.MAIN)} == kept


def test_a_row_of_the_same_version_is_written_anew_where_its_range_is_told(
    database: Database, store: DeviceStore
) -> None:
    with database.merging(Group.STOCK) as connection:
        driver(connection).execute("UPDATE stock.position SET on_hand = 99 WHERE sku = 'sku1'")
    frames: list[Frame] = [
        Head(False, tuple(range(256))),
        put("position", *(position(n) for n in range(6))),
        Commit("c2"),
    ]
    store.apply_pull(Group.STOCK, frames, NOW, store.marks())
    with database.read() as connection:
        on_hand = driver(connection).execute("SELECT DISTINCT on_hand FROM stock.position").fetchall()
    assert on_hand == [(5,)]
