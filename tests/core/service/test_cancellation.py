from datetime import timedelta

from sqlalchemy import select

from core.contract import commands as c
from core.domain.fulfilment import to_put_back
from core.domain.lifecycle import FulfilmentState
from core.service.cancellation import cancel
from core.service.cause import office_cause
from core.service.refusal import Refusal
from core.store import tables as t
from core.store.database import Database
from tests.core.service.office import event_names, fulfilments_of, order_row, place, stock, tell
from tests.support.core import NOW, build_world

LATER = NOW + timedelta(minutes=5)


def do_cancel(database: Database, order_id: str, units: dict[str, int] | None = None) -> Refusal | None:
    with database.write() as connection:
        return cancel(connection, office_cause(LATER, "usr-ana"), order_id, "customer", units)


def line_ids(database: Database, order_id: str) -> list[str]:
    lines = t.order_lines.c
    with database.read() as connection:
        query = select(lines.id).where(lines.order_id == order_id).order_by(lines.position)
        return list(connection.execute(query).scalars())


def test_before_picking_the_units_are_free_again_at_once(database: Database):
    world = build_world(database)
    made = place(database, world, {"SKU-1": 3}, location_id=world.lille)
    assert do_cancel(database, made.order_id) is None
    (fulfilment,) = fulfilments_of(database, made.order_id)
    assert fulfilment.state is FulfilmentState.CANCELLED
    assert stock(database, world.lille, "SKU-1") == (10, 0, 0, 0)
    assert order_row(database, made.order_id).state == "cancelled"
    assert event_names(database, made.order_id)[-3:] == [
        "OrderCancellationAsked",
        "FulfilmentCancelled",
        "OrderCancelled",
    ]


def test_after_picking_the_units_have_to_be_put_back(database: Database):
    world = build_world(database)
    made = place(database, world, {"SKU-1": 3}, location_id=world.lille)
    (fulfilment,) = fulfilments_of(database, made.order_id)
    tell(database, c.ScanItem(fulfilment.id, fulfilment.lines[0].id, 2, c.How.WEDGE))
    assert do_cancel(database, made.order_id) is None
    (fulfilment,) = fulfilments_of(database, made.order_id)
    assert to_put_back(fulfilment) == 2
    assert stock(database, world.lille, "SKU-1") == (10, 0, 2, 0)
    tell(database, c.PutBackItem(fulfilment.id, fulfilment.lines[0].id, 2, "cancelled"))
    assert stock(database, world.lille, "SKU-1") == (10, 0, 0, 0)


def test_one_line_of_two(database: Database):
    world = build_world(database)
    made = place(database, world, {"SKU-1": 2, "SKU-2": 1}, location_id=world.lille)
    first, _ = line_ids(database, made.order_id)
    assert do_cancel(database, made.order_id, {first: 2}) is None
    (fulfilment,) = fulfilments_of(database, made.order_id)
    assert [line.wanted for line in fulfilment.lines] == [0, 1]
    assert stock(database, world.lille, "SKU-1") == (10, 0, 0, 0)
    assert stock(database, world.lille, "SKU-2") == (10, 1, 0, 0)
    assert order_row(database, made.order_id).state == "received"


def test_cancelling_the_line_that_was_still_missing_finishes_picking(database: Database):
    world = build_world(database)
    made = place(database, world, {"SKU-1": 1, "SKU-2": 1}, location_id=world.lille)
    (fulfilment,) = fulfilments_of(database, made.order_id)
    tell(database, c.ScanItem(fulfilment.id, fulfilment.lines[0].id, 1, c.How.WEDGE))
    assert do_cancel(database, made.order_id, {line_ids(database, made.order_id)[1]: 1}) is None
    assert fulfilments_of(database, made.order_id)[0].state is FulfilmentState.PICKED


def test_units_that_wait_for_stock_are_cancelled_first(database: Database):
    world = build_world(database)
    made = place(database, world, {"SKU-1": 25})
    (line,) = line_ids(database, made.order_id)
    assert do_cancel(database, made.order_id, {line: 5}) is None
    assert sum(line.wanted for f in fulfilments_of(database, made.order_id) for line in f.lines) == 20
    assert (order_row(database, made.order_id).state, order_row(database, made.order_id).waiting) == ("received", False)


def test_what_the_carrier_has_cannot_be_cancelled(database: Database):
    world = build_world(database)
    made = place(database, world, {"SKU-1": 1}, location_id=world.lille)
    (f,) = fulfilments_of(database, made.order_id)
    tell(database, c.ScanItem(f.id, f.lines[0].id, 1, c.How.WEDGE))
    tell(database, c.OpenParcel(f.id, "p1", "box-s"))
    tell(database, c.PackItem(f.id, "p1", f.lines[0].id, 1, c.How.WEDGE))
    tell(database, c.CloseParcel(f.id, "p1", "376012300000000018", "post", 500))
    tell(database, c.OpenManifest("m1", world.lille, "post"))
    tell(database, c.LoadParcel("m1", f.id, "p1", c.How.WEDGE))
    tell(database, c.CloseManifest("m1", (f.id,)))
    refused = do_cancel(database, made.order_id)
    assert refused is not None
    assert refused.code == "nothing_to_cancel"


def test_an_unknown_order_or_line_and_too_many_units_are_refused(database: Database):
    world = build_world(database)
    made = place(database, world, {"SKU-1": 1})
    (line,) = line_ids(database, made.order_id)
    codes = [
        do_cancel(database, "nobody"),
        do_cancel(database, made.order_id, {"nobody": 1}),
        do_cancel(database, made.order_id, {line: 2}),
    ]
    assert [refused.code if refused else "" for refused in codes] == [
        "order_unknown",
        "order_line_unknown",
        "too_late_to_cancel",
    ]
