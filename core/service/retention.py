"""Orders that were closed some days ago leave the tablets, and with them the names and addresses on them; half a year
later nobody can read any more who fetched what, nor how they signed.

An order with articles that somebody still has to put back stays until that is done.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, delete, exists, select, update

from core.contract.commands import HandOverCollection
from core.domain.collection import to_put_back
from core.service import people_set_aside
from core.service.effects import EVENT_NAMES, OF_WHO_FETCHED
from core.service.quarantine import REPLAYED
from core.store import feed
from core.store import tables as t
from core.store.collections import load_collections

KEPT_ON_TABLETS: Final = timedelta(days=7)
KEPT_NAMES: Final = timedelta(days=180)  # of collections in the core: as long as the proof of their handover
SHIPPED: Final = "shipped"
NOBODY: Final = dict.fromkeys(OF_WHO_FETCHED, "")


def withdraw_closed(connection: Connection, at: datetime) -> int:
    """How many left their store's tablets."""
    f, line, row = t.fulfilments.c, t.fulfilment_lines.c, t.sync_rows.c
    in_hands = exists().where(line.fulfilment_id == f.id, line.picked > line.put_back)
    on_tablets = exists().where(
        row.part == "store:" + f.location_id, row.entity == "fulfilment", row.id == f.id, row.deleted.is_(False)
    )
    query = select(f.location_id, f.id).where(
        f.closed_at < at - KEPT_ON_TABLETS, (f.state == SHIPPED) | ~in_hands, on_tablets
    )
    gone = [(feed.store_part(location_id), id) for location_id, id in connection.execute(query)]
    feed.mark_each(connection, "fulfilment", gone, deleted=True)
    return len(gone) + _withdraw_collections(connection, at)


def _withdraw_collections(connection: Connection, at: datetime) -> int:
    """What lies here for nobody stays: an expired one is closed by nothing but its last unit on the shelf."""
    c, row = t.collections.c, t.sync_rows.c
    on_tablets = exists().where(
        row.part == "store:" + c.location_id, row.entity == "collection", row.id == c.id, row.deleted.is_(False)
    )
    query = select(c.id).where(c.closed_at < at - KEPT_ON_TABLETS, on_tablets)
    known = load_collections(connection, connection.execute(query).scalars())
    gone = [
        (feed.store_part(one.location_id), one.id)
        for one in known.values()
        if not any(to_put_back(one, line) for line in one.lines)
    ]
    feed.mark_each(connection, "collection", gone, deleted=True)
    return len(gone)


def forget_who_fetched(connection: Connection, at: datetime) -> int:
    """How many proofs, collections and commands set aside nobody can be known by any more."""
    h, c = t.handovers.c, t.collections.c
    _forget_what_was_told(connection, connection.execute(select(h.id, h.collection_id).where(h.keep_until < at)).all())
    gone = connection.execute(delete(t.handovers).where(h.keep_until < at)).rowcount
    query = select(c.id, c.handed).where(c.closed_at < at - KEPT_NAMES, c.pick_up_code != "")
    rows = connection.execute(query).all()
    for row in rows:
        nobody = {"customer_name": "", "phone": "", "email": "", "pick_up_code": ""}
        handed = row.handed and {**row.handed, "collector": ""}
        connection.execute(update(t.collections).where(c.id == row.id).values(**nobody, handed=handed))
    return gone + len(rows) + _forget_set_aside(connection, at)


def _forget_set_aside(connection: Connection, at: datetime) -> int:
    """Commands that were set aside and never had an effect; also those kept before people were sealed in them."""
    q = t.quarantine.c
    handed_over = q.payload["name"].as_string() == HandOverCollection.__name__
    of_people = q.payload[people_set_aside.SEALED].as_string().is_not(None) | handed_over
    is_over = (q.received_at < at - KEPT_NAMES) | q.resolved_at.is_not(None)
    count = 0
    for row in connection.execute(select(q.id, q.payload).where(is_over, of_people)).all():
        payload = people_set_aside.forgotten(row.payload)
        if payload != row.payload:
            connection.execute(update(t.quarantine).where(q.id == row.id).values(payload=payload, error=""))
            count += 1
    return count


def _forget_what_was_told(connection: Connection, proofs: Sequence[Any]) -> None:
    """Of these handovers the story says what was given, and when and by whom; who came second heard who was first."""
    e, p = t.events.c, t.processed_commands.c
    handed_over = EVENT_NAMES[HandOverCollection]
    for proof in proofs:
        of_collection = (e.subject_kind == "collection", e.subject_id == proof.collection_id, e.name == handed_over)
        for event in connection.execute(select(e.id, e.data, e.command_id).where(*of_collection)).all():
            if event.data["handover_id"] != proof.id:
                continue
            data = event.data | NOBODY
            if "attention" in data:
                data["attention"] = _of_nobody(data["attention"])
            connection.execute(update(t.events).where(e.id == event.id).values(data=data))
            _forget_replays(connection, event.command_id)
            answer = connection.execute(select(p.params).where(p.id == event.command_id)).scalar()
            if answer:
                values = {"params": _of_nobody(answer)}
                connection.execute(update(t.processed_commands).where(p.id == event.command_id).values(values))


def _forget_replays(connection: Connection, command_id: str) -> None:
    """Head office's own word of what it played again holds the answer."""
    e = t.events.c
    told = (e.subject_kind == "command", e.subject_id == command_id, e.name == REPLAYED)
    for event in connection.execute(select(e.id, e.data).where(*told)).all():
        data = event.data | {"params": _of_nobody(event.data["params"])}
        connection.execute(update(t.events).where(e.id == event.id).values(data=data))


def _of_nobody(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: NOBODY.get(name, value) for name, value in params.items()}
