"""What was withdrawn stays withdrawn where the database is put back to before that."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from core.bootstrap import open_database
from core.service import devices, withdrawn
from core.settings import Settings
from core.store import tables as t
from core.store.database import Database
from tests.support.core import NOW, build_world, put_device

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def world(database):
    return build_world(database)


@pytest.fixture
def device(database, world):
    return put_device(database, world.lille, 7)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "withdrawn.jsonl"


def states(database: Database) -> dict[str, str]:
    d = t.devices.c
    with database.read() as connection:
        return {row.id: row.state for row in connection.execute(select(d.id, d.state))}


def forget_withdrawal(database: Database, device) -> None:
    """As a backup from before it."""
    with database.write() as connection:
        connection.execute(update(t.devices).where(t.devices.c.id == device.id).values(state="active"))


def forget_device(database: Database, device) -> None:
    """As a backup from before it was enrolled."""
    with database.write() as connection:
        connection.execute(delete(t.devices).where(t.devices.c.id == device.id))


def test_a_device_that_the_backup_knows_as_active_is_withdrawn_again(database, world, device, path):
    other = put_device(database, world.lille, 8)
    assert withdrawn.revoke(database, path, device.id, NOW)
    forget_withdrawal(database, device)
    assert withdrawn.withdraw_again(database, path, LATER) == 1
    assert states(database) == {device.id: "revoked", other.id: "active"}
    assert withdrawn.withdraw_again(database, path, LATER) == 0


def test_a_device_that_is_younger_than_the_backup_is_known_as_withdrawn(database, device, path):
    with database.write() as connection:
        connection.execute(update(t.devices).values(public_key="ab" * 32))
    withdrawn.revoke(database, path, device.id, NOW)
    forget_device(database, device)
    assert withdrawn.withdraw_again(database, path, LATER) == 1
    with database.read() as connection:
        row = connection.execute(select(t.devices)).one()
    found = (row.id, row.number, row.location_id, row.state, row.public_key, row.revoked_at)
    assert found == (device.id, 7, device.location_id, "revoked", "ab" * 32, NOW)


def test_one_whose_number_was_given_again_stays_unknown_and_stops_nobody(database, world, device, path):
    withdrawn.revoke(database, path, device.id, NOW)
    forget_device(database, device)
    with database.write() as connection:
        row = {"id": "new", "number": 7, "location_id": world.lille, "name": "", "state": "active", "enrolled_at": NOW}
        connection.execute(t.devices.insert().values(row))
    assert withdrawn.withdraw_again(database, path, LATER) == 0
    assert states(database) == {"new": "active"}


def test_what_was_withdrawn_before_there_was_a_file_is_in_it_after_the_next_start(database, device, path):
    devices.revoke(database, device.id, NOW)
    withdrawn.withdraw_again(database, path, NOW)
    forget_withdrawal(database, device)
    assert withdrawn.withdraw_again(database, path, LATER) == 1


def test_a_line_that_was_cut_off_hides_no_other(database, world, device, path):
    other = put_device(database, world.lille, 8)
    withdrawn.revoke(database, path, device.id, NOW)
    path.write_bytes(path.read_bytes()[:-9])
    withdrawn.revoke(database, path, other.id, NOW)
    for one in (device, other):
        forget_withdrawal(database, one)
    assert withdrawn.withdraw_again(database, path, LATER) == 2


def test_devices_of_another_core_are_left_alone(database, device, path):
    withdrawn.revoke(database, path, device.id, NOW)
    path.write_bytes(path.read_bytes().replace(b'"core":"', b'"core":"f'))
    forget_withdrawal(database, device)
    assert withdrawn.withdraw_again(database, path, LATER) == 0
    assert states(database) == {device.id: "active"}


def test_without_a_place_to_remember_it_the_device_is_withdrawn_all_the_same(database, device, tmp_path, caplog):
    in_the_way = tmp_path / "file"
    in_the_way.write_bytes(b"")
    assert withdrawn.revoke(database, in_the_way / "withdrawn.jsonl", device.id, NOW)
    assert states(database) == {device.id: "revoked"}
    assert "does not know it" in caplog.text


def test_who_is_unknown_is_not_withdrawn(database, world, path):
    assert not withdrawn.revoke(database, path, "nobody", NOW)
    assert not path.exists()


def test_a_core_that_starts_looks_into_the_file(sqlite_database):
    device = put_device(sqlite_database, build_world(sqlite_database).lille)
    settings = Settings(str(sqlite_database.url))
    withdrawn.revoke(sqlite_database, settings.withdrawn_file, device.id, NOW)
    forget_withdrawal(sqlite_database, device)
    started = open_database(settings)
    try:
        assert states(started) == {device.id: "revoked"}
    finally:
        started.close()


def test_a_withdrawn_device_is_not_merely_suspended_afterwards(database, device):
    """As by a push of its copy that was under way."""
    devices.revoke(database, device.id, NOW)
    with database.write() as connection:
        devices.suspend(connection, device.id, LATER)
    assert states(database) == {device.id: "revoked"}
