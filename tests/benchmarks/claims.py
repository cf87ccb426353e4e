"""`claims`: 200 tablets claim each of 500 offers over HTTP, a claim a request, as the app's outbox sends it.

Each claim is durable whatever it came to: the core keeps its answer, so that a repetition hears the same. The floor is
FastAPI's bare POST (read, validate, answer) at the same concurrency; both are uvicorn processes with one worker. Rounds
alternate, every ratio is of two neighbouring rounds, and the median of them counts.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jwt
import orjson
from fastapi import FastAPI
from sqlalchemy import select

from core.contract.commands import ClaimOffer
from core.service.devices import Device
from core.store import tables as t
from core.store.database import Database
from core.store.tables.device import SIGNING_KEY
from tests.benchmarks.disk import probe_fdatasync_ms
from tests.benchmarks.load import Round, bare_app, drive, post, serving
from tests.benchmarks.report import Budget, Report, quantile
from tests.core.service.office import place
from tests.core.service.shops import build_crowd
from tests.support.core import NOW, Sender

CLAIMERS, OFFERS, ROUNDS = 200, 500, 10
FLOOR_REQUESTS = 6_000
BUDGETS = {"winners_per_offer_max": Budget(at_least=1, at_most=1), "throughput_vs_post": Budget(at_least=0.25)}
ORDER = {
    "division_id": "div-nord",
    "destination": {"town": "Lille", "country": "FR"},
    "lines": [{"sku": f"SKU-{number}", "quantity": 1} for number in range(3)],
}


def core_app(url: str) -> FastAPI:
    """By a clock that stands still: no offer runs out while it is claimed."""
    from core.bootstrap import settled
    from core.http.app import create_app

    return settled(create_app(Database(url), now=lambda: NOW))


@dataclass(frozen=True)
class Shop:
    """`copies`: of each offer, by location. `tokens`: of the tablets, in their order."""

    devices: Sequence[Device]
    tokens: Sequence[str]
    copies: dict[str, dict[str, str]]
    user: str


def run(claimers: int = CLAIMERS, offers: int = OFFERS, rounds: int = ROUNDS) -> Report:
    with TemporaryDirectory(prefix="comptoir-bench-") as folder:
        started = time.perf_counter()
        database = Database(f"sqlite:///{Path(folder) / 'core.db'}")
        database.upgrade()
        shop = fill(database, claimers, offers)
        figures: dict[str, Any] = {
            "claimers": claimers,
            "offers": offers,
            "fill_s": round(time.perf_counter() - started, 1),
        }
        figures |= probe_fdatasync_ms(Path(folder))
        pairs = measure(str(database.url), shop, rounds)
        winners = winners_by_offer(database)
        figures |= {"claims": claimers * offers, "answers": answers(database)}
        database.close()
    figures["offers_without_winner"] = offers - len(winners)
    return _report(pairs, winners, figures)


def fill(database: Database, claimers: int, offers: int) -> Shop:
    """Each order is offered to every store."""
    world, devices = build_crowd(database, claimers, on_hand=offers * 2)
    for _ in range(offers):
        place(database, world, {"SKU-1": 1})
    c = t.offer_copies.c
    copies: dict[str, dict[str, str]] = {}
    with database.read() as connection:
        for row in connection.execute(select(c.offer_id, c.location_id, c.id)):
            copies.setdefault(row.offer_id, {})[row.location_id] = row.id
        key = connection.execute(select(t.secrets.c.value).where(t.secrets.c.name == SIGNING_KEY)).scalar_one()
    lasts_until = (NOW + timedelta(days=1)).timestamp()
    tokens = [jwt.encode({"sub": device.id, "exp": int(lasts_until)}, key, algorithm="HS256") for device in devices]
    assert all(len(of) == claimers for of in copies.values())
    return Shop(devices, tokens, copies, world.ana)


def measure(url: str, shop: Shop, rounds: int) -> list[tuple[Round, Round]]:
    """(bare POST, claims) per round; every claimer claims every offer of the round, in any order."""
    asked = list(claims_of(shop, random.Random(1)))
    each = len(asked) // rounds
    concurrency = min(len(shop.devices), 200)
    pairs = []
    with serving(bare_app) as floor_port, serving(core_app, url) as core_port:
        drive(floor_port, [post("/orders", ORDER)], concurrency, min(each, 1_000))
        for number in range(rounds):
            floor = drive(floor_port, [post("/orders", ORDER)], concurrency, min(each, FLOOR_REQUESTS))
            part = asked[number * each : (number + 1) * each]
            pairs.append((floor, drive(core_port, part, concurrency, len(part))))
    return pairs


def claims_of(shop: Shop, rng: random.Random) -> Iterator[bytes]:
    """One push of one command each; all claims of an offer follow each other."""
    senders = [Sender(device, shop.user) for device in shop.devices]
    headers = [{"Authorization": f"Bearer {token}"} for token in shop.tokens]
    for of in shop.copies.values():
        for number in rng.sample(range(len(senders)), len(senders)):
            command = senders[number].command(ClaimOffer(of[shop.devices[number].location_id]))
            body = {"commands": [orjson.loads(orjson.dumps(command))], "wire": 1}
            yield post("/sync/v1/push", body, headers[number])


def winners_by_offer(database: Database) -> Counter[str]:
    """How many stores were told that an offer is theirs; also how many fulfilments were made of its order."""
    c, e = t.processed_commands.c, t.events.c
    told: Counter[str] = Counter()
    with database.read() as connection:
        won = set(connection.execute(select(c.id).where(c.code == "offer_claimed")).scalars())
        for offer_id, command_id in connection.execute(
            select(e.subject_id, e.command_id).where(e.name == "OfferClaimed")
        ):
            told[offer_id] += command_id in won
        made = Counter(connection.execute(select(t.fulfilments.c.order_id)).scalars())
        of_order = {row.id: row.order_id for row in connection.execute(select(t.offers.c.id, t.offers.c.order_id))}
    assert sum(told.values()) == len(won)
    return Counter({id: max(count, made[of_order[id]]) for id, count in told.items()})


def answers(database: Database) -> dict[str, int]:
    with database.read() as connection:
        return dict(sorted(Counter(connection.execute(select(t.processed_commands.c.code)).scalars()).items()))


def _report(pairs: list[tuple[Round, Round]], winners: Counter[str], figures: dict[str, object]) -> Report:
    for name, side in (("post", 0), ("claim", 1)):
        figures[f"{name}_per_s"] = round(quantile([pair[side].per_s for pair in pairs], 0.5), 1)
        latencies = [quantile(pair[side].latencies_ms, 0.5) for pair in pairs]
        figures[f"{name}_median_ms"] = round(quantile(latencies, 0.5), 2)
    ratios = {
        "winners_per_offer_max": max(winners.values(), default=0) if not figures["offers_without_winner"] else 0,
        "throughput_vs_post": round(quantile([own.per_s / floor.per_s for floor, own in pairs], 0.5), 3),
    }
    return Report("claims", figures, ratios, BUDGETS)
