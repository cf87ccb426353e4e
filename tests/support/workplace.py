"""A window on a real device database, for tests of screens: fake link and printer, a clock that stands, countable ids.

async with shown(WorkListScreen, "/", workplace(tmp_path)) as h:      # the harness of flet_harness
    await h.click("work-start-button")
"""

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import flet as ft

from app.actions.desk import Desk
from app.context import PairingRefused, Workplace, provide_workplace
from app.state.session import Identity, Session
from app.state.sync_status import SyncStatus
from app.state.walks import Walks
from app.store import documents, stories
from app.store.database import Database
from app.store.device_store import DeviceStore
from app.ui import UiState, provide
from core.contract.commands import Arguments
from core.contract.grants import PairingCode
from core.contract.reference import User
from core.contract.story import Story, Subject
from core.contract.sync import Delete, Group, VerdictDocument
from core.domain.fulfilment import Fulfilment
from core.domain.outcome import Outcome, Verdict
from tests.support import store_world as world
from tests.support.device import apply, put
from tests.support.devices import FakeFeedback
from tests.support.flet_harness import Harness, NoSuchScreen, flet_main
from tests.support.printer import FakePrinter

IDENTITY = Identity("device-7", 7, world.STORE_ID, world.COMPANY_PREFIX)


@dataclass(eq=False)
class FakeLink:
    """`answer`: of the next pairing; None never answers. What was asked is kept."""

    answer: Identity | Outcome | None = IDENTITY
    asked: list[tuple[str, str]] = field(default_factory=list)
    code: PairingCode | PairingRefused = field(default_factory=lambda: PairingRefused("not_permitted_here"))
    confirmed: Outcome | None = None
    told: tuple[Database, Story] | None = None  # where the next story is kept; None: the core cannot be asked
    nudged: int = 0
    tried: int = 0

    async def enrol(self, code: str, name: str) -> Identity | Outcome:
        self.asked.append((code, name))
        if self.answer is None:
            await asyncio.Event().wait()
        assert self.answer is not None
        return self.answer

    async def pairing_code(self, user_id: str) -> PairingCode | PairingRefused:
        return self.code

    async def confirm(self, user_id: str, pin: str) -> Outcome | None:
        return self.confirmed

    async def story(self, kind: Subject, id: str) -> bool:
        if self.told is None:
            return False
        with self.told[0].write() as connection:
            stories.keep(connection, kind, id, self.told[1])
        return True

    def nudge(self) -> None:
        self.nudged += 1

    def try_now(self) -> None:
        self.tried += 1


@dataclass(eq=False)
class Place:
    """What a test holds of a window. `now` may be set: the clock of the workplace tells it."""

    database: Database
    store: DeviceStore
    ui: UiState
    session: Session
    link: FakeLink
    printer: FakePrinter
    feedback: FakeFeedback
    now: datetime = world.NOW
    workplace: Workplace = field(init=False)
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _cursors: Iterator[int] = field(default_factory=lambda: itertools.count(2))

    def __post_init__(self) -> None:
        self.workplace = Workplace(
            database=self.database,
            walks=Walks(),
            session=self.session,
            printer=self.printer,
            link=self.link,
            clock=lambda: self.now,
            new_id=lambda: f"018f0000-0000-7000-8000-{next(self._ids) * 7919:012x}",
            changed=self.changed,
            core_address="https://core.example",
        )

    def changed(self, *topics: str) -> None:
        """As the runtime does: screens read again, the chip counts again."""
        counts = self.store.counts(self.now)
        status = self.ui.sync.status
        self.ui.sync.status = replace(status, waiting=counts.waiting, attention=counts.attention)
        self.ui.changes.bump(*topics)
        self.link.nudge()

    def offline(self, minutes: int = 20) -> None:
        self.ui.sync.status = replace(
            self.ui.sync.status, connection="offline", since=self.now - timedelta(minutes=minutes)
        )

    def pulled(self, entity: str, *bodies: Any, ver: int = 2) -> None:
        """The core sent these documents; inside a running harness call `changed` afterwards."""
        apply(self.store, Group.MAIN, put(entity, *bodies, ver=ver), cursor=f"c{next(self._cursors)}")
        self.workplace.walks.forget()

    def gone(self, entity: str, *ids: str) -> None:
        """The core deleted these."""
        apply(self.store, Group.MAIN, Delete(entity, ids), cursor=f"c{next(self._cursors)}")
        self.workplace.walks.forget()

    def without(self, permission: str) -> list[User]:
        """Everybody, for `pulled("user", *...)`, but nobody may do this any more."""
        return [
            replace(user, permissions=tuple(p for p in user.permissions if p != permission)) for user in world.users()
        ]

    def judged(self, command_id: str, verdict: Verdict, code: str, **params: str | int) -> None:
        """The core's final verdict of a command came down the feed."""
        self.pulled("verdict", VerdictDocument(command_id, verdict, code, params, self.now))

    @property
    def desk(self) -> Desk:
        """Where actions are taken in the name of who is signed in, without a screen."""
        w = self.workplace
        return Desk(
            w.database, w.walks, world.STORE_ID, 7, world.COMPANY_PREFIX, self.session.user_id, w.clock, w.new_id
        )

    def tell(self, arguments: Arguments) -> Outcome:
        return self.desk.tell(arguments)

    def commands(self) -> list[tuple[str, str]]:
        """(id, name) of every command this device made, oldest first."""
        with self.database.read() as connection:
            rows = connection.exec_driver_sql("SELECT id, name FROM command ORDER BY seq").fetchall()
        return [(row[0], row[1]) for row in rows]

    def order(self, fulfilment_id: str) -> Fulfilment:
        with self.database.read() as connection:
            found = documents.fulfilment(connection, fulfilment_id)
        assert found is not None
        return found


