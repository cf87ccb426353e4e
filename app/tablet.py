"""One device: its folder, its database, its sync loop, and the windows that show it.

In the browser every profile is a device of its own and several tabs are windows of one; an installed app is one device
with one window. The loop belongs to the device, so that the queue drains whoever is signed in.
"""

import asyncio
import logging
import os
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from app import wiping
from app.actions import signing_in
from app.actions.signing_in import LockedOut, MayNotSignIn
from app.context import PairingRefused
from app.guard import Guard
from app.state.changes import topics_of
from app.state.session import Identity, Session
from app.state.sync_status import WAS_WIPED, WIPED, WIPING, blocked, seen
from app.state.walks import Walks
from app.store import grants
from app.store.database import Database
from app.store.device_key import DeviceKey
from app.store.device_store import DeviceStore
from app.store.identity import FileIdentity
from app.store.keys import KEY_BYTES, NAMES, FileKeys, Keys
from app.store.lease import Lease, Reading
from app.store.sealer import Sealer
from app.telling import fetch_story
from app.ui import UiState
from app.wiping import Wipe, Wiping
from core.contract.grants import PairingCode
from core.contract.ids import uuid7
from core.contract.story import Subject
from core.domain.outcome import Outcome
from sync import errors
from sync.engine import Engine, Surroundings
from sync.identity import Applicant, Credentials
from sync.signing import SeedSigner, Signer
from sync.status import SyncStatus
from sync.transport import HttpTransport, enrol

log = logging.getLogger(__name__)
PAIRING_TIMEOUT_S = 20.0
SIGN_IN_TIMEOUT_S = 4.0
STAY_SIGNED_IN = timedelta(minutes=15)


class PageTasks(Protocol):
    """The part of a Flet page that is needed: work done in its context, where observables may be written.

    `session.connection` is None while the browser is away: a reload, or a tab that sleeps.
    """

    @property
    def session(self) -> Any: ...

    def run_task(self, handler: Callable[[], Awaitable[Any]]) -> Any: ...


@dataclass(frozen=True, eq=False)
class Window:
    """A browser tab or the app's only window; `session` and `ui` are written inside its page's context only."""

    page: PageTasks
    ui: UiState
    session: Session


@dataclass
class SignedIn:
    """Who worked here last in this process: a reload of the tab is no reason to ask for the PIN again."""

    user_id: str = ""
    seen_at: datetime = field(default_factory=lambda: datetime.min.replace(tzinfo=UTC))


