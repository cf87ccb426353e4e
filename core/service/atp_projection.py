"""The projection of what every virtual catalogue can sell, maintained in the transaction that moves the stock.

A write gathers what it moved and brings the projection up to date once, just before it commits: rows of the projection
are the last that it locks, always in the same order, so that two writers never wait for each other in a circle, and a
best seller's row is held for as short as can be. The rules of the sum are `core.domain.atp`; `rebuild` makes the same
rows from nothing, and the tests compare. A row of an older generation than the book's (`core.service.atp_remake`) says
nothing: whoever touches it makes it from nothing.
"""

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from sqlalchemy import Connection, bindparam, delete, insert, select, text, update

from core.domain.atp import (
    NOWHERE,
    PLACE_FIELDS,
    Coming,
    Place,
    Shelf,
    Supply,
    Total,
    place_of,
    promisable,
    sum_of,
)
from core.domain.stock_rules import RuleKind, Subject
from core.service import segments
from core.service.stock_book import Book, Catalogue, book_of, categories_of, forget
from core.store import tables as t
from core.store.database import BEFORE_COMMIT

NAME = "atp"
PLACE_TYPE = np.dtype("<i4")
SKUS_AT_ONCE = 100
SUMS = tuple(name for name in PLACE_FIELDS if name != "units")
Key = tuple[str, str]  # location, SKU
Late = Callable[[], Iterable[tuple[Key, int]]]


class Touched:
    """What a write has moved so far: net units by position, brand holdings, and articles whose supply changed."""

    def __init__(self) -> None:
        self._moved: dict[Key, list[int]] = {}
        self._late: list[Late] = []
        self.held: dict[tuple[str, str, str], int] = {}
        self.supplied: set[str] = set()
        self._kept: list[tuple[Any, Any, Any]] = []

    @property
    def moved(self) -> dict[Key, list[int]]:
        self.settle()
        return self._moved

    def settle(self) -> None:
        """Reads what was said to be read late."""
        late, self._late = self._late, []
        for rows in late:
            for key, units in rows():
                self.move(key, (units, 0, 0, 0))

    def __call__(self, connection: Connection) -> None:
        bring_up_to_date(connection, self)

    def savepoint(self) -> None:
        self._kept.append((copy.deepcopy(self.moved), dict(self.held), set(self.supplied)))

    def roll_back(self) -> None:
        self._late.clear()
        self._moved, self.held, self.supplied = self._kept.pop() if self._kept else ({}, {}, set())

    def release(self) -> None:
        if self._kept:
            self._kept.pop()

    def move(self, key: Key, units: Sequence[int]) -> None:
        """`units`: on hand, reserved, unavailable, safety."""
        known = self._moved.setdefault(key, [0, 0, 0, 0])
        for index, count in enumerate(units):
            known[index] += count

    def move_late(self, rows: Late) -> None:
        """Many changes of units on hand, which are read only where a catalogue wants to know of them."""
        self._late.append(rows)

    @property
    def is_empty(self) -> bool:
        return not (self._moved or self._late or self.supplied)

    def hold(self, key: Key, division_id: str, reserved: int) -> None:
        name = (*key, division_id)
        self.held[name] = self.held.get(name, 0) + reserved


def touched(connection: Connection) -> Touched | None:
    """None outside of `Database.write()`: nothing can be moved there."""
    works = connection.info.get(BEFORE_COMMIT)
    if works is None:
        return None
    found = works.setdefault(NAME, Touched())
    assert isinstance(found, Touched)
    return found


