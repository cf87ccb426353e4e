"""Places and people of the demo: stores and warehouses in real towns, and who works there, with PINs to try out."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from argon2 import Type
from argon2.low_level import hash_secret

from core.demo import people, towns
from core.demo.articles import FASHION, HOME
from core.demo.delivery import HOURS
from core.demo.reference import ZONES
from core.demo.scale import Scale
from core.demo.towns import Town
from core.domain.permissions import ROLES, Role

ACCOUNT: Final = "demo"
HEAD_OFFICE_LOGIN: Final = "office"
HEAD_OFFICE_PASSWORD: Final = "comptoir-demo"
# (role, PIN, first names of the first stores, language)
STAFF: Final = (
    (Role.ASSOCIATE, "1111", ("Amina", "Sofiane", "Élodie"), "en"),
    (Role.SEASONAL, "2222", ("Yusuf", "Lina", "Tom"), "ar"),
    (Role.MANAGER, "3333", ("Claire", "Bruno", "Nadia"), "fr"),
)


@dataclass(frozen=True, slots=True)
class Place:
    id: str
    code: str
    kind: str
    town: Town
    division_ids: tuple[str, ...]


def places(scale: Scale) -> list[Place]:
    """Stores first. One store in three has one brand only, the others and the warehouses have both."""
    stores = [
        Place(f"store-{number:03}", _code("S", town, number), "store", town, _brands(number))
        for number, town in enumerate(towns.store_towns(scale.stores), 1)
    ]
    warehouses = [
        Place(f"warehouse-{number}", _code("W", town, number), "warehouse", town, (FASHION, HOME))
        for number, town in enumerate(towns.warehouse_towns(scale.warehouses), 1)
    ]
    return stores + warehouses


def _brands(number: int) -> tuple[str, ...]:
    if number % 3 != 2:
        return FASHION, HOME
    return (HOME,) if number % 6 == 5 else (FASHION,)


def _code(letter: str, town: Town, number: int) -> str:
    """For example "LYO1": what people type to pair a tablet."""
    letters = "".join(char for char in town.name.upper() if "A" <= char <= "Z")[:3]
    return f"{letters or letter}{number}"


def location_rows(rng: random.Random, all_places: Sequence[Place]) -> list[dict[str, Any]]:
    streets = towns.distinct_streets(rng, len(all_places))
    return [
        {
            "id": place.id,
            "account_id": ACCOUNT,
            "code": place.code,
            "name": ("Comptoir " if place.kind == "store" else "Entrepôt ") + place.town.name,
            "kind": place.kind,
            "street": street,
            "postcode": place.town.postcode,
            "town": place.town.name,
            "country": place.town.country,
            "timezone": place.town.timezone,
            "zones": list(ZONES),
            "process": {},
            "phone": people.phone(rng, place.town.country),
            "latitude": place.town.latitude,
            "longitude": place.town.longitude,
            "hours": HOURS[place.kind],
            "demo": True,
            "active": True,
            "priority": 0,
            "version": 1,
        }
        for place, street in zip(all_places, streets, strict=True)
    ]


def role_rows() -> list[dict[str, Any]]:
    return [
        {"id": role, "account_id": ACCOUNT, "name": role, "permissions": sorted(str(one) for one in permissions)}
        for role, permissions in ROLES.items()
    ]


@dataclass(frozen=True, slots=True)
class Person:
    """`location_id` "": head office."""

    id: str
    login: str
    name: str
    role: str
    language: str
    location_id: str
    pin: str = ""


def staff(rng: random.Random, all_places: Sequence[Place]) -> list[Person]:
    found = [Person("user-office", HEAD_OFFICE_LOGIN, "Hélène Marchand", Role.HEAD_OFFICE, "fr", "")]
    for index, place in enumerate(all_places):
        for role, pin, names, language in STAFF:
            first = names[index] if index < len(names) else rng.choice(people.FIRST_NAMES)
            name = f"{first} {rng.choice(people.LAST_NAMES)}"
            login = f"{role}.{place.code.lower()}"
            found.append(Person(f"user-{place.id}-{role}", login, name, role, language, place.id, pin))
    return found


def user_rows(seed: int, persons: Sequence[Person], now: datetime) -> list[dict[str, Any]]:
    """The same PIN has the same hash in the whole demo: hashing is slow on purpose, and these PINs are public."""
    pins = {person.pin: _hash(seed, person.pin) for person in persons if person.pin}
    password = _hash(seed, HEAD_OFFICE_PASSWORD)
    return [
        {
            "id": person.id,
            "account_id": ACCOUNT,
            "login": person.login,
            "name": person.name,
            "language": person.language,
            "pin_hash": pins.get(person.pin, ""),
            "password_hash": password if person.role == Role.HEAD_OFFICE else "",
            "active": True,
            "demo_pin": person.pin,
            "version": 1,
            "created_at": now,
        }
        for person in persons
    ]


def assignment_rows(persons: Sequence[Person]) -> list[dict[str, Any]]:
    return [
        {
            "id": f"assignment-{person.id}",
            "user_id": person.id,
            "role_id": person.role,
            "division_id": None,
            "location_id": person.location_id or None,
        }
        for person in persons
    ]


def _hash(seed: int, secret: str) -> str:
    """argon2id with a salt from the seed, so that the demo is the same every time."""
    salt = random.Random(f"{seed}:salt:{secret}").randbytes(16)
    hashed = hash_secret(
        secret.encode(), salt, time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, type=Type.ID
    )
    return hashed.decode()
