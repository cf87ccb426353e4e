from datetime import UTC, datetime

from app.store import documents, outbox
from app.store.codec import encode
from app.store.database import Database, driver
from app.store.intents import AlreadySubmitted, Stamp
from core.contract.commands import How, ScanItem
from core.domain.fulfilment import Address, Fulfilment, Line
from core.domain.picking import FulfilmentComplete, Picked

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


def test_a_scan_is_kept_with_its_effect(tmp_path):
    d = Database.open(tmp_path)
    f = Fulfilment(
        "f1",
        "N-1",
        "AB12",
        "o1",
        "N",
        "div",
        "loc",
        "standard",
        "c",
        AT,
        AT,
        Address("a", "b", "c", "d", "NL"),
        (Line("l1", "ol", "sku1", 2),),
    )
    with d.write() as c:
        driver(c).execute(
            "INSERT INTO document VALUES ('fulfilment','f1',1,?,?,?,?,?,?)", (encode(f), *documents.columns(f))
        )
    with d.write() as c:
        assert outbox.submit(c, ScanItem("f1", "l1", 1, How.WEDGE), Stamp("id1", "i1", "u", AT)) == Picked(1)
    with d.write() as c:
        assert outbox.submit(c, ScanItem("f1", "l1", 1, How.WEDGE), Stamp("id2", "i1", "u", AT)) == AlreadySubmitted()
    with d.write() as c:
        assert outbox.submit(c, ScanItem("f1", "l1", 1, How.WEDGE), Stamp("id3", "i3", "u", AT)) == FulfilmentComplete()
    with d.read() as c:
        assert documents.get(c, ("fulfilment", "f1")).lines[0].picked == 2
        assert outbox.waiting(c) == 2
        assert documents.all(c, "fulfilment", documents.Where(is_open=True)) == [documents.get(c, ("fulfilment", "f1"))]
        assert driver(c).execute("select seq, prev from command").fetchall() == [(1, ""), (2, "id1")]
    d.close()