def bring_up_to_date(connection: Connection, work: Touched) -> None:
    """Adds the difference that the write has made to every row of the projection that it concerns."""
    if work.is_empty:
        return
    book = book_of(connection, shared=True)
    if not book.catalogues:
        return
    moved = {key: net for key, net in work.moved.items() if any(net) and key[0] in book.by_location}
    skus = sorted({sku for _, sku in moved} | work.supplied)
    categories = categories_of(connection, book, skus)
    changes: dict[Key, list[tuple[int, Place, Place]]] = {}
    after = read_shelves(connection, sorted(moved))
    brands = segments.holdings(connection, book, sorted(moved))
    for (location_id, sku), net in sorted(moved.items()):
        subject = Subject(location_id, sku, categories.get(sku, ()))
        for catalogue in book.by_location[location_id]:
            name = (location_id, sku, catalogue.division_id)
            now = _shelf(after[location_id, sku], brands.get(name, 0))
            was = _before(now, net, work.held.get(name, 0))
            terms = book.terms(catalogue, subject)
            change = (book.slots[location_id], place_of(was, terms), place_of(now, terms))
            if change[1] != change[2]:
                changes.setdefault((catalogue.id, sku), []).append(change)
    wanted = sorted({*changes, *((id, sku) for sku in work.supplied for id in book.catalogues)})
    if wanted:
        _patch(connection, book, wanted, changes, work.supplied)


def _before(now: Shelf, net: Sequence[int], held: int) -> Shelf:
    on_hand, reserved, unavailable, safety = net
    return Shelf(
        now.on_hand - on_hand,
        now.reserved - reserved,
        now.unavailable - unavailable,
        now.safety - safety,
        now.brand_reserved - held,
    )


def _patch(
    connection: Connection,
    book: Book,
    wanted: Sequence[Key],
    changes: Mapping[Key, list[tuple[int, Place, Place]]],
    supplied: set[str],
) -> None:
    # A row that is old is made again in every catalogue: then all of them are locked here, in their one order.
    every = wanted if book.whole else [(id, sku) for id in book.catalogues for _, sku in wanted]
    rows = {key: row for key, row in _locked(connection, every).items() if row.generation == book.generation}
    missing = sorted({sku for key, sku in wanted if (key, sku) not in rows})
    if missing:
        rebuild(connection, book, missing)
    coming = _coming(connection, book, sorted(supplied - set(missing)))
    patched = []
    for key in wanted:
        if key[1] in missing:
            continue
        values = patch_of(rows[key], changes.get(key, ()))
        values["b_inbound"] = coming[key] if key in coming else rows[key].inbound
        patched.append(values | {"b_catalogue_id": key[0], "b_sku": key[1]})
    if patched:
        connection.execute(_UPDATE, patched)


_A = t.atp.c
_UPDATE = (
    update(t.atp)
    .where(_A.catalogue_id == bindparam("b_catalogue_id"), _A.sku == bindparam("b_sku"))
    .values({name: bindparam(f"b_{name}") for name in ("units", *SUMS, "locations", "places", "inbound")})
)


def patch_of(row: Any, changes: Iterable[tuple[int, Place, Place]]) -> dict[str, Any]:
    """The row's new values, from what some of its places were and are."""
    sums = {name: getattr(row, name) for name in SUMS}
    locations, vector = row.locations, np.frombuffer(row.places, PLACE_TYPE)
    for slot, was, now in changes:
        for name in SUMS:
            sums[name] += getattr(now, name) - getattr(was, name)
        locations += (now != NOWHERE) - (was != NOWHERE)
        if slot >= len(vector):
            vector = np.concatenate((vector, np.zeros(slot + 1 - len(vector), PLACE_TYPE)))
        elif not vector.flags.writeable:
            vector = vector.copy()
        vector[slot] = now.units
    units = max(0, int(vector.sum()) - row.threshold)
    values = {"units": units, **sums, "locations": locations, "places": vector.tobytes()}
    return {f"b_{name}": value for name, value in values.items()}


def _locked(connection: Connection, wanted: Sequence[Key]) -> dict[Key, Any]:
    catalogue_ids = sorted({catalogue_id for catalogue_id, _ in wanted})
    skus = sorted({sku for _, sku in wanted})
    query = select(t.atp).where(_A.catalogue_id.in_(catalogue_ids), _A.sku.in_(skus))
    query = query.order_by(_A.catalogue_id, _A.sku).with_for_update()
    return {(row.catalogue_id, row.sku): row for row in connection.execute(query)}


