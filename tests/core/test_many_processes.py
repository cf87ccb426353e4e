"""Three API processes and two workers on one PostgreSQL; an API process and a worker are killed in the middle of it.

Meanwhile orders are placed, stock is imported, offers are claimed and their timers are due. Clients that hear nothing
ask another process the same. At the end nothing is lost, nothing happened twice, and everybody gives the same answers.
"""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import orjson
import pytest
from sqlalchemy import func, select, update

from core.contract.commands import ClaimOffer
from core.service import claims
from core.service.atp_projection import differences
from core.service.devices import Device
from core.store import tables as t
from core.store.database import Database
from core.store.tables.device import SIGNING_KEY
from tests.core.http.headquarters import Office, order
from tests.core.service.shops import publish
from tests.support.core import Sender, put_device
from tests.support.fleet import Caller, Fleet, fleet, until
from tests.support.stock_world import books

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

BUYERS, ORDERS, TABLETS = 3, 10, 4
RULES = {"rules": [{"candidates": 4, "timeout_minutes": 600, "automatic": "on_timeout"}]}
ENOUGH = b"sku;location;on_hand\nSKU-1;LILLE;200\nSKU-1;LYON;200\n"


class Scene:
    """What clients do, and what they hear."""

    def __init__(self, database: Database, running: Fleet) -> None:
        self.database, self.fleet = database, running
        self.office = Office(database)
        self.office.clock.at = datetime.now(UTC)
        self.token = self.office.sign_in("head")
        publish(database, self.office.world, RULES)
        self.devices = [put_device(database, self.place(n), n + 1) for n in range(TABLETS)]
        self.placed: dict[str, list[Any]] = {}
        self.claimed: dict[str, list[Any]] = {}
        self.imported: list[list[Any]] = []
        self.over = threading.Event()

    def place(self, n: int) -> str:
        return (self.office.world.lille, self.office.world.lyon)[n % 2]

    def buy(self, buyer: int) -> None:
        caller = Caller(self.fleet, self.token, buyer)
        for number in range(ORDERS):
            key = f"order-{buyer}-{number}"
            self.placed[key] = caller.post("/v1/orders", order(lines=[{"sku": "SKU-1", "quantity": 1}]), key)
        caller.close()

    def bring_stock(self) -> None:
        caller, number = Caller(self.fleet, self.token, 77), 0
        while not self.over.wait(0.2):
            number += 1
            file = f"sku;location;on_hand\nSKU-2;LILLE;{10 + number}\nSKU-2;LYON;{40 + number}\n"
            self.imported.append(caller.post("/v1/imports/stock", file.encode(), f"import-{number}"))
        caller.close()

    def claim(self, device: Device) -> None:
        """Every open offer of the store, one command each; a third of them is left to the timers."""
        with self.database.read() as connection:
            key = connection.execute(select(t.secrets.c.value).where(t.secrets.c.name == SIGNING_KEY)).scalar_one()
        lasts_until = int((datetime.now(UTC) + timedelta(minutes=10)).timestamp())
        token = jwt.encode({"sub": device.id, "exp": lasts_until}, key, algorithm="HS256")
        caller, sender, known = Caller(self.fleet, token, device.number), Sender(device, self.office.world.ana), set()
        while not self.over.is_set():
            for copy_id, order_number in self._shown(device.location_id):
                if copy_id in known or int(order_number[-2:], 36) % 3 == 0:
                    continue
                known.add(copy_id)
                command = sender.command(ClaimOffer(copy_id))
                body = {"commands": [orjson.loads(orjson.dumps(command))], "wire": 1}
                answers = caller.post("/sync/v1/push", body)
                self.claimed[command.id] = [one["answers"][0] for one in answers]
            self.over.wait(0.05)
        caller.close()

    def _shown(self, location_id: str) -> list[Any]:
        c, o = t.offer_copies.c, t.offers.c
        query = select(c.id, o.order_number).join_from(t.offer_copies, t.offers, o.id == c.offer_id)
        with self.database.read() as connection:
            return list(connection.execute(query.where(c.location_id == location_id, c.answer == "")).all())

    def let_time_pass(self) -> None:
        """Offers that are still open run out, some every moment."""
        o, j = t.offers.c, t.jobs.c
        while not self.over.wait(0.3):
            now = datetime.now(UTC)
            with self.database.write() as connection:
                query = select(o.id).where(o.state == "open", o.expires_at > now + timedelta(minutes=1)).order_by(o.id)
                some = connection.execute(query.limit(2)).scalars().all()
                connection.execute(update(t.offers).where(o.id.in_(some)).values(expires_at=now))
                due = update(t.jobs).where(j.subject.in_(some), j.kind == claims.TIMEOUT, j.state == "waiting")
                connection.execute(due.values(run_at=now, due_at=now))

    def open_offers(self) -> int:
        return self._count(t.offers, t.offers.c.state == "open")

    def due(self) -> int:
        j = t.jobs.c
        return self._count(t.jobs, (j.state != "done") & (j.run_at <= datetime.now(UTC)))

    def _count(self, table: Any, condition: Any) -> int:
        with self.database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(table).where(condition)).scalar_one())


