from hypothesis import given
from hypothesis import strategies as st

from core.domain.promise_choice import Distances, Shelf, bits, choose, first_that_serves, serves


def test_one_place_with_everything_comes_before_two_that_are_nearer():
    shelf = Shelf.of([1, 1], [[1, 0, 1], [0, 1, 1]], 3, True)
    assert choose(shelf, 0b111, Distances([1, 2, 900])) == [(2, (1, 1))]
    assert choose(shelf, 0b011, Distances([1, 2, 900])) == [(0, (1, 0)), (1, (0, 1))]


def test_the_nearest_of_few_and_of_many_places():
    assert Distances([5, 3, 9]).nearest(0b101) == 0
    assert Distances(list(range(50, 0, -1))).nearest((1 << 50) - 1 ^ 1 << 49) == 48


def test_a_line_is_split_only_where_it_may_be():
    assert serves(Shelf.of([3], [[2, 1]], 2, True), 0b11)
    assert not serves(Shelf.of([3], [[2, 1]], 2, False), 0b11)
    assert not serves(Shelf.of([3], [[2, 1]], 1, True), 0b11)
    assert choose(Shelf.of([3], [[2, 1]], 2, True), 0b11, Distances([1, 2])) == [(0, (2,)), (1, (1,))]


def test_what_is_short_says_how_much():
    assert Shelf.of([3, 1], [[1, 1], [1, 0]], 2, True).short(0b11) == [(0, 1)]
    assert Shelf.of([3], [[1, 1]], 2, False).short(0b11) == [(0, 2)]


def test_the_first_step_that_serves_is_found_with_all_places_up_to_it():
    shelf = Shelf.of([2], [[1, 1, 1]], 2, True)
    assert first_that_serves(shelf, [0b001, 0b100, 0b010]) == (1, 0b101)
    assert first_that_serves(shelf, [0b001]) is None


@given(st.integers(0, 1 << 40))
def test_bits_are_the_places_of_a_mask(places: int):
    assert sum(1 << place for place in bits(places)) == places
