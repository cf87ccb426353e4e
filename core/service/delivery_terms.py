"""Terms of carriers and delivery methods: data of head office, read into the words of the promise, refused where wrong.

A field that is left out has the default that is written here. A wrong one is refused with its name, never guessed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from core.domain.calendar import Calendar, CalendarInvalid, Day, parse_time
from core.domain.promise import TO_STORE, Method, MethodKind, PriceList, Service, Zone

WORKDAYS: Final = (0, 1, 2, 3, 4)
# For a place whose hours nobody has entered: short ones, so that what is promised of it can be kept.
ASSUMED_WEEK: Final = (((600, 1020),),) * 5 + ((), ())
LEVELS: Final = ("standard", "express")
KINDS_OF_PLACE: Final = ("store", "warehouse")
MOST_ZONES: Final = 500
MOST: Final = 10_000_000


class TermsInvalid(ValueError):
    """A term nobody can work with. `field`: its name, `value`: what was given, `expected`: what it takes."""

    code = "terms_invalid"

    def __init__(self, field: str, value: object, expected: str) -> None:
        super().__init__(f"{field}: {value!r} is not {expected}")
        self.field, self.value, self.expected = field, repr(value)[:80], expected


SERVICE_FIELDS: Final = frozenset(
    {
        "pickup_days", "pickup_time", "delivery_days", "delivers", "max_weight_g", "max_length_mm", "max_girth_mm",
        "carbon_parcel_g", "carbon_kg_km_mg", "zones", "currency", "cm3_per_kg",
    }
)  # fmt: skip
METHOD_FIELDS: Final = frozenset(
    {
        "service_level", "preparation_minutes", "cutoff_time", "from_kinds", "max_km", "price_minor",
        "free_from_minor", "receiving_minutes", "prices",
    }
)  # fmt: skip


def service_of(id: str, carrier: Any, code: str, body: Mapping[str, Any]) -> Service:
    """`carrier`: its row. Raises TermsInvalid."""
    _known(body, SERVICE_FIELDS)
    delivers = body.get("delivers", ("08:00", "18:00"))
    span = _span("delivers", delivers)
    zones = body.get("zones", ())
    if not isinstance(zones, Sequence) or len(zones) > MOST_ZONES:
        raise TermsInvalid("zones", zones, f"at most {MOST_ZONES} zones")
    return Service(
        id=id,
        carrier=carrier.code,
        code=code,
        pickup_days=_weekdays(body, "pickup_days"),
        pickup_minutes=_time("pickup_time", body.get("pickup_time") or carrier.pickup_time),
        delivery_days=_weekdays(body, "delivery_days"),
        delivers=span,
        zones=tuple(_zone(zone) for zone in zones),
        currency=body.get("currency", "EUR"),
        **{name: _count(body, name, 0) for name in _SERVICE_COUNTS},
    )


_SERVICE_COUNTS: Final = (
    "max_weight_g", "max_length_mm", "max_girth_mm", "carbon_parcel_g", "carbon_kg_km_mg", "cm3_per_kg",
)  # fmt: skip


def method_of(row: Any, service: Service | None) -> Method:
    """`row`: of the method, or anything with its columns. Raises TermsInvalid."""
    body: Mapping[str, Any] = row.body
    _known(body, METHOD_FIELDS)
    kind = MethodKind(_one_of("kind", row.kind, tuple(MethodKind)))
    if (service is None) is not (kind is MethodKind.COLLECT):
        expected = "left out where the customer collects from the store's stock, and given otherwise"
        raise TermsInvalid("service", row.service_id, expected)
    kinds = body.get("from_kinds", ())
    cutoff = body.get("cutoff_time") or ""
    return Method(
        id=row.id,
        code=row.code,
        kind=kind,
        service=service,
        labels=row.labels,
        service_level=_one_of("service_level", body.get("service_level", "standard"), LEVELS),
        preparation_minutes=_count(body, "preparation_minutes", 120),
        cutoff_minutes=_time("cutoff_time", cutoff) if cutoff else None,
        from_kinds=tuple(_one_of("from_kinds", one, KINDS_OF_PLACE) for one in kinds),
        max_km=_count(body, "max_km", 30 if kind in TO_STORE else 0),
        price_minor=_optional(body, "price_minor"),
        free_from_minor=_optional(body, "free_from_minor"),
        receiving_minutes=_count(body, "receiving_minutes", 60),
        position=row.position,
        prices=_texts(body, "prices", _price_list),
    )


_PRICE_FIELDS: Final = frozenset({"currency", "tax", "countries", "tax_bp", "grid", "price_minor", "free_from_minor"})


def _price_list(given: Any) -> PriceList:
    if not isinstance(given, Mapping):
        raise TermsInvalid("prices", given, "a price list")
    _known(given, _PRICE_FIELDS)
    currency = given.get("currency")
    if not isinstance(currency, str) or not re.fullmatch("[A-Z]{3}", currency):
        raise TermsInvalid("currency", currency, "a currency of three letters")
    rates = given.get("tax_bp", {})
    if not isinstance(rates, Mapping):
        raise TermsInvalid("tax_bp", rates, 'a rate by country: {"FR": 2000}')
    grid, price = _grid(given), _optional(given, "price_minor")
    if bool(grid) is (price is not None):
        raise TermsInvalid("prices", given, "a price list with a grid or with one price")
    return PriceList(
        currency=currency,
        tax_included=_one_of("tax", given.get("tax"), ("included", "excluded")) == "included",
        countries=_texts(given, "countries", _country),
        tax_bp={_country(country): _count(rates, country, 0) for country in rates},
        grid=grid,
        price_minor=price,
        free_from_minor=_optional(given, "free_from_minor"),
    )


def _grid(given: Mapping[str, Any]) -> tuple[tuple[int, int], ...]:
    grid = _texts(given, "grid", _step)
    if list(grid) != sorted(grid, key=lambda step: step[0]):
        raise TermsInvalid("grid", grid, "steps of rising weight")
    return grid


def week_of(hours: Mapping[str, Any]) -> tuple[Day, ...]:
    """`hours` as a location keeps them: {"week": [[["09:00", "19:00"]], ... Monday first]}. Raises TermsInvalid."""
    week = hours.get("week")
    if not isinstance(week, Sequence) or len(week) != 7:
        raise TermsInvalid("week", week, "seven days, Monday first")
    found = tuple(day_of(day) for day in week)
    try:
        Calendar("UTC", found)
    except CalendarInvalid as fault:
        raise TermsInvalid(fault.field, fault.value, "hours in order, opening before closing") from fault
    return found


def day_of(day: Any) -> Day:
    if not isinstance(day, Sequence) or isinstance(day, str):
        raise TermsInvalid("week", day, 'a list of ["09:00", "19:00"]')
    return tuple(_span("week", span) for span in day)


def _known(body: Mapping[str, Any], fields: frozenset[str]) -> None:
    for name in body:
        if name not in fields:
            raise TermsInvalid(name, body[name], f"one of {', '.join(sorted(fields))}")


def _zone(zone: Any) -> Zone:
    if not isinstance(zone, Mapping):
        raise TermsInvalid("zones", zone, "a zone")
    _known(zone, frozenset({"code", "countries", "days", "grid", "postcodes", "origins"}))
    days: Any = zone.get("days", ())
    pair = isinstance(days, Sequence) and len(days) == 2 and all(isinstance(day, int) for day in days)
    if not pair or not 0 <= days[0] <= days[1] <= 60:
        raise TermsInvalid("days", days, "the fastest and the slowest number of days, at most 60")
    countries = _texts(zone, "countries", _country)
    if not countries:
        raise TermsInvalid("countries", countries, "at least one country of two letters")
    return Zone(
        str(zone.get("code", "")),
        countries,
        (days[0], days[1]),
        _grid(zone),
        _texts(zone, "postcodes", lambda text: str(text).replace(" ", "").upper()),
        _texts(zone, "origins", _country),
    )


def _texts(body: Mapping[str, Any], name: str, read: Callable[[Any], Any]) -> tuple[Any, ...]:
    values = body.get(name, ())
    if not isinstance(values, Sequence) or isinstance(values, str):
        raise TermsInvalid(name, values, "a list")
    return tuple(read(value) for value in values)


def _step(step: Any) -> tuple[int, int]:
    if not isinstance(step, Sequence) or len(step) != 2 or not all(isinstance(n, int) and 0 <= n <= MOST for n in step):
        raise TermsInvalid("grid", step, "[grams, minor units]")
    return step[0], step[1]


def _country(text: Any) -> str:
    if not isinstance(text, str) or len(text) != 2 or not text.isalpha():
        raise TermsInvalid("countries", text, "a country of two letters")
    return text.upper()


def _span(name: str, span: Any) -> tuple[int, int]:
    if not isinstance(span, Sequence) or isinstance(span, str) or len(span) != 2:
        raise TermsInvalid(name, span, '["08:00", "18:00"]')
    opens, closes = (_time(name, text) for text in span)
    if opens >= closes:
        raise TermsInvalid(name, span, "a time and a later one")
    return opens, closes


def _time(name: str, text: Any) -> int:
    try:
        return parse_time(str(text))
    except ValueError as fault:
        raise TermsInvalid(name, text, "a time HH:MM") from fault


def _weekdays(body: Mapping[str, Any], name: str) -> frozenset[int]:
    days = body.get(name, WORKDAYS)
    if not isinstance(days, Sequence) or not days or not all(day in range(7) for day in days):
        raise TermsInvalid(name, days, "weekdays from 0 (Monday) to 6")
    return frozenset(days)


def _count(body: Mapping[str, Any], name: str, default: int) -> int:
    value = body.get(name, default)
    if not isinstance(value, int) or not 0 <= value <= MOST:
        raise TermsInvalid(name, value, "a number, not below zero")
    return value


def _optional(body: Mapping[str, Any], name: str) -> int | None:
    return None if body.get(name) is None else _count(body, name, 0)


def _one_of(name: str, value: Any, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise TermsInvalid(name, value, f"one of {', '.join(allowed)}")
    return str(value)
