"""A name in a command is sealed in the outbox, in the local document and in the answer; it travels in the clear."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from app.store import attention, documents, outbox, undelivered
from app.store.database import Database
from app.store.device_store import DeviceStore
from app.store.keys import DATA, OUTBOX, PEPPER
from app.store.sealer import Sealer
from app.store.texts import MARK, PERSONAL, PLAIN, Texts
from core.contract.commands import COMMANDS, HandedItem, HandOverCollection
from core.contract.sync import Group, VerdictDocument
from core.domain.collection import Collection, CollectionKind, CollectionLine, CollectionPart, PartItem
from core.domain.lifecycle import CollectionState
from core.domain.outcome import Verdict
from tests.support.device import NOW, apply, put, stamp
from tests.support.keys import MemoryKeys

NAME = "Canaria Featherstone"
LINE = CollectionLine("o1", "sku1", 1)
COLLECTION = Collection(
    "col-1", "FR-1", "A001", "o1", "maison", "paris", CollectionKind.SHIP_TO_STORE, "Ada Lovelace", NOW, NOW, (LINE,),
    (CollectionPart("p1", "f9", (PartItem("o1", 1),), parcel_id="p1", shelf="C-01"),), state=CollectionState.READY,
)  # fmt: skip
HANDED = HandOverCollection("col-1", "h-1", (HandedItem("o1", 1),), collector=NAME, signature="1,2 3,4")
# Words that a field has which says something of a person.
NOBODY = {"NotifyCustomer.message"}  # "ready" or "reminder"
SUSPICIOUS = re.compile(r"name|phone|mail|address|street|note|message|collector|signature|customer|comment|text")


def test_every_field_of_a_command_that_could_name_a_person_is_sealed() -> None:
    unsealed = {
        f"{name}.{field.name}"
        for name, kind in COMMANDS.items()
        for field in fields(kind.arguments)
        if SUSPICIOUS.search(field.name) and field.name not in PERSONAL
    } - NOBODY
    assert not unsealed, f"Add them to app.store.texts.PERSONAL, or say here why nobody is named: {unsealed}"


def test_what_is_sealed_opens_and_what_is_nothing_stays_nothing() -> None:
    texts = Texts(MemoryKeys(OUTBOX))
    sealed = texts.seal(HANDED)
    assert NAME not in repr(sealed)
    assert sealed.collector.startswith(MARK)
    assert texts.seal(sealed) == sealed
    assert texts.open(sealed) == HANDED
    bare = HandOverCollection("col-1", "h-1", ())
    assert texts.seal(bare) is bare
    assert PLAIN.seal(HANDED) is HANDED
    params = texts.seal_params({"collector": NAME, "by": "ann", "n": 1})
    assert NAME not in repr(params)
    assert texts.open_params(params) == {"collector": NAME, "by": "ann", "n": 1}


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database.open(tmp_path, Sealer(MemoryKeys(DATA, PEPPER, OUTBOX)))


def test_the_outbox_holds_no_name_and_sends_it(database: Database, tmp_path: Path) -> None:
    store = DeviceStore(database)
    apply(store, Group.MAIN, put("collection", COLLECTION))
    with database.write() as connection:
        assert outbox.submit(connection, HANDED, stamp(1)).verdict is not Verdict.REJECTED
    with database.read() as connection:
        shown = documents.get(connection, ("collection", "col-1"))
    assert isinstance(shown, Collection)
    assert shown.handed is not None
    assert (shown.handed.collector, shown.customer_name) == (NAME, "Ada Lovelace")
    batch = store.next_batch(NOW)
    assert [command.arguments.collector for command in batch] == [NAME]  # type: ignore[union-attr]
    with database.read() as connection:
        assert [c.arguments.collector for c in undelivered.after(connection, 0)] == [NAME]  # type: ignore[union-attr]
    verdict = VerdictDocument(batch[0].id, Verdict.ATTENTION, "handed_over_twice", {"collector": NAME}, NOW)
    apply(store, Group.MAIN, put("verdict", verdict))
    with database.read() as connection:
        (item,) = attention.items(connection)
    assert item.params == {"collector": NAME}
    database.close()
    assert NAME.encode() not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
