"""Texts that a division's customers are sent: its own in versions, else the built-in ones; and what fills them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from babel.dates import format_date, format_datetime, get_day_names
from sqlalchemy import Connection, insert, select, update

from core.domain.calendar import Calendar, zone_of
from core.domain.message_texts import BUILT_IN
from core.domain.messages import KINDS, LANGUAGES, Template, TemplateInvalid, check, languages_for
from core.service import lockers
from core.service.cause import Cause
from core.service.refusal import Refusal, stale, unknown
from core.service.working_hours import calendar_of
from core.store import tables as t

_T: Final = t.message_templates.c
SAMPLE: Final = {
    "order_number": "AL-100001", "customer_name": "Camille Roche", "pick_up_code": "204518830156",
    "locker_code": "481 205", "compartment": "12", "brand": "Brand", "store": "Lyon Bellecour",
    "address": "3 rue Basse, 69002 Lyon", "collector": "Camille Roche", "articles": "2 × Robe midi · M",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class InForce:
    """`version` 0: built in."""

    kind: str
    language: str
    version: int
    template: Template


def in_force(connection: Connection, division_id: str, kind: str, languages: Sequence[str]) -> InForce:
    """In the first of these languages that has a text. `languages`: of `languages_for`, which end with English."""
    for language in languages:
        row = _newest(connection, division_id, kind, language)
        if row is not None:
            return InForce(kind, language, row.version, Template(row.subject, row.text, row.html))
        if (kind, language) in BUILT_IN:
            return InForce(kind, language, 0, BUILT_IN[kind, language])
    raise LookupError(kind)


def _newest(connection: Connection, division_id: str, kind: str, language: str, version: int = 0) -> Any:
    query = select(t.message_templates).where(_T.division_id == division_id, _T.kind == kind, _T.language == language)
    query = query.where(_T.version == version) if version else query.order_by(_T.version.desc())
    return connection.execute(query.limit(1)).first()


def read(
    connection: Connection, division_id: str, kind: str, language: str, version: int | None = None
) -> InForce | Refusal:
    """That version; None: what is in force."""
    if (refused := _known(connection, division_id, kind, language)) is not None:
        return refused
    if not version:
        found = None if version == 0 else _newest(connection, division_id, kind, language)
        if found is None:
            return InForce(kind, language, 0, BUILT_IN[kind, language])
    else:
        found = _newest(connection, division_id, kind, language, version)
        if found is None:
            return unknown("template", f"{kind}/{language}/{version}")
    return InForce(kind, language, found.version, Template(found.subject, found.text, found.html))


def _known(connection: Connection, division_id: str, kind: str, language: str) -> Refusal | None:
    if kind not in KINDS or language not in LANGUAGES:
        return unknown("template", f"{kind}/{language}")
    d = t.divisions.c
    if connection.execute(select(d.id).where(d.id == division_id)).first() is None:
        return unknown("division", division_id)
    return None


def put(
    connection: Connection, cause: Cause, division_id: str, named: tuple[str, str, int], template: Template
) -> InForce | Refusal:
    """The next version, in force from now on. `named`: kind, language, and the version that was read."""
    kind, language, version = named
    known = read(connection, division_id, kind, language)
    if isinstance(known, Refusal):
        return known
    if known.version != version:
        return stale("template", known.version)
    if (refused := invalid(kind, template)) is not None:
        return refused
    row = {"id": cause.new_id(), "division_id": division_id, "kind": kind, "language": language}
    row |= {"subject": template.subject, "text": template.text, "html": template.html, "created_by": cause.user_id}
    connection.execute(insert(t.message_templates), [row | {"version": version + 1, "created_at": cause.received_at}])
    return InForce(kind, language, version + 1, template)


def invalid(kind: str, template: Template) -> Refusal | None:
    try:
        check(kind, template)
    except TemplateInvalid as fault:
        params = {"field": fault.field, "value": fault.value, "expected": fault.expected}
        return Refusal(fault.code, params=params, remedy=str(fault))
    return None


def put_language(connection: Connection, division_id: str, language: str) -> Refusal | None:
    """Of customers who named none."""
    if language not in LANGUAGES:
        return Refusal("language_unknown", params={"language": language}, remedy="One of " + ", ".join(LANGUAGES))
    query = update(t.divisions).where(t.divisions.c.id == division_id).values(language=language)
    return None if connection.execute(query).rowcount else unknown("division", division_id)


def language_of(connection: Connection, order_id: str) -> tuple[str, ...]:
    """In which its customer is written to, best first."""
    o, c, d = t.orders.c, t.customers.c, t.divisions.c
    query = (
        select(c.language.label("customer"), d.language)
        .join_from(t.orders, t.divisions, d.id == o.division_id)
        .outerjoin(t.customers, c.id == o.customer_id)
        .where(o.id == order_id)
    )
    row = connection.execute(query).one()
    return languages_for(row.customer or "", row.language)


def values_of(connection: Connection, collection: Any, language: str) -> dict[str, str]:
    """What fills the places, in words of the language and by the store's clock. `collection`: as the domain has it."""
    d, p = t.divisions.c, t.locations.c
    brand = connection.execute(select(d.brand).where(d.id == collection.division_id)).scalar_one()
    place = connection.execute(select(t.locations).where(p.id == collection.location_id)).one()
    town = " ".join(part for part in (place.postcode, place.town) if part)
    until = collection.pick_up_by
    values = {
        "order_number": collection.number,
        "customer_name": collection.customer_name,
        "brand": brand,
        "store": place.name,
        "address": ", ".join(part for part in (place.street, town) if part),
        "hours": hours_in_words(place.hours, place.timezone, language),
        "pick_up_by": "" if until is None else day_in_words(until, place.timezone, language),
        "pick_up_code": collection.pick_up_code,
        "compartment": collection.locker,
        "locker_code": lockers.code_of(connection, collection.id),
    }
    return values | _handed_over(collection, place.timezone, language)


