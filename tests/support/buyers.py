"""Buyers who are processes of their own: they place orders as fast as they can, and try again as HTTP does."""

from collections.abc import Mapping, Sequence

from sqlalchemy.exc import DBAPIError

from core.service import orders
from core.service.cause import office_cause
from core.service.orders import NewLine, NewOrder, Received
from core.store.database import Database
from tests.core.service.office import LILLE
from tests.support.core import NOW
from tests.support.warm import warm_context

MOST_TURNS = 20
Basket = Sequence[tuple[str, int]]  # SKU and units of each line; two lines may name the same SKU


def buy_at_once(url: str, division_id: str, basket: Basket, sizes: Mapping[str, int]) -> int:
    """`sizes`: "buyers" processes place "orders" each. Returns the units that were left to wait."""
    context = warm_context()
    answers = context.Queue()
    gate = context.Barrier(sizes["buyers"])
    arguments = (url, division_id, tuple(basket), sizes["orders"])
    buyers = [context.Process(target=_buy, args=(*arguments, (gate, answers))) for _ in range(sizes["buyers"])]
    for buyer in buyers:
        buyer.start()
    told = [answers.get(timeout=60) for _ in buyers]
    for buyer in buyers:
        buyer.join(30)
    answers.close()
    answers.join_thread()
    assert all(isinstance(one, int) for one in told), told
    return sum(told)


def _buy(url: str, division_id: str, basket: Basket, count: int, meeting: tuple[object, object]) -> None:
    gate, answers = meeting
    database = Database(url)
    gate.wait(60)  # type: ignore[attr-defined]
    try:
        answers.put(sum(_order(database, division_id, basket) for _ in range(count)))  # type: ignore[attr-defined]
    except Exception as fault:
        answers.put(repr(fault))  # type: ignore[attr-defined]
        raise
    finally:
        database.close()


def _order(database: Database, division_id: str, basket: Basket) -> int:
    lines = tuple(NewLine(sku, units) for sku, units in basket)
    for turn in range(MOST_TURNS):
        try:
            with database.write() as connection:
                made = orders.create(connection, office_cause(NOW), NewOrder(division_id, LILLE, lines))
            assert isinstance(made, Received), made
            return made.missing_units
        except DBAPIError as fault:
            # A circle of waiting transactions that the database broke.
            if turn == MOST_TURNS - 1 or not (getattr(fault.orig, "sqlstate", None) or "").startswith("40"):
                raise
    raise AssertionError("unreachable")