class Tablet:
    """Made once per device folder and process, by `Tablets`."""

    def __init__(self, folder: Path, core_url: str, keys: Keys | None = None) -> None:
        self.core_url = core_url
        self.folder = folder
        self._wipe = wiping.under_way(folder)
        if self._wipe and self._wipe.stage == "erasing":
            wiping.erase(folder)
            self._wipe = wiping.under_way(folder)
        self._keys = keys or FileKeys(folder)
        sealer = Sealer(self._keys)
        self.database = Database.open(folder, sealer)
        lease = Lease(self.database, self._keys, sealer)
        self._contact_at = lease.contact_at()
        self._guard = Guard(lease, folder, clock, self._reads)
        self.walks = Walks()
        self.signed_in = SignedIn()
        self._credentials = FileIdentity(folder)
        self._key = DeviceKey(self._keys)
        self._windows: list[Window] = []
        self._transport = HttpTransport(self._credentials, signer=self._signer)
        around = Surroundings(clock, time.monotonic, random.random, self._publish, self._pulled)
        store = DeviceStore(self.database, device_id=self._credentials.device_id)
        store.tidy(clock())
        self._engine = Engine(store, self._transport, around)
        self._running: asyncio.Task[None] | None = None
        self._is_closed = False
        self._unconfirmed: tuple[str, str] | None = None
        self._confirming: asyncio.Task[None] | None = None
        # Observables refer to their listeners weakly.
        self._on_session = self._remember

    @property
    def identity(self) -> Identity | None:
        return _identity(self._credentials.load())

    def join(self, window: Window) -> None:
        """A window opened, inside its page's context; the loop runs from the first one on."""
        self._windows.append(window)
        window.session.identity = self.identity
        if clock() - self.signed_in.seen_at < STAY_SIGNED_IN:
            window.session.user_id = self.signed_in.user_id
        window.session.reading = self._guard.reading.value
        window.ui.sync.status = seen(self._engine.status, self._contact_at)
        window.session.subscribe(self._on_session)
        if self._wipe is not None:
            self._tell_wipe(window)
        self._start()

    def leave(self, window: Window) -> None:
        if window in self._windows:
            self._windows.remove(window)

    async def enrol(self, code: str, name: str) -> Identity | Outcome:
        """Pairs the device; every window learns of it."""
        seed = os.urandom(KEY_BYTES)
        applicant = Applicant(code.strip(), name.strip() or "Tablet", self._store_of_unsent_work())
        try:
            async with asyncio.timeout(PAIRING_TIMEOUT_S):
                credentials = await enrol(self.core_url, applicant, SeedSigner(seed))
        except errors.Refused as refused:
            return PairingRefused(refused.problem.code)
        except errors.Throttled:
            return PairingRefused("too_many_attempts")
        except (errors.SyncFault, TimeoutError) as fault:
            log.warning("pairing: %s", type(fault).__name__)
            return PairingRefused("unreachable")
        if self._wipe is not None:
            await self._keys.forget(*NAMES)  # the app may have died before it could
        await self._key.keep(credentials.device_id, seed)
        self._credentials.save(credentials)
        await self._key.keep_only(credentials.device_id)
        wiping.forget(self.folder)
        self._wipe = None
        identity = _identity(credentials)
        assert identity is not None
        self._start()
        self._engine.restart()
        self._everywhere(lambda window: setattr(window.session, "identity", identity))
        return identity

    def _store_of_unsent_work(self) -> str:
        identity = self.identity
        return identity.location_id if identity is not None and self._engine.status.waiting else ""

    async def pairing_code(self, user_id: str) -> PairingCode | PairingRefused:
        with self.database.read() as connection:
            token = grants.token(connection, user_id)
        if not token:
            return PairingRefused("not_permitted_here")
        try:
            async with asyncio.timeout(SIGN_IN_TIMEOUT_S):
                return await self._transport.pairing_code(token)
        except errors.Refused:
            return PairingRefused("not_permitted_here")
        except errors.Throttled:
            return PairingRefused("too_many_attempts")
        except (errors.SyncFault, TimeoutError):
            return PairingRefused("unreachable")

    async def story(self, kind: Subject, id: str) -> bool:
        return await fetch_story(self._transport, self.database, kind, id)

    async def confirm(self, user_id: str, pin: str) -> Outcome | None:
        self._unconfirmed = None
        if self._engine.status.connection == "online":
            answer = await self._confirmed(user_id, pin)
            if answer is not None:
                return answer
        # Kept in memory until the core can be asked, for as long as the person stays signed in.
        self._unconfirmed = (user_id, pin)
        return None

    async def _confirmed(self, user_id: str, pin: str) -> Outcome | None:
        """None where the core did not answer in time."""
        try:
            async with asyncio.timeout(SIGN_IN_TIMEOUT_S):
                return signing_in.confirmed(self.database, await self._transport.sign_in(user_id, pin))
        except errors.Refused as refused:
            known = {"wrong_pin", "may_not_sign_in"}
            if refused.problem.code not in known:  # a core that knows no grants
                return None
            is_wrong = refused.problem.code == "wrong_pin"
            return signing_in.refused(self.database, user_id, clock()) if is_wrong else MayNotSignIn()
        except errors.Throttled as locked:
            return LockedOut(int((locked.retry_after_s or 0) // 60) + 1)
        except (errors.SyncFault, TimeoutError):
            return None

    def _confirm_later(self) -> None:
        """Somebody signed in without the core, which can be asked now."""
        if self._unconfirmed is None or (self._confirming is not None and not self._confirming.done()):
            return
        user_id, pin = self._unconfirmed

        async def ask() -> None:
            if self.signed_in.user_id == user_id and await self._confirmed(user_id, pin) is not None:
                self._unconfirmed = None

        self._confirming = asyncio.get_running_loop().create_task(ask())

    def nudge(self) -> None:
        self._engine.wake()

    def try_now(self) -> None:
        self._engine.restart()

    def changed(self, *topics: str) -> None:
        """Something was done here: every window reads again, and the loop sends it."""
        self.signed_in.seen_at = clock()
        self._engine.wake()
        self._everywhere(lambda window: window.ui.changes.bump(*topics))

    def _remember(self, session: object, field: str | None) -> None:
        """Who signed in or out in a window, for the next one."""
        if field == "user_id" and isinstance(session, Session):
            self.signed_in = SignedIn(session.user_id, clock())
            if self._unconfirmed is not None and self._unconfirmed[0] != session.user_id:
                self._unconfirmed = None

    async def stop(self) -> None:
        """Ends the loop between two steps and closes the files."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        if not self._is_closed:
            await self._close()

    def _start(self) -> None:
        if self._credentials.load() is None or (self._running is not None and not self._running.done()):
            return
        if self._wipe is not None and self._wipe.stage == "handing_over":
            self._running = asyncio.get_running_loop().create_task(self._forget_everything())
        else:
            self._running = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        known = self._credentials.load()
        if known is not None and self._key.signer(known.device_id) is None:
            # Enrolled by an app that knew no keys: the core takes the key with the next refresh of the tokens.
            await self._key.keep(known.device_id, os.urandom(KEY_BYTES))
        await self._guard.begin()
        watching = asyncio.create_task(self._guard.watch())
        try:
            await self._engine.run()
        finally:
            watching.cancel()

    def _reads(self, reading: Reading) -> None:
        """Keys have gone or are back: every window shows what can be read now, the loop fetches what could not."""
        self.walks.forget()

        def show(window: Window) -> None:
            window.session.reading = reading.value
            window.ui.changes.bump("work", "people")

        self._everywhere(show)
        if reading is Reading.ALL:
            self._engine.restart()

    def _signer(self) -> Signer | None:
        known = self._credentials.load()
        return self._key.signer(known.device_id) if known is not None else None

    def _publish(self, status: SyncStatus) -> None:
        if self._wipe is not None:
            return
        if status.connection == "online":
            self._contact_at = None
            self._guard.contact()
            self._confirm_later()
        if status.connection == "revoked" and self._transport.wipe_ordered:
            self._begin_wipe()
            return

        def show(window: Window) -> None:
            window.ui.sync.status = seen(status, self._contact_at)
            window.session.blocked = blocked(status)

        self._everywhere(show)

    def _begin_wipe(self) -> None:
        self._wipe = Wipe("handing_over")
        self._everywhere(self._tell_wipe)
        working = self._running

        async def change_over() -> None:
            if working is not None:
                working.cancel()
                await asyncio.gather(working, return_exceptions=True)
            await self._forget_everything()

        self._running = asyncio.get_running_loop().create_task(change_over())

    async def _forget_everything(self) -> None:
        wipe = Wiping(self.database, self._keys, self._transport.hand_over, self._close)
        self._wipe = await wipe.run()
        self._everywhere(self._tell_wipe)

    def _tell_wipe(self, window: Window) -> None:
        """Nothing of the store is shown any more; what became of its work is."""
        assert self._wipe is not None
        window.session.user_id = ""
        window.session.handed_over, window.session.left_over = self._wipe.handed, self._wipe.left
        if window.session.identity is not None:
            window.session.blocked = WIPED if self._wipe.stage == "done" else WIPING
        else:
            window.session.pair_refusal = WAS_WIPED

    @property
    def is_wiped(self) -> bool:
        """Its files are gone: who opens the app again gets a fresh device."""
        return self._wipe is not None and self._wipe.stage == "done" and self._is_closed

    async def _close(self) -> None:
        self._is_closed = True
        self.walks.forget()
        await self._guard.stop()
        if self._confirming is not None:
            self._confirming.cancel()
            await asyncio.gather(self._confirming, return_exceptions=True)
        await self._transport.aclose()
        self.database.close()

    def _pulled(self, entities: frozenset[str]) -> None:
        self.walks.forget()
        self._everywhere(lambda window: window.ui.changes.bump(*topics_of(entities)))

    def _everywhere(self, act: Callable[[Window], None]) -> None:
        """Observables are written in the context of the page that shows them."""
        for window in tuple(self._windows):

            async def do(window: Window = window) -> None:
                act(window)

            if window.page.session.connection is None:  # its browser is away and comes back as a new window
                continue
            try:
                window.page.run_task(do)
            except RuntimeError:  # the page is gone, its close event is on the way
                self.leave(window)


class Tablets:
    """The devices of this process, by profile key."""

    def __init__(self, folder: Path, core_url: str) -> None:
        self._folder, self._core_url = folder, core_url
        self._open: dict[str, Tablet] = {}

    def get(self, key: str, keys: Keys | None = None) -> Tablet:
        """`keys`: where those of a device are that is opened by this; in a file of its folder if not given."""
        if key not in self._open or self._open[key].is_wiped:
            self._open[key] = Tablet(self.folder_of(key), self._core_url, keys)
        return self._open[key]

    def folder_of(self, key: str) -> Path:
        return self._folder / key


def clock() -> datetime:
    return datetime.now(UTC)


def new_id() -> str:
    return uuid7(clock(), os.urandom(10))


def _identity(credentials: Credentials | None) -> Identity | None:
    if credentials is None:
        return None
    return Identity(
        credentials.device_id, credentials.device_number, credentials.location_id, credentials.company_prefix
    )
