import pytest

from core.domain.collect_terms import CollectTerms, Identity, TermsInvalid, resolve


def test_what_nobody_sets_has_its_default() -> None:
    assert resolve({}) == CollectTerms()


def test_a_location_changes_what_it_names_and_nothing_else() -> None:
    terms = resolve({"identity": "required", "pick_up_days": 10}, {"pick_up_days": 3})
    assert (terms.identity, terms.pick_up_days, terms.signature) == (Identity.REQUIRED, 3, False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("identity", "always"),
        ("signature", "yes"),
        ("pick_up_days", True),
        ("pick_up_days", 61),
        ("documents", "passport"),
        ("documents", [""]),
        ("shelf", True),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(name: str, value: object) -> None:
    with pytest.raises(TermsInvalid) as refused:
        resolve({name: value})
    assert refused.value.field == name
