"""A network of 297 stores and 3 warehouses, its stock, and orders: real baskets and baskets of fitted shapes.

Warehouses hold each article at least once between them, to the depth of the largest order for it: that is how the
retailer of the file could sell it. A store holds about a third of the articles, a few customers' worth of each.
"""

import random
from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from typer.exceptions import TyperException

from core.adapters.delimited import BrokenRow, DelimitedFile
from core.demo.towns import customer_towns, store_towns, warehouse_towns
from core.service.deciding import Case
from core.service.imports.fields import RowRefused
from core.service.imports.online_retail import OnlineRetail
from core.service.network import Network, network_of

RETAIL_FILE = Path(__file__).resolve().parents[3] / "shared/data/online_retail.csv.gz"
MOST_LINES = 12
WAREHOUSES = 3
ARTICLES = 10_000
# Fitted to the baskets of a real grocer: lines per order from 1 to 12, units per line from 1 to 4, popularity of ranks.
LINES = (434, 371, 257, 189, 166, 113, 117, 100, 87, 77, 49, 40)
UNITS = (800, 147, 26, 16)
POPULARITY = -0.77

Basket = dict[str, int]


@dataclass(frozen=True)
class Retail:
    """`real`: orders made of real baskets, of which there are `baskets`; `larger`: orders of more than 12 articles."""

    network: Network
    cases: list[Case]
    real: int
    baskets: int
    larger: list[Case]


def build(orders: int, places: int, seed: int = 7) -> Retail:
    """Raises TyperException where the real file is missing."""
    rng = random.Random(seed)
    every = real_baskets()
    small = [basket for basket in every if len(basket) <= MOST_LINES]
    network = _network(places)
    stock = _real_stock(every, places, seed) | _shaped_stock(places, seed)
    towns = customer_towns(rng, orders)
    popularity = list(accumulate((rank + 1) ** POPULARITY for rank in range(ARTICLES)))
    cases = []
    for number, town in enumerate(towns):
        basket = rng.choice(small) if number % 2 else _shaped(rng, popularity)
        cases.append(_case(basket, stock, town))
    large = [basket for basket in every if len(basket) > MOST_LINES]
    larger = [_case(basket, stock, town) for basket, town in zip(large, customer_towns(rng, len(large)), strict=True)]
    return Retail(network, cases, orders // 2, len(small), larger)


def scarce(case: Case) -> Case:
    """Places have a third of their stock."""
    return replace(case, stock={sku: units // 3 for sku, units in case.stock.items()})


def _case(basket: Basket, stock: dict[str, NDArray[Any]], town: Any) -> Case:
    demand = tuple((f"l{line}", sku, units) for line, (sku, units) in enumerate(basket.items()))
    return Case(demand, {sku: stock[sku] for sku in basket}, town.latitude, town.longitude)


def real_baskets() -> list[Basket]:
    """Units by article of each invoice, as the import reads the file; rows it refuses are in no basket."""
    if not RETAIL_FILE.exists():
        raise TyperException(f"this bench reads {RETAIL_FILE}, and there is no such file")
    mapping = OnlineRetail()
    found: dict[str, Basket] = defaultdict(dict)
    with RETAIL_FILE.open("rb") as stream:
        for row in DelimitedFile(stream, mapping.required):
            if isinstance(row, BrokenRow):
                continue
            try:
                line = mapping.parse(row)
            except RowRefused:
                continue
            if not line.is_return:
                basket = found[line.invoice]
                basket[line.sku] = basket.get(line.sku, 0) + line.quantity
    return list(found.values())


def _network(places: int) -> Network:
    towns = [*warehouse_towns(WAREHOUSES), *store_towns(places - WAREHOUSES)]
    rows = [
        SimpleNamespace(
            id=f"{number:03}", kind="warehouse" if number < WAREHOUSES else "store",
            country=town.country, latitude=town.latitude, longitude=town.longitude, capacity_per_day=None,
        )
        for number, town in enumerate(towns)
    ]  # fmt: skip
    return network_of(rows, {}, {})


def _real_stock(baskets: list[Basket], places: int, seed: int) -> dict[str, NDArray[Any]]:
    sold: dict[str, list[int]] = defaultdict(list)
    for basket in baskets:
        for sku, units in basket.items():
            sold[sku].append(units)
    rng = np.random.default_rng(seed)
    return {sku: _held(rng, places, 0.35, float(np.median(units)), max(units)) for sku, units in sorted(sold.items())}


def _shaped_stock(places: int, seed: int) -> dict[str, NDArray[Any]]:
    rng = np.random.default_rng(seed + 1)
    return {
        f"A{rank:05}": _held(rng, places, min(0.6, max(0.15, 1.2 * (rank + 1) ** -0.15)), 1.0, 20)
        for rank in range(ARTICLES)
    }


def _held(rng: np.random.Generator, places: int, share: float, typical: float, largest: int) -> NDArray[Any]:
    held = np.ceil(typical * rng.geometric(0.35, places)) * (rng.random(places) < share)
    central = largest * rng.uniform(1, 3, WAREHOUSES) * (rng.random(WAREHOUSES) < 0.6)
    central[rng.integers(WAREHOUSES)] = largest * rng.uniform(1, 3)
    held[:WAREHOUSES] = np.ceil(central)
    return held.astype(np.int64)


def _shaped(rng: random.Random, popularity: list[float]) -> Basket:
    lines = rng.choices(range(1, len(LINES) + 1), LINES)[0]
    ranks = rng.choices(range(ARTICLES), cum_weights=popularity, k=lines)
    return {f"A{rank:05}": rng.choices(range(1, len(UNITS) + 1), UNITS)[0] for rank in ranks}
