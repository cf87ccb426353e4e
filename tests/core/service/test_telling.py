from gettext import NullTranslations

from core.service import telling


def decision(**more):
    told = {
        "demand": [["l1", "SKU-1", 3]],
        "assignments": [{"location_id": "lille", "line_id": "l1", "quantity": 2}],
        "unfilled": [{"line_id": "l1", "quantity": 1}],
        "proof": {"proved": True, "shipments": 1, "shipments_bound": 1},
        "totals": {"cost": 490},
        "locations": [
            {"location_id": "lille", "code": "chosen", "params": {"units": 2, "distance_m": 1500, "cost": 490}},
            {"location_id": "lyon", "code": "not_needed", "params": {"units": 1, "distance_m": 550_000}},
            *[{"location_id": f"s{n}", "code": "no_stock", "params": {}} for n in range(7)],
            {"location_id": "nice", "code": "short_before", "params": {}},
        ],
        "alternatives": [
            {"without": "lille", "location_ids": ["lyon"], "shipments": 1, "unfilled": 2, "distance_m": 550_000,
             "totals": {"cost": 690}}
        ],
    }  # fmt: skip
    names = {"lille": {"code": "LIL", "name": "Lille"}, "lyon": {"code": "LYO", "name": "Lyon"}}
    return {"shipments": 1, "location_names": names, "explanation": told | more}


in_english = telling.Translations(NullTranslations())


def test_a_decision_is_told_in_sentences():
    assert telling.headline(in_english, decision()) == [
        "1 shipment. It is proved that no answer is better by these rules.",
        "2 x SKU-1 come from LIL Lille.",
        "1 x SKU-1 wait for stock.",
    ]


def test_every_place_has_its_reason_and_the_alternative_its_price():
    assert telling.explanation(in_english, decision()) == [
        "LIL Lille was chosen: 2 units available, 1.5 km away, a parcel costs 490 in minor units.",
        "LYO Lyon was not needed: 1 unit available, 550.0 km away.",
        "Not asked, because it has none of the articles: 7 locations.",
        "Not asked, because it refused this order or could not find the article: nice.",
        "Without LIL Lille: 1 shipment from LYO Lyon, 2 units missing, 550.0 km in all, 690 in minor units instead"
        " of 490.",
    ]


def test_a_search_that_was_cut_short_says_so():
    proof = {"proved": False, "shipments": 4, "shipments_bound": 3}
    assert "cut short: 3 shipments at least" in telling.headline(in_english, decision(proof=proof))[0]


class Bracketed(NullTranslations):
    """A language that puts every sentence into brackets."""

    def gettext(self, message: str) -> str:
        return f"<{message}>"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"<{msgid1 if n == 1 else msgid2}>"


def test_each_sentence_is_asked_for_in_the_readers_language():
    other = telling.Translations(Bracketed())
    lines = telling.headline(other, decision()) + telling.explanation(other, decision())
    assert all(line.startswith("<") for line in lines)
    assert lines[0].startswith("<1 shipment>. <It is proved")


def test_a_parcel_is_told_with_its_step_of_the_price_grid():
    params = {"units": 2, "cost": 900, "parcel_g": 2_700, "step_g": 5_000}
    chosen = {"location_id": "lille", "code": "chosen", "params": params}
    spare = {"location_id": "lyon", "code": "not_needed", "params": {"units": 1, "parcel_g": 0, "step_g": 0}}
    told = telling.explanation(in_english, decision(locations=[chosen, spare]))
    assert told[:2] == [
        "LIL Lille was chosen: 2 units available, a parcel costs 900 in minor units, its parcel of 2700 g is in the"
        " step up to 5000 g.",
        "LYO Lyon was not needed: 1 unit available.",
    ]
