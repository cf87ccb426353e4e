"""Orders that were closed some days ago leave the tablets, and with them the names and addresses on them; half a year
later nobody can read any more who fetched what, nor how they signed.

An order with articles that somebody still has to put back stays until that is done.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, exists, select, update

from core.domain.collection import to_put_back
from core.store import feed
from core.store import tables as t
from core.store.collections import load_collections

KEPT_ON_TABLETS: Final = timedelta(days=7)
KEPT_NAMES: Final = timedelta(days=180)  # of collections in the core: as long as the proof of their handover
SHIPPED: Final = "shipped"


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
    """How many proofs and collections nobody can be known by any more."""
    h, c = t.handovers.c, t.collections.c
    gone = connection.execute(delete(t.handovers).where(h.keep_until < at)).rowcount
    query = select(c.id, c.handed).where(c.closed_at < at - KEPT_NAMES, c.pick_up_code != "")
    rows = connection.execute(query).all()
    for row in rows:
        nobody = {"customer_name": "", "phone": "", "email": "", "pick_up_code": ""}
        handed = row.handed and {**row.handed, "collector": ""}
        connection.execute(update(t.collections).where(c.id == row.id).values(**nobody, handed=handed))
    return gone + len(rows)
