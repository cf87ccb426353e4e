"""A promise in sentences, for people: when it leaves and is there, what was passed over, its price, or why not.

`_` translates a sentence; the values of a step go into its places.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from core.service.telling import Translations

Values = Mapping[str, Any]


def sentences(_: Translations, explanation: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """`explanation`: steps as they are kept with an order. What has no sentence here is left out."""
    for step in explanation:
        told = SENTENCES.get(step["code"])
        if told is not None:
            yield told(_, step["params"])


def _way(_: Translations, values: Values) -> str:
    sentence = _("{carrier} ({service}) takes {days_min} to {days_max} delivery days to zone {zone}.")
    return sentence.format(**values)


def _passed_over(_: Translations, values: Values) -> str:
    if values["why"] == "public_holiday":
        return _("{day} does not count: it is a public holiday ({name}).").format(**values)
    return _("{day} does not count: it is closed that day.").format(**values)


def _no_stock(_: Translations, values: Values) -> str:
    if "store" in values:
        return _("{store} lacks {missing} x {sku}.").format(**values)
    return _("{missing} x {sku} are missing: no place that could send has them.").format(**values)


def _no_store_near(_: Translations, values: Values) -> str:
    if "km" in values:
        return _("No store that takes part is within {km} km.").format(**values)
    return _("No store that takes part is near enough.")


def _with_tax(_: Translations, values: Values) -> str:
    sentence = _("The price of {price} contains {tax} of tax ({rate} %, {country}), in minor units of {currency}.")
    return sentence.format(**_money(values))


def _tax_added(_: Translations, values: Values) -> str:
    sentence = _("To {listed} comes {tax} of tax ({rate} %, {country}): {price} in all, in minor units of {currency}.")
    return sentence.format(**_money(values))


def _money(values: Values) -> dict[str, str]:
    """Of a step about a price: amounts in minor units, the rate in percent."""
    amounts = {name: str(values[f"{name}_minor"]) for name in ("listed", "tax", "price")}
    return {
        **amounts,
        "currency": values["currency"],
        "country": values["country"],
        "rate": f"{values['rate_bp'] / 100:g}",
    }


SENTENCES: Final[Mapping[str, Callable[[Translations, Values], str]]] = {
    "leaves": lambda _, values: _("Ordered until {cutoff_at}, it leaves {location} at {leaves_at}.").format(**values),
    "no_room": lambda _, values: _("{location} has no room left on {days}: it counts from {day}.").format(**values),
    "transit": _way,
    "day_passed_over": _passed_over,
    "arrives": lambda _, values: _("It is there on {day} at the latest.").format(**values),
    "ready_in_store": lambda _, values: _("{store} has it ready {minutes} minutes later.").format(**values),
    "prepared": lambda _, values: _("{store} prepares it in {minutes} minutes, if ordered until {cutoff_at}.").format(
        **values
    ),
    "ready": lambda _, values: _("{store} has it ready at {at}.").format(**values),
    "from_inbound": lambda _, values: _(
        "{units} x {sku} arrive at {location} at {at} and are promised of that."
    ).format(**values),
    "price_with_tax": _with_tax,
    "tax_added": _tax_added,
    "no_price_list": lambda _, values: _("There is no price in {currency} for {country}: nothing is converted.").format(
        **values
    ),
    "no_price_step": lambda _, values: _("The price list in {currency} has no price for so heavy a parcel.").format(
        **values
    ),
    "no_tax_rate": lambda _, values: _("The price list in {currency} has no tax rate for {country}.").format(**values),
    "no_stock": _no_stock,
    "too_many_parcels": lambda _, values: _("It would take more than {most} parcels: that is not allowed.").format(
        **values
    ),
    "too_heavy": lambda _, values: _("{sku} weighs {weight_g} g: the carrier takes {limit_g} g at most.").format(
        **values
    ),
    "too_long": lambda _, values: _("{sku} is {length_mm} mm long: the carrier takes {limit_mm} mm at most.").format(
        **values
    ),
    "too_large": lambda _, values: _(
        "{sku} has a length and girth of {girth_mm} mm: the carrier takes {limit_mm} mm at most."
    ).format(**values),
    "no_place_sends_there": lambda _, values: _("No place with this method sends to that address."),
    "address_not_located": lambda _, values: _(
        "The distance to that address is not known, and this method has a limit."
    ),
    "no_store_near": _no_store_near,
    "no_capacity": lambda _, values: _("No store has room for another order today."),
    "no_store_has_all": lambda _, values: _("None of the nearby stores has everything ({stores} were asked).").format(
        **values
    ),
    "store_does_not_open": lambda _, values: _("{store} does not open on any of the days looked at.").format(**values),
    "sku_unknown": lambda _, values: _("{sku} is not in the catalogue.").format(**values),
}
