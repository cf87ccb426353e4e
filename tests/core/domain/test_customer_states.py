import pytest

from core.domain.customer_states import CustomerStatesInvalid, Told, states_of
from core.domain.order import CustomerState


def test_a_division_that_says_nothing_tells_the_states_as_they_are():
    assert states_of({}) == {state: Told(state.value) for state in CustomerState}


def test_states_are_renamed_and_two_become_one():
    words = {"en": "On its way", "fr": "En route"}
    going = {"code": "going", "texts": words}
    told = states_of({"partly_on_its_way": going, "on_its_way": going, "confirmed": {"texts": {"fr-CA": "Reçue"}}})
    assert told[CustomerState.ON_ITS_WAY] == told[CustomerState.PARTLY_ON_ITS_WAY] == Told("going", words)
    assert told[CustomerState.CONFIRMED] == Told("confirmed", {"fr-CA": "Reçue"})
    assert told[CustomerState.CANCELLED] == Told("cancelled")


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"lost": {"code": "x"}}, "lost"),
        ({"confirmed": "ok"}, "confirmed"),
        ({"confirmed": {"colour": "red"}}, "confirmed"),
        ({"confirmed": {"code": "All right"}}, "confirmed.code"),
        ({"confirmed": {"texts": ["ok"]}}, "confirmed.texts"),
        ({"confirmed": {"texts": {"french": "Reçue"}}}, "confirmed.texts.french"),
        ({"confirmed": {"texts": {"fr": "  "}}}, "confirmed.texts.fr"),
        ({"confirmed": {"code": "cancelled", "texts": {"en": "Done"}}}, "cancelled.texts"),
    ],
)
def test_what_means_nothing_is_refused_with_its_place(given, where):
    with pytest.raises(CustomerStatesInvalid) as refused:
        states_of(given)
    assert refused.value.field == where
