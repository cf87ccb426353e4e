from dataclasses import replace

import numpy as np
import pytest

from core.domain.ruleset import Filters, Profile, Ruleset, Strategy
from core.service import deciding
from core.service.asking import CODES
from tests.core.service.sourced import a_store, network_and_case


@pytest.mark.parametrize(
    ("filters", "code"),
    [
        (Filters(kinds=("warehouse",)), "kind_excluded"),
        (Filters(locations=("other",)), "location_excluded"),
        (Filters(exclude_locations=("x",)), "location_excluded"),
        (Filters(same_country=True), "other_country"),
        (Filters(max_km=9), "too_far"),
        (Filters(max_load_percent=20), "too_loaded"),
        (Filters(max_rejection_percent=2), "rejects_too_often"),
        (Filters(min_left=9), "no_stock"),
        (Filters(kinds=("store",), max_km=10, max_load_percent=30, max_rejection_percent=3, min_left=8), "chosen"),
    ],
)
def test_a_place_is_told_which_filter_left_it_out(filters, code):
    network, case = network_and_case([("l1", "a", 1)], [a_store("x", 10, capacity_left=10, a=9)])
    network = replace(network, taken=np.array([3]), rejections=np.array([30]))
    case = replace(case, profile=Profile(country="BE"))
    outcome = deciding.decide(network, case, Ruleset((Strategy(filters=filters),)))
    assert [CODES[number] for number in outcome.told["codes"]] == [code]
