"""Turns a bug into a sentence with a stable code: the person can go on, and support can find the place.

Without this, Flet shows a dead page for a bug in a handler, and says nothing at all for one in a background loop.
"""

import asyncio
import logging
import traceback
import zlib
from collections.abc import Awaitable, Callable
from typing import Any

import flet as ft

from app.i18n import translations
from app.state import I18n

logger = logging.getLogger("app.ui")
# What SQLite and the system say when nothing can be written; the driver has no class for it.
STORAGE_FAULTS = (
    "disk is full", "readonly database", "disk I/O error", "unable to open database", "No space left",
    "Read-only file system", "Permission denied",
)  # fmt: skip


def fault_code(fault: BaseException) -> str:
    """Names the kind of fault and the function it came from, so that the same bug has the same code everywhere."""
    frames = traceback.extract_tb(fault.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename]
    place = (ours or frames)[-1] if frames else None
    where = f"{place.filename.rsplit('/', 1)[-1]}:{place.name}" if place else "?"
    return _code(f"{type(fault).__name__}@{where}")


def _code(text: str) -> str:
    return f"UI-{zlib.crc32(text.encode()) & 0xFFFF:04X}"


def report(fault: BaseException, where: str) -> str:
    """Writes the fault to the log and returns its code."""
    code = fault_code(fault)
    logger.error("%s in %s", code, where, exc_info=fault)
    return code


def is_storage_fault(message: str) -> bool:
    """The device cannot keep anything now: no bug, and a person can do something about it."""
    return any(said in message for said in STORAGE_FAULTS)


def catch_faults(page: ft.Page, i18n: I18n, alarm: Callable[[], None] = lambda: None) -> None:
    """From now on a bug in a handler or an effect opens a dialog instead of ending the session.

    `alarm`: the sound and colour of what did not happen, for who scans without looking.
    """

    def show(message: str) -> None:
        lines = message.strip().splitlines()
        code = _code(lines[-1] if lines else "?")
        logger.error("%s in a handler: %s", code, message)
        alarm()
        _open_dialog(page, i18n, code, is_storage_fault(message))

    # Session.error is where Flet sends every unhandled fault; its own answer replaces the page by an error text.
    vars(page.session)["error"] = show
    _let_late_answers_pass(page)


def _let_late_answers_pass(page: ft.Page) -> None:
    """What a control answers after it has left the screen is nobody's: Flet would close the connection over it."""
    heed = page.session.handle_invoke_method_results

    def heed_unless_late(control_id: int, call_id: str, result: Any, error: str | None) -> None:
        try:
            heed(control_id, call_id, result, error)
        except RuntimeError as late:
            logger.info("%s", late)

    vars(page.session)["handle_invoke_method_results"] = heed_unless_late


def start(page: ft.Page, i18n: I18n, work: Callable[..., Awaitable[Any]], *args: Any) -> asyncio.Future[None]:
    """Runs background work in the page's context (observables may be written); a bug in it is shown, not swallowed."""
    name = getattr(work, "__qualname__", "background work")

    async def guarded() -> None:
        try:
            await work(*args)
        except Exception as fault:
            if _has_ended(page):
                logger.info("%s, whose window is closed: %s", name, fault)
            else:
                _open_dialog(page, i18n, report(fault, name), is_storage_fault(str(fault)))

    return asyncio.wrap_future(page.run_task(guarded))


def _has_ended(page: ft.Page) -> bool:
    """Nobody can be told any more: even what work leaves behind in an observable finds no window to redraw."""
    try:
        return not page.session
    except RuntimeError:
        return True


def _open_dialog(page: ft.Page, i18n: I18n, code: str, is_storage: bool) -> None:
    """One at a time: ten scans that fail alike are said once."""
    _, kept = translations(i18n.language), vars(page.session)
    if kept.get("fault_dialog") is not None:
        return

    def close() -> None:
        kept["fault_dialog"] = None
        dialog.open = False
        dialog.update()

    def dismissed() -> None:
        kept["fault_dialog"] = None

    title, text = (
        _("Something went wrong"),
        _(
            "Everything before this step is saved. Look whether the step itself was counted, "
            "and report the code {code} if it happens again."
        ).format(code=code),
    )
    if is_storage:
        title, text = storage_words(i18n)
    dialog: ft.AlertDialog = ft.AlertDialog(
        key="fault-dialog",
        on_dismiss=dismissed,
        title=ft.Text(title),
        content=ft.Text(text),
        actions=[ft.TextButton(_("Close"), key="fault-close-button", on_click=close)],
    )
    kept["fault_dialog"] = dialog
    page.show_dialog(dialog)


def storage_words(i18n: I18n) -> tuple[str, str]:
    """A title and what to do when the device cannot write."""
    _ = translations(i18n.language)
    return _("This was not saved"), _(
        "The storage of this device is full or locked. Make room on it, then do the last step again. Everything before "
        "it is saved."
    )
