"""The rules, virtual catalogues and location slots that every sum of stock is made with, read once per change of them.

A clock row says which version is true. Who writes sums shares it until the commit, who changes rules steps it first: so
that nobody adds up with rules that were replaced in the meantime.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, insert, select, text, update

from core.domain.atp import Terms, terms_of
from core.domain.stock_rules import Rule, RuleBook, RuleKind, Scope, Subject
from core.store import tables as t
from core.store.database import seen_in

MOST_TERMS: Final = 200_000
SEEN_BOOK: Final = "stock book"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`locations`: the activated ones. `id` "": a channel without a catalogue, which sells from all of them."""

    id: str
    division_id: str
    code: str
    locations: frozenset[str]
    threshold: int = 0
    inbound_days: int = 0


@dataclass(frozen=True)
class Book:
    """`slots`: the place of each location in a projection's vector. `generation`: rows of the projection that were made
    with another one are old; `whole`: there are none, and a row that is missing is of an article that is nowhere."""

    version: int
    generation: int
    whole: bool
    rules: RuleBook
    catalogues: Mapping[str, Catalogue]
    slots: Mapping[str, int]
    open_locations: Mapping[str, frozenset[str]]  # by division

    @cached_property
    def by_location(self) -> Mapping[str, tuple[Catalogue, ...]]:
        found: dict[str, list[Catalogue]] = {}
        for catalogue in self.catalogues.values():
            for location_id in catalogue.locations:
                found.setdefault(location_id, []).append(catalogue)
        return {location_id: tuple(some) for location_id, some in found.items()}

    @cached_property
    def by_channel(self) -> Mapping[tuple[str, str], Catalogue]:
        return {(one.division_id, one.code): one for one in self.catalogues.values()}

    @cached_property
    def location_of_slot(self) -> Sequence[str]:
        return sorted(self.slots, key=self.slots.__getitem__)

    def catalogue(self, division_id: str, channel: str) -> Catalogue:
        """The channel's, or all that the division's active locations have."""
        found = self.by_channel.get((division_id, channel))
        return found or Catalogue("", division_id, channel, self.open_locations.get(division_id, frozenset()))

    def terms(self, catalogue: Catalogue, subject: Subject) -> Terms:
        """Looked for once for all articles of a category that no rule names."""
        if self.rules.names(subject.sku):
            return terms_of(self.rules, subject, catalogue.id, catalogue.division_id)
        key = (catalogue.id, catalogue.division_id, subject.location_id, subject.categories)
        known = self._terms.get(key)
        if known is None:
            if len(self._terms) > MOST_TERMS:
                self._terms.clear()
            known = self._terms[key] = terms_of(self.rules, subject, catalogue.id, catalogue.division_id)
        return known

    @cached_property
    def _terms(self) -> dict[tuple[str, str, str, tuple[str, ...]], Terms]:
        return {}

    def threshold(self, catalogue: Catalogue, subject: Subject) -> tuple[int, Rule | None]:
        """Units kept back of the sum, and the rule that says so; the catalogue's own figure is the default."""
        rule = self.rules.find(RuleKind.THRESHOLD, subject, catalogue.id) if catalogue.id else None
        return (catalogue.threshold, None) if rule is None else (rule.amount(0), rule)


_BOOKS: WeakKeyDictionary[Engine, Book] = WeakKeyDictionary()
_MADE = "COALESCE((SELECT made FROM atp_remake WHERE id = 1), 0)"
_CLOCK = text(f"SELECT value, generation, generation = {_MADE} FROM stock_rule_clock WHERE id = 1")
_CLOCK_SHARED = text(f"{_CLOCK.text} FOR SHARE")
_NO_CLOCK: Final = (0, 0, True)


def book_of(connection: Connection, shared: bool = False) -> Book:
    """`shared`: nobody changes the rules until this transaction ends."""
    postgres = connection.dialect.name == "postgresql"
    seen = {} if postgres else seen_in(connection)  # SQLite has one writer: during a write nobody else changes rules
    if SEEN_BOOK not in seen:
        row = connection.execute(_CLOCK_SHARED if shared and postgres else _CLOCK).first() or _NO_CLOCK
        version, generation, whole = row[0], row[1], bool(row[2])
        known = _BOOKS.get(connection.engine)
        if known is None or known.version != version:
            known = _read(connection, version, generation, whole)
        elif known.whole != whole:
            known = replace(known, whole=whole)
        _BOOKS[connection.engine] = known
        seen[SEEN_BOOK] = known
    book: Book = seen[SEEN_BOOK]
    return book


