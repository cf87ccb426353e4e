"""Signing in on a tablet with the core's help: the PIN is checked here, and the answer is good for a while without it.

Five wrong PINs lock the person out of that device for a quarter of an hour, as passwords do.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any, Final

import jwt
from sqlalchemy import Connection, exists, insert, select

from core.contract.grants import PairingCode, UserGrant
from core.contract.ids import uuid7
from core.domain.permissions import Permission
from core.service import device_keys, enrolment
from core.service.devices import Device
from core.service.refusal import Kind, Refusal
from core.service.sessions import locked_until, matches, note_failure
from core.store import tables as t
from core.store.database import Database
from core.store.permissions import Grants, grants_at, may

CLOCK_TOLERANCE: Final = timedelta(minutes=5)
WRONG_PIN = Refusal("wrong_pin", Kind.FORBIDDEN, remedy="Check the PIN.")
NOT_PERMITTED = Refusal(
    "not_permitted", Kind.FORBIDDEN, {"permission": "manage_devices"}, "Sign in as a manager, online."
)
MAY_NOT = Refusal("may_not_sign_in", Kind.FORBIDDEN, remedy="Give the person a PIN and a role at this store.")


def sign_in(database: Database, device: Device, user_id: str, pin: str, at: datetime) -> UserGrant | Refusal:
    """Slow on purpose. Refused with `sign_in_locked {retry_after_s}`, `wrong_pin`, `may_not_sign_in`."""
    name = f"pin:{device.id}:{user_id}"
    with database.read() as connection:
        locked = locked_until(connection, name, at)
        user = connection.execute(select(t.users).where(t.users.c.id == user_id)).first()
        here = grants_at(connection, device.location_id, [user_id]).get(user_id, Grants())
    if locked is not None:
        seconds = int((locked - at).total_seconds()) + 1
        return Refusal("sign_in_locked", Kind.FORBIDDEN, {"retry_after_s": seconds}, "Wait, or ask a colleague.")
    right = matches(user.pin_hash if user is not None else "", pin)
    with database.write() as connection:
        if user is None or not right:
            note_failure(connection, name, at)
            return WRONG_PIN
        connection.execute(t.sign_in_failures.delete().where(t.sign_in_failures.c.login == name))
        if not user.active or not here.permissions:
            return MAY_NOT
        return _grant(connection, device, user, here.roles, at)


def _grant(connection: Connection, device: Device, user: Any, roles: tuple[str, ...], at: datetime) -> UserGrant:
    expires_at = (at + timedelta(hours=user.offline_hours)).replace(microsecond=0)
    id = uuid7(at, secrets.token_bytes(10))
    row = {"id": id, "device_id": device.id, "user_id": user.id, "issued_at": at, "expires_at": expires_at}
    connection.execute(insert(t.user_grants).values(row))
    claims = {
        "jti": id, "sub": user.id, "dev": device.id, "loc": device.location_id, "roles": list(roles),
        "iat": int(at.timestamp()), "exp": int(expires_at.timestamp()),
    }  # fmt: skip
    token = jwt.encode(claims, device_keys.private_key(connection), "EdDSA")
    return UserGrant(user.id, device.location_id, roles, at, expires_at, token, user.pin_hash)


def covers(connection: Connection, device: Device, user_id: str, at: datetime) -> bool:
    """Whether the core had confirmed who this is when it happened. An app that knows no keys knows no grants either."""
    if not device.public_key:
        return True
    g = t.user_grants.c
    mine = (g.device_id == device.id) & (g.user_id == user_id)
    then = (g.issued_at <= at + CLOCK_TOLERANCE) & (g.expires_at > at)
    return bool(connection.execute(select(exists().where(mine, then))).scalar())


def pairing_code(connection: Connection, device: Device, token: str, at: datetime) -> PairingCode | Refusal:
    """For another device of the same store, asked for by somebody whose grant is good and who may manage devices."""
    user_id = _holder(connection, device, token, at)
    if not user_id or not may(connection, user_id, Permission.MANAGE_DEVICES, device.location_id):
        return NOT_PERMITTED
    made = enrolment.create(connection, device.location_id, at, created_by=user_id)
    return made if isinstance(made, Refusal) else PairingCode(made.code, made.payload, made.expires_at)


def _holder(connection: Connection, device: Device, token: str, at: datetime) -> str:
    """Whose grant of this device it is; "" where it is none, or over."""
    public = device_keys.private_key(connection).public_key()
    options: Any = {"require": ["sub", "dev", "exp"], "verify_exp": False, "verify_iat": False}
    try:
        claims = jwt.decode(token, public, algorithms=["EdDSA"], options=options)
    except jwt.PyJWTError:
        return ""
    is_good = claims["dev"] == device.id and at.timestamp() < claims["exp"]
    return str(claims["sub"]) if is_good else ""
