"""Who can work on this device, and where it stands."""

from dataclasses import dataclass

from app.store import references
from app.store.database import Database
from app.store.references import Missing


@dataclass(frozen=True, slots=True)
class PersonView:
    """`demo_pin` is only ever set by the demo data."""

    id: str
    name: str
    language: str
    roles: tuple[str, ...]
    demo_pin: str
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class StoreView:
    id: str
    name: str
    town: str
    timezone: str
    country: str
    brands: tuple[tuple[str, str], ...]  # (name, colour)
    demo: bool


def store(database: Database, location_id: str) -> StoreView | None:
    """None until the first pull has come."""
    with database.read() as connection:
        try:
            location = references.location(connection, location_id)
        except Missing:
            return None
        divisions = [d for d in references.divisions(connection) if d.id in location.division_ids]
    return StoreView(
        id=location.id,
        name=location.name,
        town=location.town,
        timezone=location.timezone,
        country=location.country,
        brands=tuple((division.brand, division.colour) for division in divisions),
        demo=location.demo,
    )


def staff(database: Database) -> tuple[PersonView, ...]:
    """Those who may sign in here, by name."""
    with database.read() as connection:
        users = references.users(connection)
    return tuple(
        PersonView(user.id, user.name, user.language, user.roles, user.demo_pin, frozenset(user.permissions))
        for user in users
        if user.active and user.pin_hash
    )


def person(database: Database, user_id: str) -> PersonView | None:
    return next((person for person in staff(database) if person.id == user_id), None)


def who_may(database: Database, permission: str, most: int = 3) -> tuple[str, ...]:
    """Names of colleagues to ask, where somebody has not this permission."""
    return tuple(person.name for person in staff(database) if permission in person.permissions)[:most]
