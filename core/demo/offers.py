"""Orders that the demo's stores compete for: those of one channel, a few of them open when somebody looks first.

Everything else is given to a place as before, so that a new order of `comptoir demo-order` is work at once.
"""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from core.demo.articles import FASHION
from core.demo.network import Place
from core.demo.orders import Wish, place_order
from core.demo.reference import DIVISIONS
from core.service import rulesets
from core.service.cause import Cause
from core.service.refusal import Refusal
from core.service.rulesets import ALLOCATION, Draft

CHANNEL: Final = "concierge"
# Open for a whole working day, so that who looks first in the evening still sees them the next morning.
_DAY_MINUTES: Final = 9 * 60
RULES: Final[dict[str, Any]] = {
    "channels": [CHANNEL],
    "rules": [
        {"candidates": 3, "timeout_minutes": _DAY_MINUTES, "days_late": 60},
        {"candidates": 3, "timeout_minutes": _DAY_MINUTES, "days_late": 60, "automatic": "on_timeout"},
    ],
    "opens_within_minutes": 20_160,
}
# (which store it is near to, minutes ago, articles, units of the first one)
_OFFERED: Final = ((0, 35, 1, 0), (0, 20, 2, 0), (1, 12, 1, 2), (2, 4, 3, 0))
_FIRST_NUMBER: Final = 200_001


def put_rules(connection: Connection, cause: Cause) -> None:
    """Live from now on, for every brand."""
    for division in DIVISIONS:
        drafted = rulesets.draft(connection, cause, Draft(division.id, "Concierge", RULES, kind=ALLOCATION))
        assert not isinstance(drafted, Refusal), drafted
        published = rulesets.publish(connection, cause, drafted["id"])
        assert not isinstance(published, Refusal), published


def put_offers(
    connection: Connection, seed: int, now: datetime, stores: Sequence[Place], ids: Callable[[str], Callable[[], str]]
) -> None:
    """`ids(topic)` makes the ids of one topic. Of the brand that all the first stores have."""
    before = now - timedelta(hours=1)
    put_rules(connection, Cause(before, before, ids("allocation")))
    rng = random.Random(f"{seed}:offers")
    for number, (near, minutes, lines, units) in enumerate(_OFFERED, _FIRST_NUMBER):
        at = (now - timedelta(minutes=minutes)).replace(microsecond=0)
        here, there = stores[near % len(stores)].id, stores[(near + 1) % len(stores)].id
        wish = Wish(at, str(number), lines=lines, units=units, division_id=FASHION, channel=CHANNEL, also_at=there)
        place_order(connection, rng, here, wish, ids(f"offer:{number}"))
