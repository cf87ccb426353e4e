import pytest

from core.service import order_state, placing
from core.service.allocation import Terms
from core.service.cause import office_cause
from tests.core.service.office import fulfilments_of, place
from tests.core.service.shops import asked, build_shops, offers_of
from tests.support.core import NOW, build_world, put_order


def place_again(database, order_id: str, terms: Terms):
    with database.write() as connection:
        parts = order_state.load(connection, order_id, lock=True)
        assert parts is not None
        return placing.place(connection, office_cause(NOW), parts, parts.unassigned, terms)


def test_without_rules_of_competition_an_order_is_sourced(database):
    world = build_world(database)
    made = place(database, world, {"SKU-1": 1})
    assert len(fulfilments_of(database, made.order_id)) == 1
    assert offers_of(database, made.order_id) == []


def test_places_that_failed_are_not_offered_it(database):
    world = build_shops(database)
    with database.write() as connection:
        order_id = put_order(connection, world, "N-1", {"SKU-1": 1})
    failed = Terms("resourcing", {f"{order_id}-0": frozenset({"loc-lille", "loc-paris"})})
    made = place_again(database, order_id, failed)
    (offer,) = offers_of(database, order_id)
    assert set(asked(database, offer.id)) == {"loc-lyon", "loc-nice"}
    assert made.targets == (offer.target_at,)
    assert (made.fulfilments, made.missing) == ((), {})
    assert place_again(database, order_id, failed).targets == ()


@pytest.mark.parametrize("units", [5, 41])
def test_what_no_place_has_is_missing_also_where_the_rest_is_offered(database, units):
    world = build_shops(database)
    with database.write() as connection:
        order_id = put_order(connection, world, "N-1", {"SKU-1": units})
    made = place_again(database, order_id, Terms())
    assert sum(offer.units for offer in offers_of(database, order_id)) == min(units, 40)
    assert sum(made.missing.values()) == max(0, units - 40)