def rebuild(connection: Connection, book: Book, skus: Sequence[str] | None = None) -> int:
    """Rows of the projection from nothing, of these articles or of all. How many. Waits for who moves their stock."""
    if not book.catalogues:
        connection.execute(delete(t.atp))
        _all_made(connection, book)
        return 0
    if skus is None:
        connection.execute(delete(t.atp))
        _all_made(connection, book)
        p = t.positions.c
        skus = list(connection.execute(select(p.sku).distinct().order_by(p.sku)).scalars())
    made = 0
    for start in range(0, len(skus), SKUS_AT_ONCE):
        some = skus[start : start + SKUS_AT_ONCE]
        keys = [
            {"catalogue_id": id, "sku": sku, "places": b""} for id in sorted(book.catalogues) for sku in sorted(some)
        ]
        connection.execute(_INSERT_EMPTY, keys)
        _locked(connection, [(id, sku) for id in book.catalogues for sku in some])
        rows = computed(connection, book, some)
        connection.execute(_REPLACE, [{f"b_{name}": value for name, value in row.items()} for row in rows])
        made += len(rows)
    return made


def _all_made(connection: Connection, book: Book) -> None:
    made = {"wanted": book.generation, "made": book.generation}
    if connection.execute(update(t.atp_remakes).values(made)).rowcount != 1:
        connection.execute(insert(t.atp_remakes).values(id=1, **made))
    forget(connection)


# Of generation 0 until its sums are there; a clock that never went has that one too, and no catalogue.
_INSERT_EMPTY = text(
    "INSERT INTO atp (catalogue_id, sku, units, on_hand, reserved, unavailable, safety, segment, excluded, lacking, "
    "threshold, locations, places, inbound, generation) "
    "VALUES (:catalogue_id, :sku, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, :places, '', 0) "
    "ON CONFLICT (catalogue_id, sku) DO NOTHING"
)
_MADE = ("units", "threshold", "locations", "places", "inbound", "generation")
_REPLACE = (
    update(t.atp)
    .where(_A.catalogue_id == bindparam("b_catalogue_id"), _A.sku == bindparam("b_sku"))
    .values({name: bindparam(f"b_{name}") for name in (*_MADE, *SUMS)})
)


def computed(
    connection: Connection, book: Book, skus: Sequence[str], catalogues: Sequence[Catalogue] | None = None
) -> list[dict[str, Any]]:
    """The full computation: a row per catalogue and article from positions, rules and supply; writes nothing."""
    coming = _coming(connection, book, skus)
    found = []
    for full in compute(connection, book, skus, tuple(book.catalogues.values()) if catalogues is None else catalogues):
        vector = np.zeros(max((book.slots[id] for id in full.places), default=-1) + 1, PLACE_TYPE)
        for location_id, place in full.places.items():
            vector[book.slots[location_id]] = place.units
        sums = full.total.sum._asdict()
        key = (full.catalogue.id, full.sku)
        found.append(
            {**sums, "catalogue_id": key[0], "sku": key[1], "units": full.total.units,
             "threshold": full.total.threshold, "locations": full.total.locations, "places": vector.tobytes(),
             "inbound": coming[key], "generation": book.generation}
        )  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class Full:
    """One sum, with every place that has the article."""

    catalogue: Catalogue
    sku: str
    places: Mapping[str, Place]
    total: Total


def compute(connection: Connection, book: Book, skus: Sequence[str], catalogues: Sequence[Catalogue]) -> Iterator[Full]:
    """From the positions as they are now."""
    p = t.positions.c
    query = select(p.location_id, p.sku, p.on_hand, p.reserved, p.unavailable, p.safety).where(p.sku.in_(skus))
    by_sku: dict[str, list[Any]] = {}
    for row in connection.execute(query):
        by_sku.setdefault(row.sku, []).append(row)
    categories = categories_of(connection, book, skus)
    keys = [(row.location_id, row.sku) for rows in by_sku.values() for row in rows]
    brands = segments.holdings(connection, book, keys)
    for catalogue in catalogues:
        for sku in skus:
            chain = categories.get(sku, ())
            places = {}
            for row in by_sku.get(sku, ()):
                if row.location_id not in catalogue.locations:
                    continue
                shelf = _shelf(row, brands.get((row.location_id, sku, catalogue.division_id), 0))
                place = place_of(shelf, book.terms(catalogue, Subject(row.location_id, sku, chain)))
                if place != NOWHERE:
                    places[row.location_id] = place
            threshold, _ = book.threshold(catalogue, Subject("", sku, chain))
            yield Full(catalogue, sku, places, sum_of(places.values(), threshold))