def workplace(
    tmp_path: Path, *, user_id: str = "ann", filled: bool = True, paired: bool = True, language: str = "en"
) -> Place:
    """`filled`: the first pulls have come (see `store_world`). The browser size is the harness's `size=`."""
    database = Database.open(tmp_path / "device")
    store = DeviceStore(database)
    if filled:
        fill(store)
    feedback = FakeFeedback()
    ui = UiState(feedback=feedback)
    ui.i18n.language = language
    ui.sync.status = SyncStatus("online", world.NOW)
    session = Session(identity=IDENTITY if paired else None, user_id=user_id if paired and filled else "")
    return Place(database, store, ui, session, FakeLink(), FakePrinter(), feedback)


def fill(store: DeviceStore) -> None:
    main = (
        put("division", *world.DIVISIONS),
        put("location", world.LOCATION),
        put("user", *world.users()),
        put("reason", *world.REASONS),
        put("carrier", *world.CARRIERS),
        put("packaging", *world.PACKAGINGS),
        put("fulfilment", *world.orders()),
        put("run", *world.RUNS),
    )
    apply(store, Group.MAIN, *main, full=True)
    apply(store, Group.STOCK, put("position", *world.POSITIONS), full=True)
    apply(store, Group.CATALOGUE, put("variant", *world.VARIANTS), full=True)


def shown(screen: Any, path: str, place: Place, **options: Any) -> AbstractAsyncContextManager[Harness]:
    """The screen behind a real router, in this window. `route=` the address opened, `size=(360, 740)` a phone."""
    is_phone = options.get("size", (1280, 800))[0]
    place.ui.viewport.measure(is_phone)

    @ft.component
    def Root() -> Any:
        route = ft.Route(index=True, component=screen) if path == "/" else ft.Route(path=path[1:], component=screen)
        router = lambda: ft.Router([route], not_found=NoSuchScreen, manage_views=True)  # noqa: E731
        return provide(place.ui, lambda: provide_workplace(place.workplace, router))

    async def main(page: ft.Page) -> None:
        page.rtl = place.ui.i18n.language == "ar"
        page.render_views(Root)

    shown_screen: AbstractAsyncContextManager[Harness] = flet_main(main, **{"route": path, **options})
    return shown_screen


def shown_part(part: Any, *args: Any, place: Place, **options: Any) -> AbstractAsyncContextManager[Harness]:
    """A component alone, in this window."""

    @ft.component
    def Root() -> Any:
        return provide(place.ui, lambda: provide_workplace(place.workplace, lambda: part(*args)))

    shown_alone: AbstractAsyncContextManager[Harness] = flet_main(
        lambda page: page.render(lambda: [Root()]), **{"route": "/", **options}
    )
    return shown_alone
