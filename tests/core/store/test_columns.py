from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from core.store import tables as t
from tests.support.core import put


def test_a_time_keeps_its_moment_and_comes_back_in_utc(database):
    paris = datetime(2026, 5, 4, 11, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    with database.write() as connection:
        put(connection, t.accounts, id="acc", name="Nord", company_prefix="3760123", created_at=paris)
    with database.read() as connection:
        found = connection.execute(select(t.accounts.c.created_at)).scalar_one()
    assert found == paris
    assert found.tzinfo is UTC


def test_times_are_compared_as_moments(database):
    nine = datetime(2026, 5, 4, 11, 0, tzinfo=timezone(timedelta(hours=2)))
    half_past_nine = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
    with database.write() as connection:
        put(connection, t.accounts, id="acc", name="Nord", company_prefix="3760123", created_at=nine)
    with database.read() as connection:
        before = select(t.accounts.c.id).where(t.accounts.c.created_at < half_past_nine)
        assert connection.execute(before).scalar_one() == "acc"


def test_a_time_without_zone_is_refused(database):
    with pytest.raises(StatementError, match="without zone"), database.write() as connection:
        put(connection, t.accounts, id="acc", name="", company_prefix="", created_at=datetime(2026, 5, 4))  # noqa: DTZ001


def test_documents_come_back_as_they_went_in(database):
    document = {"words": ["crème", "عربي", 'a "quote"'], "deep": {"n": [1, 2.5, None, True]}}
    with database.write() as connection:
        put(connection, t.accounts, id="acc", name="", company_prefix="", created_at=datetime.now(UTC))
        put(connection, t.divisions, id="d", account_id="acc", code="D", name="", brand="", colour="", currency="EUR",
            country="FR", process=document, version=1)  # fmt: skip
    with database.read() as connection:
        assert connection.execute(select(t.divisions.c.process)).scalar_one() == document
