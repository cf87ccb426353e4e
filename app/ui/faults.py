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


def catch_faults(page: ft.Page, i18n: I18n) -> None:
    """From now on a bug in a handler or an effect opens a dialog instead of ending the session."""

    def show(message: str) -> None:
        lines = message.strip().splitlines()
        code = _code(lines[-1] if lines else "?")
        logger.error("%s in a handler: %s", code, message)
        _open_dialog(page, i18n, code)

    # Session.error is where Flet sends every unhandled fault; its own answer replaces the page by an error text.
    vars(page.session)["error"] = show


def start(page: ft.Page, i18n: I18n, work: Callable[..., Awaitable[Any]], *args: Any) -> asyncio.Future[None]:
    """Runs background work in the page's context (observables may be written); a bug in it is shown, not swallowed."""

    async def guarded() -> None:
        try:
            await work(*args)
        except Exception as fault:
            _open_dialog(page, i18n, report(fault, getattr(work, "__qualname__", "background work")))

    return asyncio.wrap_future(page.run_task(guarded))


def _open_dialog(page: ft.Page, i18n: I18n, code: str) -> None:
    _ = translations(i18n.language)

    def close() -> None:
        dialog.open = False
        dialog.update()

    dialog: ft.AlertDialog = ft.AlertDialog(
        key="fault-dialog",
        title=ft.Text(_("Something went wrong")),
        content=ft.Text(_("Your work is saved. Report the code {code} if it happens again.").format(code=code)),
        actions=[ft.TextButton(_("Close"), key="fault-close-button", on_click=close)],
    )
    page.show_dialog(dialog)
