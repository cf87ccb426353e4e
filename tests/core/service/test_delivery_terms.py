from types import SimpleNamespace
from typing import Any

import pytest

from core.demo import delivery
from core.service.delivery_terms import TermsInvalid, method_of, service_of, week_of

CARRIER = SimpleNamespace(code="hexa", pickup_time="16:30")


def row(**more: Any) -> SimpleNamespace:
    plain: dict[str, Any] = {
        "id": "m",
        "code": "m",
        "kind": "collect",
        "service_id": None,
        "labels": {},
        "position": 0,
        "body": {},
    }
    return SimpleNamespace(**plain | more)


def test_the_terms_of_the_demo_are_read():
    services = {one["id"]: service_of(one["id"], CARRIER, one["code"], one["body"]) for one in delivery.SERVICES}
    methods = [method_of(SimpleNamespace(**one), services.get(one["service_id"])) for one in delivery.METHODS]
    assert methods[0].code == "standard"
    assert methods[0].service is not None
    assert methods[0].service.zones[0].postcodes == ("20", "97", "98")


def test_what_is_left_out_has_its_default():
    found = service_of("s", CARRIER, "standard", {})
    assert (found.pickup_minutes, found.pickup_days, found.zones) == (16 * 60 + 30, frozenset(range(5)), ())
    assert method_of(row(), None).max_km == 30


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"pickup_days": [7]}, "pickup_days"),
        ({"pickup_days": []}, "pickup_days"),
        ({"pickup_time": "25:00"}, "pickup_time"),
        ({"delivers": ["18:00", "08:00"]}, "delivers"),
        ({"delivers": "08:00"}, "delivers"),
        ({"max_weight_g": -1}, "max_weight_g"),
        ({"zones": [{"countries": ["FR"], "days": [3, 1]}]}, "days"),
        ({"zones": [{"countries": ["FR"]}]}, "days"),
        ({"zones": [{"countries": [], "days": [1, 1]}]}, "countries"),
        ({"zones": [{"countries": ["France"], "days": [1, 1]}]}, "countries"),
        ({"zones": [{"countries": ["FR"], "days": [1, 1], "grid": [[2, 1], [1, 1]]}]}, "grid"),
        ({"zones": [{"countries": ["FR"], "days": [1, 1], "grid": [[1]]}]}, "grid"),
        ({"zones": ["FR"]}, "zones"),
    ],
)
def test_a_wrong_term_of_a_service_is_refused_with_its_name(body: dict[str, Any], field: str):
    with pytest.raises(TermsInvalid) as refused:
        service_of("s", CARRIER, "standard", body)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "drone"}, "kind"),
        ({"kind": "home"}, "service"),
        ({"body": {"service_level": "soon"}}, "service_level"),
        ({"body": {"from_kinds": ["moon"]}}, "from_kinds"),
        ({"body": {"cutoff_time": "noon"}}, "cutoff_time"),
        ({"body": {"preparation_minutes": "1"}}, "preparation_minutes"),
        ({"body": {"price_minor": -5}}, "price_minor"),
    ],
)
def test_a_wrong_term_of_a_method_is_refused_with_its_name(change: dict[str, Any], field: str):
    with pytest.raises(TermsInvalid) as refused:
        method_of(row(**change), None)
    assert refused.value.field == field


def test_hours_of_a_week_are_read_or_refused():
    assert week_of({"week": [[["09:00", "12:00"]], *[[]] * 6]})[0] == ((540, 720),)
    unread: list[dict[str, Any]] = [
        {},
        {"week": []},
        {"week": [[["12:00", "09:00"]], *[[]] * 6]},
        {"week": ["x", *[[]] * 6]},
    ]
    for wrong in unread:
        with pytest.raises(TermsInvalid):
            week_of(wrong)
    with pytest.raises(TermsInvalid):
        week_of({"week": [[["09:00", "12:00"], ["11:00", "13:00"]], *[[]] * 6]})
