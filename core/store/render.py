"""Bodies of the feed, rendered when they are read: per entity one function of some ids of one partition.

A body is the contract's dataclass, or its JSON as bytes. An id without a row is left out, and the feed then says that
it is gone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, func, select

from core.contract.offers import Offer, OfferLine, OfferState
from core.contract.reference import (
    Carrier,
    Division,
    Location,
    Packaging,
    Position,
    Reason,
    StockEffect,
    StockTarget,
    User,
)
from core.contract.sync import VerdictDocument
from core.domain.outcome import Verdict
from core.store import documents
from core.store import tables as t
from core.store.collections import load_collections
from core.store.keyed import Keyed
from core.store.permissions import Grants, grants_at

Bodies = Mapping[str, Any]
# (connection, what the partition is of: a location, device or division id, ids of rows)
Renderer = Callable[[Connection, str, Sequence[str]], Bodies]


def _rows(connection: Connection, table: Table, ids: Sequence[str]) -> Iterable[RowMapping]:
    return connection.execute(select(table).where(table.c.id.in_(ids))).mappings()


def divisions(connection: Connection, _: str, ids: Sequence[str]) -> Bodies:
    names = ("id", "code", "name", "brand", "colour", "currency", "country", "process", "collect")
    return {row["id"]: Division(*(row[name] for name in names)) for row in _rows(connection, t.divisions, ids)}


def locations(connection: Connection, _: str, ids: Sequence[str]) -> Bodies:
    of = t.location_divisions.c
    works_for: dict[str, list[str]] = {}
    query = select(of.location_id, of.division_id).where(of.location_id.in_(ids)).order_by(of.division_id)
    for location_id, division_id in connection.execute(query):
        works_for.setdefault(location_id, []).append(division_id)
    return {
        row["id"]: Location(
            row["id"], row["code"], row["name"], row["kind"], row["street"], row["postcode"], row["town"],
            row["country"], row["timezone"], tuple(works_for.get(row["id"], ())), tuple(row["zones"]), row["process"],
            row["phone"], row["latitude"], row["longitude"], row["demo"], row["collect"],
            row["offers_paused_until"],
        )
        for row in _rows(connection, t.locations, ids)
    }  # fmt: skip


def users(connection: Connection, location_id: str, ids: Sequence[str]) -> Bodies:
    grants = grants_at(connection, location_id, ids)
    return {
        row["id"]: User(
            row["id"], row["login"], row["name"], row["language"], row["pin_hash"],
            grants.get(row["id"], Grants()).permissions, grants.get(row["id"], Grants()).roles, row["active"],
            row["demo_pin"],
        )
        for row in _rows(connection, t.users, ids)
    }  # fmt: skip


def reasons(connection: Connection, _: str, ids: Sequence[str]) -> Bodies:
    return {
        row["id"]: Reason(
            row["id"], row["usage"], row["labels"], StockEffect(row["effect"]), StockTarget(row["target"]),
            row["collateral"], row["position"],
        )
        for row in _rows(connection, t.reasons, ids)
        if row["active"]
    }  # fmt: skip


def carriers(connection: Connection, _: str, ids: Sequence[str]) -> Bodies:
    return {
        row["id"]: Carrier(
            row["id"], row["code"], row["name"], tuple(row["services"]), row["pickup_time"], row["gs1_prefix"]
        )
        for row in _rows(connection, t.carriers, ids)
        if row["active"]
    }


def packagings(connection: Connection, _: str, ids: Sequence[str]) -> Bodies:
    names = ("id", "labels", "length_mm", "width_mm", "height_mm", "tare_g", "position")
    rows = _rows(connection, t.packagings, ids)
    return {row["id"]: Packaging(*(row[name] for name in names)) for row in rows if row["active"]}


def offers(connection: Connection, location_id: str, ids: Sequence[str]) -> Bodies:
    o, copies = t.offers.c, t.offer_copies.c
    columns = (o.order_number, o.units, o.value_minor, o.currency, o.target_at, o.expires_at, o.state, o.winner)
    own = (copies.answer, copies.reason, copies.days_late, copies.offered_at, copies.answered_at, copies.answered_by)
    winner = t.locations.alias("winner")
    names = (winner.c.name.label("winner_name"), _asked_at_once().label("asked"), copies.distance_km)
    query = (
        select(copies.id, copies.location_id, *columns, *own, o.division_id, o.lines, *names)
        .join_from(t.offer_copies, t.offers, o.id == copies.offer_id)
        .join(winner, winner.c.id == o.winner, isouter=True)
        .where(copies.id.in_(ids))
    )
    rows = [row for row in connection.execute(query).all() if row.location_id == location_id]
    articles = _articles(connection, {line["sku"] for row in rows for line in row.lines})
    return {
        row.id: Offer(
            row.id, row.order_number, location_id, row.units, row.value_minor, row.currency, row.target_at,
            row.expires_at, _state_here(row), row.winner, row.division_id, row.days_late,
            tuple(OfferLine(line["sku"], line["units"], *articles.get(line["sku"], ())) for line in row.lines),
            row.reason, row.asked - 1, row.winner_name or "", row.offered_at, row.answered_at, row.answered_by,
            row.distance_km,
        )
        for row in rows
    }  # fmt: skip


def _asked_at_once() -> Any:
    """How many stores see the offer by the same rule. It never changes, so no other copy has to be sent again."""
    same = t.offer_copies.alias("same")
    query = select(func.count()).where(same.c.offer_id == t.offer_copies.c.offer_id)
    return query.where(same.c.step == t.offer_copies.c.step).correlate(t.offer_copies).scalar_subquery()


_OF_ANSWER = {
    "declined": OfferState.DECLINED,
    "no_answer": OfferState.EXPIRED,
    "withdrawn": OfferState.WITHDRAWN,
    "released": OfferState.RELEASED,
    "lost": OfferState.TAKEN,
}


def _state_here(row: Any) -> OfferState:
    """What the offer is for this store."""
    return _OF_ANSWER.get(row.answer, OfferState(row.state))


def _articles(connection: Connection, skus: Iterable[str]) -> Mapping[str, tuple[str, str, str, str]]:
    v, p = t.variants.c, t.products.c
    query = select(v.id, p.name, v.colour, v.size, v.image).join_from(t.variants, t.products, p.id == v.product_id)
    wanted = sorted(skus)
    return {row[0]: tuple(row[1:]) for row in connection.execute(query.where(v.id.in_(wanted)))} if wanted else {}


def verdicts(connection: Connection, device_id: str, ids: Sequence[str]) -> Bodies:
    return {
        row["id"]: VerdictDocument(row["id"], Verdict(row["verdict"]), row["code"], row["params"], row["decided_at"])
        if row["device_id"] == device_id
        else VerdictDocument(row["id"], Verdict.ATTENTION, "id_reuse", {}, row["decided_at"])
        for row in _rows(connection, t.processed_commands, ids)
    }


_POSITIONS = Keyed(
    """SELECT sku, on_hand, reserved, picked, unavailable, safety, zone, place FROM position
    WHERE location_id = {value} AND sku {keys}"""
)
_GTINS = "SELECT gtin FROM barcode WHERE sku = v.id ORDER BY position, gtin"
_VARIANTS = Keyed(
    """SELECT v.id, v.division_id, CAST({object}(
        'id', v.id, 'product_id', v.product_id, 'division_id', v.division_id, 'name', p.name, 'brand', p.brand,
        'category', p.category, 'colour', v.colour, 'size', v.size, 'gtins', {gtins}, 'price_minor', v.price_minor,
        'currency', v.currency, 'weight_g', v.weight_g, 'image', v.image) AS TEXT)
    FROM variant AS v JOIN product AS p ON p.id = v.product_id WHERE v.id {keys} AND v.active""",
    sqlite={"object": "json_object", "gtins": f"(SELECT json_group_array(gtin) FROM ({_GTINS}))"},
    postgres={"object": "json_build_object", "gtins": f"array_to_json(ARRAY({_GTINS}))"},
)


def positions(connection: Connection, location_id: str, ids: Sequence[str]) -> Bodies:
    return {row[0]: Position(*row) for row in _POSITIONS.rows(connection, ids, location_id)}


def variants(connection: Connection, division_id: str, ids: Sequence[str]) -> Bodies:
    """As the JSON of `Variant`, which the database writes: a season has ten thousand new prices in one pull."""
    # Of another division is what moved: it is gone from this one.
    found = (row for row in _VARIANTS.rows(connection, ids) if row[1] == division_id)
    return {id: body.encode() for id, _, body in found}


RENDERERS: Mapping[str, Renderer] = {
    "division": divisions,
    "location": locations,
    "user": users,
    "reason": reasons,
    "carrier": carriers,
    "packaging": packagings,
    "fulfilment": lambda connection, _, ids: documents.load_fulfilments(connection, ids),
    "run": lambda connection, _, ids: documents.load_runs(connection, ids),
    "manifest": lambda connection, _, ids: documents.load_manifests(connection, ids),
    "collection": lambda connection, _, ids: load_collections(connection, ids),
    "offer": offers,
    "verdict": verdicts,
    "position": positions,
    "variant": variants,
}


def bodies(connection: Connection, entity: str, part: str, ids: Sequence[str]) -> Bodies:
    """Of the rows of one partition. KeyError for an entity that is not in the contract."""
    return RENDERERS[entity](connection, part.partition(":")[2], ids)
