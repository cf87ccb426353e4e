"""A small network for the rules of the promise: places with hours, a carrier, stock, all as plain values."""

from datetime import UTC, date, datetime

from core.domain.calendar import Calendar
from core.domain.promise import Item, Method, MethodKind, NotPossible, Option, Service, Zone, delivery_calendar
from core.domain.promise_choice import Distances, Shelf
from core.domain.promise_dispatch import Entry, Rhythm, board
from core.domain.promise_option import Basket, sent
from core.domain.promise_reach import Target, reach

HOLIDAYS = ((date(2026, 5, 1), "Fête du Travail"), (date(2026, 5, 8), "Victoire"), (date(2026, 5, 14), "Ascension"))
MONDAY = datetime(2026, 5, 4, 9, tzinfo=UTC)
WEEK = (((600, 1140),),) * 6 + ((),)
SERVICE = Service(
    "s", "hexa", "standard", frozenset(range(5)), 17 * 60, frozenset(range(6)), (480, 1080), 30_000, 0, 0, 180, 90,
    (Zone("FR", ("FR",), (1, 2), ((1_000, 490), (30_000, 1_290))),),
)  # fmt: skip
METHOD = Method("m", "standard", MethodKind.HOME, SERVICE, {}, preparation_minutes=180)
TARGET = Target("FR", "69002")


def shop(timezone: str = "Europe/Paris", week=WEEK) -> Calendar:
    return Calendar(timezone, week, holidays=HOLIDAYS)


def rhythm(calendar: Calendar, preparation: int = 180) -> Rhythm:
    holidays = frozenset(day for day, _ in HOLIDAYS)
    return Rhythm(calendar, preparation, SERVICE.pickup_days, SERVICE.pickup_minutes, holidays=holidays)


def promise(
    at: datetime, stock: list[list[int]], wanted: list[int], calendars: list[Calendar], *, most: int = 4
) -> Option | NotPossible:
    """`stock`: by article and place."""
    entries = [Entry(rhythm(calendar), "FR", 1 << place) for place, calendar in enumerate(calendars)]
    delivery = delivery_calendar(SERVICE, "Europe/Paris", HOLIDAYS)
    found = reach(SERVICE, board(entries, at).departures, (delivery,), TARGET)
    items = tuple(Item(f"SKU-{n}", units, 200, 10, 10, 10) for n, units in enumerate(wanted))
    shelf = Shelf.of(wanted, stock, most, True)
    names = [f"place-{place}" for place in range(len(calendars))]
    basket = Basket(at, items, shelf, names, Distances([1_000 * place for place in range(len(calendars))]), "EUR")
    return sent(basket, METHOD, found)
