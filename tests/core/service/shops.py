"""A brand whose stores compete: stores in Lille and around the country, rules of allocation, offers as they stand."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from core.domain.outcome import Outcome
from core.jobs.handlers import HANDLERS
from core.jobs.worker import Worker
from core.service import claims, offer_desk, rulesets
from core.service.cause import office_cause
from core.service.claims import Claimer
from core.service.devices import Device
from core.service.refusal import Refusal
from core.store import feed
from core.store import tables as t
from core.store.database import Database
from tests.core.service.office import place
from tests.support.core import NOW, World, build_world, put
from tests.support.http import Clock

# North to south: the farther from Lille, the dearer.
TOWNS = {"loc-lille": 50.63, "loc-paris": 48.86, "loc-lyon": 45.76, "loc-nice": 43.70}
USER = "usr-ana"


def build_shops(database: Database, rules: Mapping[str, Any] | None = None) -> World:
    """Four stores with ten of each article, and the ruleset of their competition."""
    world = build_world(database)
    with database.write() as connection:
        for id, latitude in TOWNS.items():
            if id not in (world.lille, world.lyon):
                town = id.removeprefix("loc-").title()
                put(connection, t.locations, id=id, account_id="acc", code=town.upper(), name=town, kind="store",
                    town=town, zones=["A"])  # fmt: skip
                put(connection, t.location_divisions, location_id=id, division_id=world.division)
                feed.mark(connection, feed.store_part(id), "location", id)
                for sku in world.skus:
                    put(connection, t.positions, location_id=id, sku=sku, on_hand=10)
            where = {"latitude": latitude, "longitude": 3.0}
            connection.execute(update(t.locations).where(t.locations.c.id == id).values(where))
        for reason, effect in (("busy", "none"), ("shelf_empty", "zero")):
            put(connection, t.reasons, id=reason, account_id="acc", usage="decline", labels={"en": reason},
                effect=effect, target="atp")  # fmt: skip
    publish(database, world, {"km_cost_minor": 1} if rules is None else rules)
    return world


def publish(database: Database, world: World, body: Mapping[str, Any], number: int = 1) -> None:
    """From NOW on, the version `allocation-{number}`."""
    cause = office_cause(NOW)
    with database.write() as connection:
        row = {"id": f"allocation-{number}", "division_id": world.division, "kind": "allocation", "number": number}
        connection.execute(insert(t.rulesets), [row | {"state": "draft", "body": dict(body), "created_at": NOW}])
        made = rulesets.publish(connection, cause, f"allocation-{number}")
        assert not isinstance(made, Refusal), made


def change_store(database: Database, id: str, **values: Any) -> None:
    with database.write() as connection:
        connection.execute(update(t.locations).where(t.locations.c.id == id).values(values))


def set_stock(database: Database, location_id: str, on_hand: int, sku: str = "SKU-1") -> None:
    p = t.positions.c
    with database.write() as connection:
        here = update(t.positions).where(p.location_id == location_id, p.sku == sku)
        connection.execute(here.values(on_hand=on_hand))


def offered_order(database: Database, world: World, units: int = 2, **more: Any) -> str:
    return place(database, world, {"SKU-1": units}, **more).order_id


def offers_of(database: Database, order_id: str) -> Sequence[Any]:
    o = t.offers.c
    with database.read() as connection:
        return connection.execute(
            select(t.offers).where(o.order_id == order_id).order_by(o.state == "open", o.id)
        ).all()


def asked(database: Database, offer_id: str, answer: str = "") -> dict[str, str]:
    """Ids of the copies with this answer by location, best first."""
    c = t.offer_copies.c
    query = select(c.location_id, c.id).where(c.offer_id == offer_id, c.answer == answer).order_by(c.step, c.rank)
    with database.read() as connection:
        return {row.location_id: row.id for row in connection.execute(query)}


def copy_of(database: Database, offer_id: str, location_id: str) -> str:
    c = t.offer_copies.c
    query = select(c.id).where(c.offer_id == offer_id, c.location_id == location_id).order_by(c.step.desc())
    with database.read() as connection:
        return connection.execute(query.limit(1)).scalar_one()


def claim(database: Database, offer_id: str, location_id: str, at: datetime = NOW) -> Outcome:
    copy_id = copy_of(database, offer_id, location_id)
    with database.write() as connection:
        return claims.claim(connection, copy_id, Claimer(location_id, USER), office_cause(at, USER))


def decline(database: Database, offer_id: str, location_id: str, reason: str = "busy", at: datetime = NOW) -> Outcome:
    copy_id = copy_of(database, offer_id, location_id)
    with database.write() as connection:
        cause = office_cause(at, USER)
        return offer_desk.decline(connection, cause, copy_id, Claimer(location_id, USER), reason)


def release(database: Database, offer_id: str, location_id: str, at: datetime = NOW) -> Outcome:
    copy_id = copy_of(database, offer_id, location_id)
    with database.write() as connection:
        cause = office_cause(at, USER)
        return offer_desk.release(connection, cause, copy_id, Claimer(location_id, USER), "busy")


def declare(database: Database, offer_id: str, location_id: str, sku: str = "SKU-1") -> Outcome:
    copy_id = copy_of(database, offer_id, location_id)
    with database.write() as connection:
        cause = office_cause(NOW, USER)
        said = (sku, "shelf_empty")
        return offer_desk.declare_out_of_stock(connection, cause, copy_id, Claimer(location_id, USER), said)


def pass_time(database: Database, until: datetime) -> None:
    """What timers do until then, at their times."""
    j = t.jobs.c
    while True:
        with database.read() as connection:
            query = select(j.due_at).where(j.state == "waiting", j.due_at <= until).order_by(j.due_at).limit(1)
            due_at = connection.execute(query).scalar()
        if due_at is None:
            return
        Worker(database, HANDLERS, Clock(due_at)).turn()


def reserved(database: Database, sku: str = "SKU-1") -> dict[str, int]:
    """Units by location; those above zero."""
    p = t.positions.c
    with database.read() as connection:
        query = select(p.location_id, p.reserved).where(p.sku == sku, p.reserved != 0)
        return {row.location_id: row.reserved for row in connection.execute(query)}


HALF_AN_HOUR = timedelta(minutes=30)


def build_crowd(database: Database, count: int, on_hand: int = 10) -> tuple[World, list[Device]]:
    """So many stores, each with a tablet and `on_hand` of each article; every order is offered to all of them."""
    world = build_world(database)
    ids = [f"loc-{number:03}" for number in range(count)]
    with database.write() as connection:
        connection.execute(update(t.locations).values(active=False))
        locations = [{"id": id, "account_id": "acc", "code": id, "name": id, "kind": "store"} for id in ids]
        connection.execute(insert(t.locations), locations)
        of = [{"location_id": id, "division_id": world.division} for id in ids]
        connection.execute(insert(t.location_divisions), of)
        stock = [{"location_id": id, "sku": sku, "on_hand": on_hand} for id in ids for sku in world.skus]
        connection.execute(insert(t.positions), stock)
        devices = [Device(f"dev-{number:03}", number, id) for number, id in enumerate(ids)]
        rows = [
            {"id": device.id, "number": device.number, "location_id": device.location_id, "enrolled_at": NOW}
            for device in devices
        ]
        connection.execute(insert(t.devices), rows)
    publish(database, world, {"rules": [{"candidates": 500, "timeout_minutes": 600}]})
    return world, devices
