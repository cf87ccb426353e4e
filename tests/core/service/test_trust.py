"""Whose a key is, remembered for a moment only."""

import pytest
from sqlalchemy import Engine, create_engine

from core.service import trust
from core.service.trust import MOST_TRUSTED, TRUSTED_S, Trust


class Clock:
    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(trust, "time", clock)
    return clock


@pytest.fixture
def engine() -> Engine:
    return create_engine("sqlite://")


def test_it_is_looked_up_again_after_a_moment(clock: Clock, engine: Engine) -> None:
    known: Trust[str] = Trust()
    known.keep(engine, "key", "nour")
    clock.now += TRUSTED_S * 0.9
    assert known.whose(engine, "key") == "nour"
    clock.now += TRUSTED_S * 0.2
    assert known.whose(engine, "key") is None


def test_another_database_knows_nothing_of_it(clock: Clock, engine: Engine) -> None:
    known: Trust[str] = Trust()
    known.keep(engine, "key", "nour")
    assert known.whose(create_engine("sqlite://"), "key") is None
    assert known.whose(engine, "another") is None


def test_what_was_withdrawn_is_forgotten_at_once(clock: Clock, engine: Engine) -> None:
    known: Trust[str] = Trust()
    known.keep(engine, "key", "nour")
    known.forget(engine)
    assert known.whose(engine, "key") is None


def test_it_remembers_a_bounded_number(clock: Clock, engine: Engine) -> None:
    known: Trust[int] = Trust()
    for number in range(MOST_TRUSTED + 1):
        known.keep(engine, str(number), number)
    assert known.whose(engine, "0") is None
    assert known.whose(engine, str(MOST_TRUSTED)) == MOST_TRUSTED


def test_one_look_renews_everybody_who_asked_and_forgets_the_others(clock: Clock, engine: Engine) -> None:
    known: Trust[str] = Trust()
    for name in ("ana", "bo", "cy"):
        known.keep(engine, name, name)
    known.whose(engine, "ana")
    clock.now += TRUSTED_S * 0.5
    known.keep(engine, "new", "new")
    clock.now += TRUSTED_S * 0.6
    assert known.outdated(engine, "bo") == {"ana": "ana", "bo": "bo"}
    assert known.outdated(engine, "cy") == {}
    assert known.whose(engine, "ana") is None


def test_nobody_is_renewed_for_a_stranger(clock: Clock, engine: Engine) -> None:
    known: Trust[str] = Trust()
    known.keep(engine, "ana", "ana")
    known.whose(engine, "ana")
    clock.now += TRUSTED_S * 1.1
    assert known.outdated(engine, "stranger") == {}
