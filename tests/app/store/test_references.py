import pytest

from app.store import references
from app.store.database import Database
from tests.support.device import database, store

__all__ = ["database", "store"]


@pytest.mark.usefixtures("store")
def test_a_reference_that_is_not_there_yet_is_a_fault(database: Database) -> None:
    with database.read() as connection, pytest.raises(references.Missing):
        references.location(connection, "rome")
