"""What must not be readable in the database file or its backups (a signature), sealed under a key of its own.

The key is in COMPTOIR_SEALING_KEY (as `Fernet.generate_key` makes it) or, where nobody set one, in the table `secret`:
then the file alone is enough to read it, which `docs/core.md` says.
"""

import os
from datetime import datetime
from functools import lru_cache
from typing import Final

from cryptography.fernet import Fernet
from sqlalchemy import Connection, insert, select

from core.store import tables as t

NAME: Final = "sealing"
VARIABLE: Final = "COMPTOIR_SEALING_KEY"


def seal(connection: Connection, text: str, at: datetime) -> str:
    return _box(_key(connection, at)).encrypt(text.encode()).decode()


def unseal(connection: Connection, sealed: str, at: datetime) -> str:
    """Raises cryptography.fernet.InvalidToken where it was sealed under another key."""
    return _box(_key(connection, at)).decrypt(sealed.encode()).decode()


@lru_cache(maxsize=4)
def _box(key: bytes) -> Fernet:
    return Fernet(key)


def _key(connection: Connection, at: datetime) -> bytes:
    given = os.environ.get(VARIABLE)
    if given:
        return given.encode()
    kept = connection.execute(select(t.secrets.c.value).where(t.secrets.c.name == NAME)).scalar()
    if kept is None:
        kept = Fernet.generate_key()
        connection.execute(insert(t.secrets).values(name=NAME, value=kept, created_at=at))
    return bytes(kept)
