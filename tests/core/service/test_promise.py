import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, update

from core.domain.promise import Destination, MethodKind, NotPossible, Option
from core.service import atp_projection, promise, stock_book
from core.service.promise import Promised, Question, ask, option_of
from core.service.promise_network import forget
from core.service.refusal import Refusal
from core.store import tables as t
from core.store.database import Database
from tests.core.service.delivery_world import DEPOT, build_delivery_world, put_stock
from tests.support.core import NOW, World, put_fulfilment

DOCUMENT = Path(__file__).resolve().parents[3] / "docs/promise.md"
LYON = Destination("FR", "69003", "Lyon")


def answers(database: Database, world: World, destination: Destination = LYON, at: datetime = NOW, **skus: int):
    lines = tuple((name.replace("_", "-"), units) for name, units in (skus or {"SKU_1": 1}).items())
    with database.read() as connection:
        forget(connection)
        found = ask(connection, Question(world.division, lines, destination), at)
    assert isinstance(found, Promised)
    return found


def option(found: Promised, method: str) -> Option:
    one = option_of(found, method)
    assert isinstance(one, Option), one
    return one


def why_not(found: Promised, method: str) -> list[str]:
    one = option_of(found, method)
    assert isinstance(one, NotPossible), one
    return [reason.code for reason in one.reasons]


def test_every_method_says_its_date_its_price_and_its_story(database: Database):
    world = build_delivery_world(database)
    found = answers(database, world)
    assert [one.method for one in found.options] == ["standard", "express", "same-day", "relay", "collect", "to-store"]
    standard = option(found, "standard")
    # Monday 4 May, 11:00 in Lyon: picked up at 17:00, prepared in 3 hours, delivered on Wednesday at the latest.
    assert (standard.day, standard.price_minor, standard.parcels) == (date(2026, 5, 6), 490, 1)
    assert standard.cutoff_at == datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
    assert standard.latest_at == datetime(2026, 5, 6, 16, 0, tzinfo=UTC)
    assert [reason.code for reason in standard.explanation] == ["leaves", "transit", "arrives"]
    assert option(found, "same-day").day == date(2026, 5, 4)
    assert option(found, "same-day").carbon_g < option(found, "express").carbon_g
    assert option(found, "collect").latest_at == NOW + timedelta(hours=1)
    assert option(found, "collect").store_id == world.lyon


def test_a_public_holiday_is_passed_over_and_named(database: Database):
    world = build_delivery_world(database)
    found = option(answers(database, world), "relay")
    # Three to four days from Monday: Friday 8 May is a holiday in France.
    assert found.day == date(2026, 5, 9)
    passed = [reason.params for reason in found.explanation if reason.code == "day_passed_over"]
    assert [(one["day"], one["why"]) for one in passed] == [("2026-05-08", "public_holiday")]


def test_the_countdown_holds_until_its_last_second_and_no_longer(database: Database):
    world = build_delivery_world(database)
    first = option(answers(database, world), "standard")
    at_the_end = option(answers(database, world, at=first.cutoff_at), "standard")
    assert (at_the_end.day, at_the_end.cutoff_at) == (first.day, first.cutoff_at)
    late = option(answers(database, world, at=first.cutoff_at + timedelta(seconds=1)), "standard")
    assert late.day > first.day


def test_a_basket_that_no_store_has_whole_comes_in_two_parcels(database: Database):
    world = build_delivery_world(database)
    put_stock(database, world.lyon, "SKU-1", 0)
    put_stock(database, world.lille, "SKU-2", 0)
    found = answers(database, world, SKU_1=1, SKU_2=1)
    standard = option(found, "standard")
    assert {part.location_id for part in standard.parts} == {world.lille, world.lyon}
    assert (standard.parcels, standard.price_minor) == (2, 980)
    assert why_not(found, "collect") == ["no_stock"]


