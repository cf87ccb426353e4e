"""Small choices of places that can be checked by eye; many, against an independent solver, are in test_sourcing.py."""

import random

from core.domain.cover import Supply, cover


def places(chosen: tuple[Supply, ...]) -> list[int]:
    return sorted(supply.place for supply in chosen)


def test_one_place_that_has_everything_beats_two_cheaper_ones() -> None:
    supplies = [Supply(0, 1, (1, 0)), Supply(1, 1, (0, 1)), Supply(2, 50, (1, 1))]
    found = cover((1, 1), supplies, most_places=3)
    assert (places(found.chosen), found.missing, found.proved) == ([2], 0, True)


def test_among_as_many_places_the_cheapest_are_taken() -> None:
    supplies = [Supply(0, 9, (2,)), Supply(1, 3, (2,)), Supply(2, 5, (2,))]
    assert places(cover((2,), supplies, most_places=3).chosen) == [1]


def test_a_quantity_is_put_together_from_several_places() -> None:
    supplies = [Supply(0, 1, (2,)), Supply(1, 1, (1,)), Supply(2, 1, (1,))]
    found = cover((3,), supplies, most_places=3)
    assert (len(found.chosen), found.missing) == (2, 0)


def test_what_nobody_has_is_missing_and_proved_so() -> None:
    found = cover((2, 1), [Supply(0, 1, (1, 0))], most_places=3)
    assert (places(found.chosen), found.missing, found.missing_bound, found.proved) == ([0], 2, 2, True)
    assert cover((1,), [], most_places=3).missing == 1


def test_no_more_places_are_used_than_allowed() -> None:
    supplies = [Supply(place, 1, tuple(int(item == place) for item in range(3))) for place in range(3)]
    found = cover((1, 1, 1), supplies, most_places=2)
    assert (len(found.chosen), found.missing) == (2, 1)


def test_a_search_that_ran_out_of_steps_says_what_it_did_not_prove() -> None:
    rng = random.Random(7)
    supplies = [Supply(place, rng.randrange(9), tuple(rng.choices((0, 1, 2), k=10))) for place in range(60)]
    whole = cover((3,) * 10, supplies, most_places=10)
    cut = cover((3,) * 10, supplies, most_places=10, node_limit=1)
    assert whole.proved
    assert not cut.proved
    assert cut.missing >= cut.missing_bound
    assert len(cut.chosen) >= cut.places_bound
