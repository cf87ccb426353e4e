"""Names that occur nowhere else are pulled, worked on, shown; then every file and every line of the log is searched."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest

from app.logs import LAST
from app.queries.order import order_view
from app.queries.support import About, report
from app.store import outbox
from app.store.intents import Stamp
from app.store.lease import CUSTOMERS_READABLE, Reading
from app.tablet import clock, new_id
from core.contract.commands import How, ScanItem
from core.store.database import Database
from tests.support import canaries
from tests.support.core import sqlite_database, sqlite_template
from tests.support.paired import paired, until

__all__ = ["sqlite_database", "sqlite_template"]


async def test_nothing_personal_lies_in_a_file_in_a_log_or_in_a_report(
    sqlite_database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with paired(sqlite_database, tmp_path / "device") as pair:
        canaries.put_canary(pair.core, "f-1", pair.world.lille)
        await until(lambda: pair.customer() == canaries.CUSTOMER.name)
        view = order_view(pair.tablet.database, "f-1", "en")
        assert view is not None
        assert (view.customer, view.gift_message, view.town) == ("Canaria Featherstone", canaries.GIFT, "Aviaryville")
        with pair.tablet.database.write() as connection:
            stamp = Stamp(new_id(), new_id(), pair.world.ana, clock())
            outbox.submit(connection, ScanItem("f-1", "f-1-l0", 1, How.TAP), stamp)
        pair.tablet.changed("work")
        await until(lambda: pair.window.ui.sync.status.waiting == 0)
        about = About(pair.device_id, 0, pair.world.lille, "all", pair.window.ui.sync.status, tuple(LAST.entries))
        assert canaries.found_in(report(pair.tablet.database, about, clock())) == []
        assert canaries.found_under(pair.folder) == []
    assert canaries.found_under(pair.folder) == []
    assert canaries.found_in(caplog.text.encode()) == []
    assert "httpx" in caplog.text  # there was a log to search


async def test_after_a_long_silence_customers_are_hidden_and_contact_brings_them_back(
    sqlite_database: Database, tmp_path: Path
) -> None:
    async with paired(sqlite_database, tmp_path / "device") as pair:
        canaries.put_canary(pair.core, "f-1", pair.world.lille)
        await until(lambda: pair.customer() == canaries.CUSTOMER.name)
        lease = pair.tablet._guard._lease
        assert await lease.without_contact(clock() + CUSTOMERS_READABLE + timedelta(hours=1)) is Reading.NO_CUSTOMERS
        assert pair.customer() == ""
        pair.tablet.try_now()
        await until(lambda: pair.customer() == canaries.CUSTOMER.name)
        assert pair.window.session.reading == Reading.ALL.value
