"""A decision of sourcing in sentences, for people: what goes where, why there, why not elsewhere, what else there was.

`_` translates a sentence and counts as its language does; the values of a decision go into its places.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from gettext import NullTranslations
from typing import Any, Final

MOST_LEFT_OVER: Final = 12  # places named one by one that had stock and were not needed


class Translations:
    """The sentences of one language. `_("text")`, `_.ngettext("one", "many", n)`."""

    def __init__(self, catalogue: NullTranslations) -> None:
        self._catalogue = catalogue

    def __call__(self, text: str) -> str:
        return self._catalogue.gettext(text)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return self._catalogue.ngettext(singular, plural, n)


def headline(_: Translations, decision: Mapping[str, Any]) -> list[str]:
    """Who sends what, what waits, and whether that is proved."""
    told, names = decision["explanation"], _names(decision)
    proof = told["proof"]
    skus = {line_id: sku for line_id, sku, _units in told["demand"]}
    if "postponed_until" in told:
        return list(_postponed(_, told))
    lines = [_shipments(_, decision["shipments"]) + ". " + _proved(_, proof)]
    for one in told["assignments"]:
        sentence = _("{units} x {sku} come from {place}.")
        lines.append(sentence.format(units=one["quantity"], sku=skus[one["line_id"]], place=names(one["location_id"])))
    for one in told["unfilled"]:
        lines.append(_("{units} x {sku} wait for stock.").format(units=one["quantity"], sku=skus[one["line_id"]]))
    for sku, most in told.get("limits", {}).items():
        lines.append(_("Of {sku} the channel may sell {units} now: the rest is kept back.").format(sku=sku, units=most))
    if told.get("gathering"):
        lines += _gathering(_, told["gathering"], names)
    if told.get("wait_until"):
        lines.append(_("Stock announced for {day} saves shipments: the order waits.").format(day=told["wait_until"]))
    for one in told.get("held", ()):
        sentence = _("{units} x {sku} at {place} are kept for it until then.")
        lines.append(sentence.format(units=one["quantity"], sku=skus[one["line_id"]], place=names(one["location_id"])))
    return lines


def explanation(_: Translations, decision: Mapping[str, Any]) -> list[str]:
    """Why there, why not elsewhere, and what else could have been done."""
    return [*_reasons(_, decision), *_others(_, decision)]


def _gathering(_: Translations, told: Mapping[str, Any], names: Callable[[str], str]) -> Iterator[str]:
    """Where all parts meet, every leg, and what that costs in money and time beside the straight way."""
    at, onward, straight = names(told["at"]), told["onward"], told["instead_of"]
    if told["services"]:
        services = ", ".join(told["services"])
        yield _("All parts are gathered at {place}, which offers: {services}.").format(place=at, services=services)
    else:
        sentence = _("All parts are gathered at {place}; instead of {shipments} the customer gets one.")
        yield sentence.format(place=at, shipments=_shipments(_, straight["shipments"]))
    for leg in told["legs"]:
        sentence = _("{units} x from {place} to {at}: {km} km, {minutes} minutes, {cost} in minor units.")
        yield sentence.format(place=names(leg["location_id"]), at=at, **_leg(leg))
    sentence = _("From there to the customer: {km} km, {minutes} minutes, {cost} in minor units.")
    yield sentence.format(**_leg(onward))
    sentence = _(
        "In all {minutes} minutes and {cost} in minor units; straight it would take {straight_minutes} minutes and cost"
        " {straight_cost}."
    )
    yield sentence.format(
        minutes=told["minutes"], cost=told["cost_minor"], straight_minutes=straight["minutes"],
        straight_cost=straight["cost_minor"],
    )  # fmt: skip
    left = told.get("minutes_left")
    if left is not None and told["minutes"] > left:
        yield _("The promise cannot be kept: {minutes} minutes are left.").format(minutes=left)
    for other in told["others"]:
        sentence = _("Gathered at {place} instead: {minutes} minutes, {cost} in minor units, {missing}.")
        missing = _.ngettext("{n} unit missing", "{n} units missing", other["unfilled"]).format(n=other["unfilled"])
        place = names(other["location_id"])
        yield sentence.format(place=place, minutes=other["minutes"], cost=other["cost_minor"], missing=missing)


def _leg(part: Mapping[str, Any]) -> dict[str, Any]:
    values = {"units": part["units"], "km": f"{part['distance_m'] / 1000:.1f}"}
    return values | {"minutes": part["minutes"], "cost": part["cost_minor"]}


def _postponed(_: Translations, told: Mapping[str, Any]) -> Iterator[str]:
    yield _("Not sourced before {time}.").format(time=_moment(told["postponed_until"]))
    sentences = {
        "cooling_off": _("The order cools off first: until then it can be cancelled without taking it from anybody."),
        "release": _("Such orders are released at set times of the day."),
        "promise": _("Its promise does not let it wait any longer."),
    }
    yield from (sentences.get(code, code) for code in told["because"])


def _moment(iso: str) -> str:
    return f"{datetime.fromisoformat(iso):%Y-%m-%d %H:%M} UTC"


def _proved(_: Translations, proof: Mapping[str, Any]) -> str:
    if proof["proved"]:
        return _("It is proved that no answer is better by these rules.")
    fewest = _shipments(_, proof["shipments_bound"])
    return _("The search was cut short: {shipments} at least.").format(shipments=fewest)


def _shipments(_: Translations, n: int) -> str:
    return _.ngettext("{n} shipment", "{n} shipments", n).format(n=n)


def _reasons(_: Translations, decision: Mapping[str, Any]) -> Iterator[str]:
    locations, names = decision["explanation"]["locations"], _names(decision)
    for one in locations:
        if one["code"] in ("chosen", "gathers"):
            yield _("{place} was chosen: {scores}.").format(place=names(one["location_id"]), scores=_scores(_, one))
    spare = [one for one in locations if one["code"] == "not_needed"]
    spare.sort(key=lambda one: (-one["params"].get("units", 0), one["params"].get("distance_m", 0)))
    for one in spare[:MOST_LEFT_OVER]:
        yield _("{place} was not needed: {scores}.").format(place=names(one["location_id"]), scores=_scores(_, one))
    if len(spare) > MOST_LEFT_OVER:
        more = len(spare) - MOST_LEFT_OVER
        yield _.ngettext(
            "{n} more location had stock and was not needed.", "{n} more locations had stock and were not needed.", more
        ).format(n=more)
    yield from _barred(_, [one for one in locations if one["code"] not in ("chosen", "gathers", "not_needed")], names)


def _barred(_: Translations, locations: Sequence[Mapping[str, Any]], names: Callable[[str], str]) -> Iterator[str]:
    """By rule; where it bars few places, they are named."""
    counts = Counter(str(one["code"]) for one in locations)
    for code, count in counts.most_common():
        places = ", ".join(names(one["location_id"]) for one in locations if one["code"] == code)
        who = places if count <= 5 else _.ngettext("{n} location", "{n} locations", count).format(n=count)
        yield _("Not asked, because {reason}: {places}.").format(reason=_why(_, code), places=who)


def _why(_: Translations, code: str) -> str:
    return {
        "no_stock": _("it has none of the articles"),
        "no_whole_line": _("it has no line whole, and lines may not be cut"),
        "no_capacity": _("it has taken all the orders it can take today"),
        "kind_excluded": _("the rules leave out this kind of location"),
        "location_excluded": _("the rules leave out this location"),
        "other_country": _("it is in another country"),
        "too_far": _("it is too far away"),
        "too_loaded": _("too much of its day is taken"),
        "rejects_too_often": _("it rejects too much of what it is given"),
        "short_before": _("it refused this order or could not find the article"),
        "not_requested": _("the order names another location"),
        "too_late": _("the promise could not be kept from there"),
        "no_service": _("no open location offers what is to be done to the order"),
        "closed": _("it is closed at the moment"),
    }.get(code, code)


def _scores(_: Translations, one: Mapping[str, Any]) -> str:
    """What the place scored, criterion by criterion."""
    params = one["params"]
    said = []
    sentences = {
        "units": _.ngettext("{value} unit available", "{value} units available", params.get("units", 0)),
        "distance_m": _("{value} km away"),
        "priority": _("rank {value} of its kind"),
        "cost": _("a parcel costs {value} in minor units"),
        "lead_time": _("{value} minutes until it arrives"),
        "capacity": _("{value} per thousand of its day taken"),
        "performance": _("{value} per thousand of its units rejected"),
        "carbon": _("{value} g of carbon for a parcel"),
        "cover": _("{value} per thousand of its stock for a unit"),
    }
    for name, sentence in sentences.items():
        if name in params:
            value = f"{params[name] / 1000:.1f}" if name == "distance_m" else params[name]
            said.append(sentence.format(value=value))
    if params.get("step_g"):
        sentence = _("its parcel of {grams} g is in the step up to {step} g")
        said.append(sentence.format(grams=params["parcel_g"], step=params["step_g"]))
    return ", ".join(said)


def _others(_: Translations, decision: Mapping[str, Any]) -> Iterator[str]:
    names = _names(decision)
    for other in decision["explanation"]["alternatives"]:
        places = ", ".join(names(id) for id in other["location_ids"]) or _("nowhere")
        missing = _.ngettext("{n} unit missing", "{n} units missing", other["unfilled"])
        sentence = _("Without {place}: {shipments} from {places}, {missing}, {km} km in all{costs}.")
        yield sentence.format(
            place=names(other["without"]),
            shipments=_shipments(_, other["shipments"]),
            places=places,
            missing=missing.format(n=other["unfilled"]),
            km=f"{other['distance_m'] / 1000:.1f}",
            costs=_costs(_, other, decision["explanation"].get("totals", {})),
        )


def _costs(_: Translations, other: Mapping[str, Any], chosen: Mapping[str, int]) -> str:
    totals = other.get("totals", {})
    if "cost" not in totals or "cost" not in chosen:
        return ""
    return ", " + _("{cost} in minor units instead of {chosen}").format(cost=totals["cost"], chosen=chosen["cost"])


def _names(decision: Mapping[str, Any]) -> Callable[[str], str]:
    known = {id: f"{place['code']} {place['name']}" for id, place in decision["location_names"].items()}
    return lambda id: known.get(id, id)
