"""What may be promised, per channel: read from the projection by key, with the steps of its sum, or computed anew.

For sourcing and promise there is one fast function, `available(connection, division_id, channel, skus)`: units by
location and SKU, each within what its channel may sell. A channel without a virtual catalogue sells whatever the
division's active locations have, by the same rules, computed from the positions.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any, Final, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, select

from core.domain.atp import PLACE_FIELDS, Place, Step, Supply, Total, outlook
from core.domain.stock_rules import RuleKind, Subject
from core.service.atp_projection import PLACE_TYPE, Full, Touched, compute, computed
from core.service.stock_book import Book, Catalogue, book_of, categories_of
from core.store import tables as t
from core.store.database import BEFORE_COMMIT

MOST_SKUS: Final = 500
Ints = NDArray[np.int64]


class Why(NamedTuple):
    """`steps` add up to `units`; `locations`: how many have the article; `places`: units, ordered as `place_names`."""

    steps: tuple[Step, ...]
    locations: int
    places: list[int]


class Availability(NamedTuple):
    """`units`: that can be sold now; `in_stock`: those of them that are there; `later`: what dates beyond add."""

    sku: str
    units: int
    in_stock: int
    later: tuple[Supply, ...] = ()
    why: Why | None = None


@dataclass(frozen=True, slots=True)
class Available:
    """`units`: by location, then SKU, above zero. `most`: by SKU what all locations together may give."""

    units: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    most: Mapping[str, int] = field(default_factory=dict)


def availability(
    connection: Connection, catalogue_id: str, skus: Sequence[str], at: datetime, why: bool = False
) -> dict[str, Availability]:
    """From the projection, for every SKU asked for; what it does not know is nowhere: 0. No look at pending writes."""
    found = {}
    for row in _rows(connection, catalogue_id, skus, "why" if why else "units"):
        sku, stock, supply = row[0], row[1], row[2]
        coming = outlook(stock, *_supply(supply, at)) if supply else None
        units = stock if coming is None else coming.now
        reason = _why(row, units - stock) if why else None
        found[sku] = Availability(sku, units, stock, () if coming is None else coming.dates, reason)
    if len(found) < len(skus):
        for sku in skus:
            if sku not in found:
                found[sku] = Availability(sku, 0, 0, (), Why((), 0, []) if why else None)
    return found


def place_names(connection: Connection) -> Sequence[str]:
    """Locations in the order of `Why.places`, which may be shorter: then the rest has nothing."""
    return book_of(connection).location_of_slot


_LAST: Final = itemgetter(-1)
_COLUMNS: Final = {
    "units": ("sku", "units", "inbound"),
    "places": ("sku", "units", "inbound", "places"),
    "why": ("sku", "units", "inbound", "places", "locations", "threshold", *PLACE_FIELDS[:-1]),
}


def _statement(names: Sequence[str], postgres: bool) -> str:
    # Last: whether the row was made with the rules of now.
    columns = f"{', '.join(names)}, generation = (SELECT generation FROM stock_rule_clock WHERE id = 1)"
    # One parameter for all SKUs: a statement that never changes, whatever their number.
    where = "catalogue_id = {} AND sku {}"
    where = where.format("%s", "= ANY(%s)") if postgres else where.format("?", "IN (SELECT value FROM json_each(?))")
    return f"SELECT {columns} FROM atp WHERE {where}"


_STATEMENTS: Final = {
    (name, postgres): _statement(columns, postgres) for name, columns in _COLUMNS.items() for postgres in (False, True)
}


def _rows(
    connection: Connection, catalogue_id: str, skus: Sequence[str], columns: str, book: Book | None = None
) -> Sequence[Any]:
    """`book`: read before, where this is no snapshot; else rows that were made since would be missed."""
    postgres = connection.dialect.name == "postgresql"
    given = list(skus) if postgres else orjson.dumps(list(skus)).decode()
    rows = connection.exec_driver_sql(_STATEMENTS[columns, postgres], (catalogue_id, given)).fetchall()
    if len(rows) == len(skus) and all(map(_LAST, rows)):
        return rows
    book = book or book_of(connection)
    catalogue = book.catalogues.get(catalogue_id)
    if catalogue is None:
        return ()
    good = [row for row in rows if row[-1]]
    # Those of other rules are computed; and so are missing ones, where not all are made yet.
    old = ({row[0] for row in rows} if book.whole else set(skus)) - {row[0] for row in good}
    made = computed(connection, book, sorted(old), (catalogue,)) if old else ()
    return [*good, *((*(row[name] for name in _COLUMNS[columns]), True) for row in made)]


def _supply(kept: str, at: datetime) -> tuple[list[Supply], datetime, int]:
    document = orjson.loads(kept)
    supplies = [
        Supply(datetime.fromisoformat(moment), units, id, location_id)
        for moment, units, id, location_id in document["supply"]
    ]
    return supplies, at, document["days"]


def _why(row: Any, inbound: int) -> Why:
    locations, threshold = row[4], row[5]
    on_hand, reserved, unavailable, safety, segment, excluded, lacking = row[6:-1]
    units = on_hand - reserved - unavailable - safety - segment - excluded + lacking
    place = Place(on_hand, reserved, unavailable, safety, segment, excluded, lacking, units)
    steps = Total(place, locations, threshold).steps(inbound)
    return Why(steps, locations, np.frombuffer(row[3], PLACE_TYPE).tolist())


def available(connection: Connection, division_id: str, channel: str, skus: Sequence[str]) -> Available:
    """Units that the channel may promise from stock, with what this transaction has moved itself.

    A basket of 3 articles over 300 locations is one query for 3 rows.
    """
    wanted = sorted(set(skus))
    book = book_of(connection)
    catalogue = book.catalogue(division_id, channel)
    if not catalogue.id:
        return _gathered(compute(connection, book, wanted, (catalogue,)))
    units: dict[str, dict[str, int]] = {}
    sums: dict[str, int] = {}
    vectors = {}
    for sku, total, _, places, _ in _rows(connection, catalogue.id, wanted, "places", book):
        vectors[sku], sums[sku] = np.frombuffer(places, PLACE_TYPE), total
    _overlay(connection, book, catalogue, vectors, sums)
    names = book.location_of_slot
    for sku, vector in vectors.items():
        most = sums[sku]
        if most <= 0:
            continue
        slots = np.flatnonzero(vector)
        for slot, count in zip(slots.tolist(), vector[slots].tolist(), strict=True):
            units.setdefault(names[slot], {})[sku] = min(count, most)
    return Available(units, {sku: most for sku, most in sums.items() if most > 0})


class Seen(NamedTuple):
    """`units`: by SKU one entry a location; `most`: by SKU what all of them together may give."""

    units: dict[str, Ints]
    most: dict[str, int]


def vectors(
    connection: Connection, division_id: str, channel: str, skus: Sequence[str], location_ids: Sequence[str]
) -> Seen:
    """As `available`, in the order of `location_ids`; each SKU asked for has a vector."""
    wanted = sorted(set(skus))
    book = book_of(connection)
    catalogue = book.catalogue(division_id, channel)
    if not catalogue.id and not any(map(book.rules.has, _OF_PLACES)):
        return _unruled(connection, catalogue, wanted, location_ids)
    found = available(connection, division_id, channel, wanted)
    made = {sku: np.zeros(len(location_ids), np.int64) for sku in wanted}
    for index, location_id in enumerate(location_ids):
        for sku, units in found.units.get(location_id, {}).items():
            made[sku][index] = units
    return Seen(made, {sku: found.most.get(sku, 0) for sku in wanted})


_OF_PLACES: Final = (RuleKind.SAFETY, RuleKind.SHARE, RuleKind.EXCLUDE)


_P = t.positions.c
_FREE: Any = _P.on_hand - _P.reserved - _P.unavailable - _P.safety
_FREE_UNITS: Final = select(_P.sku, _P.location_id, _FREE).where(
    _P.sku.in_(bindparam("skus", expanding=True)), _FREE > 0
)


def _unruled(connection: Connection, catalogue: Catalogue, skus: Sequence[str], location_ids: Sequence[str]) -> Seen:
    """Where no rule says anything about a place, what is free there is all that counts."""
    index = {id: number for number, id in enumerate(location_ids) if id in catalogue.locations}
    units = {sku: np.zeros(len(location_ids), np.int64) for sku in skus}
    for sku, location_id, count in connection.execute(_FREE_UNITS, {"skus": skus}):
        if location_id in index:
            units[sku][index[location_id]] = count
    return Seen(units, {sku: int(vector.sum()) for sku, vector in units.items()})


def _gathered(sums: Iterator[Full]) -> Available:
    units: dict[str, dict[str, int]] = {}
    most = {}
    for full in sums:
        for location_id, place in full.places.items():
            if place.units:
                units.setdefault(location_id, {})[full.sku] = place.units
        if full.total.units:
            most[full.sku] = full.total.units
    return Available(units, most)


def _overlay(
    connection: Connection,
    book: Book,
    catalogue: Catalogue,
    vectors: dict[str, np.ndarray[Any, Any]],
    sums: dict[str, int],
) -> None:
    """What this transaction has moved is not in the projection yet: those places are computed."""
    work = connection.info.get(BEFORE_COMMIT, {}).get("atp")
    if not isinstance(work, Touched):
        return
    keys = sorted(key for key in work.moved if key[1] in vectors and key[0] in catalogue.locations)
    if not keys:
        return
    fresh = {full.sku: full for full in compute(connection, book, sorted({sku for _, sku in keys}), (catalogue,))}
    for sku, full in fresh.items():
        vector = np.zeros(len(book.slots), PLACE_TYPE)
        for location_id, place in full.places.items():
            vector[book.slots[location_id]] = place.units
        vectors[sku], sums[sku] = vector, full.total.units


@dataclass(frozen=True, slots=True)
class PlaceWhy:
    """One location's sum, and the rules that counted in it (ids; "" for none)."""

    location_id: str
    place: Place
    safety_rule: str = ""
    share_rule: str = ""
    exclude_rule: str = ""


@dataclass(frozen=True, slots=True)
class FullWhy:
    """The whole sum of one article, computed from the positions. `threshold_rule`: "" is the catalogue's own figure."""

    sku: str
    total: Total
    places: tuple[PlaceWhy, ...]
    threshold_rule: str = ""


def explain(connection: Connection, catalogue: Catalogue, sku: str) -> FullWhy:
    """Every location, every step, every rule: for the one who asks "why 3?" and wants to change it."""
    book = book_of(connection)
    (full,) = compute(connection, book, (sku,), (catalogue,))
    chain = categories_of(connection, book, (sku,)).get(sku, ())
    places = []
    for location_id, place in sorted(full.places.items()):
        terms = book.terms(catalogue, Subject(location_id, sku, chain))
        ids = (rule.id if rule else "" for rule in (terms.safety, terms.share, terms.exclude))
        places.append(PlaceWhy(location_id, place, *ids))
    _, rule = book.threshold(catalogue, Subject("", sku, chain))
    return FullWhy(sku, full.total, tuple(places), rule.id if rule else "")
