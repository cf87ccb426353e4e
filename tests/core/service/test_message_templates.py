from datetime import UTC, datetime

import pytest

from core.domain.messages import Template
from core.service import message_templates
from core.service.cause import office_cause
from core.service.customers import Customer
from core.service.message_templates import InForce
from core.service.refusal import Refusal
from core.store.database import Database
from tests.core.service.collect_world import place
from tests.core.service.delivery_world import build_delivery_world
from tests.support.core import NOW, World

OWN = Template("Viens {customer_name}", "Code {pick_up_code}")


@pytest.fixture
def world(database: Database) -> World:
    return build_delivery_world(database)


def test_a_text_of_its_own_is_a_version_and_the_older_ones_stay(database: Database, world: World):
    with database.write() as connection:
        cause, named = office_cause(NOW, "usr-head"), ("ready", "fr")
        first = message_templates.put(connection, cause, world.division, (*named, 0), OWN)
        assert first == InForce("ready", "fr", 1, OWN)
        stale = message_templates.put(connection, cause, world.division, (*named, 0), OWN)
        assert isinstance(stale, Refusal)
        assert stale.code == "stale_version"
        second = Template("Autre", "{pick_up_code}")
        message_templates.put(connection, cause, world.division, (*named, 1), second)
        for version, template in ((None, second), (1, OWN), (2, second)):
            shown = message_templates.read(connection, world.division, "ready", "fr", version)
            assert isinstance(shown, InForce)
            assert shown.template == template
        built_in = message_templates.read(connection, world.division, "ready", "fr", 0)
        assert isinstance(built_in, InForce)
        assert "prête" in built_in.template.subject
        wrong = message_templates.put(connection, cause, world.division, (*named, 2), Template("x", "no code"))
        assert isinstance(wrong, Refusal)
        assert (wrong.code, wrong.params["field"]) == ("template_invalid", "text")
        for division, kind, tag in ((world.division, "ready", "sv"), (world.division, "x", "fr"), ("x", "ready", "fr")):
            assert isinstance(message_templates.read(connection, division, kind, tag), Refusal)


def test_the_language_is_the_customers_then_the_divisions(database: Database, world: World):
    someone = Customer("C-1", "Camille", "c@example.org", "", "ar")
    theirs = place(database, world, "collect", {"SKU-1": 1}, customer=someone)
    nobodys = place(database, world, "collect", {"SKU-1": 1})
    with database.write() as connection:
        assert message_templates.put_language(connection, world.division, "fr") is None
        assert isinstance(message_templates.put_language(connection, world.division, "sv"), Refusal)
        assert isinstance(message_templates.put_language(connection, "x", "fr"), Refusal)
        assert message_templates.language_of(connection, theirs.order_id) == ("ar", "fr", "en")
        assert message_templates.language_of(connection, nobodys.order_id) == ("fr", "en")
        found = message_templates.in_force(connection, world.division, "ready", ("fr", "en"))
        assert (found.language, found.version) == ("fr", 0)


def test_the_last_day_is_that_of_the_store():
    midnight = datetime(2026, 5, 11, 22, tzinfo=UTC)  # in Paris; in Tokyo it is morning of the next day
    assert message_templates.day_in_words(midnight, "Europe/Paris", "fr") == "lundi 11 mai 2026"
    assert message_templates.day_in_words(midnight, "Asia/Tokyo", "en") == "Tuesday, May 12, 2026"


def test_hours_in_words():
    week = [[["09:00", "12:00"], ["14:00", "19:00"]]] * 2 + [[]] + [[["10:00", "18:00"]]] + [[]] * 3
    said = message_templates.hours_in_words({"week": week}, "Europe/Paris", "fr")
    assert said == "lun.–mar. 09:00–12:00, 14:00–19:00\njeu. 10:00–18:00"
    assert message_templates.hours_in_words({}, "Europe/Paris", "fr") == ""


def test_every_place_is_filled(database: Database, world: World):
    made = place(database, world, "collect", {"SKU-1": 1})
    with database.read() as connection:
        values = message_templates.values_of(connection, made, "en")
    assert (values["brand"], values["store"], values["address"]) == ("Nord", "Lille", "1 rue, 59800 Lille")
    assert values["hours"]
    assert set(values) == set(message_templates.sample_values("fr"))
