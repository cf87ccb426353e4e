"""What a component may read: the language, the connection, the size of the device, and queries that stay true.

Hooks keep their place in the component, so they stand at its top, never inside an `if` or a loop of varying length.
"""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import flet as ft
from flet.components.hooks.use_ref import MutableRef

from app.devices.feedback import Feedback, Flash, Verdict
from app.devices.scanning import OnScan, Scan, ScanStream
from app.i18n import Translations, translations
from app.state import Changes, FormFactor, I18n, Link, SyncState, SyncStatus, Viewport
from app.state.cell import Cell, use_cell, use_kept
from app.ui.passing import Passing
from core.domain.outcome import Outcome

T = TypeVar("T")


class NoFeedback:
    """Stands where the page has none yet, in the first moments and in tests that do not care."""

    sounds = True

    def give(self, verdict: Verdict, words: str = "") -> None:
        pass

    def ring(self) -> None:
        pass


@dataclass(frozen=True, eq=False)
class UiState:
    """What one session observes and scans with. One per page: notifying redraws the page whose context it runs in.

    `in_front`: the app is seen, not in the background or in a hidden tab. `carried`: a route, and the answer that its
    screen shows first (`app.components.answer.go_saying`). `passing`: what lies over the screen for a moment.
    """

    changes: Changes = field(default_factory=Changes)
    i18n: I18n = field(default_factory=I18n)
    sync: SyncState = field(default_factory=SyncState)
    viewport: Viewport = field(default_factory=Viewport)
    flash: Flash = field(default_factory=Flash)
    scans: ScanStream = field(default_factory=ScanStream)
    feedback: Feedback = field(default_factory=NoFeedback)
    in_front: Cell[bool] = field(default_factory=lambda: Cell(True))
    carried: Cell[tuple[str, Outcome] | None] = field(default_factory=lambda: Cell(None))
    passing: Passing = field(default_factory=Passing)


_ui_state = ft.create_context(cast(UiState | None, None))


def provide(state: UiState, build: Callable[[], T]) -> T:
    """Gives everything built inside `build` this state: `return provide(state, lambda: ft.Router(ROUTES, ...))`."""
    return _ui_state(state, build)


class Detached(RuntimeError):
    """Nothing above this component provides a `UiState`: its sheet was closed, or the root lacks `provide`."""


def use_ui() -> UiState:
    """The state itself, to write to (`use_ui().i18n.language = "fr"` in a handler). Reading it does not redraw."""
    state = ft.use_context(_ui_state)
    if state is None:
        raise Detached("no UiState: wrap the root in app.ui.provide(...)")
    return state


def use_translations() -> Translations:
    """`_ = use_translations()`; redraws when the language changes."""
    i18n, _ = ft.use_state(use_ui().i18n)
    return translations(i18n.language)


def use_sync_status() -> SyncStatus:
    state, _ = ft.use_state(use_ui().sync)
    return state.status


def use_link() -> Link:
    """Redraws when the core can be asked, or not any more; not with every number of the sync."""
    sync = use_ui().sync
    known = use_kept(lambda: Cell(sync.status.link))

    def begin() -> Callable[[], None]:
        def hear(_sender: object, _field: str | None) -> None:
            known.value = sync.status.link

        hear(sync, None)
        return sync.subscribe(hear)

    use_lifetime(begin)
    return use_cell(known)


def use_form_factor() -> FormFactor:
    """Phone or tablet; redraws only when it turns from one into the other."""
    viewport, _ = ft.use_state(use_ui().viewport)
    return viewport.form_factor


def use_lifetime(begin: Callable[[], Callable[[], None]]) -> None:
    """Calls `begin` once the component stands on the page, and what it returned when the component goes.

    `ft.use_effect` forgets a cleanup that its setup returned as soon as the component is drawn again.
    """
    ending: MutableRef[Any] = ft.use_ref(None)

    def start() -> None:
        ending.current = (begin(),)

    def end() -> None:
        if ending.current is not None:
            ending.current[0]()

    ft.use_effect(start, [], end)


def use_scans(on_scan: OnScan) -> None:
    """While this component's screen is on top, scans come to `on_scan` (sync or async), unless a later one listens too.

    The function of the newest drawing is called, so it may use the state it closes over.
    """
    scans = use_ui().scans
    newest: MutableRef[OnScan] = ft.use_ref(None)
    newest.current = on_scan

    def hear(scan: Scan) -> Awaitable[None] | None:
        return newest.current(scan) if newest.current else None

    page, path = ft.context.page, ft.use_view_path()
    is_on_top = lambda: not path or path == _place(page.route)  # noqa: E731
    use_lifetime(lambda: scans.subscribe(hear, is_on_top))


def _place(route: str) -> str:
    """The part of an address that a screen stands at, as `use_view_path` writes it."""
    return urlsplit(route).path.rstrip("/") or "/"


def use_query(query: Callable[[], T], *topics: str, deps: tuple[Hashable, ...] = ()) -> T:
    """The result of `query()`, read again when a topic changed or `deps` differ from the last drawing.

    `deps` name everything else the query depends on (ids, filters). A screen hidden under another one keeps its
    last result and reads again when it is uncovered. Do not use it inside a `row`: rows draw their argument.
    """
    changes = use_ui().changes
    versions = tuple([ft.use_state(changes.topic(topic))[0].version for topic in topics])
    read: MutableRef[Any] = ft.use_ref(None)
    path, location = ft.use_view_path(), ft.use_route_location()
    hidden = bool(path) and path != location
    wanted = (versions, deps)
    if read.current is None or (not hidden and read.current[0] != wanted):
        read.current = (wanted, query())
    result: T = read.current[1]
    return result