def forget(connection: Connection) -> None:
    """So that this write reads the book again."""
    seen_in(connection).pop(SEEN_BOOK, None)


def step(connection: Connection, all_rows: bool = False) -> Book:
    """With every change of rules, catalogues or active locations, in its transaction: others wait for its end.

    `all_rows`: whatever the projection says is old from here on.
    """
    # Drawn and not counted: a version that was rolled back must never come again with other rules.
    version = secrets.randbits(31)
    forget(connection)
    clocks = t.stock_rule_clocks
    stepped = {"value": version} | ({"generation": version} if all_rows else {})
    if connection.execute(update(clocks).where(clocks.c.id == 1).values(stepped)).rowcount != 1:
        connection.execute(insert(clocks).values(id=1, **stepped))
    _give_slots(connection)
    return book_of(connection)


def _give_slots(connection: Connection) -> None:
    s = t.location_slots.c
    known = set(connection.execute(select(s.location_id)).scalars())
    highest = connection.execute(select(func.max(s.slot))).scalar()
    free = 0 if highest is None else highest + 1
    ids = connection.execute(select(t.locations.c.id).order_by(t.locations.c.id)).scalars()
    new = [id for id in ids if id not in known]
    if new:
        rows = [{"location_id": id, "slot": free + index} for index, id in enumerate(new)]
        connection.execute(insert(t.location_slots), rows)


def _read(connection: Connection, version: int, generation: int, whole: bool) -> Book:
    r = t.stock_rules.c
    columns = (r.id, r.kind, r.owner_id, r.location_id, r.sku, r.category, r.units, r.basis_points)
    rules = RuleBook(
        Rule(row.id, RuleKind(row.kind), Scope(row.location_id, row.sku, row.category), row.owner_id, row.units,
             row.basis_points)
        for row in connection.execute(select(*columns))
    )  # fmt: skip
    places, of = t.locations.c, t.location_divisions.c
    query = select(of.division_id, places.id).join_from(t.locations, t.location_divisions, of.location_id == places.id)
    open_: dict[str, set[str]] = {}
    for division_id, location_id in connection.execute(query.where(places.active)):
        open_.setdefault(division_id, set()).add(location_id)
    v = t.virtual_catalogues.c
    catalogues = {}
    for row in connection.execute(select(t.virtual_catalogues).where(v.active).order_by(v.id)):
        own = open_.get(row.division_id, set())
        chosen = frozenset(own & set(row.location_ids) if row.location_ids else own)
        catalogues[row.id] = Catalogue(row.id, row.division_id, row.code, chosen, row.threshold, row.inbound_days)
    slots = {row.location_id: row.slot for row in connection.execute(select(t.location_slots))}
    open_locations = {id: frozenset(some) for id, some in open_.items()}
    return Book(version, generation, whole, rules, catalogues, slots, open_locations)


def categories_of(connection: Connection, book: Book, skus: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """By SKU its category, those above it, and its category's name; nothing where no rule asks for categories."""
    if not book.rules.by_category:
        return {}
    v, p, c = t.variants.c, t.products.c, t.categories.c
    query = select(v.id, p.category_id, p.category).join_from(t.variants, t.products, p.id == v.product_id)
    parents: dict[str, str] = {}
    names: dict[str, str] = {}
    for row in connection.execute(select(c.id, c.parent_id, c.name)):
        parents[row.id], names[row.id] = row.parent_id, row.name
    found: dict[str, tuple[str, ...]] = {}
    for sku, category_id, name in connection.execute(query.where(v.id.in_(sorted(set(skus))))):
        found[sku] = _chain(category_id, name, parents, names)
    return found


def _chain(category_id: str, name: str, parents: Mapping[str, str], names: Mapping[str, str]) -> tuple[str, ...]:
    """Ids and names, the own category first."""
    chain: list[str] = []
    while category_id and category_id not in chain:
        chain.append(category_id)
        if names.get(category_id):
            chain.append(names[category_id])
        category_id = parents.get(category_id, "")
    return tuple(dict.fromkeys([*chain[:1], *([name] if name else []), *chain[1:]]))
