import pytest
from cryptography.fernet import Fernet, InvalidToken

from core.service import sealing
from core.store.database import Database
from tests.support.core import NOW


def test_what_is_sealed_is_not_readable_and_comes_back(database: Database):
    with database.write() as connection:
        sealed = sealing.seal(connection, "10,10 20,20", NOW)
    assert "10,10" not in sealed
    with database.write() as connection:
        assert sealing.unseal(connection, sealed, NOW) == "10,10 20,20"


def test_a_key_from_outside_is_not_in_the_database(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(sealing.VARIABLE, Fernet.generate_key().decode())
    with database.write() as connection:
        sealed = sealing.seal(connection, "x", NOW)
    monkeypatch.delenv(sealing.VARIABLE)
    with database.write() as connection, pytest.raises(InvalidToken):
        sealing.unseal(connection, sealed, NOW)
