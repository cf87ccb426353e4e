from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.contract import commands as c
from core.service import declarations
from core.service.cause import office_cause
from core.service.declarations import Declared, Review, Verdict
from core.service.refusal import Refusal
from core.store import tables as t
from core.store.database import Database
from tests.core.service.office import fulfilments_of, ledger, order_row, place, stock, tell
from tests.support.core import NOW, World, build_world

CAUSE = office_cause(NOW, "usr-ana")


def declare(database: Database, world: World, units: int = 3, **more: Any) -> Any:
    with database.write() as connection:
        return declarations.declare(connection, CAUSE, Declared(world.lille, "SKU-1", units, "broken", **more))


def review(database: Database, row: Any, verdict: Verdict, version: int = 1) -> Any:
    with database.write() as connection:
        return declarations.review(connection, office_cause(NOW), row["id"], Review(verdict, version))


def test_declared_units_are_not_sold_and_still_counted(database):
    world = build_world(database)
    declare(database, world)
    assert stock(database, world.lille, "SKU-1") == (10, 0, 0, 3)
    assert ledger(database, world.lille, "SKU-1") == (0, 0, 0, 3)


def test_a_lifted_declaration_serves_who_waits(database):
    world = build_world(database)
    row = declare(database, world)
    made = place(database, world, {"SKU-1": 20})
    assert order_row(database, made.order_id).waiting
    done = review(database, row, Verdict.LIFT)
    assert (done["state"], done["version"]) == ("lifted", 2)
    assert not order_row(database, made.order_id).waiting
    again = review(database, row, Verdict.LIFT, 2)
    assert isinstance(again, Refusal)
    assert again.code == "declaration_closed"


def test_a_confirmed_declaration_corrects_the_books(database):
    world = build_world(database)
    done = review(database, declare(database, world), Verdict.CONFIRM)
    assert done["state"] == "confirmed"
    assert stock(database, world.lille, "SKU-1") == (7, 0, 0, 0)


def test_what_is_not_known_yet_stays_open(database):
    world = build_world(database)
    row = declare(database, world)
    done = review(database, row, Verdict.EXTEND)
    assert (done["state"], done["version"]) == ("open", 2)
    stale = review(database, row, Verdict.LIFT)
    assert isinstance(stale, Refusal)
    assert stale.code == "stale_version"


def test_a_declaration_expires_by_itself_once(database):
    world = build_world(database)
    declare(database, world, expires_at=NOW + timedelta(hours=1))
    declare(database, world, 1)
    for hours, expired, unavailable in ((0, 0, 4), (1, 1, 1), (2, 0, 1)):
        with database.write() as connection:
            assert declarations.expire(connection, office_cause(NOW + timedelta(hours=hours))) == expired
        assert stock(database, world.lille, "SKU-1") == (10, 0, 0, unavailable)


def test_a_short_pick_that_declares_units_is_on_the_list_of_the_evening(database):
    world = build_world(database)
    with database.write() as connection:
        reason = {"id": "look_again", "account_id": "acc", "usage": "short", "labels": {}, "effect": "minus"}
        connection.execute(t.reasons.insert(), [reason | {"target": "atp"}])
    made = place(database, world, {"SKU-1": 2}, location_id=world.lille)
    (f,) = fulfilments_of(database, made.order_id)
    tell(database, c.ReportShort(f.id, f.lines[0].id, 2, "look_again"))
    with database.read() as connection:
        (row,) = connection.execute(select(t.declarations)).all()
    assert (row.units, row.origin, row.reason, row.declared_by) == (2, "short_pick", "look_again", "usr-ana")
    assert stock(database, world.lille, "SKU-1")[3] == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"location_id": "nowhere"}, "location_unknown"),
        ({"sku": "SKU-9"}, "variant_unknown"),
        ({"units": 11}, "units_not_on_shelf"),
        ({"units": 0}, "units_not_on_shelf"),
        ({"expires_at": NOW}, "expiry_past"),
    ],
)
def test_what_cannot_be_declared_is_refused(sqlite_database, change, code):
    world = build_world(sqlite_database)
    given: dict[str, Any] = {"location_id": world.lille, "sku": "SKU-1", "units": 1, "reason": "x"} | change
    with sqlite_database.write() as connection:
        refused = declarations.declare(connection, CAUSE, Declared(**given))
    assert isinstance(refused, Refusal)
    assert refused.code == code
