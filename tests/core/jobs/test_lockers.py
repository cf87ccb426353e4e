"""Lockers from the reservation to the code in the mail, with a locker that is full, silent, late or too small."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.adapters.locker import Compartment, SandboxLocker
from core.contract import commands as c
from core.contract.sync import Answer
from core.domain.collection import Collection
from core.domain.outcome import Verdict
from core.jobs.lockers import LockerDesk
from core.jobs.outside import Outside
from core.service import inbox, message_templates
from core.store.database import Database
from tests.core.service.collect_world import collection_of, events, expire, handover, messages_of, place, until
from tests.core.service.delivery_world import build_delivery_world
from tests.core.service.office import fulfilments_of
from tests.support.core import NOW, Sender, World, put_device
from tests.support.http import Clock

LATE_S = 5.0


@dataclass
class Slow:
    """Does what it is asked; before its answer is heard, something else happens."""

    locker: SandboxLocker
    meanwhile: Callable[[], object]

    def reserve(self, stay_id: str, location_id: str, size: str) -> Compartment | str:
        told = self.locker.reserve(stay_id, location_id, size)
        self.meanwhile()
        return told

    def dropped(self, stay_id: str, location_id: str, compartment: str) -> str:
        code = self.locker.dropped(stay_id, location_id, compartment)
        self.meanwhile()
        return code

    def end(self, stay_id: str) -> None:
        self.locker.end(stay_id)


class Shop:
    def __init__(self, database: Database, world: World, folder: Path) -> None:
        self.database, self.clock, self.world = database, Clock(NOW), world
        self.locker = SandboxLocker(folder / "locker.db", LATE_S, lambda: self.clock.at.timestamp())
        self.device = put_device(database, world.lille)
        self.sender = Sender(self.device, world.ana)

    def send(self, command: c.Command) -> Answer:
        return inbox.receive(self.database, self.device, command, self.clock.at)

    def work(self) -> None:
        while Outside(self.database, LockerDesk(self.locker), self.clock).turn():
            pass

    def work_until_late_answers(self) -> None:
        for _ in range(2):
            self.work()
            self.clock.at += timedelta(seconds=LATE_S)
        self.work()

    def answered_late(self, meanwhile: Callable[[], object]) -> None:
        """One question; `meanwhile` happens after the locker has acted and before its answer is heard."""
        Outside(self.database, LockerDesk(Slow(self.locker, meanwhile)), self.clock).turn()

    def reserve(self, made: Collection, size: str = "s") -> Answer:
        command = self.sender.command(c.ReserveLocker(made.id, size))
        assert self.send(command).code == "waiting"
        self.work_until_late_answers()
        return self.send(command)

    def pick(self, made: Collection) -> str:
        (work,) = fulfilments_of(self.database, made.order_id)
        self.send(self.sender.command(c.ScanItem(work.id, work.lines[0].id, 1, c.How.WEDGE, "x")))
        return work.id

    def fill(self, made: Collection, compartment: str) -> str:
        return self.drop(made, compartment, self.pick(made))

    def drop(self, made: Collection, compartment: str, work_id: str) -> str:
        return self.send(self.sender.command(c.DropInLocker(made.id, compartment, (work_id,)))).code

    def shelve(self, made: Collection) -> str:
        work_id = self.pick(made)
        return self.send(self.sender.command(c.PutAway(made.id, work_id, "C-01", work_id))).code

    def told(self, made: Collection) -> list[str]:
        """Of the locker, to the customer and in the order's story."""
        story = [event.name for event in events(self.database, made.order_id) if event.name.startswith("Locker")]
        return [row.kind for row in messages_of(self.database, made.id)] + story

    def code(self, made: Collection) -> str:
        with self.database.read() as connection:
            known = collection_of(self.database, made.order_id)
            return message_templates.values_of(connection, known, "en")["locker_code"]


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> Shop:
    return Shop(database, build_delivery_world(database), tmp_path)


def an_order(shop: Shop, **more: Any) -> Collection:
    return place(shop.database, shop.world, "collect", {"SKU-1": 1}, collect_as="locker", **more)


def test_a_compartment_is_reserved_filled_and_its_code_is_mailed(shop: Shop):
    made = an_order(shop)
    answer = shop.reserve(made)
    assert (answer.verdict, answer.code, answer.params["compartment"]) == (Verdict.ACCEPTED, "locker_reserved", "S1")
    assert shop.fill(made, "S1") == "dropped_in_locker"
    assert messages_of(shop.database, made.id) == []
    shop.work()
    assert [row.kind for row in messages_of(shop.database, made.id)] == ["locker"]
    assert len(shop.code(made)) == 6
    told = str([event.data for event in events(shop.database, made.order_id)])
    assert shop.code(made) not in told
    shop.send(shop.sender.command(handover(collection_of(shop.database, made.order_id), 1)))
    shop.work()
    assert (shop.locker.taken(), shop.code(made)) == ([], "")


def test_a_locker_that_is_full_or_has_not_the_size_says_so(shop: Shop):
    assert shop.reserve(an_order(shop), "l").code == "locker_size_unknown"
    assert shop.reserve(an_order(shop), "m").code == "locker_reserved"
    full = shop.reserve(an_order(shop), "m")
    assert (full.verdict, full.code) == (Verdict.REJECTED, "locker_full")


def test_a_silent_locker_is_asked_again_and_gives_one_compartment(shop: Shop):
    made, shop.locker.answers = an_order(shop), False
    command = shop.sender.command(c.ReserveLocker(made.id, "s"))
    shop.send(command)
    shop.work()
    assert shop.send(command).verdict is None
    shop.locker.answers = True
    shop.clock.at += timedelta(seconds=1)
    shop.work()
    assert (shop.send(command).code, shop.locker.taken()) == ("locker_reserved", ["S1"])


