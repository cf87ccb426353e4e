"""Money at the desk: charged once, whatever two tablets, a silent bank and a core that dies do; and given back."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from core.adapters.payment import Charge, ProviderAway, Told
from core.contract import commands as c
from core.domain.collecting_answers import HandedOver
from core.domain.collection import Collection
from core.domain.outcome import Verdict
from core.jobs.outside import Outside
from core.jobs.payments import UNDECIDED, CardDesk
from core.service import cancellation, payments
from core.service.cause import office_cause
from core.service.refusal import Refusal
from core.store import tables as t
from core.store.database import Database
from tests.core.service.collect_world import collection_of, events, expire, handover, prepared, tasks_of, until
from tests.core.service.delivery_world import build_delivery_world
from tests.core.service.office import tell
from tests.core.service.till_world import Shop, due, names, rows
from tests.support.core import NOW, World


@pytest.fixture
def world(database: Database) -> World:
    return build_delivery_world(database)


@pytest.fixture
def shop(database: Database, world: World, tmp_path: Path) -> Shop:
    return Shop(database, world, tmp_path)


def test_a_card_is_asked_for_and_the_answer_waits_until_the_bank_has_decided(database, world, shop):
    ready = due(database, world, 1990)
    command = shop.sender.command(c.ChargeCard(ready.id, "pay-1", 1990))
    for _ in range(2):
        answer = shop.send(command)
        assert (answer.verdict, answer.code, answer.after_ms) == (None, "waiting", 1000)
    assert shop.charged() == []
    shop.work()
    answer = shop.send(command)
    assert (answer.verdict, answer.code, answer.params) == (Verdict.ACCEPTED, "card_charged", {"due_minor": 0})
    assert shop.send(command) == answer
    assert collection_of(database, ready.order_id).due_minor == 0
    assert shop.charged() == [("pay-1", 1990, "captured")]
    (taken,) = [event for event in events(database, ready.order_id) if event.name == "PaymentTaken"]
    assert {"amount_minor": 1990, "currency": "EUR", "method": "card", "due_minor": 0}.items() <= taken.data.items()
    assert tell(database, handover(ready, 1)) == HandedOver()


def test_a_card_that_is_declined_leaves_all_due_and_another_one_may_be_tried(database, world, shop):
    ready = due(database, world, 1051)
    command = shop.sender.command(c.ChargeCard(ready.id, "pay-1", 1051))
    shop.send(command)
    shop.work()
    answer = shop.send(command)
    assert (answer.verdict, answer.code) == (Verdict.REJECTED, "card_declined")
    assert answer.params == {"reason": "insufficient_funds"}
    assert collection_of(database, ready.order_id).due_minor == 1051
    assert shop.say(c.ChargeCard(ready.id, "pay-2", 1000)).verdict is None
    assert names(database, ready) == ["PaymentDeclined"]


def test_two_tablets_cannot_charge_the_same_amount(database, world, shop):
    ready = due(database, world, 1990)
    first = shop.sender.command(c.ChargeCard(ready.id, "pay-1", 1990))
    shop.send(first)
    other = shop.say(c.ChargeCard(ready.id, "pay-2", 1990))
    assert (other.verdict, other.code) == (Verdict.REJECTED, "being_paid")
    shop.work()
    late = shop.say(c.ChargeCard(ready.id, "pay-3", 1990))
    assert (late.verdict, late.code) == (Verdict.REJECTED, "not_due")
    again = shop.say(c.ChargeCard(ready.id, "pay-1", 1990))  # the same payment by another command
    assert (again.verdict, again.code) == (Verdict.ACCEPTED, "card_charged")
    wrong = shop.say(c.ChargeCard(ready.id, "pay-1", 990))
    assert (wrong.verdict, wrong.code) == (Verdict.REJECTED, "payment_reused")
    assert shop.charged() == [("pay-1", 1990, "captured")]


@pytest.mark.parametrize("price", [1091, 1093])
def test_a_bank_that_is_silent_after_charging_is_asked_what_became_of_it(database, world, shop, price):
    ready = due(database, world, price)
    command = shop.sender.command(c.ChargeCard(ready.id, "pay-1", price))
    shop.send(command)
    shop.work()
    assert shop.send(command).verdict is None
    shop.clock.at += timedelta(seconds=1)
    shop.work()
    assert shop.send(command).code == "card_charged"
    assert shop.charged() == [("pay-1", price, "captured")]


def test_a_bank_that_stays_silent_is_named_once_and_listed(database, world, shop):
    ready = due(database, world, 1990)
    shop.say(c.ChargeCard(ready.id, "pay-1", 1990))
    shop.bank.authorise = shop.bank.status = silent
    for seconds in (0, 30, 120, 300, 600):
        shop.clock.at = NOW + timedelta(seconds=5 + seconds)
        shop.work()
        assert names(database, ready) == (["PaymentUndecided"] if seconds >= 120 else [])
    with database.read() as connection:
        (row,) = connection.execute(payments.listed("asking", ready.order_id)).all()
        assert connection.execute(payments.listed("paid")).all() == []
    assert (row.id, row.number, row.user_name, row.error) == ("pay-1", ready.number, "Ana", UNDECIDED)


def silent(*_: object) -> Told:
    raise ProviderAway


def test_a_worker_that_dies_after_the_bank_took_it_is_followed_by_one_that_asks_first(database, world, shop):
    ready = due(database, world, 1990)
    command = shop.sender.command(c.ChargeCard(ready.id, "pay-1", 1990))
    shop.send(command)
    desk = CardDesk(shop.bank)
    desk.settle = lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        Outside(database, desk, shop.clock).turn()
    assert shop.charged() == [("pay-1", 1990, "captured")]
    shop.work()
    assert shop.send(command).verdict is None  # somebody holds the lease
    shop.clock.at += CardDesk.lease
    shop.work()
    assert shop.send(command).code == "card_charged"
    assert shop.charged() == [("pay-1", 1990, "captured")]


def test_a_bank_that_decides_later_says_so_twice_and_is_believed_by_its_own_books(database, world, shop):
    ready = due(database, world, 1092)
    command = shop.sender.command(c.ChargeCard(ready.id, "pay-1", 1092))
    shop.send(command)
    shop.work()
    with database.write() as connection:  # somebody pretends
        payments.poke(connection, office_cause(shop.clock.at), "pay-1")
    shop.work()
    assert shop.send(command).verdict is None
    shop.clock.at += timedelta(minutes=1, seconds=-1)
    with database.write() as connection:
        connection.execute(update(t.payments).values(due_at=shop.clock.at + timedelta(hours=1)))
    shop.clock.at += timedelta(seconds=2)
    for _ in range(2):
        with database.write() as connection:
            payments.poke(connection, office_cause(shop.clock.at), "pay-1")
        shop.work()
    assert shop.send(command).code == "card_charged"
    assert (shop.charged(), names(database, ready)) == ([("pay-1", 1092, "captured")], ["PaymentTaken"])


def test_cash_of_one_id_is_taken_once(database, world, shop):
    ready = due(database, world, 1000, units=2)
    for _ in range(2):  # two commands of one till, not one command twice
        answer = shop.say(c.TakeCash(ready.id, "pay-1", 500))
        assert (answer.verdict, answer.params) == (Verdict.ACCEPTED, {"due_minor": 1500})
    other = shop.say(c.TakeCash(ready.id, "pay-1", 600))
    assert (other.verdict, other.code) == (Verdict.ATTENTION, "payment_reused")
    (row,) = rows(database, t.payments)
    assert (row.method, row.amount_minor, row.state, row.device_id) == ("cash", 500, "paid", shop.device.id)
    assert collection_of(database, ready.order_id).due_minor == 1500


def test_cash_that_came_while_the_card_was_asked_for_sends_the_card_money_back(database, world, shop):
    ready = due(database, world, 1990)
    shop.say(c.ChargeCard(ready.id, "pay-1", 1990))
    shop.say(c.TakeCash(ready.id, "pay-2", 1990))
    shop.work()
    assert collection_of(database, ready.order_id).due_minor == 0
    (back,) = rows(database, t.refunds)
    assert (back.method, back.payment_id, back.amount_minor, back.state) == ("card", "pay-1", 1990, "done")
    assert tasks_of(database, ready.order_id) == []
    assert shop.charged()[1:] == [(back.id, 1990, "refunded")]


def test_what_is_refused_at_the_desk_goes_back_the_way_it_came(database, world, shop):
    ready = due(database, world, 1000, units=2)
    shop.say(c.ChargeCard(ready.id, "pay-1", 600))
    shop.work()
    shop.say(c.TakeCash(ready.id, "pay-2", 1400))
    tell(database, handover(ready, 1, refused=1))
    shop.work()
    found = {row.method: (row.amount_minor, row.state) for row in rows(database, t.refunds)}
    assert found == {"card": (600, "done"), "cash": (400, "to_give_back")}
    assert len(tasks_of(database, ready.order_id)) == 1
    assert sorted(names(database, ready)) == ["CashTaken", "PaymentTaken", "RefundAsked", "RefundDone"]


def test_what_was_paid_elsewhere_is_left_to_head_office(database, world, shop):
    ready = prepared(database, world)
    tell(database, handover(ready, 1, refused=1))
    (row,) = rows(database, t.refunds)
    assert (row.method, row.state) == ("elsewhere", "to_give_back")
    assert len(tasks_of(database, ready.order_id)) == 1


def test_a_refund_that_the_bank_does_not_want_stays_open_and_is_told(database, world, shop):
    ready = due(database, world, 1094)
    shop.say(c.ChargeCard(ready.id, "pay-1", 1094))
    shop.work()
    tell(database, handover(ready, 0, refused=1))
    shop.work()
    (row,) = rows(database, t.refunds)
    assert (row.state, row.error) == ("failed", "refund_not_possible")
    assert len(tasks_of(database, ready.order_id)) == 1
    assert "RefundFailed" in names(database, ready)


def test_who_comes_after_all_has_not_been_refunded_and_who_was_owes_it_again(database, world, shop):
    ready = due(database, world, 1000, units=2)
    shop.say(c.ChargeCard(ready.id, "pay-1", 1200))
    shop.work()
    for extra, refunded, owed in ((1, False, 800), (2, True, 2000)):
        ready = collection_of(database, ready.order_id)
        shop.clock.at = until(ready)
        expire(database, ready, shop.clock.at)
        assert collection_of(database, ready.order_id).due_minor == 0
        if refunded:
            shop.clock.at += timedelta(hours=1)
            shop.work()
        tell(database, c.ExtendPickUp(ready.id, until(ready) + timedelta(days=extra)), at=shop.clock.at)
        assert collection_of(database, ready.order_id).due_minor == owed
    assert [row.state for row in rows(database, t.refunds)] == ["called_off", "done"]


def test_head_office_closes_what_it_gave_back_by_hand(database, world, shop):
    ready = due(database, world, 1000, units=2)
    shop.say(c.TakeCash(ready.id, "pay-2", 2000))
    tell(database, handover(ready, 1, refused=1))
    (task,) = tasks_of(database, ready.order_id)
    with database.write() as connection:
        (view,) = payments.refunds_of(connection, [task.id])[task.id]
        assert (view["method"], view["amount_minor"], view["state"]) == ("cash", 1000, "to_give_back")
        cause = office_cause(NOW, "usr-head")
        assert payments.close_by_hand(connection, cause, task.id) is None
        again = payments.close_by_hand(connection, cause, task.id)
        assert isinstance(again, Refusal)
        assert again.code == "order_task_closed"
        assert isinstance(payments.close_by_hand(connection, cause, "nothing"), Refusal)
    assert tasks_of(database, ready.order_id) == []
    assert "RefundGivenBack" in names(database, ready)


def test_nobody_closes_what_the_bank_is_being_asked(database, world, shop):
    ready = due(database, world, 1000)
    shop.say(c.ChargeCard(ready.id, "pay-1", 1000))
    shop.work()
    tell(database, handover(ready, 0, refused=1))
    (task,) = tasks_of(database, ready.order_id)
    with database.write() as connection:
        refused = payments.close_by_hand(connection, office_cause(NOW), task.id)
    assert isinstance(refused, Refusal)
    assert refused.code == "refund_asked"


def test_the_provider_is_only_ever_told_ids_and_amounts():
    assert set(Charge.__slots__) == {"payment_id", "amount_minor", "currency"}
    assert set(Told.__slots__) == {"state", "reason", "reference"}


def test_what_is_cancelled_is_not_to_be_paid_and_what_was_paid_of_it_goes_back(database, world, shop):
    ready = due(database, world, 1990, units=3)
    line = ready.lines[0].id

    def cancel(units: int) -> Collection:
        with database.write() as connection:
            cause = office_cause(shop.clock.at)
            assert cancellation.cancel(connection, cause, ready.order_id, units={line: units}) is None
        return collection_of(database, ready.order_id)

    assert cancel(1).due_minor == 3980
    shop.say(c.ChargeCard(ready.id, "pay-1", 3980))
    shop.work()
    after = cancel(1)
    assert (after.due_minor, after.lines[0].open) == (0, 1)
    shop.work()
    (task,) = rows(database, t.refunds)
    assert (task.amount_minor, task.state, task.reason, task.payment_id) == (1990, "done", "cancelled", "pay-1")
    assert tell(database, handover(after, 1)) == HandedOver()
