"""Puts the app together: where its data lies, which device this page is, its window, its first screen."""

import asyncio
import logging
import os
import sqlite3
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import flet as ft
from sqlalchemy.exc import OperationalError

from app.actions.preferences import scanner
from app.context import PairingRefused, Workplace, provide_workplace
from app.devices.feedback import Flash, FletFeedback
from app.devices.key_store import device_keys
from app.devices.keyboard import WedgeScanner, set_up_scanner
from app.devices.printer import printer_for
from app.devices.profile import address_parameter, profile_key
from app.devices.scanning import Scan, ScanStream
from app.devices.spoken import preferred_languages
from app.i18n import Language, best_of, language, translations
from app.logs import LAST
from app.routes import Gate
from app.state import I18n
from app.state.session import Session
from app.store import preferences
from app.tablet import Tablet, Tablets, Window, clock, new_id
from app.theme import SPACE_M, apply_theme, bold, regular, write_as
from app.ui import UiState, provide
from app.ui.faults import catch_faults, start

log = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parent.parent
DEFAULT_CORE = "http://127.0.0.1:8400"
# Nobody sees the app then: the camera is not theirs.
BEHIND = (ft.AppLifecycleState.HIDE, ft.AppLifecycleState.PAUSE, ft.AppLifecycleState.DETACH)


def main(port: int = 0, core_url: str | None = None, data: Path | None = None) -> None:
    """Runs the app until it is closed. `port` > 0: in the browser, served there; else in a window of its own."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger().addHandler(LAST)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("uvicorn.access").addFilter(without_query)
    tablets = Tablets(data_folder(data), core_url or os.environ.get("COMPTOIR_CORE", DEFAULT_CORE))

    async def opened(page: ft.Page) -> None:
        await show(page, tablets)

    if port:
        os.environ["FLET_FORCE_WEB_SERVER"] = "true"
        begin_anew_after_a_break()
    ft.run(
        opened,
        before_main=apply_theme,
        name="",
        host="127.0.0.1" if port else None,
        port=port,
        view=ft.AppView.WEB_BROWSER if port else ft.AppView.FLET_APP,
        assets_dir=str(ROOT / "assets"),
        no_cdn=True,
    )


def begin_anew_after_a_break() -> None:
    """A browser whose connection broke gets a new window of its device, on the same route and still signed in.

    Flet would give it the old session: what changed during the break is never drawn, and the page stands still.
    """
    from flet_web.fastapi.flet_app_manager import app_manager

    async def none(_session_id: str) -> None:
        return None

    os.environ.setdefault("FLET_SESSION_TIMEOUT", "60")  # of the window that was left behind
    vars(app_manager)["get_session"] = none


def without_query(record: logging.LogRecord) -> bool:
    """A pairing code stands in the address that a browser asks for; a log is read by more people than may pair."""
    if isinstance(record.args, tuple):
        record.args = tuple(part.split("?", 1)[0] if isinstance(part, str) else part for part in record.args)
    return True


def data_folder(data: Path | None) -> Path:
    """Where the devices of this process keep their files: the platform's folder for the app, or beside the demo's."""
    given = data or Path(os.environ.get("FLET_APP_STORAGE_DATA") or ".comptoir")
    return given / "devices"


async def show(page: ft.Page, tablets: Tablets) -> None:
    """One window: called for every browser tab and for every start of an installed app."""
    ui = ui_of(page)
    # The page holds what must live as long as it does. A scanner is heard first: it does not wait for a screen.
    page.data = {"wedge": WedgeScanner(page, ui.scans), "ui": ui}
    page.update()
    catch_faults(page, ui.i18n, lambda: ui.feedback.give("error"))
    languages = asyncio.create_task(preferred_languages(page))
    try:
        profile = await profile_key(page)
        tablet = tablets.get(profile, await device_keys(page, tablets.folder_of(profile)))
    except (OSError, sqlite3.OperationalError, OperationalError) as fault:
        refuse_to_start(page, ui.i18n, best_of(await languages), fault)
        return
    page.on_app_lifecycle_state_change = lambda event: setattr(ui.in_front, "value", event.state not in BEHIND)
    ui.viewport.measure(page.width)
    page.on_resize = lambda event: ui.viewport.measure(event.width)
    await dress(page, tablet, ui, languages)
    set_up_scanner(page, scanner(tablet.database))
    window = Window(page, ui, Session(pair_code=address_parameter(page, "pair") or ""))
    tablet.join(window)
    page.on_close = lambda _event: tablet.leave(window)
    workplace = workplace_of(page, tablet, window)

    @ft.component
    def App() -> Any:
        return provide(ui, lambda: provide_workplace(workplace, Gate))

    page.render_views(App)
    if window.session.pair_code and window.session.identity is None:
        start(page, ui.i18n, pair, tablet, window)


def ui_of(page: ft.Page) -> UiState:
    def unheard(_scan: Scan) -> None:
        _ = translations(ui.i18n.language)
        text = _("This screen takes no scans. Go back and scan again.")
        ui.feedback.give("warn", text)
        ui.passing.tell(page, text)

    flash, scans = Flash(), ScanStream(unheard=unheard)
    counts_again = lambda: scans.current is not None and scans.current.again  # noqa: E731
    ui = UiState(flash=flash, scans=scans, feedback=FletFeedback(page, flash, counts_again=counts_again))
    return ui


def refuse_to_start(page: ft.Page, i18n: I18n, spoken: Language, fault: Exception) -> None:
    """The files of the device cannot be opened: said, and tried again when the window is loaded again."""
    log.error("the device's files cannot be opened: %s", fault)
    i18n.language = spoken.tag
    write_as(page, spoken.tag, spoken.rtl)
    _ = translations(i18n.language)
    text = _("The storage of this device is full or locked. Make room on it, then open the app again. Nothing is lost.")
    words: list[ft.Control] = [
        ft.Icon(ft.Icons.SD_CARD_ALERT, size=48, color=ft.Colors.ERROR),
        ft.Text(_("The app cannot work now"), style=bold(size=20)),
        ft.Text(text, key="storage-refused-text", style=regular(size=16)),
    ]
    page.add(ft.SafeArea(ft.Column(words, spacing=SPACE_M)))


def workplace_of(page: ft.Page, tablet: Tablet, window: Window) -> Workplace:
    return Workplace(
        database=tablet.database,
        walks=tablet.walks,
        session=window.session,
        printer=printer_for(page, tablet.database.folder / "printed"),
        link=tablet,
        clock=clock,
        new_id=new_id,
        changed=tablet.changed,
        core_address=tablet.core_url,
    )


async def pair(tablet: Tablet, window: Window) -> None:
    """With the code that the address named; a refusal is said on the pairing screen."""
    answer = await tablet.enrol(window.session.pair_code, "")
    if isinstance(answer, PairingRefused):
        window.session.pair_refusal = answer.problem


async def dress(page: ft.Page, tablet: Tablet, ui: UiState, languages: Awaitable[list[str]]) -> None:
    """In the language and the colours this device was last used in; before that in what its user speaks."""
    with tablet.database.read() as connection:
        chosen = preferences.read(connection)
    spoken = language(chosen.language) if chosen.language else best_of(await languages)
    ui.i18n.language = spoken.tag
    write_as(page, spoken.tag, spoken.rtl)
    page.theme_mode = ft.ThemeMode(chosen.theme)
    ui.feedback.sounds = chosen.sounds
    page.title = "Comptoir"
