from core.contract.sums import RANGES, Sum, by_range, range_of, sum_of, value_of

ROWS = [("fulfilment", f"f-{number}", number % 3 + 1) for number in range(2_000)]


def test_a_sum_is_of_rows_in_any_order():
    assert sum_of(ROWS) == sum_of(reversed(ROWS))
    assert sum_of(ROWS[:7]).plus(sum_of(ROWS[7:])) == sum_of(ROWS)
    assert sum_of(ROWS).minus(sum_of(ROWS[7:])) == sum_of(ROWS[:7])
    assert sum_of([]) == Sum()


def test_a_missing_an_extra_and_a_stale_row_are_told():
    stale = [("fulfilment", "f-0", 9), *ROWS[1:]]
    other_kind = [("run", "f-0", 1), *ROWS[1:]]
    found = {sum_of(rows) for rows in (ROWS, ROWS[1:], [*ROWS, ("run", "r", 1)], stale, other_kind)}
    assert len(found) == 5


def test_the_ranges_are_all_of_the_rows_and_a_row_stays_in_its_range_whatever_its_version():
    ranges = by_range(ROWS)
    assert len(ranges) == RANGES
    whole = Sum()
    for one in ranges:
        whole = whole.plus(one)
    assert whole == sum_of(ROWS)
    changed = by_range([("fulfilment", "f-0", 9), *ROWS[1:]])
    assert [place for place in range(RANGES) if changed[place] != ranges[place]] == [range_of("fulfilment", "f-0")]


def test_the_numbers_are_the_same_in_every_release():
    assert value_of("fulfilment", "f-1", 2) == int.from_bytes(bytes.fromhex(VALUE), "big")
    assert range_of("fulfilment", "f-1") == RANGE


VALUE, RANGE = "c6e8f0dc05fa2da0", 93
