"""Work documents between tables and domain: what is loaded equals what was saved, and a save writes only what differs.

`load_fulfilments` takes a fixed number of SELECTs for any number of ids. With `lock` the roots are locked, in the order
of their ids, until the transaction ends: two commands on one document take turns.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, delete, insert, select, update

from core.contract.rules import Document, Key
from core.domain.collection import Collection
from core.domain.fulfilment import Address, Fulfilment, Line, Parcel, ParcelItem
from core.domain.handover import Manifest, ManifestParcel
from core.domain.lifecycle import FulfilmentState, ManifestState, ParcelState, RunState
from core.domain.runs import Method, PickRun
from core.store import feed
from core.store import tables as t
from core.store.collections import load_collections, save_collection
from core.store.rows import insert_each

Values = dict[str, Any]


def _names(document: type[Any], *without: str) -> tuple[str, ...]:
    return tuple(field.name for field in fields(document) if field.name not in without)


FULFILMENT_FIELDS = _names(Fulfilment, "lines", "parcels")
LINE_FIELDS = _names(Line)
PARCEL_FIELDS = _names(Parcel, "items")
RUN_FIELDS = _names(PickRun)
MANIFEST_FIELDS = _names(Manifest, "parcels")
MANIFEST_PARCEL_FIELDS = _names(ManifestParcel)
ENTITY_OF = {Fulfilment: "fulfilment", PickRun: "run", Manifest: "manifest", Collection: "collection"}


def load_fulfilments(connection: Connection, ids: Iterable[str], lock: bool = False) -> dict[str, Fulfilment]:
    """Those that exist, by id."""
    roots = _roots(connection, t.fulfilments, FULFILMENT_FIELDS, ids, lock)
    if not roots:
        return {}
    found = list(roots)
    lines: dict[str, list[Line]] = {}
    for row in _parts(connection, t.fulfilment_lines, "fulfilment_id", LINE_FIELDS, found):
        values = row._asdict()
        values["gtins"] = tuple(values["gtins"])
        lines.setdefault(values.pop("owner"), []).append(Line(**values))
    parcels = _parcels(connection, found)
    return {
        id: Fulfilment(
            **values
            | {"ship_to": Address(**values["ship_to"]), "state": FulfilmentState(values["state"])}
            | {"lines": tuple(lines.get(id, ())), "parcels": tuple(parcels.get(id, ()))}
        )
        for id, values in roots.items()
    }


def _parcels(connection: Connection, fulfilment_ids: Sequence[str]) -> dict[str, list[Parcel]]:
    items: dict[tuple[str, str], list[ParcelItem]] = {}
    for row in _parts(
        connection, t.parcel_items, "fulfilment_id", ("parcel_id", "line_id", "quantity"), fulfilment_ids
    ):
        items.setdefault((row.owner, row.parcel_id), []).append(ParcelItem(row.line_id, row.quantity))
    parcels: dict[str, list[Parcel]] = {}
    for row in _parts(connection, t.parcels, "fulfilment_id", PARCEL_FIELDS, fulfilment_ids):
        values = row._asdict()
        owner = values.pop("owner")
        values |= {"state": ParcelState(values["state"]), "items": tuple(items.get((owner, values["id"]), ()))}
        parcels.setdefault(owner, []).append(Parcel(**values))
    return parcels


def load_runs(connection: Connection, ids: Iterable[str], lock: bool = False) -> dict[str, PickRun]:
    roots = _roots(connection, t.pick_runs, RUN_FIELDS, ids, lock)
    return {id: _run(values) for id, values in roots.items()}


def _run(values: Values) -> PickRun:
    tuples = {name: tuple(values[name]) for name in ("fulfilment_ids", "pickers", "left", "totes")}
    return PickRun(**values | tuples | {"method": Method(values["method"]), "state": RunState(values["state"])})


def load_manifests(connection: Connection, ids: Iterable[str], lock: bool = False) -> dict[str, Manifest]:
    roots = _roots(connection, t.manifests, MANIFEST_FIELDS, ids, lock)
    parcels: dict[str, list[ManifestParcel]] = {}
    if roots:
        for row in _parts(connection, t.manifest_parcels, "manifest_id", MANIFEST_PARCEL_FIELDS, list(roots)):
            values = row._asdict()
            parcels.setdefault(values.pop("owner"), []).append(ManifestParcel(**values))
    return {
        id: Manifest(**values | {"state": ManifestState(values["state"]), "parcels": tuple(parcels.get(id, ()))})
        for id, values in roots.items()
    }


_Reader = Callable[[Connection, Iterable[str], bool], Mapping[str, Document]]
_READERS: tuple[tuple[str, _Reader], ...] = (
    ("run", load_runs),
    ("manifest", load_manifests),
    ("collection", load_collections),
    ("fulfilment", load_fulfilments),
)


def load(connection: Connection, keys: Iterable[Key], lock: bool = False) -> dict[Key, Document]:
    """The documents that exist under these keys, whatever their location."""
    ids: dict[str, list[str]] = {}
    for kind, id in keys:
        ids.setdefault(kind, []).append(id)
    loaded: dict[Key, Document] = {}
    # Always in this order, so that commands that share documents never wait for each other in a ring.
    for kind, read in _READERS:
        if kind in ids:
            loaded |= {(kind, id): document for id, document in read(connection, ids[kind], lock).items()}
    return loaded


def save(connection: Connection, before: Document | None, after: Document) -> None:
    """Writes what differs and marks the document in its store's feed, in both stores when it moved."""
    if before == after:
        return
    if isinstance(after, Fulfilment):
        if not isinstance(before, Fulfilment):
            return save_new(connection, [after])
        _save_fulfilment(connection, before, after)
    elif isinstance(after, PickRun):
        _save_root(connection, t.pick_runs, _values(before, RUN_FIELDS), _values(after, RUN_FIELDS))
    elif isinstance(after, Manifest):
        _save_manifest(connection, before if isinstance(before, Manifest) else None, after)
    else:
        save_collection(connection, before if isinstance(before, Collection) else None, after)
    old_location = (before or after).location_id
    entity = ENTITY_OF[type(after)]
    feed.move(connection, entity, after.id, feed.store_part(old_location), feed.store_part(after.location_id))


