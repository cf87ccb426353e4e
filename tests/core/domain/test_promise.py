from dataclasses import replace

from core.domain.promise import Zone, delivery_calendar, zone_of_address
from tests.core.domain.promise_world import SERVICE

ISLES = Zone("isles", ("FR",), (4, 7), (), ("20", "97"))
ABROAD = Zone("abroad", ("FR",), (2, 4), (), (), ("BE",))
ZONED = replace(SERVICE, zones=(ISLES, ABROAD, *SERVICE.zones))


def test_the_first_zone_that_fits_counts():
    assert zone_of_address(ZONED, "FR", "FR", "20 000")[0] is ISLES
    assert zone_of_address(ZONED, "BE", "FR", "69002")[0] is ABROAD
    assert zone_of_address(ZONED, "FR", "FR", "69002")[0] is SERVICE.zones[0]
    assert zone_of_address(ZONED, "FR", "JP", "1") == (None, False)


def test_without_a_postcode_it_is_the_slowest_zone_and_that_is_said():
    assert zone_of_address(ZONED, "FR", "FR", "") == (ISLES, True)
    assert zone_of_address(SERVICE, "FR", "FR", "") == (SERVICE.zones[0], False)


def test_a_carrier_delivers_on_its_days():
    week = delivery_calendar(SERVICE, "Europe/Paris", ()).week
    assert [bool(day) for day in week] == [True] * 6 + [False]
