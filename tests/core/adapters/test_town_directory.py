from core.adapters.town_directory import locate


def test_a_town_is_found_by_its_local_name_without_accents_or_case():
    for name, country in (("Genève", "CH"), ("GENEVE", "CH"), ("Geneva", "ch"), ("Bruxelles", "BE"), ("ليون", "FR")):
        place = locate(name, country)
        assert place is not None
        assert place.exact, name


def test_an_unknown_town_lies_in_the_biggest_town_and_says_so():
    place = locate("Trifouillis-les-Oies", "FR")
    assert place is not None
    assert not place.exact
    assert round(place.latitude) == 49


def test_an_unknown_country_has_no_place():
    assert locate("Lyon", "ZZ") is None
