"""What head office withdrew for good stays withdrawn, also where the database is put back to before that.

A file beside the database remembers the devices; a core that starts withdraws again those that the database does not
know as withdrawn, one that is younger than the backup too: it is told to wipe itself and may hand over what it holds.
The file must not be put back together with the database. It holds no secret, and nobody's name but a tablet's.
"""

import logging
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from core.service import device_keys, devices
from core.store import tables as t
from core.store.database import Database

log = logging.getLogger(__name__)
_D = t.devices.c
_KEPT = (_D.id, _D.number, _D.location_id, _D.name, _D.public_key, _D.enrolled_at, _D.revoked_at)


def revoke(database: Database, path: Path, device_id: str, at: datetime) -> bool:
    """From now on nothing is given to the device or taken from it. False: there is no such device."""
    if not devices.revoke(database, device_id, at):
        return False
    remember(database, path)
    return True


def remember(database: Database, path: Path) -> None:
    """Adds those that the file does not name yet, now or at the next start: they are withdrawn all the same."""
    with database.read() as connection:
        core = device_keys.core_key(connection)
        known = {one["id"] for one in _named(path, core)}
        rows = connection.execute(select(*_KEPT).where(_D.state == "revoked").order_by(_D.id)).all()
    new = [row._asdict() | {"core": core} for row in rows if row.id not in known]
    if not new:
        return
    # A line break before each: the line before may have been cut off.
    lines = b"".join(b"\n" + orjson.dumps(one) for one in new)
    try:
        _append(path, lines)
    except OSError:
        log.exception("%d devices are withdrawn, and %s does not know it", len(new), path)


def _append(path: Path, lines: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, lines)
        os.fsync(file)
    finally:
        os.close(file)


def withdraw_again(database: Database, path: Path, at: datetime) -> int:
    """When a core starts: how many the database had forgotten. The file then names all that it knows itself."""
    count = 0
    with database.write() as connection:
        for one in _named(path, device_keys.core_key(connection)):
            count += _withdraw(connection, one, at)
    if count:
        log.warning("the database was put back: %d devices are withdrawn again", count)
    remember(database, path)
    return count


def _withdraw(connection: Connection, one: dict[str, Any], at: datetime) -> bool:
    """Whether it was not."""
    state = connection.execute(select(_D.state).where(_D.id == one["id"])).scalar_one_or_none()
    if state == "revoked":
        return False
    if state is not None:
        return devices.withdraw(connection, one["id"], at)
    times = {name: datetime.fromisoformat(one[name]) for name in ("enrolled_at", "revoked_at")}
    row = {column.name: one[column.name] for column in _KEPT} | times | {"state": "revoked"}
    try:
        with connection.begin_nested():
            connection.execute(insert(t.devices).values(row))
    except IntegrityError:
        # Its store is unknown too, or another device has its number: it stays unknown, and is given nothing.
        log.warning("%s was withdrawn, and is unknown here", one["id"])
        return False
    return True


def _named(path: Path, core: str) -> Iterator[dict[str, Any]]:
    """Those of this core: others may write to the same file."""
    if not path.exists():
        return
    for line in path.read_bytes().splitlines():
        try:
            one = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue  # a line that was cut off, or none; the start after that wrote it again
        if one["core"] == core:
            yield one
