"""One order to collect says where each part is and names one next thing to do."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.queries.collection import CollectionView, PartStep, Step, collection_view, refuse_reasons, step_of
from core.contract.reference import Reason
from core.domain.collect_terms import Identity
from core.domain.lifecycle import FulfilmentState
from tests.support import collect_world
from tests.support import store_world as world
from tests.support.workplace import Place, workplace


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    opened = workplace(tmp_path)
    opened.pulled("fulfilment", *collect_world.works())
    opened.pulled("collection", *collect_world.everything())
    yield opened
    opened.database.close()


def view(place: Place, id: str) -> CollectionView:
    found = collection_view(place.database, id, "en")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("id", "step"),
    [
        ("c1", Step.HAND_OVER), ("c2", Step.HAND_OVER), ("c3", Step.PUT_AWAY), ("c4", Step.WAIT), ("c5", Step.PUT_AWAY),
        ("c6", Step.PUT_BACK), ("c7", Step.DONE), ("c8", Step.ASK_LOCKER),
    ],
)  # fmt: skip
def test_there_is_one_next_thing(place: Place, id: str, step: Step) -> None:
    assert step_of(view(place, id)) is step


def test_what_is_not_picked_is_picked_first(place: Place) -> None:
    work = replace(place.order("f93"), state=FulfilmentState.OPEN)
    place.pulled("fulfilment", work, ver=5)
    found = view(place, "c3")
    assert (found.parts[0].step, step_of(found)) == (PartStep.PICK, Step.PICK)


def test_who_handed_it_over_and_to_whom(place: Place) -> None:
    handed = view(place, "c7").handed
    assert handed is not None
    assert (handed.who, handed.collector) == ("Bruno Martin", "Léa Martin")


def test_the_terms_are_the_brands_and_the_stores(place: Place) -> None:
    place.pulled("division", replace(world.DIVISIONS[0], collect={"identity": "required", "signature": True}), ver=4)
    place.pulled("location", replace(world.LOCATION, collect={"signature": False}), ver=5)
    terms = view(place, "c1").terms
    assert (terms.identity, terms.signature) == (Identity.REQUIRED, False)


def test_shelves_of_other_orders_are_known(place: Place) -> None:
    assert view(place, "c3").known_shelves == ("C-01", "C-02", "C-04")


def test_why_something_is_refused_is_said_in_the_readers_words(place: Place) -> None:
    place.pulled("reason", Reason("too_small", "refuse", {"en": "Too small", "fr": "Trop petit"}))
    assert refuse_reasons(place.database, "fr") == (("too_small", "Trop petit"),)
    assert collection_view(place.database, "c99", "en") is None
