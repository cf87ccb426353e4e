"""Who speaks at head office: people with a password and a session, integrators with a key. Only hashes are kept.

What is allowed comes from roles that are assigned for the whole account; a role at one store is for its tablets. After
five wrong passwords a login is locked for 15 minutes, whether it exists or not, and each answer takes the same time.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Connection, bindparam, insert, select, update

from core.contract.ids import uuid7
from core.domain.permissions import Permission
from core.service.refusal import Kind, Refusal
from core.service.trust import Trust
from core.store import tables as t
from core.store.database import Database

SESSION_LIFETIME: Final = timedelta(hours=12)
MOST_FAILURES: Final = 5
LOCK_TIME: Final = timedelta(minutes=15)
SESSION_PREFIX: Final = "cs_"
KEY_PREFIX: Final = "ck_"

CREDENTIALS_WRONG = Refusal("credentials_wrong", Kind.FORBIDDEN, remedy="Check login and password.")
TOKEN_INVALID = Refusal("token_invalid", Kind.FORBIDDEN, remedy="Sign in again, or ask for a new key.")
TOKEN_EXPIRED = Refusal("token_expired", Kind.FORBIDDEN, remedy="Sign in again.")


@dataclass(frozen=True, slots=True)
class Principal:
    """`user_id` is "" for an integrator's key. `permissions` are those for the whole account."""

    id: str
    name: str
    user_id: str
    account_id: str
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Trusted:
    """`until` None: a key, which does not expire."""

    principal: Principal
    until: datetime | None = None


_TRUST: Trust[_Trusted] = Trust()  # by hash of the token or key


@dataclass(frozen=True, slots=True)
class Session:
    token: str
    expires_at: datetime
    user_id: str
    name: str
    permissions: tuple[str, ...]


def sign_in(database: Database, login: str, password: str, at: datetime) -> Session | Refusal:
    with database.read() as connection:
        locked = locked_until(connection, login, at)
        user = connection.execute(select(t.users).where(t.users.c.login == login)).first()
    if locked is not None:
        seconds = int((locked - at).total_seconds()) + 1
        return Refusal("sign_in_locked", Kind.FORBIDDEN, {"retry_after_s": seconds}, "Wait, or ask a colleague.")
    # Outside of any transaction: checking a password is slow on purpose.
    right = matches(user.password_hash if user is not None else "", password)
    with database.write() as connection:
        if user is None or not user.active or not right:
            note_failure(connection, login, at)
            return CREDENTIALS_WRONG
        connection.execute(t.sign_in_failures.delete().where(t.sign_in_failures.c.login == login))
        token = SESSION_PREFIX + secrets.token_urlsafe(32)
        expires_at = at + SESSION_LIFETIME
        row = {"id": _new_id(at), "user_id": user.id, "token_hash": _hashed(token), "issued_at": at}
        connection.execute(insert(t.office_sessions).values(**row, expires_at=expires_at))
        return Session(token, expires_at, user.id, user.name, tuple(sorted(_permissions(connection, user.id))))


def sign_out(connection: Connection, token: str, at: datetime) -> None:
    _TRUST.forget(connection.engine)
    same = t.office_sessions.c.token_hash == _hashed(token)
    connection.execute(update(t.office_sessions).where(same).values(revoked_at=at))


def identify(database: Database, token: str, at: datetime) -> Principal | Refusal:
    """Of a session's token or an integrator's key. Who asks often is trusted for a moment (`core.service.trust`)."""
    hashed = _hashed(token)
    if (known := _trusted(database, hashed, at)) is not None:
        return known
    with database.read() as connection:
        found = _of_key(connection, hashed) if token.startswith(KEY_PREFIX) else _of_session(connection, hashed, at)
    if isinstance(found, Refusal):
        return found
    _TRUST.keep(database.engine, hashed, found)
    return found.principal


def trusted(database: Database, token: str, at: datetime) -> Principal | None:
    """As `identify`, from memory. None: it does not know."""
    return _trusted(database, _hashed(token), at)


def _trusted(database: Database, hashed: str, at: datetime) -> Principal | None:
    known = _TRUST.whose(database.engine, hashed)
    return known.principal if known is not None and (known.until is None or at < known.until) else None


