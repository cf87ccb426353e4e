"""A person at a desk in the small store of tests.support.device: real database, set clock, counted ids and barcodes."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

from app.actions.desk import Desk
from app.state.walks import Walks
from app.store import documents
from app.store.database import Database, driver
from app.store.device_store import DeviceStore
from core.contract.sync import Group
from core.domain.barcodes import check_digit
from core.domain.fulfilment import Fulfilment
from tests.support import device

# Argon2 as weak as it may be: tests do not wait for it.
WEAK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PIN = "1111"


def ean(number: int) -> str:
    """A valid EAN-13 of article `sku{number}`."""
    body = f"40063813{number:04}"
    return body + check_digit(body)


def order(number: int, quantities: tuple[int, ...] = (2, 1), **changes: Any) -> Fulfilment:
    plain = device.fulfilment(number, quantities, **changes)
    lines = tuple(replace(line, gtins=(ean(int(line.sku[3:])).zfill(14),), weight_g=250) for line in plain.lines)
    return replace(plain, lines=lines)


@dataclass
class World:
    """`desk` acts as `ann`; time stands still until `now` is set."""

    database: Database
    now: datetime = device.NOW
    count: int = 0
    walks: Walks = field(default_factory=Walks)

    def desk(self, user_id: str = "ann") -> Desk:
        return Desk(self.database, self.walks, "paris", 7, "4006381", user_id, lambda: self.now, self.new_id)

    def new_id(self) -> str:
        self.count += 1
        return f"00000000-0000-7000-8000-{self.count:012}"

    def fulfilment(self, number: int) -> Fulfilment:
        with self.database.read() as connection:
            found = documents.get(connection, ("fulfilment", f"f{number}"))
        assert isinstance(found, Fulfilment)
        return found

    def document(self, entity: str, document_id: str) -> Any:
        with self.database.read() as connection:
            return documents.get(connection, (entity, document_id))

    def commands(self) -> list[str]:
        """Names of all commands made, oldest first."""
        with self.database.read() as connection:
            return [row[0] for row in driver(connection).execute("SELECT name FROM command ORDER BY seq")]

    def feed(self, group: Group, *frames: Any) -> None:
        """News from the core."""
        device.apply(DeviceStore(self.database), group, *frames, cursor=f"c{self.count}")
        self.walks.forget()


def open_world(folder: Path, orders: tuple[Fulfilment, ...], articles: int = 6) -> World:
    """A paired device whose first pulls brought these orders; close `world.database` afterwards."""
    database = Database.open(folder)
    store = DeviceStore(database)
    device.fill(store, orders=0, articles=articles)
    users = tuple(replace(user, pin_hash=WEAK.hash(PIN)) for user in device.USERS)
    variants = (device.variant(n, gtins=(ean(n).zfill(14),)) for n in range(articles))
    device.apply(store, Group.MAIN, device.put("user", *users, ver=2), device.put("fulfilment", *orders))
    device.apply(store, Group.CATALOGUE, device.put("variant", *variants, ver=2))
    return World(database)


def at(hours: float) -> datetime:
    return datetime(2026, 3, 2, 9, 0, tzinfo=UTC) + timedelta(hours=hours)
