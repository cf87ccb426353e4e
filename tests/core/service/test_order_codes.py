"""The code on a receipt, in a customer's message or on a parcel leads to its order as its number does."""

from sqlalchemy import insert, select, update

from core.domain.own_codes import payload, receipt
from core.service.order_codes import order_id_of
from core.store import tables as t
from core.store.database import Database
from tests.core.service.collect_world import prepared
from tests.core.service.delivery_world import build_delivery_world


def test_a_number_an_id_and_every_code_of_ours_lead_to_the_order(database: Database) -> None:
    ready = prepared(database, build_delivery_world(database))
    with database.write() as connection:
        work = connection.execute(select(t.fulfilments.c.id).where(t.fulfilments.c.order_id == ready.order_id)).scalar()
        parcel = {"fulfilment_id": work, "id": "p9", "number": 9, "sscc": "376012300000000018"}
        connection.execute(insert(t.parcels).values(parcel))
    names = [
        ready.number,
        ready.order_id,
        receipt(ready.number, ready.id),
        receipt(ready.number, ready.id).upper().replace(ready.number.upper(), ready.number),
        payload("receipt", ready.id),
        payload("pickup", ready.pick_up_code),
        payload("parcel", "376012300000000018"),
    ]
    with database.read() as connection:
        assert [order_id_of(connection, name) for name in names] == [ready.order_id] * len(names)


def test_a_number_that_cannot_stand_in_a_code_is_found_by_its_receipt(database: Database) -> None:
    ready = prepared(database, build_delivery_world(database))
    with database.write() as connection:
        connection.execute(update(t.orders).where(t.orders.c.id == ready.order_id).values(number="WEB 12"))
    with database.read() as connection:
        assert order_id_of(connection, receipt("WEB 12", ready.id)) == ready.order_id


def test_what_is_no_order_leads_nowhere(database: Database) -> None:
    ready = prepared(database, build_delivery_world(database))
    names = ("", "comptoir:receipt:", "comptoir:receipt:X-1", "comptoir:pickup:", f"comptoir:run:{ready.number}",
             payload("pickup", "000000000000"), payload("parcel", "1"), f"comptoir:shelf:{ready.number}")  # fmt: skip
    with database.read() as connection:
        assert [order_id_of(connection, name) for name in names] == [None] * len(names)