def _of_session(connection: Connection, hashed: str, at: datetime) -> _Trusted | Refusal:
    row = connection.execute(_SESSION, {"hashed": hashed}).first()
    if row is None or row.revoked_at is not None or not row.active:
        return TOKEN_INVALID
    if row.expires_at <= at:
        return TOKEN_EXPIRED
    permissions = _permissions(connection, row.user_id)
    return _Trusted(Principal(row.user_id, row.name, row.user_id, row.account_id, permissions), row.expires_at)


_S, _U = t.office_sessions.c, t.users.c
_SESSION: Final = (
    select(_S.id, _S.expires_at, _S.revoked_at, _U.id.label("user_id"), _U.name, _U.account_id, _U.active)
    .join_from(t.office_sessions, t.users, _U.id == _S.user_id)
    .where(_S.token_hash == bindparam("hashed"))
)


def _of_key(connection: Connection, hashed: str) -> _Trusted | Refusal:
    k = t.api_keys.c
    row = connection.execute(select(t.api_keys).where(k.key_hash == hashed, k.revoked_at.is_(None))).first()
    if row is None:
        return TOKEN_INVALID
    return _Trusted(Principal(f"key:{row.id}", row.name, "", row.account_id, frozenset(row.permissions)))


def create_key(
    connection: Connection, creator: Principal, name: str, permissions: Sequence[str], at: datetime
) -> tuple[str, str] | Refusal:
    """(id, key): the key is shown once. Nobody gives away more than they have."""
    unknown = sorted(set(permissions) - set(Permission))
    if unknown:
        return Refusal("permission_unknown", params={"permission": unknown[0]})
    missing = sorted(set(permissions) - creator.permissions)
    if missing:
        return Refusal("permission_not_yours", Kind.FORBIDDEN, {"permission": missing[0]})
    id, key = _new_id(at), KEY_PREFIX + secrets.token_urlsafe(32)
    row: dict[str, Any] = {"id": id, "account_id": creator.account_id, "name": name, "key_hash": _hashed(key)}
    row |= {"permissions": sorted(set(permissions)), "created_at": at, "created_by": creator.id}
    connection.execute(insert(t.api_keys).values(row))
    return id, key


def distrust(connection: Connection) -> None:
    """After permissions or people changed: everybody is looked up again."""
    _TRUST.forget(connection.engine)


def revoke_key(connection: Connection, key_id: str, at: datetime) -> bool:
    """False: there is no such key. It opens nothing any more within a second."""
    _TRUST.forget(connection.engine)
    k = t.api_keys.c
    return connection.execute(update(t.api_keys).where(k.id == key_id).values(revoked_at=at)).rowcount == 1


def hash_secret(secret: str) -> str:
    """A PIN or password as it is kept: argon2id."""
    return _hasher().hash(secret)


def _permissions(connection: Connection, user_id: str) -> frozenset[str]:
    a = t.assignments.c
    query = (
        select(t.roles.c.permissions)
        .join_from(t.assignments, t.roles, t.roles.c.id == a.role_id)
        .where(a.user_id == user_id, a.location_id.is_(None), a.division_id.is_(None))
    )
    return frozenset(one for granted in connection.execute(query).scalars() for one in granted)


def locked_until(connection: Connection, login: str, at: datetime) -> datetime | None:
    f = t.sign_in_failures.c
    until = connection.execute(select(f.locked_until).where(f.login == login)).scalar()
    return until if isinstance(until, datetime) and until > at else None


def note_failure(connection: Connection, login: str, at: datetime) -> None:
    f = t.sign_in_failures.c
    row = connection.execute(select(t.sign_in_failures).where(f.login == login).with_for_update()).first()
    if row is None:
        connection.execute(insert(t.sign_in_failures).values(login=login, failures=1, last_at=at))
        return
    failures = 1 if row.last_at + LOCK_TIME < at else row.failures + 1
    locked = at + LOCK_TIME if failures >= MOST_FAILURES else None
    values = {"failures": 0 if locked else failures, "last_at": at, "locked_until": locked}
    connection.execute(update(t.sign_in_failures).where(f.login == login).values(values))


def matches(hashed: str, password: str) -> bool:
    """As slow for a login that does not exist or has no password."""
    try:
        return _hasher().verify(hashed or _nobodys_hash(), password) and bool(hashed)
    except (VerifyMismatchError, InvalidHashError):
        return False


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def _nobodys_hash() -> str:
    return _hasher().hash(secrets.token_urlsafe(16))


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def _new_id(at: datetime) -> str:
    return uuid7(at, secrets.token_bytes(10))
