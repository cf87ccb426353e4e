"""A device with its windows: what one does, the others see; without a core it says so and goes on."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from app.context import PairingRefused
from app.state.session import Session
from app.store import settings
from app.store.database import Database, driver
from app.store.identity import FileIdentity
from app.store.lease import CONTACT_AT
from app.tablet import STAY_SIGNED_IN, Tablet, Tablets, Window, clock, new_id
from app.ui import UiState
from sync.identity import Credentials
from tests.support.free_port import free_port

CREDENTIALS = Credentials("", "device-1", 3, "paris", "4006381", "access", "refresh")


class OpenPage:
    """Runs what a page would run in its context; `closed` behaves like a page whose session is over.

    `session.connection` is None while its browser is away, as in Flet.
    """

    def __init__(self) -> None:
        self.closed = False
        self.session = SimpleNamespace(connection=object())
        self.tasks: list[asyncio.Task[Any]] = []

    def run_task(self, handler: Callable[[], Awaitable[Any]]) -> Any:
        if self.closed:
            raise RuntimeError("session closed")
        if self.session.connection is None:
            raise AttributeError("'NoneType' object has no attribute 'loop'")

        async def work() -> None:
            await handler()

        self.tasks.append(asyncio.ensure_future(work()))


def window(page: OpenPage | None = None) -> Window:
    return Window(page or OpenPage(), UiState(), Session())


def nowhere() -> str:
    return f"http://127.0.0.1:{free_port()}"


async def test_a_fresh_device_has_no_identity_and_pairing_says_that_nobody_answers(tmp_path: Path) -> None:
    tablet = Tablet(tmp_path, nowhere())
    shown = window()
    tablet.join(shown)
    assert shown.session.identity is None
    assert await tablet.enrol("ABCD", "Desk 1") == PairingRefused("unreachable")
    await tablet.stop()


async def test_what_one_window_does_every_window_reads_again(tmp_path: Path) -> None:
    tablet = Tablet(tmp_path, nowhere())
    one, two, gone = window(), window(), window()
    for shown in (one, two, gone):
        tablet.join(shown)
    assert isinstance(gone.page, OpenPage)
    gone.page.closed = True
    tablet.changed("work")
    await asyncio.sleep(0)
    assert [w.ui.changes.topic("work").version for w in (one, two, gone)] == [1, 1, 0]
    await tablet.stop()


async def test_a_window_whose_browser_is_away_keeps_nothing_from_the_others(tmp_path: Path) -> None:
    tablet = Tablet(tmp_path, nowhere())
    away, here = window(), window()
    for shown in (away, here):
        tablet.join(shown)
    assert isinstance(away.page, OpenPage)
    away.page.session.connection = None
    tablet.changed("work")
    await asyncio.sleep(0)
    assert [w.ui.changes.topic("work").version for w in (away, here)] == [0, 1]
    await tablet.stop()


async def test_a_paired_device_whose_core_is_away_says_offline_and_stops_cleanly(tmp_path: Path) -> None:
    FileIdentity(tmp_path).save(replace(CREDENTIALS, core_url=nowhere()))
    tablet = Tablet(tmp_path, nowhere())
    shown = window()
    tablet.join(shown)
    assert shown.session.identity is not None
    assert shown.session.identity.device_number == 3
    async with asyncio.timeout(10):
        while shown.ui.sync.status.connection != "offline":
            await asyncio.sleep(0.02)
    assert shown.ui.sync.status.since is not None
    await tablet.stop()


async def test_a_device_that_is_started_again_knows_since_when_it_has_been_alone(tmp_path: Path) -> None:
    FileIdentity(tmp_path).save(replace(CREDENTIALS, core_url=nowhere()))
    then = clock() - timedelta(hours=30)
    database = Database.open(tmp_path)
    with database.write() as connection:
        settings.put(driver(connection), CONTACT_AT, then.isoformat())
    database.close()
    tablet = Tablet(tmp_path, nowhere())
    shown = window()
    tablet.join(shown)
    async with asyncio.timeout(10):
        while shown.ui.sync.status.connection != "offline":
            await asyncio.sleep(0.02)
    assert shown.ui.sync.status.since == then
    await tablet.stop()


async def test_a_reload_keeps_who_is_signed_in_for_a_while(tmp_path: Path) -> None:
    tablet = Tablet(tmp_path, nowhere())
    first, soon, late = window(), window(), window()
    tablet.join(first)
    first.session.user_id = "ann"
    tablet.join(soon)
    tablet.signed_in.seen_at = clock() - STAY_SIGNED_IN
    tablet.join(late)
    assert (soon.session.user_id, late.session.user_id) == ("ann", "")
    await tablet.stop()


async def test_tabs_of_one_profile_are_windows_of_one_device(tmp_path: Path) -> None:
    tablets = Tablets(tmp_path, nowhere())
    assert tablets.get("one") is tablets.get("one")
    assert tablets.get("one") is not tablets.get("two")
    assert sorted(folder.name for folder in tmp_path.iterdir()) == ["one", "two"]
    for key in ("one", "two"):
        await tablets.get(key).stop()


def test_ids_are_made_here_and_never_twice() -> None:
    assert len({new_id() for _ in range(1000)}) == 1000