def test_what_is_not_paid_or_over_goes_into_no_locker(shop: Shop):
    unpaid = an_order(shop, pay_on_collection=True)
    assert shop.send(shop.sender.command(c.ReserveLocker(unpaid.id, "s"))).code == "unpaid_for_locker"


def test_when_its_time_is_over_the_code_opens_nothing_and_more_time_brings_a_new_one(shop: Shop):
    made = an_order(shop)
    shop.reserve(made)
    shop.fill(made, "S1")
    shop.work()
    ready = collection_of(shop.database, made.order_id)
    shop.clock.at = until(ready)
    expire(shop.database, ready, shop.clock.at)
    shop.work()
    assert (shop.locker.taken(), shop.code(made)) == ([], "")
    over = shop.sender.command(c.ReserveLocker(made.id, "s"))
    assert shop.send(over).code == "not_for_locker"
    more = shop.sender.command(c.ExtendPickUp(made.id, shop.clock.at + timedelta(days=2)))
    assert shop.send(more).code == "extended"
    shop.work()
    assert (shop.locker.taken(), len(shop.code(made))) == (["S1"], 6)


def test_what_two_tablets_note_as_dropped_is_one_stay_and_one_message(shop: Shop):
    made = place(shop.database, shop.world, "collect", {"SKU-1": 1}, collect_as="locker")
    shop.fill(made, "S1")
    (work,) = fulfilments_of(shop.database, made.order_id)
    shop.send(shop.sender.command(c.DropInLocker(made.id, "S1", (work.id,))))
    shop.work()
    assert [row.kind for row in messages_of(shop.database, made.id)] == ["locker"]
    assert shop.locker.taken() == ["S1"]


def test_a_late_answer_is_waited_for_and_counts_once(shop: Shop):
    made = an_order(shop)
    command = shop.sender.command(c.ReserveLocker(made.id, "m"))
    shop.send(command)
    shop.work()
    assert (shop.send(command).verdict, shop.locker.taken()) == (None, ["M1"])
    shop.work_until_late_answers()
    assert shop.send(command).code == "locker_reserved"
    assert shop.fill(made, "M1") == "dropped_in_locker"
    shop.work()
    assert (shop.told(made), shop.code(made)) == (["LockerReserved"], "")
    shop.work_until_late_answers()
    assert (shop.told(made), len(shop.code(made))) == (["locker", "LockerReserved", "LockerCodeKnown"], 6)


def test_what_was_put_on_a_shelf_meanwhile_gets_no_compartment(shop: Shop):
    made = an_order(shop)
    command = shop.sender.command(c.ReserveLocker(made.id, "m"))
    shop.send(command)
    shop.work()
    assert shop.shelve(made) == "collection_ready"
    shop.work_until_late_answers()
    answer = shop.send(command)
    assert (answer.verdict, answer.code) == (Verdict.REJECTED, "not_for_locker")
    assert (shop.told(made), shop.locker.taken()) == (["ready"], [])


def test_a_compartment_that_nobody_fills_is_free_again(shop: Shop):
    made = an_order(shop)
    shop.reserve(made)
    shop.shelve(made)
    shop.work()
    assert shop.locker.taken() == []


def test_an_answer_that_comes_after_it_was_given_up_changes_nothing(shop: Shop):
    """Nor where another worker is just telling the locker that it is over, and has not been answered yet."""
    made = an_order(shop)
    command = shop.sender.command(c.ReserveLocker(made.id, "s"))
    shop.send(command)

    def put_elsewhere() -> None:
        shop.shelve(made)
        shop.locker.answers = False
        shop.work()
        shop.locker.answers = True

    shop.answered_late(put_elsewhere)
    shop.work_until_late_answers()
    assert shop.send(command).code == "not_for_locker"
    assert (shop.told(made), shop.locker.taken()) == (["ready"], [])


def test_a_code_that_comes_after_the_customer_left_is_not_told(shop: Shop):
    made = an_order(shop)
    shop.reserve(made)
    shop.fill(made, "S1")

    def collect() -> None:
        shop.send(shop.sender.command(handover(collection_of(shop.database, made.order_id), 1)))
        shop.work()

    shop.answered_late(collect)
    assert (shop.told(made), shop.locker.taken(), shop.code(made)) == (["collected", "LockerReserved"], [], "")


def test_what_moves_to_another_compartment_has_one_code(shop: Shop):
    made = an_order(shop)
    shop.reserve(made)
    work_id = shop.pick(made)
    shop.drop(made, "S1", work_id)

    def move() -> None:
        shop.drop(made, "S2", work_id)
        shop.work()

    shop.answered_late(move)
    assert shop.locker.taken() == ["S2"]
    assert shop.told(made) == ["locker", "LockerReserved", "LockerCodeKnown"]
    assert collection_of(shop.database, made.order_id).locker == "S2"


def test_what_was_dropped_before_the_locker_answered_lies_where_it_was_dropped(shop: Shop):
    made = an_order(shop)
    command = shop.sender.command(c.ReserveLocker(made.id, "s"))
    shop.send(command)
    shop.answered_late(lambda: shop.fill(made, "S2"))
    shop.work()
    assert shop.send(command).code == "not_for_locker"
    assert (shop.locker.taken(), shop.told(made)) == (["S2"], ["locker", "LockerCodeKnown"])
