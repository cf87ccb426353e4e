"""Devices: a one-time code makes a tablet a device of one store; short access and rotating refresh tokens keep it so.

Only hashes of codes and refresh tokens are kept. A refresh token that comes twice was copied, unless the answer to its
first coming was lost, which shows in its successor never having been used; a copied one suspends the device.
"""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import jwt
from sqlalchemy import Connection, bindparam, func, insert, select, update

from core.contract.ids import uuid7
from core.contract.sync import Enrolment
from core.domain.sscc import LAST_DEVICE_NUMBER
from core.service import device_keys
from core.service.refusal import Kind, Refusal
from core.service.trust import Trust
from core.store import feed
from core.store import tables as t
from core.store.database import Database
from core.store.tables.device import SIGNING_KEY

CODE_LIFETIME = timedelta(minutes=10)
ACCESS_LIFETIME = timedelta(minutes=15)
REFRESH_LIFETIME = timedelta(days=180)
REUSABLE_LIFETIME = timedelta(days=3650)
# Without letters and digits that look alike.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 8
SEEN_EVERY = timedelta(minutes=1)
_ALGORITHM = "HS256"

_OF_DEVICE = ("state", "number", "location_id", "name", "public_key")

RandomBytes = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Device:
    """Who speaks: a device of one store."""

    id: str
    number: int
    location_id: str
    name: str = ""
    public_key: str = ""


CODE_UNKNOWN = Refusal("enrolment_code_unknown", Kind.UNKNOWN, remedy="Ask for the code again, or for a new one.")
CODE_EXPIRED = Refusal("enrolment_code_expired", Kind.CONFLICT, remedy="Codes last ten minutes: ask for a new one.")
CODE_USED = Refusal("enrolment_code_used", Kind.CONFLICT, remedy="A code makes one device: ask for a new one.")
NUMBERS_EXHAUSTED = Refusal("device_numbers_exhausted", Kind.CONFLICT, remedy="Every range of parcel numbers is given.")
TOKEN_INVALID = Refusal("token_invalid", Kind.FORBIDDEN, remedy="Enrol the device again.")
TOKEN_EXPIRED = Refusal("token_expired", Kind.FORBIDDEN, remedy="Refresh the access token.")
DEVICE_REVOKED = Refusal("device_revoked", Kind.FORBIDDEN, remedy="Head office withdrew the device.")
DEVICE_SUSPENDED = Refusal("device_suspended", Kind.FORBIDDEN, remedy="Its keys were copied: enrol it again.")


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who shows a code. `paired_with`: the location the tablet belongs to so far; `public_key`: its own from now on."""

    code: str
    name: str = ""
    paired_with: str = ""
    public_key: str = ""


def create_code(
    database: Database, location_id: str, at: datetime, created_by: str = "", reusable: bool = False
) -> str:
    """A new enrolment code of 8 characters for a store, valid 10 minutes and once. `reusable` is for the demo only."""
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    with database.write() as connection:
        keep_code(connection, code, location_id, at, reusable)
        same = t.enrolment_codes.c.code_hash == _hashed(code)
        connection.execute(update(t.enrolment_codes).where(same).values(created_by=created_by))
    return code


def keep_code(connection: Connection, code: str, location_id: str, at: datetime, reusable: bool = False) -> None:
    """As `create_code`, for a given code: the demo's is always the same."""
    row = {
        "id": uuid7(at, secrets.token_bytes(10)),
        "code_hash": _hashed(_normal(code)),
        "location_id": location_id,
        "created_at": at,
        "created_by": "",
        "expires_at": at + (REUSABLE_LIFETIME if reusable else CODE_LIFETIME),
        "device_id": "",
        "reusable": reusable,
    }
    connection.execute(insert(t.enrolment_codes).values(row))


def enrol(
    database: Database, applicant: Applicant, at: datetime, random_bytes: RandomBytes = secrets.token_bytes
) -> Enrolment | Refusal:
    """Makes a device of the code's store."""
    with database.write() as connection:
        c = t.enrolment_codes.c
        by_hash = select(t.enrolment_codes).where(c.code_hash == _hashed(_normal(applicant.code))).with_for_update()
        code = connection.execute(by_hash).first()
        if code is None:
            return CODE_UNKNOWN
        if code.used_at is not None and not code.reusable:
            return CODE_USED
        if code.expires_at <= at:
            return CODE_EXPIRED
        if applicant.paired_with and applicant.paired_with != code.location_id:
            name = select(t.locations.c.name).where(t.locations.c.id == code.location_id)
            return _other_store(connection.execute(name).scalar_one())
        device = _new_device(connection, applicant, code.location_id, at, random_bytes)
        if device is None:
            return NUMBERS_EXHAUSTED
        connection.execute(update(t.enrolment_codes).where(c.id == code.id).values(used_at=at, device_id=device.id))
        return _enrolment(connection, device, at, random_bytes)


