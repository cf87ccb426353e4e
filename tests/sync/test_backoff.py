from hypothesis import given
from hypothesis import strategies as st

from sync.backoff import LONGEST_S, SHORTEST_S, next_delay


@given(st.floats(0, 60), st.floats(0, 1))
def test_a_delay_is_between_a_second_and_a_minute(last: float, random: float) -> None:
    assert SHORTEST_S <= next_delay(last, random) <= LONGEST_S


def test_what_the_core_asks_for_is_the_least() -> None:
    assert next_delay(1, 0.5, retry_after_s=300) == 300
    assert next_delay(40, 0.9, retry_after_s=0) > 1


def test_the_first_delay_is_another_for_each_tablet() -> None:
    """All of a region lose the core in the same moment."""
    assert next_delay(0, 0.0) == 1
    assert next_delay(0, 0.5) == 2


def test_delays_grow_by_at_most_three() -> None:
    assert [next_delay(last, 1.0) for last in (0, 1, 3, 9, 27)] == [3, 3, 9, 27, 60]


def test_who_is_told_when_to_come_waits_no_longer_with_every_time() -> None:
    """Many tablets wait for one file: the core knows when it is there, and the last one would wait a minute."""
    assert next_delay(27, 1.0, retry_after_s=2) == 3
