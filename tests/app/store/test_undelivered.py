from app.store import undelivered
from app.store.database import Database
from tests.support.device import database, scan, store

__all__ = ["database", "store"]


def test_what_is_undecided_comes_in_the_order_it_was_done_and_in_bounded_batches(database: Database) -> None:
    for number in range(1, 6):
        scan(database, number)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE command SET state = 'accepted' WHERE seq = 2")
        connection.exec_driver_sql("UPDATE command SET state = 'answered' WHERE seq = 3")
        connection.exec_driver_sql("UPDATE command SET state = 'rejected' WHERE seq = 4")
    with database.read() as connection:
        assert [command.seq for command in undelivered.after(connection, 0)] == [1, 3, 5]
        assert [command.seq for command in undelivered.after(connection, 1)] == [3, 5]
        assert [command.seq for command in undelivered.after(connection, 0, max_bytes=1)] == [1]
        assert undelivered.after(connection, 5) == ()
