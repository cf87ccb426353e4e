"""Past orders as a replay needs them: read from the core's own tables, with the stock they met given back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from numpy.typing import NDArray
from sqlalchemy import Connection, insert, literal, select

from core.adapters import town_directory
from core.domain.ruleset import Profile
from core.service import replay_apart, rulesets
from core.service.cause import Cause
from core.service.deciding import Case
from core.service.network import Network, read_network, read_stock, with_rejections
from core.service.refusal import Refusal, unknown
from core.service.replay import Say, replay
from core.service.replay_side import Past, Question
from core.store import tables as t

Ints = NDArray[Any]
MOST_ORDERS: Final = 100_000
CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """`against_id`: the version to compare with; None is the one that is live. The newest `orders` before `before`."""

    ruleset_id: str
    against_id: str | None = None
    orders: int = 10_000
    before: datetime | None = None
    division_id: str = ""


def what_if(connection: Connection, wanted: Wanted, at: datetime, say: Say) -> Mapping[str, Any] | Refusal:
    """The comparison (`replay.replay`) with the versions compared; nothing is written."""
    row = rulesets.row_of(connection, wanted.ruleset_id)
    if row is None:
        return unknown("ruleset", wanted.ruleset_id)
    division_id = row.division_id or wanted.division_id
    if not division_id:
        return Refusal("division_missing", remedy="The rules are for all brands: say whose orders to replay.")
    new = rulesets.parsed(row.body)
    old, against_id = rulesets.live(connection, division_id, at)
    if wanted.against_id is not None:
        named, against_id = rulesets.version(connection, wanted.against_id), wanted.against_id
        if named is None:
            return unknown("ruleset", wanted.against_id)
        old = named
    with replay_apart.beside(wanted.orders) as beside:
        network = with_rejections(connection, read_network(connection, division_id, at))
        orders = read_orders(connection, division_id, wanted.before or at, min(wanted.orders, MOST_ORDERS))
        stock = stock_given_back(connection, network, orders)
        result = replay(Question(network, stock, orders, new, new), old, say, beside)
    return {"ruleset_id": row.id, "against_id": against_id, "division_id": division_id, **result}


def keep(connection: Connection, cause: Cause, result: Mapping[str, Any], finished_at: datetime) -> str:
    """Stores a finished comparison; returns its id."""
    row = {
        "id": cause.new_id(),
        "ruleset_id": result["ruleset_id"],
        "against_id": result["against_id"],
        "orders": result["orders"],
        "result": dict(result),
        "started_at": cause.received_at,
        "finished_at": finished_at,
        "created_by": cause.user_id,
    }
    connection.execute(insert(t.replays), [row])
    return str(row["id"])


def read_orders(connection: Connection, division_id: str, before: datetime, most: int) -> list[Past]:
    """The newest, oldest first, with their lines as ordered."""
    o = t.orders.c
    query = (
        select(o.id, o.number, o.channel, o.service_level, o.total_minor, o.ship_to, o.placed_at)
        .where(o.division_id == division_id, o.placed_at <= before)
        .order_by(o.placed_at.desc(), o.id.desc())
        .limit(most)
    )
    rows = connection.execute(query).all()[::-1]
    lines = _lines(connection, [row.id for row in rows])
    weights = _weights(connection, division_id)
    return [_past(row, lines.get(row.id, []), weights) for row in rows]


def _past(row: Any, lines: Sequence[Any], weights: Mapping[str, int]) -> Past:
    country = row.ship_to.get("country", "")
    place = town_directory.locate(row.ship_to.get("town", ""), country)
    case = Case(
        tuple((line.id, line.sku, line.quantity) for line in lines),
        {},
        place.latitude if place else None,
        place.longitude if place else 0.0,
        profile=Profile(row.channel, "", country, row.service_level, row.total_minor),
        weights_g={line.sku: weights.get(line.sku, 0) for line in lines},
        prices_minor={line.sku: line.unit_price_minor for line in lines},
    )
    return Past(row.id, row.number, row.placed_at.date(), case)


def _lines(connection: Connection, order_ids: Sequence[str]) -> dict[str, list[Any]]:
    line = t.order_lines.c
    found: dict[str, list[Any]] = {}
    for start in range(0, len(order_ids), CHUNK):
        query = select(line.order_id, line.id, line.sku, line.quantity, line.unit_price_minor)
        query = query.where(line.order_id.in_(order_ids[start : start + CHUNK])).order_by(line.order_id, line.position)
        for row in connection.execute(query):
            found.setdefault(row.order_id, []).append(row)
    return found


def _weights(connection: Connection, division_id: str) -> dict[str, int]:
    v = t.variants.c
    query = select(v.id, v.weight_g).where(v.division_id == division_id)
    return {row.id: row.weight_g for row in connection.execute(query)}


def stock_given_back(connection: Connection, network: Network, orders: Sequence[Past]) -> dict[str, Ints]:
    skus = sorted({sku for past in orders for _, sku, _ in past.case.demand})
    stock = read_stock(connection, network, skus)
    index = network.index()
    f, line = t.fulfilments.c, t.fulfilment_lines.c
    ids = [past.order_id for past in orders]
    for start in range(0, len(ids), CHUNK):
        query = (
            select(f.location_id, line.sku, line.quantity, line.short)
            .join_from(t.fulfilments, t.fulfilment_lines, line.fulfilment_id == f.id)
            .where(f.order_id.in_(ids[start : start + CHUNK]), f.state != "cancelled")
        )
        h = t.waiting_holds.c
        held = select(h.location_id, h.sku, h.units.label("quantity"), literal(0).label("short"))
        held = held.where(h.order_id.in_(ids[start : start + CHUNK]))
        for row in (*connection.execute(query), *connection.execute(held)):
            if row.location_id in index and row.sku in stock:
                stock[row.sku][index[row.location_id]] += max(0, row.quantity - row.short)
    return stock
