import sqlite3

from sqlalchemy.exc import OperationalError

from sync import errors
from sync.failures import FAILURES, failure_of
from sync.steps import Failure


def test_every_fault_has_a_failure_of_its_own() -> None:
    assert set(FAILURES) == set(errors.SyncFault.__subclasses__())
    assert set(FAILURES.values()) == set(Failure) - {Failure.BUG}


def test_what_the_disk_refuses_is_storage_and_everything_else_a_bug() -> None:
    full = sqlite3.OperationalError("database or disk is full")
    assert (
        failure_of(full) is failure_of(OperationalError("INSERT", {}, full)) is failure_of(OSError()) is Failure.STORAGE
    )
    assert failure_of(errors.Broken()) is Failure.BROKEN
    assert failure_of(KeyError("x")) is Failure.BUG
