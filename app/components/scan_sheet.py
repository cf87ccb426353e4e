"""The other ways to give a code: the camera, and typing what stands under the bars."""

from collections.abc import Callable

import flet as ft

from app.components.answer import AnswerBanner
from app.components.sheet import sheet
from app.context import use_session, use_workplace
from app.devices.expected import Place, expected
from app.devices.scanning import Scan
from app.queries.expecting import sells_upc_e
from app.theme import SPACE_M, bold
from app.ui import CameraView, part, use_query, use_translations, use_ui


@part
def ManualEntry(label: str = "") -> ft.Control:
    """A typed code goes to `use_scans` like any other scan, with source "typed"."""
    _, ui = use_translations(), use_ui()
    text, set_text = ft.use_state("")

    async def send() -> None:
        code = text.strip()
        if code:
            set_text("")
            await ui.scans.publish(Scan(code, "typed"))

    field = ft.TextField(
        key="scan-code-field",
        label=label or _("Code or article number"),
        value=text,
        on_change=lambda e: set_text(e.data),
        on_submit=send,
        autocorrect=False,
        enable_suggestions=False,
        expand=True,
    )
    button = ft.FilledButton(_("Enter"), key="scan-code-button", icon=ft.Icons.CHECK, on_click=send, height=56)
    return ft.Row([field, button], spacing=SPACE_M)


def use_expected(place: Place) -> frozenset[str]:
    """The symbologies to look for at this place of work, as this store sells."""
    database, identity = use_workplace().database, use_session().identity
    location_id = identity.location_id if identity else ""
    upc_e = use_query(lambda: sells_upc_e(database, location_id), "people", deps=(location_id,))
    return expected(place, upc_e)


@part
def ScanPanel(
    on_close: Callable[[], None], manual: bool = True, label: str = "", place: Place = "anything", over: bool = False
) -> ft.Control:
    """What the sheet shows; on tablets it may stand beside the work instead. `over`: it hides the screen's answers, so
    it shows them itself."""
    allowed = use_expected(place)
    lines: list[ft.Control] = [CameraView(on_close, allowed, counting=place != "pairing")]
    if over:
        lines.insert(0, _SaidBelow())
    if manual:
        lines.append(ManualEntry(label))
    return ft.Column(lines, spacing=SPACE_M, tight=True, key="scan-panel")


@part
def _SaidBelow() -> ft.Control:
    """The answer of the screen under the sheet, to what was scanned since the sheet opened."""
    flash, _set = ft.use_state(use_ui().flash)
    before, _keep = ft.use_state(flash.count)
    said = flash.said if flash.count != before else None
    banner: ft.Control = AnswerBanner(*said) if said else AnswerBanner("info", "")
    return banner


def use_scan_sheet(manual: bool = True, label: str = "", place: Place = "anything") -> Callable[[], None]:
    """`open_sheet = use_scan_sheet()`: call it from a button. The sheet stays open over scans until it is closed.

    `manual` False where the process forbids typed codes. Scans arrive at the screen's own `use_scans`.
    """
    open_sheet, _close_sheet = use_closing_scan_sheet(manual, label, place)
    return open_sheet


def use_closing_scan_sheet(
    manual: bool = True, label: str = "", place: Place = "anything"
) -> tuple[Callable[[], None], Callable[[], None]]:
    """The same with a second function that closes it, for a screen that wants one code only."""
    _ = use_translations()
    opened, set_opened = ft.use_state(False)
    close = lambda: set_opened(False)  # noqa: E731
    title = ft.Text(_("Scan with the camera"), style=bold(size=18))
    content = ft.Column([title, ScanPanel(close, manual, label, place, over=True)], tight=True, spacing=SPACE_M)
    ft.use_dialog(sheet(content, close, "scan-sheet") if opened else None)
    return lambda: set_opened(True), close
