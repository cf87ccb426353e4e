import threading
from concurrent.futures import Executor, Future
from datetime import timedelta

import pytest
from sqlalchemy import update

from core.contract.cache_files import FORMAT
from core.contract.sync import CacheFile, Group, Head, PullRequest
from core.service import sync
from core.service.devices import Device
from core.service.shelf import FileNotReady, Policy, Shelf
from core.store import feed
from core.store import tables as t
from tests.support.core import NOW, build_world
from tests.support.http import Clock

FEW = Policy(big_rows=1, stale_rows=1, stale_share=0.0, wait_s=5)


class AtOnce(Executor):
    """Builds in the thread that asks."""

    def __init__(self) -> None:
        self.builds = 0

    def submit(self, work, /, *arguments, **named):
        self.builds += 1
        done: Future = Future()
        try:
            done.set_result(work(*arguments, **named))
        except Exception as fault:
            done.set_exception(fault)
        return done


class Later(Executor):
    """Builds when the test says so."""

    def __init__(self) -> None:
        self.waiting: list = []

    def submit(self, work, /, *arguments, **named):
        future: Future = Future()
        self.waiting.append(lambda: future.set_result(work(*arguments, **named)))
        return future


@pytest.fixture
def world(database):
    return build_world(database)


@pytest.fixture
def clock():
    return Clock(NOW)


@pytest.fixture
def builds():
    return AtOnce()


@pytest.fixture
def shelf(database, tmp_path, clock, builds):
    return Shelf(database, tmp_path / "files", clock, FEW, builds)


def part(world) -> tuple[str, ...]:
    return (feed.stock_part(world.lille),)


def change(database, world, *skus: str) -> None:
    with database.write() as connection:
        p = t.positions.c
        for sku in skus:
            here = (p.location_id == world.lille, p.sku == sku)
            connection.execute(update(t.positions).where(*here).values(on_hand=p.on_hand + 1))
            feed.mark(connection, feed.stock_part(world.lille), "position", sku)


def asked(group: Group = Group.STOCK, cursor: str | None = None, files: int = FORMAT) -> PullRequest:
    return PullRequest(group, cursor, files=files)


def pulled(database, world, shelf, request: PullRequest | None = None) -> list:
    device = Device("dev-1", 1, world.lille, "Tablet")
    return list(sync.pull(database, device, request or asked(), NOW, shelf))


def test_a_device_that_begins_is_told_of_a_file_and_goes_on_from_it(database, world, shelf):
    (file,) = pulled(database, world, shelf)
    assert isinstance(file, CacheFile)
    assert file.rows == 3
    change(database, world, "SKU-2")
    head, rows, _ = pulled(database, world, shelf, asked(cursor=file.cursor))
    assert head == Head(full=False)
    assert [id for id, _, _ in rows.rows] == ["SKU-2"]


def test_a_device_that_takes_no_files_or_others_is_told_rows(database, world, shelf):
    for files in (0, FORMAT - 1, FORMAT + 1):
        assert pulled(database, world, shelf, asked(files=files))[0] == Head(full=True)
    assert pulled(database, world, None)[0] == Head(full=True)
    assert pulled(database, world, shelf, asked(Group.MAIN))[0] == Head(full=True)


def test_a_device_far_behind_fetches_a_file_and_one_a_little_behind_rows(database, world, shelf):
    cursor = pulled(database, world, shelf)[0].cursor
    change(database, world, "SKU-1")
    assert pulled(database, world, shelf, asked(cursor=cursor))[0] == Head(full=False)
    change(database, world, "SKU-2")
    assert isinstance(pulled(database, world, shelf, asked(cursor=cursor))[0], CacheFile)


def test_a_device_behind_the_retention_of_the_feed_begins_with_a_file(database, world, shelf):
    cursor = pulled(database, world, shelf)[0].cursor
    change(database, world, "SKU-1")
    with database.write() as connection:
        connection.execute(t.sync_floors.insert().values(part=part(world)[0], tx=1 << 40))
    assert isinstance(pulled(database, world, shelf, asked(cursor=cursor))[0], CacheFile)