def test_what_is_too_heavy_or_too_large_says_so(database: Database):
    world = build_delivery_world(database)
    with database.write() as connection:
        heavy = update(t.variants).where(t.variants.c.id == "SKU-1")
        connection.execute(heavy.values(weight_g=25_000, length_mm=1_500, width_mm=400, height_mm=400))
    found = answers(database, world)
    assert why_not(found, "express") == ["too_heavy"]
    assert why_not(found, "relay") == ["too_heavy"]
    assert option(found, "standard").price_minor == 1290


def test_what_nobody_has_is_refused_with_what_is_missing(database: Database):
    world = build_delivery_world(database)
    found = answers(database, world, SKU_1=21)
    assert found.options == ()
    one = option_of(found, "standard")
    assert isinstance(one, NotPossible)
    assert one.reasons[0].params == {"sku": "SKU-1", "missing": 1}


def test_an_unknown_article_and_an_unserved_country_are_answers_not_errors(database: Database):
    world = build_delivery_world(database)
    assert why_not(answers(database, world, SKU_9=1), "standard") == ["sku_unknown"]
    assert why_not(answers(database, world, Destination("JP", "100", "Tokyo")), "standard") == ["no_place_sends_there"]
    assert why_not(answers(database, world, Destination("FR", "29200", "Brest")), "collect") == ["no_store_near"]


def test_missing_data_makes_a_later_promise_and_says_which(database: Database):
    world = build_delivery_world(database)
    known, nowhere = option(answers(database, world), "standard"), answers(database, world, Destination())
    assert "country_assumed" in option(nowhere, "standard").degraded
    assert option(nowhere, "standard").day > known.day
    # Without a postcode it may be Corsica.
    island = option(answers(database, world, Destination("FR")), "standard")
    assert "postcode_missing" in island.degraded
    assert island.day > known.day
    with database.write() as connection:
        connection.execute(update(t.locations).values(hours={}, version=t.locations.c.version + 1))
    assumed = option(answers(database, world), "standard")
    assert "hours_unknown" in assumed.degraded
    assert assumed.day > known.day


def test_without_any_method_the_carriers_promise_something_safe(database: Database):
    world = build_delivery_world(database)
    with database.write() as connection:
        connection.execute(update(t.delivery_methods).values(active=False, version=2))
    found = answers(database, world)
    one = option(found, "post-standard")
    assert set(one.degraded) == {"price_unknown", "terms_unknown"}
    assert one.price_minor is None
    assert one.day > date(2026, 5, 11)


def test_a_store_that_is_full_promises_nothing_today(database: Database):
    world = build_delivery_world(database)
    with database.write() as connection:
        place = update(t.locations).where(t.locations.c.id == world.lyon)
        connection.execute(place.values(capacity_per_day=0, version=9))
    found = answers(database, world)
    assert option(found, "standard").parts[0].location_id == world.lille
    assert why_not(found, "same-day") == ["no_place_sends_there"]
    assert why_not(found, "collect") == ["no_capacity"]


def test_a_parcel_for_a_store_comes_on_a_day_on_which_it_is_open(database: Database):
    world = build_delivery_world(database)
    put_stock(database, DEPOT, "SKU-1", 5)
    friday = datetime(2026, 5, 15, 9, tzinfo=UTC)
    found = answers(database, world, Destination("FR", "69003", "Lyon", world.lyon), friday)
    one = option(found, "to-store")
    assert one.kind is MethodKind.SHIP_TO_STORE
    assert one.store_id == world.lyon
    assert world.lyon not in {part.location_id for part in one.parts}
    assert one.day == date(2026, 5, 18)  # leaves on Friday; on Sunday nobody is there


def test_a_channel_with_a_catalogue_is_answered_from_the_projection(database: Database):
    world = build_delivery_world(database)
    before = answers(database, world, SKU_1=3)
    with database.write() as connection:
        row = {"id": "web", "division_id": world.division, "code": "web", "location_ids": [world.lille]}
        connection.execute(insert(t.virtual_catalogues), [row])
        atp_projection.rebuild(connection, stock_book.step(connection))
    after = answers(database, world, SKU_1=3)
    assert option(before, "standard").parts[0].location_id == world.lyon
    assert option(after, "standard").parts[0].location_id == world.lille
    assert why_not(answers(database, world, SKU_1=11), "standard") == ["no_stock"]


