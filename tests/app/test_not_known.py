"""A core that was restored knows no token of its tablets: each says what to do, and what it holds arrives once."""

from dataclasses import replace
from pathlib import Path

from sqlalchemy import delete, select

from app.state.session import Identity
from app.store import outbox
from app.store.database import driver
from app.store.intents import Stamp
from app.tablet import clock, new_id
from core.contract.commands import How, ScanItem
from core.service import devices
from core.store import tables as t
from core.store.database import Database
from tests.support.core import sqlite_database, sqlite_template
from tests.support.http import wall_clock
from tests.support.paired import Pair, paired, until

__all__ = ["sqlite_database", "sqlite_template"]


def scan(pair: Pair) -> None:
    with pair.tablet.database.write() as connection:
        outbox.submit(connection, ScanItem("f-1", "f-1-l0", 1, How.TAP), Stamp(new_id(), new_id(), "usr-ana", clock()))


def states(pair: Pair) -> list[str]:
    with pair.tablet.database.read() as connection:
        return [row[0] for row in driver(connection).execute("SELECT state FROM command ORDER BY seq")]


def picked(core: Database) -> list[int]:
    with core.read() as connection:
        return list(connection.execute(select(t.fulfilment_lines.c.picked).order_by(t.fulfilment_lines.c.id)).scalars())


def put_back_to_before_its_tokens(pair: Pair) -> None:
    """What was given out after the backup is nobody's; the tablet's access token runs out as any does."""
    with pair.core.write() as connection:
        connection.execute(delete(t.refresh_tokens))
    known = pair.tablet._credentials.load()
    assert known is not None
    pair.tablet._credentials.save(replace(known, access_token="of-another-time"))


async def test_it_says_what_to_do_keeps_its_work_and_sends_it_when_it_is_paired_again(
    sqlite_database: Database, tmp_path: Path
) -> None:
    async with paired(sqlite_database, tmp_path / "device") as pair:
        scan(pair)
        pair.tablet.nudge()
        await until(lambda: states(pair) == ["accepted"])
        put_back_to_before_its_tokens(pair)
        scan(pair)
        pair.tablet.try_now()
        await until(lambda: pair.window.session.blocked == "token_invalid")
        assert states(pair) == ["accepted", "queued"]
        assert pair.customer() == "Jo"

        code = devices.create_code(pair.core, pair.world.lille, wall_clock())
        assert isinstance(await pair.tablet.enrol(code, "Till 1"), Identity)
        await until(lambda: states(pair) == ["accepted", "accepted"])
        assert pair.window.session.blocked == ""
        assert picked(pair.core) == [2, 0]
