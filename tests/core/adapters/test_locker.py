from pathlib import Path

import pytest

from core.adapters.locker import FULL, NO_SUCH_SIZE, Compartment, LockerAway, SandboxLocker


def test_compartments_are_given_once_until_there_are_none(tmp_path: Path):
    locker = SandboxLocker(tmp_path / "locker.db")
    first = locker.reserve("a", "lille", "s")
    assert isinstance(first, Compartment)
    assert locker.reserve("a", "lille", "s") == first
    assert isinstance(locker.reserve("b", "lille", "s"), Compartment)
    assert locker.reserve("c", "lille", "s") == FULL
    assert isinstance(locker.reserve("e", "lyon", "s"), Compartment)
    assert locker.reserve("d", "lille", "l") == NO_SUCH_SIZE
    locker.end("a")
    again = locker.reserve("c", "lille", "s")
    assert isinstance(again, Compartment)
    assert again.name == first.name
    assert locker.reserve("a", "lille", "s") == FULL  # a question that was still on its way when it ended


def test_a_silent_locker_has_done_it(tmp_path: Path):
    locker = SandboxLocker(tmp_path / "locker.db")
    locker.answers = False
    with pytest.raises(LockerAway):
        locker.reserve("a", "lille", "m")
    locker.answers = True
    assert locker.taken() == ["M1"]
    assert len(locker.dropped("b", "lille", "S1")) == 6


def test_a_middle_compartment_is_given_at_once_and_told_late_once(tmp_path: Path):
    now = [1000.0]
    locker = SandboxLocker(tmp_path / "locker.db", late_s=5.0, now=lambda: now[0])
    for now[0] in (1000.0, 1004.9):
        with pytest.raises(LockerAway):
            locker.reserve("a", "lille", "m")
        assert locker.taken() == ["M1"]
    now[0] = 1005.0
    told = locker.reserve("a", "lille", "m")
    assert isinstance(told, Compartment)
    assert (told.name, locker.reserve("a", "lille", "m")) == ("M1", told)


def test_what_lies_in_another_compartment_frees_the_one_that_was_reserved(tmp_path: Path):
    locker = SandboxLocker(tmp_path / "locker.db")
    locker.reserve("a", "lille", "s")
    locker.dropped("a", "lille", "S2")
    assert locker.taken() == ["S2"]
    locker.end("a")
    locker.dropped("a", "lille", "S2")
    assert locker.taken() == []
