"""Nothing that is not settled is out of sight: refused, flagged, or still on its way."""

from pathlib import Path

from app.queries.attention import attention_view
from core.contract.commands import How, OpenManifest, ScanItem, StartRun
from core.domain.outcome import Verdict
from core.domain.runs import Method
from tests.support.workplace import workplace


def test_what_waits_is_named_as_people_call_it(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    place.tell(StartRun("r1", "X7Q", "lille", Method.SINGLE, ("f1",), ("ann",)))
    place.tell(ScanItem("f1", "f1-AL-1001", 1, How.WEDGE))
    place.tell(OpenManifest("m1", "lille", "colissimo"))
    place.tell(ScanItem("gone", "x", 1, How.WEDGE))
    view = attention_view(place.database)
    assert [(a.name, a.about, a.who) for a in view.waiting] == [
        ("StartRun", "X7Q", "Ann Peeters"),
        ("ScanItem", "K001", "Ann Peeters"),
        ("OpenManifest", "colissimo", "Ann Peeters"),
        ("ScanItem", "", "Ann Peeters"),
    ]
    assert (view.waiting_total, view.items) == (4, ())


def test_a_refusal_may_be_tried_again_and_a_flagged_fact_may_not(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    for sku in ("f1-AL-1001", "f1-AL-1003"):
        place.tell(ScanItem("f1", sku, 1, How.WEDGE))
    (first, _), (second, _) = place.commands()
    place.judged(first, Verdict.ATTENTION, "over_picked", surplus=1)
    place.judged(second, Verdict.REJECTED, "internal")
    view = attention_view(place.database)
    assert [(i.code, i.params, i.counts, i.retryable) for i in view.items] == [
        ("over_picked", (("surplus", 1),), True, False),
        ("internal", (), False, True),
    ]
