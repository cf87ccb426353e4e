import io

from sqlalchemy import func, select

from core.service.cause import office_cause
from core.service.imports.engine import Errand
from core.service.imports.kinds import Asked, import_file
from core.service.imports.report import Report
from core.store import tables as t
from core.store.database import Database
from tests.core.service.office import fulfilments_of
from tests.support.core import NOW, build_world

HEADER = "order_number,division,sku,quantity,name,town,country,placed_at,customer_number\n"


def send(database: Database, rows: str) -> Report:
    errand = Errand("orders.csv", office_cause(NOW), lambda: NOW)
    report = import_file(database, Asked("orders"), io.BytesIO((HEADER + rows).encode()), errand)
    assert isinstance(report, Report)
    return report


def numbers(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(select(t.orders.c.number).order_by(t.orders.c.number)).scalars())


def test_rows_become_orders_that_are_sourced_like_any_other(database: Database):
    build_world(database)
    rows = (
        "N-1,NORD,SKU-1,2,Camille,Lille,FR,2026-05-04T08:00:00Z,C-1\n"
        "N-1,NORD,SKU-2,1,Camille,Lille,FR,,\n"
        "N-2,NORD,SKU-3,1,Karim,Lyon,FR,,\n"
    )
    report = send(database, rows)
    assert dict(report.counts) == {"created": 3, "orders": 2}
    assert numbers(database) == ["N-1", "N-2"]
    with database.read() as connection:
        order_id = connection.execute(select(t.orders.c.id).where(t.orders.c.number == "N-1")).scalar_one()
        assert connection.execute(select(func.count()).select_from(t.customers)).scalar() == 1
    (fulfilment,) = fulfilments_of(database, order_id)
    assert [(line.sku, line.quantity) for line in fulfilment.lines] == [("SKU-1", 2), ("SKU-2", 1)]
    assert dict(send(database, rows).counts) == {"unchanged": 3}


def test_an_order_with_one_bad_row_is_refused_whole_with_all_its_rows(database: Database):
    build_world(database)
    report = send(
        database,
        "N-1,NORD,SKU-1,1,Camille,Lille,FR,,\n"
        "N-1,NORD,SKU-9,1,Camille,Lille,FR,,\n"
        "N-2,NORD,SKU-1,1,Karim,Lyon,FR,,\n"
        "N-3,NORD,SKU-1,none,Karim,Lyon,FR,,\n",
    )
    assert numbers(database) == ["N-2"]
    assert dict(report.by_code) == {"sku_unknown": 2, "not_a_number": 1}
    assert [refusal.line for refusal in report.refusals] == [2, 3, 5]


def test_an_order_is_not_taken_without_its_broken_row(database: Database):
    build_world(database)
    report = send(
        database,
        'N-1,NORD,SKU-1,1,Camille,Lille,FR,,\nN-1,NORD,SKU-2,1,"Camille,Lille,FR,,\nN-2,NORD,SKU-1,1,K,Lyon,FR,,\n',
    )
    assert numbers(database) == ["N-2"]
    assert dict(report.by_code) == {"broken_quotes": 1, "order_row_broken": 1}


def test_rows_of_an_order_that_stand_apart_are_not_added_behind(database: Database):
    build_world(database)
    report = send(
        database,
        "N-1,NORD,SKU-1,1,Camille,Lille,FR,,\nN-2,NORD,SKU-1,1,K,Lyon,FR,,\nN-1,NORD,SKU-2,1,Camille,Lille,FR,,\n",
    )
    assert dict(report.by_code) == {"order_rows_apart": 1}


def test_a_number_that_is_another_order_is_refused(database: Database):
    build_world(database)
    send(database, "N-1,NORD,SKU-1,1,Camille,Lille,FR,,\n")
    assert dict(send(database, "N-1,NORD,SKU-1,2,Camille,Lille,FR,,\n").by_code) == {"order_number_taken": 1}