def _other_store(name: str) -> Refusal:
    """The tablet belongs to another store, and may still hold that store's unsent work."""
    remedy = "Ask for a code of the tablet's own store, or forget the pairing on the tablet first."
    return Refusal("enrolment_code_other_store", Kind.CONFLICT, {"store": name}, remedy)


def refresh(
    database: Database, refresh_token: str, at: datetime, random_bytes: RandomBytes = secrets.token_bytes
) -> Enrolment | Refusal:
    """New tokens for the refresh token, which is used up by it."""
    with database.write() as connection:
        r = t.refresh_tokens.c
        query = (
            select(t.refresh_tokens, *(t.devices.c[name] for name in _OF_DEVICE))
            .join_from(t.refresh_tokens, t.devices, t.devices.c.id == r.device_id)
            .where(r.token_hash == _hashed(refresh_token))
            .with_for_update(of=t.devices)
        )
        token = connection.execute(query).first()
        if token is None:
            return TOKEN_INVALID
        if token.state != "active":
            return DEVICE_REVOKED if token.state == "revoked" else DEVICE_SUSPENDED
        if token.expires_at <= at:
            return TOKEN_EXPIRED
        if _is_copied(connection, token):
            _set_state(connection, token.device_id, "suspended", at)
            return DEVICE_SUSPENDED
        same_parent = r.parent_id == token.id
        connection.execute(update(t.refresh_tokens).where(same_parent).values(replaced_at=at))
        connection.execute(update(t.refresh_tokens).where(r.id == token.id).values(used_at=at))
        device = Device(token.device_id, token.number, token.location_id, token.name, token.public_key)
        return _enrolment(connection, device, at, random_bytes, parent=token)


def owner(database: Database, refresh_token: str) -> Device | None:
    """Whose token this is, whatever its state; it is not used up."""
    r, d = t.refresh_tokens.c, t.devices.c
    columns = (d.id, d.number, d.location_id, d.name, d.public_key)
    query = select(*columns).join_from(t.refresh_tokens, t.devices, d.id == r.device_id)
    with database.read() as connection:
        row = connection.execute(query.where(r.token_hash == _hashed(refresh_token))).first()
    return None if row is None else Device(*row)


def take_key(database: Database, device_id: str, public_key: str) -> None:
    """Of a device that was enrolled by an app that knew no keys; a key that is known is never replaced."""
    with database.write() as connection:
        d = t.devices.c
        connection.execute(update(t.devices).where(d.id == device_id, d.public_key == "").values(public_key=public_key))
        _TRUST.forget(connection.engine)


def _is_copied(connection: Connection, token: Any) -> bool:
    """Used up or replaced, and somebody goes on with its successor."""
    if token.replaced_at is not None:
        return True
    if token.used_at is None:
        return False
    r = t.refresh_tokens.c
    query = select(r.id).where(r.parent_id == token.id, r.used_at.is_not(None))
    return connection.execute(query).first() is not None


_BY_IDS = select(t.devices).where(t.devices.c.id.in_(bindparam("ids", expanding=True)))
_KEY = select(t.secrets.c.value).where(t.secrets.c.name == SIGNING_KEY)


@dataclass(frozen=True, slots=True)
class _Signed:
    """What a token of ours says, signed with `key`. `unseen`: it is time to note that the device was seen."""

    device: Device
    expires_s: float
    key: bytes
    unseen: bool = False


_TRUST: Trust[_Signed] = Trust()  # by access token


def recognise(database: Database, access_token: str, at: datetime) -> tuple[Device | Refusal, bool]:
    """Whose token this is, and whether it is time to note that the device was seen: once a minute.

    A tablet that asks often is trusted for a moment (`core.service.trust`); then all that asked meanwhile are looked up
    together, by the devices that their signed tokens named.
    """
    known = _TRUST.whose(database.engine, access_token)
    if known is not None and at.timestamp() < known.expires_s:
        if known.unseen:
            _TRUST.keep(database.engine, access_token, replace(known, unseen=False))
        return known.device, known.unseen
    renewed = _TRUST.outdated(database.engine, access_token)
    with database.read() as connection:
        key = _signing_key(connection)
        named = {token: (one.device.id, one.expires_s) for token, one in renewed.items() if one.key == key}
        if access_token not in named:
            claims = _claims(key, access_token)
            named[access_token] = claims.get("sub", ""), claims.get("exp", 0)
        ids = sorted({device_id for device_id, _ in named.values()})
        rows = {row.id: row for row in connection.execute(_BY_IDS, {"ids": ids})}
    found = {token: _judged(rows.get(id), (expires_s, key), at) for token, (id, expires_s) in named.items()}
    mine = found[access_token]
    if isinstance(mine, _Signed):
        found[access_token] = replace(mine, unseen=False)
    for token, one in found.items():
        if isinstance(one, _Signed):
            _TRUST.keep(database.engine, token, one)
    return (mine.device, mine.unseen) if isinstance(mine, _Signed) else (mine, False)