def play(scene: Scene) -> None:
    """All of it at once; when a third of the orders is placed, two processes die."""
    first = Caller(scene.fleet, scene.token, 1)
    assert first.post("/v1/imports/stock", ENOUGH, "enough")[0]["refused"] == 0
    first.close()
    with ThreadPoolExecutor(BUYERS + TABLETS + 2) as pool:
        others = [pool.submit(scene.claim, device) for device in scene.devices]
        others += [pool.submit(scene.bring_stock), pool.submit(scene.let_time_pass)]
        buying = [pool.submit(scene.buy, buyer) for buyer in range(BUYERS)]
        try:
            until(lambda: len(scene.placed) >= BUYERS * ORDERS // 3)
            scene.fleet.apis[0].kill()
            scene.fleet.workers[0].kill()
            for one in buying:
                one.result(120)
            # What the dead worker had begun is due again when its lease has ended.
            until(lambda: scene.open_offers() == 0 and scene.due() == 0, 90)
        finally:
            scene.over.set()
        for one in others:
            one.result(60)


def test_a_process_that_is_killed_loses_nothing_and_nothing_happens_twice(postgres_database: Database):
    url = postgres_database.url.render_as_string(hide_password=False).replace("+psycopg", "")
    with fleet(url, apis=3, workers=2) as running:
        scene = Scene(postgres_database, running)
        play(scene)
        _everybody_heard_one_answer(scene)
        _each_order_was_placed_once(scene)
        _each_offer_has_one_winner(scene)
        _stock_is_what_happened_to_it(scene)
        _all_processes_say_the_same(scene)


def _everybody_heard_one_answer(scene: Scene) -> None:
    assert len(scene.placed) == BUYERS * ORDERS
    for answers in (*scene.placed.values(), *scene.claimed.values(), *scene.imported):
        assert all(one == answers[0] for one in answers), answers


def _each_order_was_placed_once(scene: Scene) -> None:
    numbers = Counter(answers[0]["number"] for answers in scene.placed.values())
    assert set(numbers.values()) == {1}
    o, e = t.orders.c, t.events.c
    with scene.database.read() as connection:
        assert Counter(connection.execute(select(o.number)).scalars()) == numbers
        of_orders = Counter(connection.execute(select(e.order_id).where(e.name == "OrderReceived")).scalars())
        made = Counter(connection.execute(select(t.fulfilments.c.order_id)).scalars())
        ids = set(connection.execute(select(o.id)).scalars())
    assert of_orders == made == Counter(dict.fromkeys(ids, 1))


def _each_offer_has_one_winner(scene: Scene) -> None:
    o, e, j, p = t.offers.c, t.events.c, t.jobs.c, t.processed_commands.c
    with scene.database.read() as connection:
        offers = connection.execute(select(o.id, o.state, o.winner, o.taken_by)).all()
        told = Counter(connection.execute(select(e.subject_id).where(e.name == "OfferClaimed")).scalars())
        kept = {row.id: row.code for row in connection.execute(select(p.id, p.code))}
        timers = connection.execute(select(j.subject, j.state).where(j.kind == claims.TIMEOUT)).all()
    assert {offer.state for offer in offers} == {"taken"}
    assert told == Counter({offer.id: 1 for offer in offers})
    assert Counter(row.subject for row in timers) == told
    assert {row.state for row in timers} == {"done"}
    heard = {id: answers[0]["code"] for id, answers in scene.claimed.items()}
    assert {id: kept[id] for id in heard} == heard
    by_people = sum(1 for offer in offers if offer.taken_by)
    assert Counter(heard.values())["offer_claimed"] == by_people > 0
    assert len(offers) > by_people, "no timer decided anything"


def _stock_is_what_happened_to_it(scene: Scene) -> None:
    with scene.database.read() as connection:
        assert differences(connection) == []
        rows = books(connection)
        reserved = connection.execute(select(func.sum(t.positions.c.reserved))).scalar_one()
    for location_id, sku, buckets, ledger in rows:
        assert buckets == ledger, (location_id, sku)
    on_hand = {(location_id, sku): buckets[0] for location_id, sku, buckets, _ in rows}
    last = len(scene.imported)
    assert (on_hand["loc-lille", "SKU-2"], on_hand["loc-lyon", "SKU-2"]) == (10 + last, 40 + last)
    assert on_hand["loc-lille", "SKU-1"] == on_hand["loc-lyon", "SKU-1"] == 200
    assert reserved == BUYERS * ORDERS


def _all_processes_say_the_same(scene: Scene) -> None:
    """Those that live, of every order and every offer."""
    alive = scene.fleet.addresses[1:]
    headers = {"Authorization": f"Bearer {scene.token}"}
    for path in ["/v1/offers?limit=100", *(f"/v1/orders/{answers[0]['number']}" for answers in scene.placed.values())]:
        said = [httpx.get(f"{address}{path}", headers=headers).json() for address in alive]
        assert all(one == said[0] for one in said), path
