"""What was asked about an offer is known until it is forgotten, with the core's answer and whether it was read."""

from pathlib import Path

from app.actions import offering
from app.store import offer_asks
from app.store.offer_asks import OfferAsk
from core.contract.commands import How, ScanItem
from core.domain.outcome import Verdict
from tests.support.workplace import Place, workplace


def asks(place: Place) -> list[OfferAsk]:
    with place.database.read() as connection:
        return offer_asks.asks(connection)


def test_questions_are_told_newest_first_with_their_answers(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    offering.claim(place.desk, "o1")
    place.tell(ScanItem("f1", "f1-AL-1001", 1, How.WEDGE))
    offering.declare_out(place.desk, "o2", "AL-1004")
    declared, claimed = asks(place)
    assert (declared.name, declared.offer_id, declared.sku) == ("DeclareOutOfStock", "o2", "AL-1004")
    assert (claimed.name, claimed.offer_id, claimed.is_open) == ("ClaimOffer", "o1", True)
    place.judged(claimed.id, Verdict.REJECTED, "taken_by", taken_by="Lyon")
    refused = asks(place)[1]
    assert (refused.is_open, refused.code, dict(refused.params), refused.settled) == (
        False, "taken_by", {"taken_by": "Lyon"}, False,
    )  # fmt: skip
    offering.read_refusal(place.desk, claimed.id)
    assert asks(place)[1].settled
