"""What nobody knows the end of yet is in head office's sight: which order, how much, who asked, since when."""

from sqlalchemy import insert

from core.store import tables as t
from tests.core.http.headquarters import Office
from tests.core.service.collect_world import prepared
from tests.core.service.delivery_world import build_delivery_world
from tests.support.core import NOW


async def test_what_is_asked_of_the_bank_is_listed_oldest_first(sqlite_database):
    world = build_delivery_world(sqlite_database)
    ready = prepared(sqlite_database, world)
    office = Office(sqlite_database, world)
    of = {"collection_id": ready.id, "order_id": ready.order_id, "method": "card", "currency": "EUR", "asked_at": NOW}
    of |= {"location_id": world.lille, "user_id": world.ana, "tries": 3, "error": "silent", "reference": "secret"}
    with sqlite_database.write() as connection:
        for id, state in (("pay-1", "asking"), ("pay-2", "paid")):
            connection.execute(insert(t.payments), [of | {"id": id, "amount_minor": 1990, "state": state}])
    (asking,) = (await office.get("/v1/payments?state=asking"))["items"]
    told = {name: asking[name] for name in ("id", "number", "amount_minor", "tries", "error", "user_name")}
    wanted = {"id": "pay-1", "number": ready.number, "amount_minor": 1990, "tries": 3, "error": "silent"}
    assert told == wanted | {"user_name": "Ana"}
    assert "reference" not in asking
    everything = (await office.get(f"/v1/payments?order={ready.number}&limit=1"))["items"]
    assert everything == [asking]
    assert (await office.send("GET", "/v1/payments?state=lost")).status_code == 422
