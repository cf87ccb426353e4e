"""What was asked last about one thing is found with what the core said to it."""

from pathlib import Path

from app.store import asked
from core.contract.commands import NotifyCustomer, ReserveLocker
from core.domain.outcome import Verdict
from tests.support.workplace import workplace


def test_the_newest_question_about_a_thing_and_its_answer(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    for arguments in (ReserveLocker("c1", "s"), ReserveLocker("c2", "s"), ReserveLocker("c1", "m")):
        place.tell(arguments)
    place.tell(NotifyCustomer("c1", "ready"))
    with place.database.read() as connection:
        newest = asked.latest(connection, "ReserveLocker", collection_id="c1")
        assert asked.latest(connection, "ReserveLocker", collection_id="c3") is None
        assert asked.latest(connection, "ReserveLocker", collection_id="c1", size="l") is None
    assert newest is not None
    assert newest.open
    assert newest.command.seq == 3
    place.judged(newest.command.id, Verdict.ACCEPTED, "locker_reserved", compartment="7")
    with place.database.read() as connection:
        told = asked.latest(connection, "ReserveLocker", collection_id="c1")
    assert told is not None
    assert (told.open, told.state, told.code, dict(told.params)) == (
        False, "accepted", "locker_reserved", {"compartment": "7"},
    )  # fmt: skip
    place.database.close()
