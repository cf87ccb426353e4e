"""`replay`: a what-if of 10,000 past orders over 300 places: read from the core's database, decided twice, compared.

The draft prefers stores, and gives large baskets to them alone where it can; it is compared with the built-in rules.
Seconds are wall time, as somebody waits for them. The floor is reading the same orders and their stock.
"""

import random
import time
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, insert

from core.contract.ids import uuid7
from core.demo.towns import customer_towns
from core.domain.ruleset import DEFAULT, Criterion, Ruleset, Strategy
from core.service import replay_apart, replay_orders, rulesets
from core.service.cause import office_cause
from core.service.network import read_network
from core.service.refusal import Refusal
from core.service.replay import replay
from core.service.replay_orders import Wanted
from core.service.replay_side import Past, Question
from core.service.rulesets import Draft
from core.store import tables as t
from core.store.database import Database
from tests.benchmarks.report import Budget, Report
from tests.benchmarks.retail import WAREHOUSES, Retail, build
from tests.support.core import NOW

ORDERS = 10_000
PLACES = 300
MOST_S = 15.0
DIVISION = "bench"
DRAFT: dict[str, Any] = {
    "strategies": [
        {
            "name": "large baskets from stores",
            "when": {"min_value_minor": 10_000},
            "filters": {"kinds": ["store"]},
            "fallback": "stores first",
        },
        {"name": "stores first", "prefer": ["store"]},
    ]
}
COST_RULES = Ruleset((Strategy(criteria=(Criterion.COST, Criterion.PROXIMITY)),))
BUDGETS = {"seconds_vs_budget": Budget(at_most=1.0), "scarce_cost_seconds_vs_budget": Budget(at_most=1.0)}


def run(orders: int = ORDERS) -> Report:
    retail = build(orders, PLACES)
    with TemporaryDirectory(prefix="comptoir-bench-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'core.db'}")
        database.upgrade()
        with database.write() as connection:
            _put(connection, retail)
            draft = rulesets.draft(connection, office_cause(NOW), Draft(DIVISION, "Stores near by", DRAFT))
        assert not isinstance(draft, Refusal), draft
        words: list[int] = []
        with database.read() as connection:
            begun, cpu = time.perf_counter(), time.process_time()
            read = replay_orders.read_orders(connection, DIVISION, NOW, orders)
            read_s = time.perf_counter() - begun
            begun, cpu = time.perf_counter(), time.process_time()
            wanted = Wanted(str(draft["id"]), orders=orders)
            result = replay_orders.what_if(connection, wanted, NOW, words.append)
            seconds, cpu_s = time.perf_counter() - begun, time.process_time() - cpu
            hard_s, hard = _hard(connection, read)
        database.close()
    assert not isinstance(result, Refusal), result
    assert len(read) == orders
    figures = {
        "orders": result["orders"],
        "locations": PLACES,
        "seconds": round(seconds, 2),
        "seconds_budget": MOST_S,
        "cpu_s": round(cpu_s, 2),
        "read_s": round(read_s, 2),
        "words_of_progress": len(words),
        "scarce_cost_seconds": round(hard_s, 2),
        "scarce_cost_unproved": hard["new"]["unproved"],
        "scarce_cost_orders_waiting": hard["new"]["orders_waiting"],
        "changed_orders": result["changed_orders"],
        **{f"{side}_{name}": result[side][name] for side in ("new", "old") for name in SHOWN},
    }
    ratios = {"seconds_vs_budget": seconds / MOST_S, "scarce_cost_seconds_vs_budget": hard_s / MOST_S}
    return Report("replay", figures, {name: round(ratio, 3) for name, ratio in ratios.items()}, BUDGETS)


def _hard(connection: Connection, orders: list[Past]) -> tuple[float, dict[str, Any]]:
    """(seconds, result) of rules that count money, over a third of the stock."""
    begun = time.perf_counter()
    with replay_apart.beside(len(orders)) as beside:
        network = read_network(connection, DIVISION, NOW)
        stock = replay_orders.stock_given_back(connection, network, orders)
        few = {sku: units // 3 for sku, units in stock.items()}
        question = Question(network, few, orders, COST_RULES, COST_RULES)
        result = replay(question, DEFAULT, lambda _: None, beside)
    return time.perf_counter() - begun, result


SHOWN = ("split_orders", "orders_waiting", "cost_minor", "carbon_g", "lead_hours_mean", "unproved")


def _put(connection: Connection, retail: Retail) -> None:
    """The retailer, its past orders over ten days, and a stock that met them: warehouses were filled up in time."""
    connection.execute(insert(t.accounts).values(id="acc", name="Bench", created_at=NOW))
    division = {"id": DIVISION, "account_id": "acc", "code": "B", "name": "Bench", "brand": "Bench", "process": {}}
    connection.execute(insert(t.divisions), [division])
    network = retail.network
    places = [
        {"id": id, "account_id": "acc", "code": id, "name": id, "kind": network.kinds[n], "zones": [], "process": {},
         "latitude": float(network.latitudes[n]), "longitude": float(network.longitudes[n])}
        for n, id in enumerate(network.ids)
    ]  # fmt: skip
    connection.execute(insert(t.locations), places)
    of = [{"location_id": id, "division_id": DIVISION} for id in network.ids]
    connection.execute(insert(t.location_divisions), of)
    stock = {sku: units.copy() for case in retail.cases for sku, units in case.stock.items()}
    for case in retail.cases:
        for _, sku, units in case.demand:
            stock[sku][:WAREHOUSES][stock[sku][:WAREHOUSES] > 0] += units
    connection.execute(insert(t.products).values(id="p", division_id=DIVISION, code="p", name="p"))
    variants = [{"id": sku, "product_id": "p", "division_id": DIVISION, "weight_g": 300} for sku in sorted(stock)]
    connection.execute(insert(t.variants), variants)
    positions = [
        {"location_id": network.ids[place], "sku": sku, "on_hand": int(units[place])}
        for sku, units in stock.items()
        for place in units.nonzero()[0].tolist()
    ]
    connection.execute(insert(t.positions), positions)
    _put_orders(connection, retail)


def _put_orders(connection: Connection, retail: Retail) -> None:

    towns = customer_towns(random.Random(7), len(retail.cases))
    orders, lines = [], []
    for number, (case, town) in enumerate(zip(retail.cases, towns, strict=True)):
        at = NOW - timedelta(days=10) + timedelta(days=10) * number / len(retail.cases)
        id = uuid7(at, number.to_bytes(10, "big"))
        ship_to = {"town": town.name, "country": town.country}
        orders.append(
            {"id": id, "account_id": "acc", "division_id": DIVISION, "number": f"B-{number}", "ship_to": ship_to,
             "placed_at": at, "target_at": at, "received_at": at, "total_minor": 1_500 * len(case.demand)}
        )  # fmt: skip
        lines += [
            {"id": f"{id}-{line}", "order_id": id, "position": position, "sku": sku, "quantity": units}
            for position, (line, sku, units) in enumerate(case.demand)
        ]
    connection.execute(insert(t.orders), orders)
    connection.execute(insert(t.order_lines), lines)
