import numpy as np

from core.service import dominance


def test_a_place_goes_where_one_before_it_has_whole_all_that_it_has_any_of():
    full = np.array([[1, 0, 1, 0], [0, 0, 1, 1]], dtype=bool)
    touched = np.array([[1, 1, 1, 0], [0, 0, 1, 1]], dtype=bool)
    assert dominance.undominated(full, touched).tolist() == [True, False, True, False]
    assert dominance.undominated(full[:, ::-1], touched[:, ::-1]).tolist() == [True, True, False, False]


def test_bits_of_many_items_fill_several_words():
    rows = np.random.default_rng(3).random((70, 5)) < 0.5
    words = dominance.packed(rows)
    assert words.shape == (2, 5)
    assert [[bin(int(word)).count("1") for word in column] for column in words.T] == [
        [int(rows[:64, place].sum()), int(rows[64:, place].sum())] for place in range(5)
    ]


def test_a_table_of_sets_leaves_out_the_places_that_comparing_all_pairs_does():
    rng = np.random.default_rng(7)
    for items in (1, 3, 8, 12):
        for _ in range(40):
            full = rng.random((items, 30)) < 0.5
            touched = full | (rng.random((items, 30)) < 0.2)
            by_table = dominance._by_table(full, touched)
            assert by_table.tolist() == dominance._by_pairs(full, touched).tolist()
            assert by_table[0]
            assert items > 3 or not by_table.all()


def test_a_way_goes_where_enough_other_places_have_one_that_can_stand_in_for_it():
    have = np.array([[2, 2, 1, 1, 2]])
    fixed, unit, owners = np.array([1, 2, 3, 3, 9]), np.array([[0, 0, 0, 0, 0]]), np.array([0, 1, 2, 0, 2])
    assert dominance.of_use(have, fixed, unit, owners, 1).tolist() == [True, False, False, True, False]
    assert dominance.of_use(have, fixed, unit, owners, 2).tolist() == [True, True, False, True, False]
    assert dominance.of_use(have, fixed, np.array([[1, 1, 0, 1, 1]]), owners, 2).tolist()[2]
