import pytest

from app.store import commands, outbox
from app.store.database import Database, driver
from core.contract.commands import How, ScanItem
from tests.support.device import database, stamp, store

__all__ = ["database", "store"]


@pytest.mark.usefixtures("store")
def test_a_command_comes_out_of_the_outbox_as_it_was_made(database: Database) -> None:
    first, second = ScanItem("f1", "l1-0", 1, How.CAMERA, "0123", "r"), ScanItem("f1", "l1-1", 1, How.TAP)
    with database.write() as connection:
        outbox.submit(connection, first, stamp(1))
        outbox.submit(connection, second, stamp(2, "bob"))
        made = commands.of_seqs(driver(connection), {2, 1})
    assert [(c.seq, c.id, c.arguments, c.user_id, c.at, c.prev) for c in made] == [
        (1, "command-1", first, "ann", stamp(1).at, ""),
        (2, "command-2", second, "bob", stamp(2).at, "command-1"),
    ]
