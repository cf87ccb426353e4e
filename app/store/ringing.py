"""When a new offer may sound on this device: not in its quiet hours, not while somebody asked for silence.

Silence takes the sound away, never the words or the badge.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from sqlalchemy import Connection

from app.store import settings
from app.store.database import driver

_HEARD: Final = "offers_heard"
_PUT_OFF: Final = "offers_put_off"
MOST_PUT_OFF: Final = 500


@dataclass(frozen=True, slots=True)
class Ringing:
    """`quiet_from`, `quiet_until`: hours of the day on the store's clock, from 0; equal: no quiet hours.

    `silent_until`: when the silence that somebody asked for ends, None for none.
    """

    quiet_from: int = 0
    quiet_until: int = 0
    silent_until: datetime | None = None

    def is_quiet(self, now: datetime, clock: tzinfo) -> bool:
        """Within the quiet hours; they may go over midnight."""
        hour = now.astimezone(clock).hour
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= hour < self.quiet_until
        return hour >= self.quiet_from or hour < self.quiet_until

    def is_silenced(self, now: datetime) -> bool:
        return self.silent_until is not None and now < self.silent_until

    def sounds(self, now: datetime, clock: tzinfo) -> bool:
        return not self.is_silenced(now) and not self.is_quiet(now, clock)


def read(connection: Connection) -> Ringing:
    raw = driver(connection)
    until = settings.get(raw, "offers_silent_until")
    return Ringing(
        settings.number(raw, "offers_quiet_from"),
        settings.number(raw, "offers_quiet_until"),
        datetime.fromisoformat(until) if until else None,
    )


def write(connection: Connection, ringing: Ringing) -> None:
    raw = driver(connection)
    settings.put(raw, "offers_quiet_from", str(ringing.quiet_from))
    settings.put(raw, "offers_quiet_until", str(ringing.quiet_until))
    settings.put(raw, "offers_silent_until", ringing.silent_until.isoformat() if ringing.silent_until else "")


def heard(connection: Connection) -> frozenset[str]:
    """Ids of the offers and answers that this device has told already."""
    return frozenset(json.loads(settings.get(driver(connection), _HEARD) or "[]"))


def hear(connection: Connection, ids: Collection[str]) -> None:
    """From now on exactly these are told."""
    settings.put(driver(connection), _HEARD, json.dumps(sorted(ids)))


def put_off(connection: Connection) -> frozenset[str]:
    """Ids of the offers that somebody here does not want to look at now."""
    return frozenset(json.loads(settings.get(driver(connection), _PUT_OFF) or "[]"))


def keep_put_off(connection: Connection, ids: Collection[str]) -> None:
    """From now on exactly these; ids grow with time, the newest are kept."""
    settings.put(driver(connection), _PUT_OFF, json.dumps(sorted(ids)[-MOST_PUT_OFF:]))
