"""A report says what went wrong and where, and nothing of what it was about."""

import logging

from app.logs import KEPT, LastEntries


def test_a_fault_is_its_type_and_its_lines_without_a_value() -> None:
    last, log = LastEntries(), logging.getLogger("tests.logs")
    log.addHandler(last)
    try:
        log.info("not kept")
        try:
            raise ValueError("Canaria Featherstone lives there")
        except ValueError:
            log.exception("order of %s failed", "Canaria Featherstone")
    finally:
        log.removeHandler(last)
    (entry,) = last.entries
    assert (entry.level, entry.message, entry.fault) == ("ERROR", "order of %s failed", "ValueError")
    assert entry.trace[0].startswith("tests/app/test_logs.py:")
    assert "Canaria" not in repr(entry)


def test_only_the_last_are_kept() -> None:
    last = LastEntries()
    for number in range(KEPT + 5):
        last.emit(logging.makeLogRecord({"msg": f"n{number}"}))
    assert (len(last.entries), last.entries[0].message) == (KEPT, "n5")
