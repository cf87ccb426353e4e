"""The places of a brand as columns: what filters, criteria and distances are worked out on, all places at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, String, bindparam, cast, func, select

from core.domain.globe import metres_between
from core.service.closed_times import closed_places
from core.store import tables as t

Ints = NDArray[Any]
T = TypeVar("T")
NO_LIMIT: Final = 1_000_000
MOST_DESTINATIONS: Final = 4_096
CHUNK: Final = 500
APART: Final = "\x1f"  # a character that no id has


@dataclass(frozen=True, slots=True)
class Network:
    """One entry a place, by id. `capacity`: orders a day; `taken`: of today; `rejections`: thousandths of its units.

    `closed`: ids of those that are closed now besides their hours.
    """

    ids: tuple[str, ...]
    kinds: tuple[str, ...]
    countries: tuple[str, ...]
    latitudes: Ints
    longitudes: Ints
    capacity: Ints
    taken: Ints
    rejections: Ints
    _metres: dict[tuple[float, float], Ints] = field(default_factory=dict)
    _ways: dict[Any, Any] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.ids)

    def index(self) -> Mapping[str, int]:
        return {id: position for position, id in enumerate(self.ids)}

    def metres_to(self, latitude: float, longitude: float) -> Ints:
        """Great circle (haversine), in steps of 100 m; remembered, since many orders go to one town."""
        known = self._metres.get((latitude, longitude))
        if known is None:
            if len(self._metres) >= MOST_DESTINATIONS:
                self._metres.clear()
            known = _metres(self.latitudes, self.longitudes, latitude, longitude)
            self._metres[latitude, longitude] = known
        return known

    def of_way(self, key: Any, made: Callable[[], T]) -> T:
        """What depends on a destination and not on the order, made once."""
        known: T | None = self._ways.get(key)
        if known is None:
            if len(self._ways) >= MOST_DESTINATIONS:
                self._ways.clear()
            known = self._ways[key] = made()
        return known


def network_of(rows: Sequence[Any], taken: Mapping[str, int], rejections: Mapping[str, int]) -> Network:
    """`rows`: id, kind, country, latitude, longitude, capacity_per_day, sorted by id."""
    limits = [NO_LIMIT if row.capacity_per_day is None else row.capacity_per_day for row in rows]
    return Network(
        tuple(row.id for row in rows),
        tuple(row.kind for row in rows),
        tuple(row.country for row in rows),
        np.array([row.latitude for row in rows], dtype=float),
        np.array([row.longitude for row in rows], dtype=float),
        np.array(limits, dtype=np.int64),
        np.array([taken.get(row.id, 0) for row in rows], dtype=np.int64),
        np.array([rejections.get(row.id, 0) for row in rows], dtype=np.int64),
    )


_PLACES, _OF = t.locations.c, t.location_divisions.c
_OPEN: Final = (
    select(_PLACES.id, _PLACES.kind, _PLACES.country, _PLACES.latitude, _PLACES.longitude, _PLACES.capacity_per_day)
    .join_from(t.locations, t.location_divisions, _OF.location_id == _PLACES.id)
    .where(_OF.division_id == bindparam("division_id"), _PLACES.active)
    .order_by(_PLACES.id)
)


def read_network(connection: Connection, division_id: str, at: datetime) -> Network:
    """Open places that work for the brand, with what they have taken on today."""
    rows = connection.execute(_OPEN, {"division_id": division_id}).all()
    return replace(network_of(rows, _taken_today(connection, rows, at), {}), closed=closed_places(connection, at))


def with_rejections(connection: Connection, network: Network) -> Network:
    """With the thousandths of the units given to each place that it could not send; without history they are 0."""
    f, line = t.fulfilments.c, t.fulfilment_lines.c
    query = (
        select(f.location_id, func.sum(line.short).label("short"), func.sum(line.quantity).label("given"))
        .join_from(t.fulfilments, t.fulfilment_lines, line.fulfilment_id == f.id)
        .where(line.quantity > 0)
        .group_by(f.location_id)
    )
    known = {row.location_id: int(row.short) * 1000 // int(row.given) for row in connection.execute(query)}
    return replace(network, rejections=np.array([known.get(id, 0) for id in network.ids], dtype=np.int64))


def read_stock(connection: Connection, network: Network, skus: Sequence[str]) -> dict[str, Ints]:
    """Units available to promise, by SKU, one entry a place."""
    stock = np.zeros((len(skus), len(network)), dtype=np.int64)
    row, column = {sku: number for number, sku in enumerate(skus)}, network.index()
    p = t.positions.c
    free = p.on_hand - p.reserved - p.unavailable - p.safety
    # A text for each article: a row for each place of it would take the driver ten times as long.
    told = func.aggregate_strings(p.location_id + APART + cast(free, String), APART)
    query = select(p.sku, told).where(p.sku.in_(bindparam("skus", expanding=True)), free > 0).group_by(p.sku)
    for start in range(0, len(skus), CHUNK):
        for sku, text in connection.execute(query, {"skus": skus[start : start + CHUNK]}):
            words = text.split(APART)
            places = [column.get(id, -1) for id in words[::2]]
            units = np.array(words[1::2], dtype=np.int64)
            known = np.array(places) >= 0
            stock[row[sku], np.array(places)[known]] = units[known]
    return dict(zip(skus, stock, strict=True))


def _taken_today(connection: Connection, rows: Sequence[Any], at: datetime) -> dict[str, int]:
    """Orders placed today that limited locations have taken."""
    limited = [row.id for row in rows if row.capacity_per_day is not None]
    if not limited:
        return {}
    f = t.fulfilments.c
    morning = at.replace(hour=0, minute=0, second=0, microsecond=0)
    query = select(f.location_id, func.count()).where(f.location_id.in_(limited), f.placed_at >= morning)
    return {row[0]: row[1] for row in connection.execute(query.group_by(f.location_id))}


def _metres(latitudes: Ints, longitudes: Ints, latitude: float, longitude: float) -> Ints:
    """In steps of a hundred."""
    metres = metres_between(latitude, longitude, latitudes, longitudes, np)
    return np.round(metres / 100).astype(np.int64) * 100  # type: ignore[no-any-return]
