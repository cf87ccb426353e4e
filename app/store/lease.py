"""How long this device may read customers' data without a word from the core: three days, then it forgets its key.

Work goes on by order number. After two weeks it forgets what PINs are compared with as well; the commands it holds
stay, and the key it signs with, so that they still reach the core. Back in contact both keys are made anew and
everything is fetched again. Setting the clock back wins no time: the latest moment ever seen counts.
"""

import asyncio
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from app.store import settings
from app.store.database import Database, driver
from app.store.keys import DATA, KEY_BYTES, OUTBOX, PEPPER, Keys
from app.store.sealer import SEALED_BY, Sealer
from app.store.sealing import seal_in_place

CUSTOMERS_READABLE: Final = timedelta(hours=72)
AGE_LIMIT: Final = timedelta(days=14)
CONTACT_AT, SEEN_AT = "contact_at", "seen_at"


class Reading(Enum):
    """What this device can still read."""

    ALL = "all"
    NO_CUSTOMERS = "no_customers"
    NO_PINS = "no_pins"


class Lease:
    """`random_bytes`: for keys. Times are by the device's own clock."""

    def __init__(
        self, database: Database, keys: Keys, sealer: Sealer, random_bytes: Callable[[int], bytes] = os.urandom
    ) -> None:
        self._database, self._keys, self._sealer = database, keys, sealer
        self._random_bytes = random_bytes

    @property
    def reading(self) -> Reading:
        if not self._sealer.knows_pins:
            return Reading.NO_PINS
        return Reading.ALL if self._sealer.reads_customers else Reading.NO_CUSTOMERS

    def contact_at(self) -> datetime | None:
        """When the core answered last, to this process or an earlier one."""
        with self._database.read() as connection:
            told = settings.get(driver(connection), CONTACT_AT)
        return datetime.fromisoformat(told) if told else None

    async def begin(self, at: datetime) -> Reading:
        """At every start of the app. The first one makes the keys, and seals what an older app left in the clear."""
        with self._database.read() as connection:
            is_first = settings.get(driver(connection), CONTACT_AT) is None
        if self._keys.get(OUTBOX) is None:
            await self._keys.keep(OUTBOX, self._random_bytes(KEY_BYTES))
        if is_first:
            await self._make_keys()
            sealing = asyncio.ensure_future(asyncio.to_thread(seal_in_place, self._database, self._sealer))
            try:
                await asyncio.shield(sealing)
            except asyncio.CancelledError:
                await sealing  # the files may be closed after this
                raise
            with self._database.write() as connection:
                settings.put(driver(connection), SEALED_BY, self._sealer.fingerprint)
            self._note(at)
        return await self.without_contact(at)

    async def contact(self, at: datetime) -> bool:
        """The core answered. True: there are keys again, and the next pull fetches everything to be read with them."""
        self._note(at)
        if self.reading is Reading.ALL:
            return False
        await self._make_keys()
        return True

    async def without_contact(self, at: datetime) -> Reading:
        """To be asked now and then. What may not be read any more cannot be read any more afterwards."""
        age = self._age(at)
        over = [DATA] if age > CUSTOMERS_READABLE else []
        over += [PEPPER] if age > AGE_LIMIT else []
        if any(self._keys.get(name) is not None for name in over):
            await self._keys.forget(*over)
            self._sealer.forget_opened()
        return self.reading

    async def _make_keys(self) -> None:
        for name in (DATA, PEPPER):
            if self._keys.get(name) is None:
                await self._keys.keep(name, self._random_bytes(KEY_BYTES))
        self._sealer.forget_opened()

    def _note(self, at: datetime) -> None:
        with self._database.write() as connection:
            for name in (CONTACT_AT, SEEN_AT):
                settings.put(driver(connection), name, at.isoformat())

    def _age(self, at: datetime) -> timedelta:
        with self._database.write() as connection:
            raw = driver(connection)
            contact_at, seen_at = settings.get(raw, CONTACT_AT), settings.get(raw, SEEN_AT)
            latest = max(at, datetime.fromisoformat(seen_at)) if seen_at else at
            settings.put(raw, SEEN_AT, latest.isoformat())
        return latest - datetime.fromisoformat(contact_at) if contact_at else timedelta()
