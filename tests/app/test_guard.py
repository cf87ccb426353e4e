"""Silence is noticed by itself, contact is noted now and then, and printed papers do not stay."""

import asyncio
import os
from datetime import datetime, timedelta
from pathlib import Path

from app.guard import PRINTED, Guard, forget_papers
from app.store.database import Database
from app.store.keys import DATA, SIGNING
from app.store.lease import CUSTOMERS_READABLE, Lease, Reading
from app.store.sealer import Sealer
from tests.support.device import NOW
from tests.support.keys import MemoryKeys


async def test_what_can_be_read_is_told_when_it_changes_and_only_then(tmp_path: Path) -> None:
    keys, told, at = MemoryKeys(SIGNING), list[Reading](), [NOW]
    sealer = Sealer(keys)
    database = Database.open(tmp_path, sealer)
    guard = Guard(Lease(database, keys, sealer), tmp_path, lambda: at[0], told.append)
    await guard.begin()
    await guard.look()
    assert told == [Reading.ALL]
    paper = tmp_path / PRINTED / "label.pdf"
    paper.parent.mkdir()
    paper.write_bytes(b"Ada")
    at[0] += CUSTOMERS_READABLE + timedelta(minutes=1)
    await guard.look()
    await guard.look()
    assert told == [Reading.ALL, Reading.NO_CUSTOMERS]
    assert not paper.exists()
    for _ in range(3):
        guard.contact()
        await asyncio.sleep(0.05)
    assert told == [Reading.ALL, Reading.NO_CUSTOMERS, Reading.ALL]
    assert keys.get(DATA) is not None
    database.close()


def test_papers_go_after_a_day(tmp_path: Path) -> None:
    for name, age in (("old.pdf", 2), ("new.zpl", 0)):
        (tmp_path / name).write_bytes(b"")
        moment = (datetime.now().astimezone() - timedelta(days=age)).timestamp()
        os.utime(tmp_path / name, (moment, moment))
    forget_papers(tmp_path, datetime.now().astimezone() - timedelta(days=1))
    assert [file.name for file in tmp_path.iterdir()] == ["new.zpl"]
    forget_papers(tmp_path, None)
    forget_papers(tmp_path / "none", None)
    assert list(tmp_path.iterdir()) == []
