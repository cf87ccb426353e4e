"""What a delivery costs in the currency that was asked for, and the tax in it: by lists, never by an exchange rate.

A method has a price list for each currency it is sold in. Where there is none the price stays open: nothing is
converted. A customer is told what he pays, tax and all; where the tax is unknown, no price without it is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.domain.promise import Method, PriceList, Reason
from core.domain.promise_parcels import Shipment, grid_price, price_of

_WHOLE_BP: Final = 10_000


@dataclass(frozen=True, slots=True)
class Asked:
    """`currency` "": that of the division. `country`: where it is delivered; its tax counts.

    `value_minor`: of the goods, in `home`, the division's currency.
    """

    currency: str
    home: str
    country: str
    value_minor: int


@dataclass(frozen=True, slots=True)
class Price:
    """`minor`: what the customer pays, in minor units of `currency`; None: unknown. `tax_minor`: of it, if known."""

    minor: int | None
    currency: str
    tax_minor: int | None = None
    tax_bp: int | None = None  # hundredths of a percent
    flags: tuple[str, ...] = ()
    explanation: tuple[Reason, ...] = ()


def quote(method: Method, shipments: Sequence[Shipment], asked: Asked) -> Price:
    """By the first price list of this currency that is for this country; else as the method or its carrier asks."""
    currency = asked.currency or asked.home
    found = next((one for one in method.prices if one.currency == currency and one.is_for(asked.country)), None)
    if found is not None:
        return _of_list(found, shipments, asked)
    own = method.service.currency if method.service is not None else asked.home
    if asked.currency and asked.currency != own:
        open_price = (Reason("no_price_list", {"currency": currency, "country": asked.country}),)
        return Price(None, currency, flags=("price_unknown",), explanation=open_price)
    minor = price_of(method, shipments, asked.value_minor)
    return Price(minor, own, flags=("price_unknown",) if minor is None else ())


def _of_list(prices: PriceList, shipments: Sequence[Shipment], asked: Asked) -> Price:
    listed = _listed(prices, shipments, asked.value_minor)
    rate = prices.tax_bp.get(asked.country)
    told = {"currency": prices.currency, "country": asked.country}
    if listed is None:
        return Price(None, prices.currency, flags=("price_unknown",), explanation=(Reason("no_price_step", told),))
    if rate is None:
        flags = ("tax_unknown",) if prices.tax_included else ("price_unknown", "tax_unknown")
        unknown = (Reason("no_tax_rate", told),)
        return Price(listed if prices.tax_included else None, prices.currency, flags=flags, explanation=unknown)
    if prices.tax_included:
        tax, code = listed - _half_up(listed * _WHOLE_BP, _WHOLE_BP + rate), "price_with_tax"
    else:
        tax, code = _half_up(listed * rate, _WHOLE_BP), "tax_added"
    minor = listed if prices.tax_included else listed + tax
    amounts = {"listed_minor": listed, "tax_minor": tax, "price_minor": minor, "rate_bp": rate}
    return Price(minor, prices.currency, tax, rate, explanation=(Reason(code, {**told, **amounts}),))


def _listed(prices: PriceList, shipments: Sequence[Shipment], value_minor: int) -> int | None:
    """As the list says, before any tax is added."""
    if prices.free_from_minor is not None and value_minor >= prices.free_from_minor:
        return 0
    if prices.price_minor is not None:
        return prices.price_minor
    return grid_price(shipments, lambda _: prices.grid)


def _half_up(dividend: int, divisor: int) -> int:
    """Of numbers not below zero, as tax offices round."""
    return (2 * dividend + divisor) // (2 * divisor)
