from datetime import timedelta

from app.store import grants
from app.store.database import Database
from core.contract.grants import UserGrant
from tests.support.device import NOW, database

__all__ = ["database"]


def test_until_when_somebody_may_go_without_the_core_is_known_after_a_restart(database: Database) -> None:
    with database.write() as connection:
        assert grants.expires_at(connection, "ann") is None
        grants.keep(connection, UserGrant("ann", "paris", (), NOW, NOW + timedelta(hours=4), "token", "hash"))
    again = Database.open(database.folder)
    with again.read() as connection:
        assert grants.expires_at(connection, "ann") == NOW + timedelta(hours=4)
    again.close()
