"""What was asked last about one thing is found with what the core said to it."""

from pathlib import Path

from app.actions import offering
from app.store import asked
from app.store.asked import Ask
from core.contract.commands import DeclareOutOfStock, NotifyCustomer, ReserveLocker
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


def test_questions_of_several_kinds_are_told_newest_first_and_whether_somebody_read_the_answer(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    offering.claim(place.desk, "o1")
    place.tell(NotifyCustomer("c1", "ready"))
    offering.declare_out(place.desk, "o2", "AL-1004")

    def asks() -> list[Ask]:
        with place.database.read() as connection:
            return asked.asks(connection, "ClaimOffer", "DeclareOutOfStock")

    declared, claimed = asks()
    assert (declared.command.name, declared.command.arguments) == (
        "DeclareOutOfStock", DeclareOutOfStock("o2", "AL-1004"),
    )  # fmt: skip
    assert (claimed.command.name, claimed.open) == ("ClaimOffer", True)
    place.judged(claimed.command.id, Verdict.REJECTED, "taken_by", taken_by="Lyon")
    refused = asks()[1]
    assert (refused.open, refused.code, dict(refused.params), refused.settled) == (
        False, "taken_by", {"taken_by": "Lyon"}, False,
    )  # fmt: skip
    offering.read_refusal(place.desk, claimed.command.id)
    assert asks()[1].settled
    place.database.close()
