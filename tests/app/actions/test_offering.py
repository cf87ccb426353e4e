"""One question about an offer at a time; a fact is said once; what was told is told once."""

from pathlib import Path

from app.actions import offering
from core.domain.outcome import Verdict
from tests.support.workplace import workplace


def test_a_second_question_waits_for_the_answer_to_the_first(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    assert offering.claim(place.desk, "o1").code == "asked"
    assert offering.decline(place.desk, "o1", "busy").code == "already_submitted"
    assert offering.claim(place.desk, "o2").code == "asked"
    place.judged(place.commands()[0][0], Verdict.REJECTED, "offer_stock_gone", sku="AL-1004")
    assert offering.claim(place.desk, "o1").code == "asked"
    assert [name for _, name in place.commands()] == ["ClaimOffer"] * 3


def test_an_article_is_declared_out_of_stock_once(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    assert offering.declare_out(place.desk, "o1", "AL-1004").code == "out_of_stock_declared"
    assert offering.declare_out(place.desk, "o1", "AL-1004").code == "already_submitted"
    assert offering.declare_out(place.desk, "o1", "AL-1001").code == "out_of_stock_declared"


def test_a_claimed_order_may_be_given_back(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    offering.claim(place.desk, "o1")
    place.judged(place.commands()[0][0], Verdict.ACCEPTED, "offer_claimed")
    assert offering.release(place.desk, "o1", "mistake").code == "asked"


def test_news_are_fresh_once_and_forgotten_with_what_they_tell_of(tmp_path: Path) -> None:
    database = workplace(tmp_path).database
    assert offering.hear(database, ["o1", "o2"], ["o1", "o2"]) == {"o1", "o2"}
    assert offering.hear(database, ["o2", "o3"], ["o2", "o3"]) == {"o3"}
    assert offering.hear(database, ["o1"], ["o1"]) == {"o1"}
