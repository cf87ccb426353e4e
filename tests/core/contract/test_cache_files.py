import sqlite3

import pytest

from core.contract.cache_files import POSITION_COLUMNS, SCHEMA, SEARCH_COLUMNS, VARIANT_COLUMNS, statements
from core.contract.sync import Group


@pytest.mark.parametrize("group", SCHEMA)
def test_the_statements_make_a_cache_in_any_schema_and_twice(group):
    connection = sqlite3.connect(":memory:")
    connection.execute("ATTACH ':memory:' AS cache")
    for schema in ("main", "cache", "cache"):
        for statement in statements(group, schema):
            connection.execute(statement)
    (one, other) = (
        connection.execute(f"SELECT type, name, sql FROM {schema}.sqlite_schema ORDER BY name").fetchall()
        for schema in ("main", "cache")
    )
    assert one == other
    assert {kind for kind, *_ in one} <= {"table", "index"}  # nothing that runs by itself
    connection.close()


def test_the_columns_are_those_of_the_tables():
    connection = sqlite3.connect(":memory:")
    for group in (Group.STOCK, Group.CATALOGUE):
        for statement in statements(group, "main"):
            if "sync_cursor" not in statement or group is Group.STOCK:
                connection.execute(statement)

    def columns(table: str) -> str:
        return ", ".join(row[1] for row in connection.execute(f"PRAGMA table_info({table})"))

    assert columns("position") == POSITION_COLUMNS
    assert columns("variant") == f"row_id, {VARIANT_COLUMNS}"
    assert columns("variant_search") == SEARCH_COLUMNS
    connection.close()
