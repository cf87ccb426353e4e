"""What the core confirmed of people who signed in here: until when they may go without it."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection

from app.store import settings
from app.store.database import driver
from core.contract.grants import UserGrant


class _Kept(msgspec.Struct, frozen=True):
    expires_at: datetime
    token: str


def keep(connection: Connection, grant: UserGrant) -> None:
    kept = _Kept(grant.expires_at, grant.token)
    settings.put(driver(connection), _name(grant.user_id), msgspec.json.encode(kept).decode())


def expires_at(connection: Connection, user_id: str) -> datetime | None:
    """None: the core has never confirmed this person here."""
    known = settings.get(driver(connection), _name(user_id))
    return msgspec.json.decode(known, type=_Kept).expires_at if known else None


def token(connection: Connection, user_id: str) -> str:
    """What proves to the core that it confirmed this person; "" where it never did."""
    known = settings.get(driver(connection), _name(user_id))
    return msgspec.json.decode(known, type=_Kept).token if known else ""


def _name(user_id: str) -> str:
    return f"grant:{user_id}"
