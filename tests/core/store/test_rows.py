"""A row inserted here is the row that SQLAlchemy's own insert makes."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, insert, select

from core.store import tables as t
from core.store.rows import insert_each

AT = datetime(2026, 3, 1, 8, 30, 15, 123456, tzinfo=UTC)
EVENT = {
    "id": "e-1", "subject_kind": "order", "subject_id": "o-1", "order_id": "o-1", "name": "OrderReceived",
    "data": {"lines": 2, "é": ["ü", None]}, "at": AT, "received_at": AT,
}  # fmt: skip
JOB = {"id": "j-1", "kind": "watch", "subject": "o-1", "arguments": {"a": [1]}, "run_at": AT, "due_at": AT}


@pytest.mark.parametrize(("table", "row"), [(t.events, EVENT), (t.jobs, JOB)])
def test_it_is_the_same_row(database, table: Any, row: dict[str, Any]):
    with database.write() as connection:
        connection.execute(insert(table), [row])
        usual = connection.execute(select(table)).one()
        connection.execute(delete(table))
        insert_each(connection, table, [row])
        assert connection.execute(select(table)).one() == usual


def test_several_rows_are_one_statement(database):
    rows = [JOB | {"id": f"j-{number}"} for number in range(3)]
    with database.write() as connection:
        insert_each(connection, t.jobs, rows)
        insert_each(connection, t.jobs, [])
        assert set(connection.execute(select(t.jobs.c.id)).scalars()) == {"j-0", "j-1", "j-2"}
        # A default that is made is made for each.
        assert all(row.arguments == {"a": [1]} for row in connection.execute(select(t.jobs)))


def test_a_mistake_in_a_row_is_told(database):
    with database.write() as connection:
        with pytest.raises(KeyError, match="no column colour"):
            insert_each(connection, t.jobs, [JOB | {"colour": "red"}])
        with pytest.raises(ValueError, match="needs a value"):
            insert_each(connection, t.jobs, [{name: value for name, value in JOB.items() if name != "run_at"}])
