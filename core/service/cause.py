"""Who makes something happen, where and when: what every event and every stock movement is signed with."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from core.contract.ids import uuid7


@dataclass(frozen=True, slots=True)
class Cause:
    """`at`: when it happened (device time, corrected); `received_at`: when the core learned it.

    `because`: name of the command or kind of the job that it is done for; "" where a person does it at head office.
    """

    at: datetime
    received_at: datetime
    new_id: Callable[[], str]
    user_id: str = ""
    device_id: str = ""
    location_id: str = ""
    command_id: str = ""
    because: str = ""


def office_cause(at: datetime, user_id: str = "", new_id: Callable[[], str] | None = None) -> Cause:
    """For what head office, an integrator or the core itself does at `at`."""
    return Cause(at, at, new_id or id_maker(at), user_id)


def id_maker(at: datetime, random_bytes: Callable[[int], bytes] = os.urandom) -> Callable[[], str]:
    """Makes UUIDv7s of one moment that sort as they were made. `random_bytes(8)` gives the randomness of each."""
    numbers = count()

    def make() -> str:
        low = int.from_bytes(random_bytes(8), "big") & ((1 << 62) - 1)
        return uuid7(at, (((next(numbers) & 0xFFF) << 62) | low).to_bytes(10, "big"))

    return make
