"""A small fleet on a real core over real sockets, in counts: how fast it is, `comptoir bench tablets` says."""

import asyncio
from collections import Counter
from pathlib import Path

from core.contract.sync import Group
from core.http.app import create_app
from core.service import shelf
from core.store.database import Database
from tests.benchmarks.tablets_world import Size, fill
from tests.support.http import served
from tests.support.tablets import Tablets

SIZE = Size(stores=2, per_store=3, skus=60, shelf=20)
PATIENCE_S = 60.0


async def test_a_small_fleet_opens_works_and_holds_what_the_core_holds(tmp_path: Path, monkeypatch) -> None:
    database = Database(f"sqlite:///{tmp_path / 'core.db'}")
    database.upgrade()
    built: Counter[str] = Counter()
    build = shelf.Shelf._built

    def counted(self, key, group, parts):
        built[f"{group} {parts}"] += 1
        return build(self, key, group, parts)

    monkeypatch.setattr(shelf.Shelf, "_built", counted)
    retailer = fill(database, SIZE)
    with served(create_app(database)) as url:
        async with Tablets(retailer.tablets, url) as tablets:
            tablets.open()
            assert await tablets.synced(PATIENCE_S)
            # A file for each store's stock and one of the catalogue, however many ask.
            assert set(built.values()) == {1}
            assert len(built) == SIZE.stores + 1
            await opened(tablets)
            # The second pull of the work is what was missed while nobody listened; the caches come after the stream.
            assert all(tablet.store.pulls[Group.MAIN] <= 3 for tablet in tablets.all)
            busy, idle = (tablets.of(store) for store in retailer.stores)
            before = [dict(tablet.store.pulls) for tablet in idle]
            assert all(tablet.scan() for tablet in busy)
            await asyncio.sleep(0)
            assert await tablets.synced(PATIENCE_S)
            assert [dict(tablet.store.pulls) for tablet in idle] == before, "a store pulls for another one's scan"
    database.close()
    assert all(tablet.store.verdicts and not tablet.store.doubts for tablet in busy)
    assert (tablets.recorder.errors(), tablets.recorder.early) == (Counter(), 0)


async def opened(tablets: Tablets) -> None:
    """Until nobody asks for anything any more."""
    asked = -1
    while asked != len(tablets.recorder.asked):
        asked = len(tablets.recorder.asked)
        await asyncio.sleep(1.0)
    assert await tablets.synced(PATIENCE_S)