def test_a_file_is_built_once_for_all_and_anew_when_much_has_changed(database, world, shelf, builds):
    first = shelf.take(Group.STOCK, part(world))
    change(database, world, "SKU-1")
    assert shelf.take(Group.STOCK, part(world)) == first
    assert builds.builds == 1
    change(database, world, "SKU-2")
    second = shelf.take(Group.STOCK, part(world))
    assert second.id != first.id
    assert builds.builds == 2


def test_a_file_is_built_anew_after_a_day_while_the_old_one_is_served(database, world, shelf, clock, builds):
    first = shelf.take(Group.STOCK, part(world))
    change(database, world, "SKU-1")
    clock.at += timedelta(days=1, seconds=1)
    assert shelf.take(Group.STOCK, part(world)) == first
    assert shelf.take(Group.STOCK, part(world)).id != first.id
    assert builds.builds == 2


def test_two_generations_are_kept_and_who_has_begun_the_older_may_end_it(database, world, shelf, clock, tmp_path):
    ids = []
    for sku in ("SKU-1", "SKU-2", "SKU-3"):
        clock.at += timedelta(days=1, seconds=1)
        change(database, world, sku)
        shelf.take(Group.STOCK, part(world))  # served old, built anew
        ids.append(shelf.take(Group.STOCK, part(world)).id)
    assert len({*ids}) == 3
    assert shelf.take(Group.STOCK, part(world), holds=ids[1]).id == ids[1]
    assert shelf.take(Group.STOCK, part(world), holds=ids[0]).id == ids[2]
    assert [shelf.path_of(id, [(Group.STOCK, part(world))]) is not None for id in ids] == [False, True, True]
    assert len(list((tmp_path / "files").iterdir())) == 4


def test_a_file_is_for_those_who_see_its_partitions(database, world, shelf):
    file = shelf.take(Group.STOCK, part(world))
    assert shelf.path_of(file.id, [(Group.STOCK, part(world))]) is not None
    assert shelf.path_of(file.id, [(Group.STOCK, (feed.stock_part(world.lyon),))]) is None
    assert shelf.path_of("../core.db", [(Group.STOCK, part(world))]) is None


def test_many_who_ask_at_once_have_one_build(database, world, tmp_path, clock):
    shelf = Shelf(database, tmp_path / "files", clock, FEW)
    found: list[CacheFile] = []
    threads = [
        threading.Thread(
            target=lambda: found.append(shelf.take(Group.CATALOGUE, (feed.catalogue_part(world.division),)))
        )
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({file.id for file in found}) == 1
    assert len(found) == 6
    assert len(list((tmp_path / "files").glob("*.zst"))) == 1


def test_who_would_wait_too_long_is_asked_to_come_again(database, world, tmp_path, clock):
    builds = Later()
    shelf = Shelf(database, tmp_path / "files", clock, Policy(wait_s=0.01), builds)
    for _ in range(2):
        with pytest.raises(FileNotReady):
            shelf.take(Group.STOCK, part(world))
    assert len(builds.waiting) == 1
    builds.waiting[0]()
    assert shelf.take(Group.STOCK, part(world)).rows == 3


def test_a_build_that_fails_is_tried_again(database, world, shelf, tmp_path):
    (tmp_path / "files").write_text("in the way")
    with pytest.raises(OSError):
        shelf.take(Group.STOCK, part(world))
    (tmp_path / "files").unlink()
    assert shelf.take(Group.STOCK, part(world)).rows == 3


def test_a_file_of_a_lost_history_is_not_served(database, world, shelf, builds):
    first = shelf.take(Group.STOCK, part(world))
    with database.write() as connection:
        connection.execute(update(t.sync_clocks).values(epoch="another"))
    assert shelf.take(Group.STOCK, part(world)).cursor != first.cursor
    assert builds.builds == 2


def test_the_rows_of_a_file_are_those_of_its_cursor(database, world, shelf):
    """What changes while a file is built comes by the feed afterwards, never half."""
    built = shelf.take(Group.STOCK, part(world))
    head, commit = pulled(database, world, shelf, asked(cursor=built.cursor))
    assert (head, commit.cursor, commit.rows) == (Head(full=False), built.cursor, built.rows)
