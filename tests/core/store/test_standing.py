from sqlalchemy import insert

from core.contract.sums import Sum
from core.store import feed, sums, ticks
from core.store import tables as t
from core.store.standing import stand
from tests.support.core import NOW

PARTS = ("store:a", "dev:1")


def test_one_statement_says_what_the_single_ones_say(database):
    with database.write() as connection:
        feed.mark_many(connection, "store:a", "location", ["a", "b"])
        feed.mark(connection, "dev:1", "verdict", "v")
        connection.execute(insert(t.sync_floors), [{"part": "store:a", "tx": 3}, {"part": "dev:1", "tx": 5}])
    tick = ticks.prove(database, NOW)
    with database.read() as connection:
        now = stand(connection, PARTS, tick)
        assert now.snapshot == feed.current_snapshot(connection)
        assert now.epoch == feed.current_epoch(connection)
        assert now.sum == sums.total(connection, PARTS)
        assert (now.knows, now.floor) == (True, 5)
        assert stand(connection, PARTS, "another").knows is False
    assert now.sum is not None
    assert now.sum.rows == 3


def test_of_partitions_nobody_marked_there_is_nothing(database):
    with database.read() as connection:
        now = stand(connection, ("store:nowhere",))
        none = stand(connection, ())
    assert (now.floor, now.sum, now.knows) == (none.floor, none.sum, none.knows) == (0, Sum(), False)


def test_a_partition_whose_sum_is_unsure_makes_the_sum_of_all_unknown(database):
    with database.write() as connection:
        feed.mark(connection, "dev:1", "verdict", "v")
        feed.mark_many(connection, "store:a", "location", map(str, range(sums.MANY + 1)))
    with database.read() as connection:
        assert stand(connection, PARTS).sum is None
        assert stand(connection, ("dev:1",)).sum is not None
