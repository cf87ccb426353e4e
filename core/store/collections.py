"""Collections between their table and the domain: what is loaded equals what was saved."""

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import Connection, insert, select, update

from core.domain.collection import (
    Collection,
    CollectionKind,
    CollectionLine,
    CollectionPart,
    Handed,
    PartItem,
    Waiting,
)
from core.domain.lifecycle import CollectionState
from core.store import tables as t

FIELDS: Final = tuple(field.name for field in fields(Collection))
_JSON: Final = ("lines", "parts", "waiting", "handed")


def load_collections(connection: Connection, ids: Iterable[str], lock: bool = False) -> dict[str, Collection]:
    """Those that exist, by id."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    c = t.collections.c
    query = select(*(c[name] for name in FIELDS)).where(c.id.in_(wanted)).order_by(c.id)
    rows = connection.execute(query.with_for_update(key_share=True) if lock else query)
    return {row.id: read(row._asdict()) for row in rows}


def of_order(connection: Connection, order_id: str) -> list[Collection]:
    c = t.collections.c
    rows = connection.execute(select(*(c[name] for name in FIELDS)).where(c.order_id == order_id).order_by(c.id))
    return [read(row._asdict()) for row in rows]


def read(values: dict[str, Any]) -> Collection:
    """Of a row with `FIELDS`."""
    waiting, handed = values["waiting"], values["handed"]
    return Collection(
        **values
        | {
            "kind": CollectionKind(values["kind"]),
            "state": CollectionState(values["state"]),
            "lines": tuple(CollectionLine(**line | {"gtins": tuple(line["gtins"])}) for line in values["lines"]),
            "parts": tuple(_part(part) for part in values["parts"]),
            "waiting": waiting and Waiting(_at(waiting["since"]), waiting["where"]),
            "handed": handed and Handed(**handed | {"at": _at(handed["at"])}),
        }
    )


def _part(values: dict[str, Any]) -> CollectionPart:
    items = tuple(PartItem(**item) for item in values["items"])
    arrived_at = values["arrived_at"]
    return CollectionPart(**values | {"items": items, "arrived_at": arrived_at and _at(arrived_at)})


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def save_collection(connection: Connection, before: Collection | None, after: Collection) -> None:
    """Writes what differs; who calls marks the feed."""
    values = _values(after)
    if before is None:
        connection.execute(insert(t.collections), [values])
        return
    known = _values(before)
    changed = {name: value for name, value in values.items() if known[name] != value}
    if changed:
        connection.execute(update(t.collections).where(t.collections.c.id == after.id).values(changed))


def _values(collection: Collection) -> dict[str, Any]:
    values = {name: getattr(collection, name) for name in FIELDS}
    values |= {"kind": collection.kind.value, "state": collection.state.value}
    document = asdict(collection)
    # Times inside as text: the columns are JSON.
    return values | {name: orjson.loads(orjson.dumps(document[name])) for name in _JSON}
