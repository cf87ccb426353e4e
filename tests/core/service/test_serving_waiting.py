"""Two who bring stock at once serve the orders that wait for it: neither fails, and no order is forgotten."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, select, update

from core.service import resourcing
from core.service.cause import office_cause
from core.service.resourcing import serve_waiting
from core.service.sourcing import SOURCE_AGAIN
from core.service.stock import Delta, Movement, move
from core.store import tables as t
from core.store.database import Database
from tests.core.service.office import fulfilments_of, ledger, order_row, place, stock
from tests.core.service.shops import pass_time
from tests.support.core import NOW, World, build_world

SKUS = ("SKU-1", "SKU-2")
ROUNDS, ORDERS = 3, 4


@pytest.fixture
def world(database: Database) -> World:
    """No store has any of the two articles."""
    made = build_world(database)
    with database.write() as connection:
        connection.execute(update(t.positions).where(t.positions.c.sku.in_(SKUS)).values(on_hand=0))
    return made


def arrives(connection: Connection, world: World, sku: str, units: int) -> None:
    move(connection, office_cause(NOW), [Movement(world.lille, sku, "import", Delta(on_hand=units))])


def bring(database: Database, world: World, sku: str, meeting: threading.Barrier) -> None:
    """One unit, as an import does: its position is held until the commit, and orders are served in the same one."""
    with database.write() as connection:
        arrives(connection, world, sku, 1)
        if not database.is_sqlite:  # there only one may write at a time
            meeting.wait(20)
        serve_waiting(connection, office_cause(NOW), {sku})


def at_once(database: Database, world: World) -> list[BaseException]:
    failures: list[BaseException] = []
    meeting = threading.Barrier(len(SKUS))

    def run(sku: str) -> None:
        try:
            bring(database, world, sku, meeting)
        except BaseException as fault:
            failures.append(fault)

    both = [threading.Thread(target=run, args=(sku,)) for sku in SKUS]
    for one in both:
        one.start()
    for one in both:
        one.join()
    return failures


def left_to_jobs(database: Database) -> set[str]:
    j = t.jobs.c
    with database.read() as connection:
        return set(connection.execute(select(j.subject).where(j.kind == SOURCE_AGAIN, j.state == "waiting")).scalars())


def test_two_at_once_serve_every_order_and_neither_fails(database: Database, world: World):
    for number in range(ROUNDS):
        ids = [
            place(database, world, dict.fromkeys(SKUS, 1), number=f"R{number}-{one}").order_id for one in range(ORDERS)
        ]
        with database.write() as connection:
            for sku in SKUS:
                # There already, so that both runs want both positions, of which each holds one.
                arrives(connection, world, sku, ORDERS - 1)
        assert at_once(database, world) == []
        pass_time(database, NOW)
        assert left_to_jobs(database) == set()
        for order_id in ids:
            assert not order_row(database, order_id).waiting
            assert sorted(line.sku for work in fulfilments_of(database, order_id) for line in work.lines) == list(SKUS)
        for sku in SKUS:
            sold = ORDERS * (number + 1)
            assert stock(database, world.lille, sku) == ledger(database, world.lille, sku) == (sold, sold, 0, 0)


@pytest.fixture
def held_order(postgres_database: Database) -> Iterator[tuple[Database, World, str]]:
    """A waiting order that another transaction holds."""
    made = build_world(postgres_database)
    with postgres_database.write() as connection:
        connection.execute(update(t.positions).values(on_hand=0))
    order_id = place(postgres_database, made, {"SKU-1": 1}).order_id
    with postgres_database.engine.connect() as other, other.begin():
        other.execute(select(t.orders).where(t.orders.c.id == order_id).with_for_update()).all()
        yield postgres_database, made, order_id


@pytest.mark.postgres
def test_an_order_that_somebody_works_on_is_not_waited_for_but_left_to_a_job(held_order):
    database, world, order_id = held_order
    bring(database, world, "SKU-1", threading.Barrier(1))
    assert left_to_jobs(database) == {order_id}
    assert order_row(database, order_id).waiting


def test_what_fails_for_another_reason_fails(database: Database, world: World, monkeypatch: pytest.MonkeyPatch):
    place(database, world, {"SKU-1": 1})

    def broken(*_: object) -> bool:
        raise RuntimeError("a bug")

    monkeypatch.setattr(resourcing, "source_again", broken)
    with pytest.raises(RuntimeError, match="a bug"):
        bring(database, world, "SKU-1", threading.Barrier(1))
    assert stock(database, world.lille, "SKU-1")[0] == 0, "nothing of it is kept"
