"""A database of an older app is sealed where it stands, and nothing of it stays readable in the file."""

from dataclasses import replace
from pathlib import Path

from app.store import documents, outbox, references
from app.store.database import Database
from app.store.device_store import DeviceStore
from app.store.keys import DATA, PEPPER
from app.store.sealer import Sealer
from app.store.sealing import seal_in_place
from core.contract.commands import How, ScanItem
from core.contract.sync import Group
from tests.support.device import USERS, apply, fulfilment, put, stamp
from tests.support.keys import MemoryKeys

PIN_HASH = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g"


def test_what_lay_in_the_clear_is_sealed_and_the_file_forgets_it(tmp_path: Path) -> None:
    old = Database.open(tmp_path)
    apply(DeviceStore(old), Group.MAIN, put("fulfilment", *map(fulfilment, range(30))), full=True)
    apply(DeviceStore(old), Group.MAIN, put("user", replace(USERS[0], pin_hash=PIN_HASH)), cursor="c2")
    with old.write() as connection:
        outbox.submit(connection, ScanItem("f1", "l1-0", 1, How.TAP), stamp(1))
    old.close()
    assert b"Lovelace" in files(tmp_path)
    sealer = Sealer(MemoryKeys(DATA, PEPPER))
    database = Database.open(tmp_path, sealer)
    assert seal_in_place(database, sealer) == 32  # thirty orders, one of them twice: with the scan; and a person
    assert seal_in_place(database, sealer) == 0
    for word in (b"Lovelace", b"Rue de la Paix", b"argon2id"):
        assert word not in files(tmp_path)
    with database.read() as connection:
        order = documents.fulfilment(connection, "f1")
        assert order is not None
        assert (order.ship_to.name, order.lines[0].picked) == ("Ada Lovelace", 1)
        person = references.user(connection, "ann")
        assert person is not None
        assert sealer.open_pin_hash(person) == PIN_HASH
    database.close()


def files(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())