def test_a_change_of_terms_counts_within_a_second(database: Database, monkeypatch: pytest.MonkeyPatch):
    world = build_delivery_world(database)
    question = Question(world.division, (("SKU-1", 1),), LYON)

    def days() -> int:
        with database.read() as connection:
            found = ask(connection, question, NOW)
        assert isinstance(found, Promised)
        return len(found.options)

    assert days() == 6
    with database.write() as connection:
        one = update(t.delivery_methods).where(t.delivery_methods.c.code == "relay")
        connection.execute(one.values(active=False, version=2))
    monkeypatch.setattr("core.service.promise_network.LOOK_AGAIN_S", 0.0)
    assert days() == 5


def test_without_the_database_the_slowest_place_is_promised(sqlite_database: Database):
    world = build_delivery_world(sqlite_database)
    question = Question(world.division, (("SKU-1", 1),), LYON)
    assert promise.ask_in_the_dark(sqlite_database.engine, question, NOW) is None
    known = option(answers(sqlite_database, world), "standard")
    dark = promise.ask_in_the_dark(sqlite_database.engine, question, NOW)
    assert dark is not None
    assert "stock_unreadable" in option(dark, "standard").degraded
    assert option(dark, "standard").day > known.day


def test_a_division_nobody_knows_is_refused(sqlite_database: Database):
    build_delivery_world(sqlite_database)
    with sqlite_database.read() as connection:
        refused = ask(connection, Question("nobody", (("SKU-1", 1),)), NOW)
    assert isinstance(refused, Refusal)
    assert refused.code == "division_unknown"


def test_the_worked_example_of_the_documentation(database: Database):
    world = build_delivery_world(database)
    put_stock(database, world.lille, "SKU-1", 0)
    paris = ZoneInfo("Europe/Paris")
    rows = [
        line.split("|")[1:5] for line in DOCUMENT.read_text().splitlines() if re.match(r"\| \w+day \d\d:\d\d", line)
    ]
    assert len(rows) == 3

    def said(at: datetime) -> str:
        local = at.astimezone(paris)
        return f"{local:%A %H:%M}"

    for asked, cutoff, leaves, promised in ([cell.strip() for cell in row] for row in rows):
        weekday, _, clock = asked.partition(" ")
        day = 4 + ("Monday", "Tuesday", "Wednesday").index(weekday)
        at = datetime.combine(date(2026, 5, day), time.fromisoformat(clock), tzinfo=paris)
        found = option(answers(database, world, at=at), "standard")
        assert said(found.cutoff_at) == cutoff
        assert said(found.parts[0].leaves_at) == leaves
        assert f"{said(found.earliest_at)} to {said(found.latest_at)}" == promised


