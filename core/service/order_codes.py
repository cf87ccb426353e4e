"""Which order is meant by a number, an id, or the text of a code of ours that a customer shows or a parcel carries."""

from collections.abc import Sequence

from sqlalchemy import Connection, or_, select

from core.domain import own_codes
from core.store import tables as t


def order_id_of(connection: Connection, text: str) -> str | None:
    """`text`: number or id of the order, or what a scanner reads of a receipt, a pick-up code or a parcel of it."""
    coded = own_codes.read(text.strip())
    match coded:
        case None:
            return _called(connection, text)
        case ("receipt", value):
            return _called(connection, value) or _collected(connection, value)
        case ("pickup", value):
            p = t.collections.c
            return _only(connection.execute(select(p.order_id).where(p.pick_up_code == value)).scalars().all())
        case ("parcel", value):
            f, p = t.fulfilments.c, t.parcels.c
            query = select(f.order_id).join(t.parcels, p.fulfilment_id == f.id).where(p.sscc == value)
            return _only(connection.execute(query).scalars().all())
        case _:
            return None


def _called(connection: Connection, name: str) -> str | None:
    o = t.orders.c
    return connection.execute(select(o.id).where(or_(o.number == name, o.id == name))).scalar()


def _collected(connection: Connection, collection_id: str) -> str | None:
    """A receipt holds this id where the number of its order cannot stand in a code."""
    p = t.collections.c
    return connection.execute(select(p.order_id).where(p.id == collection_id)).scalar()


def _only(order_ids: Sequence[str]) -> str | None:
    """None where a code leads to several orders: nobody could tell which is meant."""
    different = set(order_ids)
    return different.pop() if len(different) == 1 else None
