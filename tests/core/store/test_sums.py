import random
import threading

import pytest
from sqlalchemy import insert, select

from core.contract.sums import Sum, sum_of
from core.store import feed, sums
from core.store import tables as t
from core.store.database import LAST

PARTS = ("store:a", "store:b")


def counted(connection, part: str) -> Sum:
    return sum_of(sums.living(connection, (part,)))


def assert_right(database, parts=PARTS) -> None:
    with database.read() as connection:
        for part in parts:
            assert sums.total(connection, (part,)) == counted(connection, part)
        both = counted(connection, PARTS[0]).plus(counted(connection, PARTS[1]))
        assert sums.total(connection, PARTS) == both


@pytest.mark.parametrize("seed", range(4))
def test_the_kept_sum_is_the_sum_of_the_rows_whatever_was_marked_moved_and_taken_back(database, seed):
    rng = random.Random(seed)
    ids = [f"f-{number}" for number in range(12)]
    for _ in range(25):
        with database.write() as connection:
            for _ in range(rng.randint(1, 4)):
                savepoint = connection.begin_nested() if rng.random() < 0.4 else None
                some = rng.sample(ids, rng.randint(1, 5))
                if rng.random() < 0.3:
                    feed.move(connection, "fulfilment", some[0], *rng.sample(PARTS, 2))
                else:
                    feed.mark_many(connection, rng.choice(PARTS), "fulfilment", some, deleted=rng.random() < 0.3)
                if savepoint is not None:
                    savepoint.rollback() if rng.random() < 0.5 else savepoint.commit()
    assert_right(database)


def test_a_transaction_that_fails_leaves_the_sum_alone(database):
    def fail() -> None:
        with database.write() as connection:
            feed.mark(connection, PARTS[0], "run", "r")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert_right(database)


def test_what_is_marked_by_the_work_before_the_commit_is_counted_too(database):
    class Late:
        def __call__(self, connection):
            feed.mark(connection, PARTS[0], "run", "late")

        def savepoint(self):
            pass

        roll_back = release = savepoint

    with database.write() as connection:
        feed.mark(connection, PARTS[0], "run", "soon")
        connection.info["comptoir_before_commit"]["late"] = Late()
        assert list(connection.info["comptoir_before_commit"]) == [LAST, "late"]
    assert_right(database)


def test_writers_side_by_side_lose_nothing(database):
    def write(number: int) -> None:
        for turn in range(10):
            with database.write() as connection:
                feed.mark_many(connection, PARTS[number % 2], "fulfilment", [f"f-{number}", f"f-{turn}", "all"])

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert_right(database)


def test_many_rows_at_once_make_a_sum_unsure_until_it_is_found_out(database):
    with database.write() as connection:
        feed.mark(connection, PARTS[0], "run", "r")
        feed.mark_many(connection, PARTS[0], "position", [f"sku-{number}" for number in range(sums.MANY + 1)])
    with database.read() as connection:
        assert sums.total(connection, PARTS) is None
        assert sums.total(connection, PARTS[1:]) == Sum()
    sums.find_out(database, PARTS)
    assert_right(database)
    with database.write() as connection:
        feed.mark(connection, PARTS[0], "position", "sku-1", deleted=True)
    assert_right(database)


def test_a_selection_makes_a_sum_unsure_too(database):
    with database.write() as connection:
        connection.execute(insert(t.sync_floors).values(part="x", tx=1))
        feed.mark_selected(connection, "run", "SELECT 'store:a' AS part, part AS id FROM sync_floor", PARTS[:1])
    with database.read() as connection:
        assert sums.total(connection, PARTS) is None
    sums.find_out(database, PARTS)
    assert_right(database)


def test_a_partition_that_moves_while_it_is_counted_stays_unsure(database, monkeypatch):
    with database.write() as connection:
        feed.mark_many(connection, PARTS[0], "position", [f"sku-{number}" for number in range(sums.MANY + 1)])
    usual = sum_of

    def slowly(rows):
        found = usual(rows)
        with database.write() as connection:
            feed.mark(connection, PARTS[0], "position", "sku-1")
        return found

    monkeypatch.setattr(sums, "sum_of", slowly)
    sums.find_out(database, PARTS)
    with database.read() as connection:
        assert sums.total(connection, PARTS) is None
    monkeypatch.undo()
    sums.find_out(database, PARTS)
    assert_right(database)


def test_a_row_that_cannot_be_shown_is_buried_unless_it_was_marked_since(database):
    with database.write() as connection:
        feed.mark_many(connection, PARTS[0], "user", ["ana", "leo"])
    with database.write() as connection:
        feed.mark(connection, PARTS[0], "user", "leo")
    with database.write() as connection:
        feed.bury(connection, "user", [(PARTS[0], "ana", 1), (PARTS[0], "leo", 1)])
    with database.read() as connection:
        rows = connection.execute(select(t.sync_rows.c.id).where(t.sync_rows.c.deleted)).scalars().all()
        assert rows == ["ana"]
    assert_right(database)
