"""Orders received together: each is answered by itself, and the number of statements does not grow with theirs."""

from typing import Any

import pytest
from sqlalchemy import event, func, select

from core.http.office.answers import Reply
from core.http.office.intake import Intake, Placing, receive
from core.service import orders
from core.service.cause import office_cause
from core.service.idempotency import Key
from core.service.refusal import Refusal
from core.store import tables as t
from core.store.database import Database
from tests.core.service.office import new_order, place, stock
from tests.support.core import NOW, World, build_world


def placing(world: World, name: str, quantities: dict[str, int] | None = None, **more: Any) -> Placing:
    new = new_order(world, quantities or {"SKU-1": 1}, **more)
    return Placing(Key(name, "head POST /v1/orders", name), office_cause(NOW, "usr-ana"), new)


def reply(answer: Reply | Refusal) -> Reply:
    assert isinstance(answer, Reply)
    return answer


def code(answer: Reply | Refusal) -> str:
    assert isinstance(answer, Refusal)
    return answer.code


def count(database: Database, table: Any) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_each_is_accepted_or_refused_by_itself(database: Database):
    world = build_world(database)
    asked = [placing(world, "a", number="N-1"), placing(world, "b", {"SKU-X": 1}), placing(world, "c", {"SKU-2": 2})]
    with database.write() as connection:
        answers = receive(connection, asked, NOW)
    assert [type(answers[number]) for number in range(3)] == [Reply, Refusal, Reply]
    assert code(answers[1]) == "sku_unknown"
    assert count(database, t.orders) == 2
    assert count(database, t.idempotency) == 2  # a refused order leaves nothing, and may be sent again when it is right


def test_they_are_sourced_with_what_those_before_them_left(database: Database):
    world = build_world(database)
    asked = [placing(world, f"k{number}", {"SKU-1": 4}) for number in range(8)]
    with database.write() as connection:
        answers = receive(connection, asked, NOW)
    waiting = [one.body["waiting"] for one in answers.values() if isinstance(one, Reply)]
    # Ten a place, and a line may be divided: five orders have theirs, three wait, nothing is promised twice.
    assert waiting == [False] * 5 + [True] * 3
    assert [stock(database, one, "SKU-1")[:2] for one in (world.lille, world.lyon)] == [(10, 10), (10, 10)]


def test_an_order_received_with_others_is_the_one_it_would_be_alone(database: Database):
    world = build_world(database)
    with database.write() as connection:
        answers = receive(connection, [placing(world, "a"), placing(world, "b", {"SKU-1": 2, "SKU-2": 1})], NOW)
    shown = reply(answers[1]).body
    alone = place(database, world, {"SKU-1": 2, "SKU-2": 1})
    assert [entry.code for entry in shown["timeline"]] == ["OrderReceived", "OrderSourced", "FulfilmentCreated"]
    assert shown["timeline"][0].user == "Ana"
    assert (shown["state"], shown["waiting"], shown["version"]) == (
        alone.parts.row.state, alone.parts.row.waiting, alone.parts.row.version,
    )  # fmt: skip
    assert [line.quantity for line in shown["fulfilments"][0].lines] == [2, 1]
    assert shown["target_at"] == alone.parts.row.target_at


def test_a_key_that_came_before_is_answered_as_then(database: Database):
    world = build_world(database)
    with database.write() as connection:
        (first,) = receive(connection, [placing(world, "a")], NOW).values()
    other = placing(world, "a")
    other = Placing(Key("a", other.key.scope, "something else"), other.cause, other.new)
    with database.write() as connection:
        answers = receive(connection, [placing(world, "a"), other], NOW)
    assert reply(answers[0]).body["id"] == reply(first).body["id"]
    assert reply(answers[0]).headers["Idempotent-Replayed"] == "true"
    assert code(answers[1]) == "idempotency_key_reused"
    assert count(database, t.orders) == 1


def test_the_same_key_twice_in_one_turn_is_one_order(database: Database):
    world = build_world(database)
    with database.write() as connection:
        answers = receive(connection, [placing(world, "a"), placing(world, "a")], NOW)
    assert list(answers) == [0]  # the second is received alone, and finds the first
    assert count(database, t.orders) == 1


def test_one_number_for_two_orders_is_refused_to_the_second(database: Database):
    world = build_world(database)
    with database.write() as connection:
        answers = receive(connection, [placing(world, "a", number="N-1"), placing(world, "b", number="N-1")], NOW)
    assert code(answers[1]) == "order_number_taken"


@pytest.mark.parametrize("quantities", [{"SKU-1": 1}, {"SKU-1": 1, "SKU-2": 1}])
def test_statements_do_not_grow_with_the_orders(database: Database, quantities: dict[str, int]):
    world = build_world(database)
    seen: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))

    def statements(names: str) -> int:
        seen.clear()
        with database.write() as connection:
            receive(connection, [placing(world, name, quantities) for name in names], NOW)
        return len(seen)

    # Once a second what is remembered of the network is compared with the database: the fewest of three count.
    one = min(statements(name) for name in "123")
    many = min(statements(names) for names in ("abcde", "fghij", "klmno"))
    assert many == one <= 45


async def test_a_turn_that_fails_leaves_its_orders_to_be_received_alone(sqlite_database, monkeypatch):
    world = build_world(sqlite_database)
    intake = Intake(sqlite_database, lambda: NOW)

    def broken(*_: Any) -> Any:
        raise RuntimeError("a bug")

    with monkeypatch.context() as changed:
        changed.setattr(orders, "create_each", broken)
        assert await intake.ask(placing(world, "a")) is None
    assert isinstance(await intake.ask(placing(world, "a")), Reply)
    assert count(sqlite_database, t.orders) == 1