def _handed_over(collection: Any, timezone: str, language: str) -> dict[str, str]:
    """All that was given so far, and when and to whom at last; what somebody reads who was not there."""
    handed = collection.handed
    return {
        "articles": "\n".join(_article(line) for line in collection.lines if line.handed),
        "collector": (handed.collector if handed else "") or collection.customer_name,
        "handed_over_on": moment_in_words(handed.at, timezone, language) if handed else "",
    }


def _article(line: Any) -> str:
    return " · ".join(filter(None, (f"{line.handed} × {line.name}", line.colour, line.size)))


def sample_values(language: str) -> dict[str, str]:
    """Of an order that does not exist, for a preview."""
    week = {"week": [[["09:00", "19:00"]]] * 6 + [[]]}
    until = datetime(2026, 6, 12, 22, tzinfo=UTC)
    said = {"hours": hours_in_words(week, "Europe/Paris", language)}
    said |= {"pick_up_by": day_in_words(until, "Europe/Paris", language)}
    return SAMPLE | said | {"handed_over_on": moment_in_words(until, "Europe/Paris", language)}


def moment_in_words(moment: datetime, timezone: str, language: str) -> str:
    return str(format_datetime(moment, "long", zone_of(timezone), locale=language))


def day_in_words(until: datetime, timezone: str, language: str) -> str:
    """The last day on which it lies there; it lies there until that day is over."""
    day: date = (until.astimezone(zone_of(timezone)) - timedelta(seconds=1)).date()
    return str(format_date(day, "full", locale=language))


def hours_in_words(hours: Mapping[str, Any], timezone: str, language: str) -> str:
    """Of a usual week, one line for days in a row that are alike; "" where it never closes."""
    if not hours.get("week"):
        return ""
    calendar: Calendar = calendar_of(timezone, hours)
    names = get_day_names("abbreviated", locale=language)
    lines: list[tuple[int, int, str]] = []
    for day, spans in enumerate(calendar.week):
        said = ", ".join(f"{_time(opens)}–{_time(closes)}" for opens, closes in spans)
        if lines and lines[-1][1] == day - 1 and lines[-1][2] == said:
            lines[-1] = (lines[-1][0], day, said)
        else:
            lines.append((day, day, said))
    return "\n".join(
        f"{names[first]}{'' if first == last else '–' + names[last]} {said}" for first, last, said in lines if said
    )


def _time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
