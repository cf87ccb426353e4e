"""Which places may be asked for an order and for how much, and the first rule that bars each of the others."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from core.domain.ruleset import Strategy
from core.domain.sourcing import Item
from core.service import weighing
from core.service.network import Network
from core.service.weighing import Basket

if TYPE_CHECKING:  # deciding calls this module
    from core.service.deciding import Case

Ints = NDArray[Any]
# What a place can be told; the first two are of those that might have sent something.
CODES: Final = (
    "not_needed", "chosen", "no_stock", "no_whole_line", "no_capacity", "kind_excluded", "location_excluded",
    "other_country", "too_far", "too_loaded", "rejects_too_often", "short_before", "not_requested", "too_late",
    "gathers", "no_service", "closed",
)  # fmt: skip
CODE: Final[Mapping[str, int]] = MappingProxyType({code: number for number, code in enumerate(CODES)})


def asked(
    network: Network, case: "Case", strategy: Strategy, basket: Basket, items: Sequence[Item]
) -> tuple[Ints, Ints, Ints, Ints]:
    """Stock that may be used, what of it each place could give, by item and in all, and the first rule that bars it."""
    codes = np.zeros(len(network), dtype=np.int8)
    stock = basket.stock
    if case.excluded:
        stock = stock.copy()
        lost = _without_excluded(network, case, items, stock)
        codes[lost & ~stock.any(axis=0)] = CODE["short_before"]
    if case.location_id:
        _bar(codes, "not_requested", np.array([id != case.location_id for id in network.ids]))
    if case.late:
        _bar(codes, "too_late", np.array([id in case.late for id in network.ids]))
    _filter(network, case, strategy, basket, codes)
    if strategy.filters.min_left:
        stock = np.maximum(stock - strategy.filters.min_left, 0)
    have = np.minimum(stock, basket.units[:, None])
    given: Ints = have.sum(axis=0)
    if not strategy.allow_quantity_split:
        have = np.where(have == basket.units[:, None], have, 0)  # lines that compete: core.service.ways
        whole = have.sum(axis=0)
        _bar(codes, "no_whole_line", np.logical_and(given > 0, whole == 0))
        given = whole
    if codes.any():
        have[:, codes > 0] = 0
        given[codes > 0] = 0
    codes[(codes == 0) & (given == 0)] = CODE["no_stock"]
    return stock, have, given, codes


def _bar(codes: Ints, code: str, places: Ints) -> None:
    codes[places & (codes == 0)] = CODE[code]


def _without_excluded(network: Network, case: "Case", items: Sequence[Item], stock: Ints) -> Ints:
    index = network.index()
    lost = np.zeros(len(network), dtype=bool)
    for number, item in enumerate(items):
        places = [index[id] for id in case.excluded.get(item.sku, ()) if id in index]
        stock[number, places] = 0
        lost[places] = True
    return lost


def _filter(network: Network, case: "Case", strategy: Strategy, basket: Basket, codes: Ints) -> None:
    rule = strategy.filters
    if network.closed:
        _bar(codes, "closed", np.array([id in network.closed for id in network.ids]))
    full = np.greater_equal(network.taken, network.capacity)
    if full.any():
        _bar(codes, "no_capacity", full)
    if rule.kinds:
        _bar(codes, "kind_excluded", _not_of(network.kinds, rule.kinds))
    if rule.locations or rule.exclude_locations:
        _bar(codes, "location_excluded", np.array([_is_out(id, strategy) for id in network.ids]))
    if rule.same_country:
        _bar(codes, "other_country", np.array([country != case.profile.country for country in network.countries]))
    if rule.max_km is not None:
        _bar(codes, "too_far", np.greater(basket.metres, rule.max_km * 1000))
    if rule.max_load_percent is not None:
        _bar(codes, "too_loaded", np.greater(weighing.load_of(network), rule.max_load_percent * 10))
    if rule.max_rejection_percent is not None:
        _bar(codes, "rejects_too_often", np.greater(network.rejections, rule.max_rejection_percent * 10))


def _is_out(id: str, strategy: Strategy) -> bool:
    rule = strategy.filters
    return id in rule.exclude_locations or bool(rule.locations and id not in rule.locations)


@lru_cache(maxsize=256)
def _not_of(kinds: tuple[str, ...], wanted: tuple[str, ...]) -> Ints:
    return np.array([kind not in wanted for kind in kinds])
