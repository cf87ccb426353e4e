"""What new orders are checked against, read once for all that arrive together."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, bindparam, select, tuple_

from core.domain.ruleset import Ruleset
from core.service import rulesets
from core.store import tables as t

if TYPE_CHECKING:
    from core.service.orders import NewOrder

MOST_ATTEMPTS: Final = 100


@dataclass(frozen=True, slots=True)
class Desk:
    """Rows by id. `numbers`: that are taken, of those asked for; `served`: (location id, division id)."""

    divisions: Mapping[str, Any]
    articles: Mapping[str, Any]
    carriers: Sequence[Any]
    rulesets: Mapping[str, Ruleset]
    numbers: set[str]
    served: frozenset[tuple[str, str]] = field(default=frozenset())
    holds: frozenset[str] = field(default=frozenset())

    def carrier(self, wanted: str, service_level: str) -> str:
        """Code of the carrier wanted (by code or id; "" if there is none), or of the first that serves the level."""
        if wanted:
            return next((row.code for row in self.carriers if wanted in (row.id, row.code)), "")
        first = self.carriers[0].code if self.carriers else ""
        return next((row.code for row in self.carriers if service_level in row.services), first)

    def give_numbers(self, connection: Connection, prefixes: Mapping[str, str]) -> dict[str, str]:
        """By order id, from its prefix and six digits, for example "AL-26122-048213"; no counter that all wait for."""
        found: dict[str, str] = {}
        for attempt in range(MOST_ATTEMPTS):
            wanted = {id: f"{prefix}-{_digits(id, attempt)}" for id, prefix in prefixes.items() if id not in found}
            taken = self.numbers | _taken(connection, set(wanted.values()))
            for id, number in wanted.items():
                if number not in taken:
                    taken.add(number)
                    found[id] = number
            if len(found) == len(prefixes):
                return found
        raise RuntimeError("no order number is free today")


def _digits(order_id: str, attempt: int) -> str:
    digest = hashlib.blake2b(f"{order_id}:{attempt}".encode(), digest_size=8).digest()
    return f"{int.from_bytes(digest, 'big') % 1_000_000:06}"


_V, _P, _C = t.variants.c, t.products.c, t.carriers.c
_DIVISIONS: Final = select(t.divisions).where(t.divisions.c.id.in_(bindparam("ids", expanding=True)))
_CARRIERS: Final = select(_C.id, _C.code, _C.services).where(_C.active).order_by(_C.code)
_ARTICLES: Final = (
    select(_V.id, _V.price_minor, _V.currency, _V.active, _V.division_id, _P.name)
    .join_from(t.variants, t.products, _P.id == _V.product_id)
    .where(_V.id.in_(bindparam("skus", expanding=True)))
)
_TAKEN: Final = select(t.orders.c.number).where(t.orders.c.number.in_(bindparam("numbers", expanding=True)))


def open_desk(connection: Connection, asked: Sequence["NewOrder"], at: datetime) -> Desk:
    ids = {"ids": sorted({new.division_id for new in asked})}
    skus = {"skus": sorted({line.sku for new in asked for line in new.lines})}
    divisions = {row.id: row for row in connection.execute(_DIVISIONS, ids)}
    return Desk(
        divisions,
        {row.id: row for row in connection.execute(_ARTICLES, skus)},
        connection.execute(_CARRIERS).all(),
        {id: rulesets.live(connection, id, at)[0] for id in divisions},
        _taken(connection, {new.number for new in asked if new.number}),
        _served(connection, {(place, new.division_id) for new in asked for place in _places(new) if place}),
        _holds(connection, {new.hold for new in asked if new.hold}),
    )


def _taken(connection: Connection, numbers: set[str]) -> set[str]:
    return set(connection.execute(_TAKEN, {"numbers": sorted(numbers)}).scalars()) if numbers else set()


def _places(new: "NewOrder") -> tuple[str, ...]:
    return (new.location_id, new.delivery.store_id if new.delivery else "")


def _served(connection: Connection, asked: set[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    of = t.location_divisions.c
    query = select(of.location_id, of.division_id).where(tuple_(of.location_id, of.division_id).in_(sorted(asked)))
    return frozenset((row[0], row[1]) for row in connection.execute(query)) if asked else frozenset()


def _holds(connection: Connection, reasons: set[str]) -> frozenset[str]:
    r = t.reasons.c
    query = select(r.id).where(r.id.in_(sorted(reasons)), r.usage == "hold", r.active)
    return frozenset(connection.execute(query).scalars()) if reasons else frozenset()
