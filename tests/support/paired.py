"""A real device beside a real core: paired over HTTP, with the work of its store."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from app.state.session import Identity, Session
from app.store import documents
from app.tablet import Tablet, Window
from app.ui import UiState
from core.http.app import create_app
from core.service import devices
from core.store.database import Database
from tests.support.core import World, build_world, put_fulfilment
from tests.support.http import served, wall_clock

PATIENCE_S = 20.0


class Page:
    """Runs at once what a page would run in its context."""

    session = SimpleNamespace(connection=object())

    def run_task(self, handler: Callable[[], Any]) -> Any:
        return asyncio.ensure_future(handler())


@dataclass
class Pair:
    core: Database
    world: World
    tablet: Tablet
    window: Window
    folder: Path
    url: str

    @property
    def device_id(self) -> str:
        identity = self.tablet.identity
        assert identity is not None
        return identity.device_id

    def customer(self, fulfilment_id: str = "f-1") -> str | None:
        """None: the order is not there."""
        with self.tablet.database.read() as connection:
            found = documents.fulfilment(connection, fulfilment_id)
        return None if found is None else found.ship_to.name


@asynccontextmanager
async def paired(core: Database, folder: Path) -> AsyncIterator[Pair]:
    """`core`: empty. An order `f-1` of Lille is on the device when this begins."""
    world = build_world(core)
    put_fulfilment(core, world)
    with served(create_app(core)) as url:
        tablet = Tablet(folder, url)
        window = Window(Page(), UiState(), Session())
        tablet.join(window)
        code = devices.create_code(core, world.lille, wall_clock())
        assert isinstance(await tablet.enrol(code, "Till 1"), Identity)
        pair = Pair(core, world, tablet, window, folder, url)
        await until(lambda: pair.customer() is not None)
        try:
            yield pair
        finally:
            await tablet.stop()


async def until(holds: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    async with asyncio.timeout(patience_s):
        while not holds():
            await asyncio.sleep(0.02)
