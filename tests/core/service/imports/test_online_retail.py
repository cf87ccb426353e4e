from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.service.cause import office_cause
from core.service.imports.engine import Errand
from core.service.imports.kinds import Asked, import_file
from core.service.imports.report import Report
from core.store import tables as t
from core.store.database import Database
from tests.support.core import NOW

SAMPLE = Path(__file__).parent / "online_retail_sample.csv"
REAL = Path(__file__).parents[4].parent / "shared" / "data" / "online_retail.csv.gz"


def send(database: Database, path: Path) -> Report:
    errand = Errand(path.name, office_cause(NOW), lambda: NOW, mapping="online-retail")
    with path.open("rb") as stream:
        report = import_file(database, Asked("orders", "online-retail"), stream, errand)
    assert isinstance(report, Report)
    return report


def test_each_row_becomes_what_the_documentation_says(database: Database):
    report = send(database, SAMPLE)
    assert dict(report.counts) == {"created": 6, "orders": 4, "returns": 1, "products": 4, "customers": 2}
    assert {refusal.line: refusal.code for refusal in report.refusals} == {
        4: "not_an_article",
        7: "not_an_article",
        8: "stock_adjustment",
        9: "stock_adjustment",
        11: "not_an_article",
        13: "not_a_number",
    }
    with database.read() as connection:
        order = connection.execute(select(t.orders).where(t.orders.c.number == "OR-600001")).one()
        lines = connection.execute(select(t.order_lines).where(t.order_lines.c.order_id == order.id)).all()
        guest = connection.execute(select(t.orders).where(t.orders.c.number == "OR-600002")).one()
        back = connection.execute(select(t.sales_returns)).one()
        reserved = connection.execute(select(func.count()).select_from(t.movements)).scalar()
    assert (order.state, order.total_minor, order.currency) == ("shipped", 6 * 255 + 6 * 339, "GBP")
    assert [(line.sku, line.quantity, line.name) for line in lines] == [
        ("85123A", 6, "WHITE HANGING LIGHT HOLDER"),
        ("71053B", 6, "BLUE METAL LANTERN"),
    ]
    assert guest.customer_id is None
    assert (back.number, back.lines) == ("OR-C600003", [{"sku": "85123A", "quantity": 2, "price_minor": 255}])
    assert reserved == 0


def test_the_same_file_again_changes_nothing(database: Database):
    send(database, SAMPLE)
    assert dict(send(database, SAMPLE).counts) == {"unchanged": 6}


@pytest.mark.slow
@pytest.mark.skipif(not REAL.exists(), reason="the real file is not on this machine")
def test_the_real_file_is_taken_as_it_is(sqlite_database: Database):
    report = send(sqlite_database, REAL)
    assert report.code == ""
    assert (report.rows, report.refused) == (50_999, sum(report.by_code.values()))
    assert report.counts["created"] + report.refused == report.rows
    assert set(report.by_code) == {"not_an_article", "stock_adjustment"}
    assert (report.counts["orders"], report.counts["returns"], report.counts["products"]) == (1817, 354, 2789)