def save_new(connection: Connection, made: Sequence[Fulfilment]) -> None:
    """As `save` of what was not there before, in one statement a table."""
    if not made:
        return
    insert_each(connection, t.fulfilments, [_values(one, FULFILMENT_FIELDS) for one in made])
    for table, parts in _PARTS:
        rows = [{"fulfilment_id": one.id} | values for one in made for values in parts(one).values()]
        insert_each(connection, table, rows)
    feed.mark_each(connection, "fulfilment", ((feed.store_part(one.location_id), one.id) for one in made))


def _save_fulfilment(connection: Connection, before: Fulfilment, after: Fulfilment) -> None:
    _save_root(connection, t.fulfilments, _values(before, FULFILMENT_FIELDS), _values(after, FULFILMENT_FIELDS))
    owner = {"fulfilment_id": after.id}
    for table, parts in _PARTS:
        _save_parts(connection, table, owner, parts(before), parts(after))


def _save_manifest(connection: Connection, before: Manifest | None, after: Manifest) -> None:
    _save_root(connection, t.manifests, _values(before, MANIFEST_FIELDS), _values(after, MANIFEST_FIELDS))
    _save_parts(connection, t.manifest_parcels, {"manifest_id": after.id}, _entries(before), _entries(after))


def _values(document: Any, names: Sequence[str]) -> Values:
    if document is None:
        return {}
    values = {name: getattr(document, name) for name in names}
    if isinstance(values.get("ship_to"), Address):
        values["ship_to"] = asdict(values["ship_to"])
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _numbered(parts: Iterable[tuple[tuple[str, ...], Values]]) -> dict[tuple[str, ...], Values]:
    return {key: values | {"position": position} for position, (key, values) in enumerate(parts)}


def _lines(fulfilment: Fulfilment) -> dict[tuple[str, ...], Values]:
    return _numbered(((line.id,), _values(line, LINE_FIELDS)) for line in fulfilment.lines)


def _parcel_values(fulfilment: Fulfilment) -> dict[tuple[str, ...], Values]:
    return _numbered(((parcel.id,), _values(parcel, PARCEL_FIELDS)) for parcel in fulfilment.parcels)


def _items(fulfilment: Fulfilment) -> dict[tuple[str, ...], Values]:
    return _numbered(
        ((parcel.id, item.line_id), {"parcel_id": parcel.id, "line_id": item.line_id, "quantity": item.quantity})
        for parcel in fulfilment.parcels
        for item in parcel.items
    )


_PARTS = ((t.fulfilment_lines, _lines), (t.parcels, _parcel_values), (t.parcel_items, _items))


def _entries(manifest: Manifest | None) -> dict[tuple[str, ...], Values]:
    entries = manifest.parcels if manifest else ()
    return _numbered(((entry.parcel_id,), _values(entry, MANIFEST_PARCEL_FIELDS)) for entry in entries)


def _save_root(connection: Connection, table: Table, before: Values, after: Values) -> None:
    if not before:
        connection.execute(insert(table), [after])
    elif changed := {name: value for name, value in after.items() if before[name] != value}:
        connection.execute(update(table).where(table.c.id == after["id"]).values(changed))


def _save_parts(
    connection: Connection, table: Table, owner: Values, before: Mapping[Any, Values], after: Mapping[Any, Values]
) -> None:
    """Rows that belong to one document: inserted, updated or deleted to become `after`."""
    keys = [column.name for column in table.primary_key.columns]
    gone = [{f"key_{name}": (owner | before[key])[name] for name in keys} for key in before if key not in after]
    new = [owner | values for key, values in after.items() if key not in before]
    changed = [owner | values for key, values in after.items() if key in before and before[key] != values]
    same = [table.c[name] == bindparam(f"key_{name}") for name in keys]
    if gone:
        connection.execute(delete(table).where(*same), gone)
    if new:
        connection.execute(insert(table), new)
    if changed:
        others: Values = {name: bindparam(name) for name in changed[0] if name not in keys}
        rows = [{f"key_{name}": row[name] for name in keys} | {name: row[name] for name in others} for row in changed]
        connection.execute(update(table).where(*same).values(others), rows)


def _roots(
    connection: Connection, table: Table, names: Sequence[str], ids: Iterable[str], lock: bool
) -> dict[str, Values]:
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    query = select(*(table.c[name] for name in names)).where(table.c.id.in_(wanted)).order_by(table.c.id)
    if lock:
        query = query.with_for_update(key_share=True)
    return {row.id: row._asdict() for row in connection.execute(query)}


def _parts(
    connection: Connection, table: Table, owner: str, names: Sequence[str], owners: Sequence[str]
) -> Iterable[Row[Any]]:
    columns = [table.c[name] for name in names]
    query = select(table.c[owner].label("owner"), *columns).where(table.c[owner].in_(owners))
    return connection.execute(query.order_by(table.c[owner], table.c.position))
