import numpy as np

from core.service.imports import stock_gathered
from core.service.imports.stock_gathered import Differing, Gathered

NUMBERS = np.array([11, 2**64 - 1, 13], "<u8")


def gathered() -> Gathered:
    found = Gathered()
    found.add(("loc-1", "ONE"), 2, [(0, "B", 5), (2, "A", 7)], (NUMBERS, [0, 1]))
    found.add(("loc-2", "TWO"), 5, [(0, "C", 1), (1, "A", 2), (2, "A", 3)], (NUMBERS, [-1, -1, -1]))
    return found


def test_rows_come_back_whole_and_article_by_article(monkeypatch):
    monkeypatch.setattr(stock_gathered, "AT_ONCE", 2)
    rows = list(gathered().take({}))
    assert rows[0] == Differing("loc-1", "ONE", "A", 7, 4, 1, 13)
    assert [(row.sku, row.code, row.on_hand, row.number) for row in rows[1:]] == [
        ("A", "TWO", 2, 2**64 - 1), ("A", "TWO", 3, 13), ("B", "ONE", 5, 11), ("C", "TWO", 1, 11)
    ]  # fmt: skip
    assert (rows[0].row.line, rows[0].row.values["location"], rows[0].value.on_hand) == (4, "ONE", 7)


def test_best_sellers_come_first():
    assert [row.sku for row in gathered().take({"C": 0, "B": 1})] == ["C", "B", "A", "A", "A"]


def test_what_was_taken_is_gathered_no_more():
    some = gathered()
    assert len(some) == 5
    assert len(list(some.take({}))) == 5
    assert (len(some), list(some.take({}))) == (0, [])
    some.add(("loc-3", "THREE"), 9, [(1, "Z", 4)], (NUMBERS, [0]))
    assert list(some.take({})) == [Differing("loc-3", "THREE", "Z", 4, 10, 0, 2**64 - 1)]
