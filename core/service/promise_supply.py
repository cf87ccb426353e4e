"""Announced stock in a promise: what the stock would be at each moment at which something arrives, within the horizon
of the channel's virtual catalogue. The first moment at which a method can be had is its promise, and it says so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import orjson

from core.domain.promise import NotPossible, Option, Reason
from core.domain.promise_option import Basket
from core.service.promise_network import Network
from core.service.promise_stock import Article, shelf_of

FROM_INBOUND = "from_inbound"
# Of a refusal that more stock would end.
_LACKING = frozenset({"no_stock", "no_store_has_all"})


@dataclass(frozen=True, slots=True)
class Moment:
    """As it will be then. `network` remembers nothing of it. `reasons`: what has arrived."""

    network: Network
    basket: Basket
    reasons: tuple[Reason, ...]


def lacks_stock(refused: NotPossible) -> bool:
    return any(reason.code in _LACKING for reason in refused.reasons)


def moments(network: Network, basket: Basket, found: Mapping[str, Article]) -> Iterator[Moment]:
    """The soonest first."""
    wanted = {item.sku: item.quantity for item in basket.items}
    coming = sorted(entry for sku in wanted for entry in _entries(found[sku].inbound, sku, basket.at))
    stock = dict(found)
    reasons: dict[tuple[str, str], Reason] = {}
    for index, (at, sku, location_id, units) in enumerate(coming):
        place = network.index.get(location_id)
        if place is not None:
            there = stock[sku].units.copy()
            there[place] += units
            stock[sku] = replace(stock[sku], units=there)
            where = {"location": location_id, "at": at.isoformat()}
            told = Reason(FROM_INBOUND, {"sku": sku, "units": min(units, wanted[sku]), **where})
            reasons[sku, location_id] = told
        if index + 1 == len(coming) or coming[index + 1][0] > at:
            shelf = shelf_of(network, wanted, stock)
            then = replace(network, boards={}, reaches={})
            yield Moment(then, replace(basket, at=at, shelf=shelf), tuple(reasons.values()))


def counted_on(moment: Moment, option: Option) -> Option:
    """Only what it uses of what has arrived is told."""
    used = {(sku, part.location_id) for part in option.parts for sku, _ in part.units}
    told = [one for one in moment.reasons if (one.params["sku"], one.params["location"]) in used]
    return replace(option, explanation=(*told, *option.explanation))


def _entries(inbound: str, sku: str, now: datetime) -> Iterator[tuple[datetime, str, str, int]]:
    if not inbound:
        return
    document = orjson.loads(inbound)
    last = now + timedelta(days=document["days"])
    for at, units, _, location_id in document["supply"]:
        arrives = max(now, datetime.fromisoformat(at))
        if arrives <= last:
            yield arrives, sku, location_id, units
