"""How the store is configured and who works there, as the core told it last."""

from dataclasses import replace
from typing import TypeVar

from sqlalchemy import Connection

from app.store.codec import decode, encode
from app.store.database import driver
from app.store.sealer import MARK
from core.contract.offers import Offer
from core.contract.reference import Carrier, Division, Location, Packaging, Reason, User

T = TypeVar("T")


class Missing(LookupError):
    """A document that other documents name is not here: the first pull has not come yet. Arguments: entity, id."""


def division(connection: Connection, division_id: str) -> Division:
    return _one(connection, "division", division_id, Division)


def divisions(connection: Connection) -> list[Division]:
    return _all(connection, "division", Division)


def location(connection: Connection, location_id: str) -> Location:
    return _one(connection, "location", location_id, Location)


def locations(connection: Connection) -> list[Location]:
    return _all(connection, "location", Location)


def user(connection: Connection, user_id: str) -> User | None:
    """None: a colleague who left, or one of another store."""
    return _find(connection, "user", user_id, User)


def users(connection: Connection) -> list[User]:
    """By name; those who may not sign in any more included."""
    return sorted(_all(connection, "user", User), key=lambda user: user.name)


def forget_pin(connection: Connection, user: User) -> None:
    """Until the core tells it again: the person can sign in here with the core's help only."""
    keep(connection, replace(user, pin_hash=MARK))


def keep(connection: Connection, user: User) -> None:
    """As it is to lie in the file: its PIN hash is sealed."""
    query = "UPDATE document SET body = ? WHERE entity = 'user' AND id = ?"
    driver(connection).execute(query, (encode(user), user.id))


def reasons(connection: Connection, *usages: str) -> list[Reason]:
    """Of these usages: "short" | "put_back" | "hold" | "unpack"; in their order."""
    found = [reason for reason in _all(connection, "reason", Reason) if reason.usage in usages]
    return sorted(found, key=lambda reason: reason.position)


def all_reasons(connection: Connection) -> list[Reason]:
    return _all(connection, "reason", Reason)


def carriers(connection: Connection) -> list[Carrier]:
    return _all(connection, "carrier", Carrier)


def packagings(connection: Connection) -> list[Packaging]:
    """In the order to be shown."""
    return sorted(_all(connection, "packaging", Packaging), key=lambda packaging: packaging.position)


def offers(connection: Connection) -> list[Offer]:
    """Of any state; soonest target first."""
    return sorted(_all(connection, "offer", Offer), key=lambda offer: offer.target_at)


def offer(connection: Connection, offer_id: str) -> Offer | None:
    return _find(connection, "offer", offer_id, Offer)


def _all(connection: Connection, entity: str, kind: type[T]) -> list[T]:
    rows = driver(connection).execute("SELECT body FROM document WHERE entity = ? ORDER BY id", (entity,))
    return [decode(entity, row[0]) for row in rows]


def _find(connection: Connection, entity: str, document_id: str, kind: type[T]) -> T | None:
    row = driver(connection).execute("SELECT body FROM document WHERE entity = ? AND id = ?", (entity, document_id))
    found = row.fetchone()
    return decode(entity, found[0]) if found else None


def _one(connection: Connection, entity: str, document_id: str, kind: type[T]) -> T:
    found = _find(connection, entity, document_id, kind)
    if found is None:
        raise Missing(entity, document_id)
    return found