def _judged(row: Any, said: tuple[float, bytes], at: datetime) -> _Signed | Refusal:
    """`said`: when the token expires, and the key it is signed with."""
    expires_s, key = said
    if row is None:
        return TOKEN_INVALID
    if row.state != "active":
        return DEVICE_REVOKED if row.state == "revoked" else DEVICE_SUSPENDED
    if expires_s <= at.timestamp():
        return TOKEN_EXPIRED
    unseen = row.last_seen_at is None or at - row.last_seen_at > SEEN_EVERY
    return _Signed(Device(row.id, row.number, row.location_id, row.name, row.public_key), expires_s, key, unseen)


def named_by(database: Database, access_token: str) -> str:
    """The id of the device that the core made this token for, valid or not; "" for any other text."""
    with database.read() as connection:
        return str(_claims(_signing_key(connection), access_token).get("sub", ""))


def note_seen(database: Database, seen: Sequence[Device], at: datetime) -> None:
    with database.write() as connection:
        of = t.devices.c.id.in_([device.id for device in seen])
        connection.execute(update(t.devices).where(of).values(last_seen_at=at))


def _claims(key: bytes, access_token: str) -> dict[str, Any]:
    """What a token of ours says, whether it is still valid or not; empty for any other text."""
    options: Any = {"require": ["sub", "exp"], "verify_exp": False, "verify_iat": False}
    try:
        return dict(jwt.decode(access_token, key, algorithms=[_ALGORITHM], options=options))
    except jwt.PyJWTError:
        return {}


def _signing_key(connection: Connection) -> bytes:
    return bytes(connection.execute(_KEY).scalar_one())


def revoke(database: Database, device_id: str, at: datetime) -> bool:
    """From now on nothing is given to the device or taken from it. False: there is no such device."""
    with database.write() as connection:
        return withdraw(connection, device_id, at)


def withdraw(connection: Connection, device_id: str, at: datetime) -> bool:
    """As `revoke`, in a transaction of the caller."""
    return _set_state(connection, device_id, "revoked", at)


def suspend(connection: Connection, device_id: str, at: datetime) -> None:
    """As `withdraw`, until it is paired again; one that is withdrawn for good stays so."""
    _set_state(connection, device_id, "suspended", at, unless="revoked")


def _set_state(connection: Connection, device_id: str, state: str, at: datetime, unless: str = "") -> bool:
    _TRUST.forget(connection.engine)
    feed.poke(connection, feed.device_part(device_id))  # it is told with its next request: now
    d = t.devices.c
    stop = update(t.devices).where(d.id == device_id, d.state != unless).values(state=state, revoked_at=at)
    return connection.execute(stop).rowcount == 1


def _new_device(
    connection: Connection, applicant: Applicant, location_id: str, at: datetime, random_bytes: RandomBytes
) -> Device | None:
    # One enrolment at a time: numbers are given out in order, each once.
    connection.execute(select(t.accounts.c.id).with_for_update()).all()
    highest = connection.execute(select(func.max(t.devices.c.number))).scalar_one()
    number = 0 if highest is None else highest + 1
    if number > LAST_DEVICE_NUMBER:
        return None
    name = applicant.name.replace("\0", "")[:80]
    device = Device(uuid7(at, random_bytes(10)), number, location_id, name, applicant.public_key)
    row = {"id": device.id, "number": number, "location_id": location_id, "name": name, "state": "active"}
    connection.execute(insert(t.devices).values(row | {"enrolled_at": at, "public_key": device.public_key}))
    return device


def _enrolment(
    connection: Connection, device: Device, at: datetime, random_bytes: RandomBytes, parent: Any = None
) -> Enrolment:
    token = random_bytes(32).hex()
    id = uuid7(at, random_bytes(10))
    row = {
        "id": id,
        "device_id": device.id,
        "family_id": parent.family_id if parent else id,
        "parent_id": parent.id if parent else "",
        "token_hash": _hashed(token),
        "issued_at": at,
        "expires_at": at + REFRESH_LIFETIME,
    }
    connection.execute(insert(t.refresh_tokens).values(row))
    prefix = select(t.accounts.c.company_prefix).join_from(t.accounts, t.locations)
    company_prefix = connection.execute(prefix.where(t.locations.c.id == device.location_id)).scalar_one()
    expires_at = (at + ACCESS_LIFETIME).replace(microsecond=0)
    access = jwt.encode(
        {"sub": device.id, "iat": int(at.timestamp()), "exp": int(expires_at.timestamp())},
        _signing_key(connection),
        _ALGORITHM,
    )
    told = (device.id, device.number, device.location_id, company_prefix, access, token, expires_at)
    return Enrolment(*told, core_key=device_keys.core_key(connection))


def _normal(code: str) -> str:
    return "".join(character for character in code.upper() if character.isalnum())


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
