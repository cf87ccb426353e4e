from core.service.adjustments import Adjustment, adjust
from core.service.cause import office_cause
from core.service.refusal import Refusal
from core.service.stock import Delta
from core.store.database import Database
from tests.core.service.office import ledger, order_row, place, stock
from tests.support.core import NOW, build_world

CAUSE = office_cause(NOW, "usr-ana")


def test_numbers_left_out_stay(database: Database):
    world = build_world(database)
    with database.write() as connection:
        first = adjust(connection, CAUSE, Adjustment(world.lille, "SKU-1", on_hand=7, reason="count"))
        second = adjust(connection, CAUSE, Adjustment(world.lille, "SKU-1", unavailable=2, safety=1))
    assert (first, second) == (Delta(on_hand=-3), Delta(unavailable=2, safety=1))
    assert stock(database, world.lille, "SKU-1") == (7, 0, 0, 2)
    assert ledger(database, world.lille, "SKU-1") == (-3, 0, 0, 2)


def test_units_that_appear_serve_who_waits(database: Database):
    world = build_world(database)
    made = place(database, world, {"SKU-1": 21})
    with database.write() as connection:
        adjust(connection, CAUSE, Adjustment(world.lille, "SKU-1", on_hand=11))
    assert not order_row(database, made.order_id).waiting


def test_what_does_not_exist_cannot_be_counted(database: Database):
    world = build_world(database)
    with database.write() as connection:
        refusals = [
            adjust(connection, CAUSE, Adjustment("nowhere", "SKU-1", on_hand=1)),
            adjust(connection, CAUSE, Adjustment(world.lille, "SKU-9", on_hand=1)),
        ]
    codes = [refused.code for refused in refusals if isinstance(refused, Refusal)]
    assert codes == ["location_unknown", "variant_unknown"]
