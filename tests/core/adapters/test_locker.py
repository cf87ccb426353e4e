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


def test_a_silent_locker_has_done_it(tmp_path: Path):
    locker = SandboxLocker(tmp_path / "locker.db")
    locker.answers = False
    with pytest.raises(LockerAway):
        locker.reserve("a", "lille", "m")
    locker.answers = True
    assert locker.taken() == ["M1"]
    assert len(locker.dropped("a", "lille", "M1")) == 6
