"""Signing in by PIN, with or without the network: five wrong ones lock the person out on this device for a while.

After twenty in all the device forgets what the PIN is compared with: then only the core can tell whether it is right.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from app.store import grants, lockouts, references
from app.store.database import Database
from app.store.lockouts import Failed
from app.store.sealer import pin_hash
from core.contract.grants import UserGrant
from core.domain.outcome import Outcome, Verdict

TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
MOST_TRIES = 20


@dataclass(frozen=True, slots=True)
class SignedIn(Outcome):
    code: ClassVar[str] = "signed_in"
    user_id: str


@dataclass(frozen=True, slots=True)
class WrongPin(Outcome):
    """`left`: tries before the lock-out."""

    code: ClassVar[str] = "wrong_pin"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    left: int


@dataclass(frozen=True, slots=True)
class LockedOut(Outcome):
    code: ClassVar[str] = "locked_out"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    minutes: int


@dataclass(frozen=True, slots=True)
class MayNotSignIn(Outcome):
    """Left the company, or has no PIN yet."""

    code: ClassVar[str] = "may_not_sign_in"
    verdict: ClassVar[Verdict] = Verdict.REJECTED


@dataclass(frozen=True, slots=True)
class NeedsTheCore(Outcome):
    """This device has nothing (any more) that a PIN could be compared with: connect it."""

    code: ClassVar[str] = "sign_in_needs_the_core"
    verdict: ClassVar[Verdict] = Verdict.REJECTED


Answer = SignedIn | WrongPin | LockedOut | MayNotSignIn | NeedsTheCore


def sign_in(database: Database, user_id: str, pin: str, now: datetime) -> Answer:
    """Takes about 50 ms on purpose (Argon2): call it in a thread. The try is counted before the PIN is looked at."""
    with database.write() as connection:
        user = references.user(connection, user_id)
        if user is None or not user.active or not user.pin_hash:
            return MayNotSignIn()
        failed = lockouts.failed(connection, user_id)
        if failed.count >= TRIES and failed.last_at is not None and now < failed.last_at + LOCKED_FOR:
            left = failed.last_at + LOCKED_FOR - now
            return LockedOut(int(left / timedelta(minutes=1)) + 1)
        verifier = pin_hash(database.sealer, user)
        if verifier is None:
            return NeedsTheCore()
        tries = lockouts.count(connection, user_id, now, start_over=failed.count >= TRIES)
    if not _matches(verifier, pin):
        if tries.in_all >= MOST_TRIES:
            with database.write() as connection:
                references.forget_pin(connection, user)
        return _wrong(tries)
    with database.write() as connection:
        lockouts.forget(connection, user_id)
    return SignedIn(user_id)


def refused(database: Database, user_id: str, now: datetime) -> WrongPin | LockedOut:
    """The core said that the PIN is wrong: counted here too."""
    with database.write() as connection:
        failed = lockouts.failed(connection, user_id)
        return _wrong(lockouts.count(connection, user_id, now, start_over=failed.count >= TRIES))


def confirmed(database: Database, grant: UserGrant) -> SignedIn:
    """The core said who it is. From now on the person can sign in here without it again."""
    with database.write() as connection:
        lockouts.forget(connection, grant.user_id)
        user = references.user(connection, grant.user_id)
        if user is not None and pin_hash(database.sealer, user) != grant.pin_hash:
            known = replace(user, pin_hash=grant.pin_hash)
            references.keep(connection, database.sealer.seal_user(known) if database.sealer else known)
        grants.keep(connection, grant)
    return SignedIn(grant.user_id)


def _wrong(tries: Failed) -> WrongPin | LockedOut:
    left = TRIES - tries.count
    return WrongPin(left) if left > 0 else LockedOut(int(LOCKED_FOR / timedelta(minutes=1)))


def _matches(verifier: str, pin: str) -> bool:
    try:
        return PasswordHasher().verify(verifier, pin)
    except (Argon2Error, InvalidHashError):
        return False
