"""What this device asked of the core about offers, and what it was told: the core alone decides them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from app.store import commands
from app.store.database import driver
from core.contract.commands import ClaimOffer, DeclareOutOfStock, DeclineOffer, ReleaseClaim

NAMES: Final = tuple(kind.__name__ for kind in (ClaimOffer, DeclineOffer, ReleaseClaim, DeclareOutOfStock))
LOOKED_AT: Final = 5_000  # newest commands of any name


@dataclass(frozen=True, slots=True)
class OfferAsk:
    """`state`: "queued" | "answered" (the verdict has not come down yet) | "accepted" | "attention" | "rejected".

    `code` and `params` name the core's sentence, once it is decided. `sku`: of a declaration. `settled`: a person has
    dealt with the refusal.
    """

    id: str
    name: str
    offer_id: str
    sku: str
    user_id: str
    at: datetime
    state: str
    code: str
    params: Mapping[str, str | int]
    settled: bool

    @property
    def is_open(self) -> bool:
        return self.state in ("queued", "answered")


def asks(connection: Connection) -> list[OfferAsk]:
    """Newest first."""
    marks = ", ".join("?" * len(NAMES))
    rows = driver(connection).execute(
        f"""SELECT {commands.COLUMNS}, state, code, params, dismissed_at FROM command WHERE name IN ({marks})
            AND seq > coalesce((SELECT max(seq) FROM command), 0) - ? ORDER BY seq DESC""",
        (*NAMES, LOOKED_AT),
    )
    return [_ask(row) for row in rows.fetchall()]


def _ask(row: tuple[Any, ...]) -> OfferAsk:
    *columns, state, code, params, dismissed_at = row
    command = commands.from_row(columns)
    said = command.arguments
    assert isinstance(said, ClaimOffer | DeclineOffer | ReleaseClaim | DeclareOutOfStock)
    return OfferAsk(
        id=command.id,
        name=command.name,
        offer_id=said.offer_id,
        sku=said.sku if isinstance(said, DeclareOutOfStock) else "",
        user_id=command.user_id,
        at=command.at,
        state=state,
        code=code,
        params=msgspec.json.decode(params, type=dict[str, str | int]),
        settled=dismissed_at is not None,
    )
