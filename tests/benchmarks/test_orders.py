from pathlib import Path

from sqlalchemy import func, select

from core.store import tables as t
from core.store.database import Database
from tests.benchmarks.orders import ORDERS, measure


def test_every_order_that_is_timed_was_received_and_its_cpu_counted(tmp_path: Path) -> None:
    url, share = f"sqlite:///{tmp_path / 'core.db'}", 16 / ORDERS
    ratios, cpu_ms = measure(url, "small", 1, (1, share))
    assert len(ratios) == 1
    assert ratios[0] > 0
    assert cpu_ms > 0
    database = Database(url)
    with database.read() as connection:
        placed = select(func.count()).where(t.orders.c.channel == "web", t.orders.c.number.like("AL-2%"))
        assert connection.execute(placed).scalar_one() == 2 * 16
    database.close()
