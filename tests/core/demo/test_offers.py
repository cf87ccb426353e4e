"""The demo's stores compete for orders of one channel, long enough for whoever looks first; other orders are work."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from core.demo.load import Wanted, load, place_demo_order
from core.demo.offers import CHANNEL
from core.store import tables as t
from core.store.database import Database

NOW = datetime(2026, 5, 8, 20, 30, tzinfo=UTC)  # a Friday evening, the stores are closed


def test_every_store_has_an_offer_that_others_see_too(sqlite_database: Database) -> None:
    load(sqlite_database, Wanted("small", 1, NOW))
    c, o = t.offer_copies.c, t.offers.c
    with sqlite_database.read() as connection:
        shown = Counter(connection.execute(select(c.location_id).where(c.answer == "")).scalars())
        ends = connection.execute(select(o.expires_at).where(o.state == "open")).scalars().all()
        channels = set(connection.execute(select(t.orders.c.channel).where(t.orders.c.state == "on_offer")).scalars())
    assert set(shown) == {"store-001", "store-002", "store-003"}
    assert len(ends) >= 3
    assert min(ends) > NOW + timedelta(hours=12)
    assert sum(shown.values()) > len(ends)
    assert channels == {CHANNEL}
    received = place_demo_order(sqlite_database, "LYO1", NOW, seed=3)
    assert received is not None
    assert received.parts.row.state != "on_offer"
