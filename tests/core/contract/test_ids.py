from datetime import UTC, datetime, timedelta, timezone
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.contract.ids import uuid7

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TIMES = st.integers(0, 7_000_000_000_000).map(lambda ms: datetime.fromtimestamp(ms / 1000, UTC))
RANDOM = st.binary(min_size=10, max_size=16)


@given(at=TIMES, random_bytes=RANDOM)
def test_an_id_is_a_uuid_of_version_7_and_holds_its_time(at, random_bytes):
    made = UUID(uuid7(at, random_bytes))
    assert (made.version, made.variant) == (7, RFC_4122)
    assert abs((made.int >> 80) - at.timestamp() * 1000) <= 1


def test_the_example_of_rfc_9562_comes_out():
    at = datetime(2022, 2, 22, 14, 22, 22, tzinfo=timezone(timedelta(hours=-5)))
    random = (0xCC3 << 62 | 0x18C4DC0C0C07398F) & ((1 << 80) - 1)
    assert uuid7(at, random.to_bytes(10, "big")) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@given(at=TIMES, first=RANDOM, second=RANDOM)
def test_ids_sort_by_time(at, first, second):
    assert uuid7(at, first) < uuid7(at + timedelta(milliseconds=2), second)


def test_all_74_random_bits_count():
    made = {uuid7(NOON, (1 << bit).to_bytes(10, "big")) for bit in range(74)}
    assert len(made) == 74
    assert uuid7(NOON, bytes(10)) not in made


def test_a_naive_time_or_too_little_randomness_is_a_bug():
    with pytest.raises(ValueError, match="aware"):
        uuid7(datetime(2026, 3, 2), bytes(10))  # noqa: DTZ001
    with pytest.raises(ValueError, match="10 random bytes"):
        uuid7(NOON, bytes(9))
