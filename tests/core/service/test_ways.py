import numpy as np

from core.service.ways import whole_line_ways


def test_lines_of_different_articles_do_not_compete():
    have = np.array([[2], [1]])
    assert whole_line_ways(have, have, np.array([2, 1]), ["a", "b"]) is None


def test_each_largest_set_of_lines_that_the_stock_serves_is_a_way():
    units, stock = np.array([2, 1, 3]), np.array([[3, 9], [3, 9], [3, 9]])
    ways = whole_line_ways(np.minimum(stock, units[:, None]), stock, units, ["a", "a", "a"])
    assert ways is not None
    assert sorted(zip(ways.owners.tolist(), ways.have.T.tolist(), strict=True)) == [
        (0, [0, 0, 3]), (0, [2, 1, 0]), (1, [2, 1, 3]),
    ]  # fmt: skip
