"""Without a word from the core customers' data becomes unreadable, work goes on, and contact brings it back."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from app.store import documents
from app.store.database import Database
from app.store.device_store import DeviceStore
from app.store.keys import OUTBOX, SIGNING
from app.store.lease import AGE_LIMIT, CUSTOMERS_READABLE, Lease, Reading
from app.store.sealer import Sealer
from core.contract.sync import Group
from tests.support.device import NOW, apply, fulfilment, picked, put, scan, stream
from tests.support.keys import MemoryKeys

SOON = timedelta(minutes=1)


@dataclass
class Device:
    folder: Path
    keys: MemoryKeys = field(default_factory=lambda: MemoryKeys(SIGNING))

    def __post_init__(self) -> None:
        self.sealer = Sealer(self.keys)
        self.database = Database.open(self.folder, self.sealer)
        self.store = DeviceStore(self.database)
        self.lease = Lease(self.database, self.keys, self.sealer)

    def customer(self) -> str:
        with self.database.read() as connection:
            found = documents.fulfilment(connection, "f1")
        assert found is not None
        return found.ship_to.name


@pytest.fixture
async def device(tmp_path: Path) -> Device:
    made = Device(tmp_path)
    assert await made.lease.begin(NOW) is Reading.ALL
    apply(made.store, Group.MAIN, put("fulfilment", fulfilment(1)), full=True)
    return made


@pytest.fixture(autouse=True)
def closed(device: Device) -> Iterator[None]:
    yield
    device.database.close()


async def test_for_three_days_everything_is_readable(device: Device) -> None:
    assert await device.lease.without_contact(NOW + CUSTOMERS_READABLE) is Reading.ALL
    assert device.customer() == "Ada Lovelace"


async def test_after_three_days_customers_are_hidden_and_work_goes_on(device: Device) -> None:
    assert await device.lease.without_contact(NOW + CUSTOMERS_READABLE + SOON) is Reading.NO_CUSTOMERS
    assert device.customer() == ""
    scan(device.database, 1)
    assert picked(device.database) == [1, 0]
    with device.database.read() as connection:
        assert [found.id for found in documents.by_code(connection, "FR-1001")] == ["f1"]


async def test_after_two_weeks_no_pin_is_known_and_every_command_is(device: Device) -> None:
    scan(device.database, 1)
    assert await device.lease.without_contact(NOW + AGE_LIMIT + SOON) is Reading.NO_PINS
    assert device.store.counts(NOW).queued == 1
    assert set(device.keys.known) == {SIGNING, OUTBOX}  # it still reaches the core with what it holds


async def test_every_contact_starts_the_count_anew(device: Device) -> None:
    assert not await device.lease.contact(NOW + timedelta(hours=71))
    assert await device.lease.without_contact(NOW + timedelta(hours=142)) is Reading.ALL


async def test_setting_the_clock_back_wins_no_time(device: Device) -> None:
    await device.lease.without_contact(NOW + timedelta(hours=71))
    await device.lease.without_contact(NOW - timedelta(days=3650))
    assert await device.lease.without_contact(NOW + CUSTOMERS_READABLE + SOON) is Reading.NO_CUSTOMERS


@pytest.mark.parametrize("away", [CUSTOMERS_READABLE + SOON, AGE_LIMIT + SOON])
async def test_back_in_contact_everything_is_fetched_and_readable_again(device: Device, away: timedelta) -> None:
    scan(device.database, 1)
    await device.lease.without_contact(NOW + away)
    assert device.store.begin_pull(Group.MAIN).request.cursor == "c1"
    assert await device.lease.contact(NOW + away + SOON)
    # A pull that was under way ends now, with rows of the time without a key.
    apply(device.store, Group.MAIN, cursor="c2")
    pull = device.store.begin_pull(Group.MAIN)
    assert pull.request.cursor is None
    for frame in stream(put("fulfilment", fulfilment(1)), cursor="c3", full=True):
        pull.receive(frame)
    assert pull.finish(NOW) is not None
    assert (device.customer(), picked(device.database)) == ("Ada Lovelace", [1, 0])
    assert device.store.begin_pull(Group.MAIN).request.cursor == "c3"


async def test_a_folder_without_its_keys_is_unreadable_until_the_core_answers(device: Device) -> None:
    thief = Device(device.folder / "copy")
    thief.database.close()
    for name in ("main.db", "main.db-wal"):
        source = device.folder / name
        if source.exists():
            (thief.folder / name).write_bytes(source.read_bytes())
    copied = Device(device.folder / "copy")
    assert copied.customer() == ""
    copied.database.close()


async def test_the_lease_survives_a_restart(device: Device) -> None:
    again = Lease(device.database, device.keys, device.sealer)
    assert await again.begin(NOW + CUSTOMERS_READABLE + SOON) is Reading.NO_CUSTOMERS