def _shelf(row: Any, brand_reserved: int) -> Shelf:
    return Shelf(row.on_hand, row.reserved, row.unavailable, row.safety, brand_reserved)


def read_shelves(connection: Connection, keys: Sequence[Key]) -> Mapping[Key, Any]:
    """Rows of these positions."""
    p = t.positions.c
    columns = select(p.location_id, p.sku, p.on_hand, p.reserved, p.unavailable, p.safety)
    found: dict[Key, Any] = {}
    by_place: dict[str, list[str]] = {}
    for location_id, sku in keys:
        by_place.setdefault(location_id, []).append(sku)
    for location_id, skus in sorted(by_place.items()):
        for row in connection.execute(columns.where(p.location_id == location_id, p.sku.in_(skus))):
            found[row.location_id, row.sku] = row
    return found


def _coming(connection: Connection, book: Book, skus: Sequence[str]) -> dict[Key, str]:
    """Supply that each catalogue may promise, as its row keeps it; for every catalogue and article asked for."""
    if not skus:
        return {}
    found = {(id, sku): "" for id in book.catalogues for sku in skus}
    i = t.inbound.c
    query = select(t.inbound).where(i.sku.in_(skus), i.state == "expected").order_by(i.expected_at, i.id)
    rows = list(connection.execute(query))
    if not rows:
        return found
    categories = categories_of(connection, book, skus)
    lists: dict[Key, list[list[Any]]] = {}
    for row in rows:
        subject = Subject(row.location_id, row.sku, categories.get(row.sku, ()))
        supply = promisable_of(book, row, subject)
        if not supply.units:
            continue
        for catalogue in book.by_location.get(row.location_id, ()):
            if catalogue.inbound_days > 0 and book.terms(catalogue, subject).exclude is None:
                entry = [supply.at.isoformat(), supply.units, supply.id, supply.location_id]
                lists.setdefault((catalogue.id, row.sku), []).append(entry)
    for key, entries in lists.items():
        days = book.catalogues[key[0]].inbound_days
        found[key] = orjson.dumps({"days": days, "supply": entries}).decode()
    return found


def promisable_of(book: Book, row: Any, subject: Subject) -> Supply:
    """What may be promised of a row of inbound supply."""
    supply = Supply(row.expected_at, row.quantity - row.received, row.id, row.location_id)
    rule = book.rules.find(RuleKind.INBOUND, subject)
    return promisable(Coming(supply, row.promised, row.protected), rule)


def differences(connection: Connection) -> list[Key]:
    """Rows of the projection that are not what the full computation says; for checks, reads everything.

    Rows that are still to be made say nothing, and so nothing wrong.
    """
    book = book_of(connection)
    of_now = select(t.atp).where(_A.generation == book.generation)
    kept = {(row.catalogue_id, row.sku): row for row in connection.execute(of_now)}
    p = t.positions.c
    skus = list(connection.execute(select(p.sku).distinct()).scalars())
    wrong = []
    for start in range(0, len(skus), SKUS_AT_ONCE):
        for row in computed(connection, book, skus[start : start + SKUS_AT_ONCE]):
            key = (row["catalogue_id"], row["sku"])
            known = kept.get(key)
            if known is None:
                if book.whole and (row["inbound"] or any(row[name] for name in PLACE_FIELDS)):
                    wrong.append(key)
                continue
            same = all(value == getattr(known, name) for name, value in row.items() if name != "places")
            if not same or known.places.rstrip(b"\0") != row["places"].rstrip(b"\0"):
                wrong.append(key)
    return sorted(wrong)
