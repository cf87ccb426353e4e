"""Stock of a basket, read now: articles, and what every place may promise of them to the channel.

A channel with a virtual catalogue is one statement that reads the projection by key; its vectors become bits of places
without a loop. A channel without one sells by the same rules, computed from the positions (`core.service.atp`).
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from core.domain.promise_choice import Shelf
from core.service import atp
from core.service.atp_projection import PLACE_TYPE, touched
from core.service.promise_network import Network
from core.store.database import Database


@dataclass(frozen=True, slots=True)
class Article:
    """Sizes and weight 0: not known. `units`: by place of the network, what the channel may promise.

    `inbound`: what the channel may promise of announced stock, as the projection keeps it; "".
    """

    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    price_minor: int
    units: Any
    inbound: str = ""


# Last: whether the projection may be believed. An article that it has no row of is nowhere, where all rows are made.
_BELIEVED = (
    "COALESCE(a.generation, (SELECT made FROM atp_remake WHERE id = 1), 0) "
    "= COALESCE((SELECT generation FROM stock_rule_clock WHERE id = 1), 0)"
)
_COLUMNS = (
    "v.id, v.weight_g, v.length_mm, v.width_mm, v.height_mm, v.price_minor, a.units, a.places, a.inbound, "
    f"{_BELIEVED} AS believed"
)
_FROM = (
    " FROM variant v LEFT JOIN atp a ON a.sku = v.id AND a.catalogue_id = {0} WHERE {1}v.division_id = {0} AND v.active"
)
# As the drivers take it: for so short a statement SQLAlchemy's own work would be the longer part. The plus keeps SQLite
# from reading all articles of the division to find three of them.
_SQLITE = f"SELECT {_COLUMNS}{_FROM.format('?', '+')} AND v.id IN (SELECT value FROM json_each(?))"
_POSTGRES = f"SELECT {_COLUMNS}{_FROM.format('%s', '')} AND v.id = ANY(%s)"


def articles_of(connection: Connection, skus: Sequence[str], network: Network, channel: str) -> dict[str, Article]:
    """By SKU; those of the division that are active."""
    postgres = connection.dialect.name == "postgresql"
    catalogue_id = network.catalogues.get(channel, "")
    given = (catalogue_id, network.division.id, list(skus) if postgres else orjson.dumps(list(skus)).decode())
    rows = _fetched(connection, _POSTGRES if postgres else _SQLITE, given)
    work = touched(connection)
    # What this transaction has moved itself is not in the projection yet.
    if not catalogue_id or (work is not None and work.moved) or not _all_believed(rows):
        return _computed(connection, rows, network, channel)
    return _projected(rows, network)


def glance_at(database: Database, skus: Sequence[str], network: Network, channel: str) -> dict[str, Article] | None:
    """As `articles_of`, by one statement without a transaction. None: it takes more than that."""
    catalogue_id = network.catalogues.get(channel, "")
    if not catalogue_id or not database.is_sqlite:
        return None
    try:
        with database.glance() as cursor:
            cursor.execute(_SQLITE, (catalogue_id, network.division.id, orjson.dumps(skus).decode()))
            rows = cursor.fetchall()
            return _projected(rows, network) if _all_believed(rows) else None
    except sqlite3.Error as fault:
        raise OperationalError(_SQLITE, None, fault) from fault


def _all_believed(rows: Sequence[Any]) -> bool:
    return all(row[-1] for row in rows)


def _projected(rows: Sequence[Any], network: Network) -> dict[str, Article]:
    found = {}
    for id, weight, length, width, height, price, most, places, inbound, _ in rows:
        units = network.nowhere
        if places and most > 0:
            units = np.minimum(_by_place(np.frombuffer(places, PLACE_TYPE), network), most)
        found[id] = Article(weight, length, width, height, price, units, inbound or "")
    return found


def _fetched(connection: Connection, statement: str, given: tuple[Any, ...]) -> Sequence[Any]:
    cursor = connection.connection.cursor()
    try:
        cursor.execute(statement, given)
        return cursor.fetchall()
    except connection.dialect.loaded_dbapi.Error as fault:
        raise OperationalError(statement, None, fault) from fault
    finally:
        cursor.close()


def _by_place(vector: Any, network: Network) -> Any:
    if len(vector) > network.highest_slot:
        return vector.take(network.slots)
    # A vector ends with its last location that has anything; a location without a slot has nothing.
    longer = np.zeros(max(len(vector), network.highest_slot + 1), PLACE_TYPE)
    longer[: len(vector)] = vector
    return longer.take(network.slots)


def _computed(connection: Connection, rows: Sequence[Any], network: Network, channel: str) -> dict[str, Article]:
    stock = atp.available(connection, network.division.id, channel, [row[0] for row in rows])
    found = {}
    for id, weight, length, width, height, price, _, _, inbound, believed in rows:
        most = stock.most.get(id, 0)
        units = [min(most, stock.units.get(location, {}).get(id, 0)) for location in network.location_ids]
        found[id] = Article(
            weight, length, width, height, price, np.array(units, PLACE_TYPE), (believed and inbound) or ""
        )
    return found


def shelf_of(network: Network, wanted: dict[str, int], found: dict[str, Article]) -> Shelf:
    enough = []
    for sku, quantity in wanted.items():
        packed = np.packbits(found[sku].units >= quantity, bitorder="little")
        enough.append(int.from_bytes(packed.tobytes(), "little"))
    everything = -1
    for places in enough:
        everything &= places
    units = tuple(found[sku].units for sku in wanted)
    return Shelf(tuple(wanted.values()), units, tuple(enough), network.most_places, network.split, everything)