def test_full_days_are_passed_over_as_the_documentation_says(database: Database):
    world = build_delivery_world(database)
    due = [datetime(2026, 5, day, 12, tzinfo=UTC) for day in (5, 5, 6, 6)]
    for number in range(len(due)):
        put_fulfilment(database, world, f"f-{number}", (1,))
    paris = ZoneInfo("Europe/Paris")
    rows = [line.split("|")[1:5] for line in DOCUMENT.read_text().splitlines() if re.match(r"\| \d of 2", line)]
    assert len(rows) == 3
    f, places, p = t.fulfilments.c, t.locations.c, t.positions.c
    with database.write() as connection:
        connection.execute(update(t.positions).where(p.location_id == world.lille).values(on_hand=0, reserved=0))
        connection.execute(update(t.locations).where(places.id == world.lyon).values(capacity_per_day=2))

    def said(at: datetime) -> str:
        return f"{at.astimezone(paris):%A %H:%M}"

    asked_at = datetime(2026, 5, 4, 12, 0, 1, tzinfo=UTC)
    for tuesday, wednesday, leaves, promised in ([cell.strip() for cell in row] for row in rows):
        wanted = [*[due[0]] * int(tuesday[0]), *[due[2]] * int(wednesday[0])]
        with database.write() as connection:
            connection.execute(update(t.fulfilments).values(location_id=world.lille))
            for number, at in enumerate(wanted):
                query = update(t.fulfilments).where(f.id == f"f-{number}")
                connection.execute(
                    query.values(location_id=world.lyon, target_at=at, placed_at=NOW - timedelta(days=3))
                )
        found = option(answers(database, world, at=asked_at), "standard")
        assert said(found.parts[0].leaves_at) == leaves
        assert f"{said(found.earliest_at)} to {said(found.latest_at)}" == promised
        full = [step.params["days"] for step in found.explanation if step.code == "no_room"]
        days = [day for cell, day in ((tuesday, "2026-05-05"), (wednesday, "2026-05-06")) if cell == "2 of 2"]
        assert full == ([", ".join(days)] if days else [])
        # Who collects in the shop is told the same: Monday has room, so today's collection is not touched.
        assert option(answers(database, world, at=asked_at), "collect").day == date(2026, 5, 4)
    with database.write() as connection:
        connection.execute(update(t.fulfilments).values(state="cancelled"))
    found = option(answers(database, world, at=asked_at), "standard")
    assert said(found.parts[0].leaves_at) == "Tuesday 17:00", "what was cancelled takes no room"


LISTS = [
    {"currency": "EUR", "tax": "included", "tax_bp": {"FR": 2000, "BE": 2100}, "price_minor": 590},
    {"currency": "CHF", "tax": "excluded", "tax_bp": {"CH": 810}, "price_minor": 900},
]
ABROAD = {"FR": LYON, "BE": Destination("BE", "1000", "Bruxelles"), "CH": Destination("CH", "1201", "Genève")}


def test_prices_of_each_currency_and_their_tax_are_those_of_the_documentation(database: Database):
    world = build_delivery_world(database)
    m = t.delivery_methods.c
    with database.write() as connection:
        connection.execute(update(t.delivery_methods).where(m.code == "standard").values(body={"prices": LISTS}))
    rows = [line.split("|")[1:6] for line in DOCUMENT.read_text().splitlines() if re.match(r"\| [A-Z]{3} \| ", line)]
    assert len(rows) == 4

    def priced(currency: str, country: str) -> Option:
        question = Question(world.division, (("SKU-1", 1),), ABROAD[country], currency=currency)
        with database.read() as connection:
            found = ask(connection, question, NOW)
        assert isinstance(found, Promised)
        return option(found, "standard")

    for currency, country, listed, tax, pays in ([cell.strip() for cell in row] for row in rows):
        found = priced(currency, country)
        known = [None if cell == "open" else int(cell) for cell in (tax, pays)]
        assert [found.tax_minor, found.price_minor, found.currency] == [*known, currency]
        assert ("price_unknown" in found.degraded) is (pays == "open")
        if listed != "none":
            assert found.explanation[-1].params["listed_minor"] == int(listed)
    assert priced("", "FR") == priced("EUR", "FR"), "the division's currency"
    assert priced("GBP", "FR").explanation[-1].code == "no_price_list"


def test_the_same_question_is_answered_anew_with_the_stock_and_the_clock_of_now(database: Database):
    world = build_delivery_world(database)
    question = Question(world.division, (("SKU-1", 1),), LYON)

    def told(at: datetime) -> Promised:
        with database.read() as connection:
            found = ask(connection, question, at)
        assert isinstance(found, Promised)
        return found

    first, again = told(NOW), told(NOW + timedelta(minutes=5))
    assert option(again, "standard") == option(first, "standard")
    assert option(again, "collect").latest_at == option(first, "collect").latest_at + timedelta(minutes=5)
    late = told(option(first, "standard").cutoff_at + timedelta(seconds=1))
    assert option(late, "standard").day > option(again, "standard").day
    put_stock(database, world.lyon, "SKU-1", 0)
    assert option(told(NOW), "standard").parts[0].location_id == world.lille
