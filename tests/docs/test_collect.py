"""docs/collect.md: its worked example is executed as it stands there, and its messages are those of the code."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from core.adapters.payment import Sandbox
from core.contract import commands as c
from core.domain.messages import KINDS
from core.jobs.mail import MailDesk
from core.jobs.outside import Outside
from core.jobs.payments import CardDesk, RefundDesk
from core.service import inbox
from core.service.customers import Customer
from core.store.database import Database
from tests.core.service.collect_world import collection_of, expire, handover, place, until
from tests.core.service.delivery_world import build_delivery_world
from tests.core.service.office import fulfilments_of
from tests.support.core import NOW, Sender, put_device
from tests.support.http import Clock

TEXT = (Path(__file__).parents[2] / "docs" / "collect.md").read_text(encoding="utf-8")


def rows(header: str) -> list[list[str]]:
    table = TEXT.split(f"| {header} |\n")[1].split("\n\n")[0]
    return [[cell.strip(" `") for cell in line.strip("|\n").split("|")] for line in table.splitlines()[1:]]


class Subjects:
    """A mailbox that notes subjects, without the number of the order."""

    def __init__(self) -> None:
        self.number, self.new = "", list[str]()

    def send(self, message: Any) -> None:
        self.new.append(" ".join(str(message["Subject"]).replace(self.number, "").split()))

    def read(self) -> str:
        said, self.new = ", ".join(self.new), []
        return said


def test_every_kind_of_message_is_on_the_page():
    assert [row[0] for row in rows("kind | when")] == list(KINDS)


def test_the_worked_example(sqlite_database: Database, tmp_path: Path):
    database, world, clock, box = sqlite_database, build_delivery_world(sqlite_database), Clock(NOW), Subjects()
    device, bank = put_device(database, world.lille), Sandbox(tmp_path / "bank.db")
    sender = Sender(device, world.ana)
    french = Customer("C-1", "Camille", "", "", "fr")
    made = place(
        database, world, "collect", {"SKU-1": 1}, customer=french, collect_as="reservation", pay_on_collection=True
    )
    box.number = made.number
    (work,) = fulfilments_of(database, made.order_id)

    def say(arguments: Any) -> str:
        return inbox.receive(database, device, sender.command(arguments), clock.at).code

    def money() -> None:
        for desk in (CardDesk(bank), RefundDesk(bank)):
            while Outside(database, desk, clock).turn():
                pass

    def shelf() -> str:
        say(c.ScanItem(work.id, work.lines[0].id, 1, c.How.WEDGE, "x"))
        return say(c.PutAway(made.id, work.id, "C-01", work.id))

    def taken() -> str:
        money()
        return say(c.ChargeCard(made.id, "pay-1", 1990))

    def over() -> str:
        clock.at = until(collection_of(database, made.order_id))
        expire(database, made, clock.at)
        return ""

    def more() -> str:
        money()
        return say(c.ExtendPickUp(made.id, clock.at + timedelta(days=3)))

    steps: dict[str, Callable[[], str]] = {
        "it is put on its shelf": shelf,
        "the card is charged": lambda: say(c.ChargeCard(made.id, "pay-1", 1990)),
        "another tablet charges it too": lambda: say(c.ChargeCard(made.id, "pay-2", 1990)),
        "the provider takes it": taken,
        "nobody comes in time": over,
        "the customer gets more time": more,
        "the customer has it": lambda: say(handover(collection_of(database, made.order_id), 1)),
    }
    found = []
    for what, step in steps.items():
        answer = step()
        while Outside(database, MailDesk(box, "shop@example.org"), clock).turn():
            pass
        now = collection_of(database, made.order_id)
        found.append([what, now.state.value, str(now.due_minor), answer, box.read()])
    assert rows("what happened | state | due | answer | told by mail") == found
    assert bank.moved() == [("pay-1", 1990, "captured")]
