"""Gets a finished document to paper, or to where the platform prints from; the document exists before this is called.

Desktop (`FilePrinter`): the file is kept in a folder and, a PDF, opened with the system's viewer. A ZPL file only
waits there, for a folder that a label printer watches.
Browser, Android, iOS (`DownloadPrinter`): `FilePicker.save_file(src_bytes=...)`. In Chromium this was seen to become an
ordinary download with the name and the bytes unchanged, and to answer None; on a phone None means that the person
closed the dialogue. Opening a `data:` address in a new tab is not an alternative: Chromium blocks it.
"""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, Protocol

import flet as ft

_FORBIDDEN = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Printed:
    """Handed over. `place`: a path, or empty where the platform does not tell."""

    place: str
    code: ClassVar[str] = "printed"


@dataclass(frozen=True, slots=True)
class PrintCancelled:
    """The person closed the platform's dialogue."""

    code: ClassVar[str] = "print_cancelled"


@dataclass(frozen=True, slots=True)
class PrintFailed:
    """`reason`: "storage" (full, not writable) or "platform"; `detail` is the system's own words, for support."""

    reason: Literal["storage", "platform"]
    detail: str
    code: ClassVar[str] = "print_failed"


PrintOutcome = Printed | PrintCancelled | PrintFailed


class Printer(Protocol):
    """`name`: what the document is called, without extension; characters no file may have are replaced."""

    async def print_pdf(self, content: bytes, name: str) -> PrintOutcome: ...

    async def print_zpl(self, content: bytes, name: str) -> PrintOutcome: ...


class SaveFile(Protocol):
    """The part of `ft.FilePicker` that is needed."""

    def __call__(self, *, file_name: str, src_bytes: bytes) -> Awaitable[str | None]: ...


class FilePrinter:
    """Keeps documents in `folder`; printing again replaces the file of the same name. `open_file` shows a PDF."""

    def __init__(self, folder: Path, open_file: Callable[[Path], None] | None = None) -> None:
        self._folder = folder
        self._open_file = open_file or open_with_system

    async def print_pdf(self, content: bytes, name: str) -> PrintOutcome:
        path = self._folder / file_name(name, "pdf")
        return await asyncio.to_thread(self._keep, path, content, True)

    async def print_zpl(self, content: bytes, name: str) -> PrintOutcome:
        path = self._folder / file_name(name, "zpl")
        return await asyncio.to_thread(self._keep, path, content, False)

    def _keep(self, path: Path, content: bytes, is_shown: bool) -> PrintOutcome:
        unfinished = path.with_suffix(path.suffix + ".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(content)
            # A watching printer never sees half a label.
            os.replace(unfinished, path)
        except OSError as error:
            return PrintFailed("storage", str(error))
        if is_shown:
            try:
                self._open_file(path)
            except OSError as error:
                return PrintFailed("platform", str(error))
        return Printed(str(path))


class DownloadPrinter:
    """Gives the document to the browser or the phone, which prints, shares or keeps it."""

    def __init__(self, save_file: SaveFile, is_none_cancelled: bool) -> None:
        self._save_file = save_file
        self._is_none_cancelled = is_none_cancelled

    async def print_pdf(self, content: bytes, name: str) -> PrintOutcome:
        return await self._save(content, file_name(name, "pdf"))

    async def print_zpl(self, content: bytes, name: str) -> PrintOutcome:
        return await self._save(content, file_name(name, "zpl"))

    async def save_report(self, content: bytes, name: str) -> PrintOutcome:
        return await self._save(content, file_name(name, "json"))

    async def _save(self, content: bytes, name: str) -> PrintOutcome:
        try:
            place = await self._save_file(file_name=name, src_bytes=content)
        except (RuntimeError, TimeoutError) as error:  # what Flet raises when its client refuses or is gone
            return PrintFailed("platform", str(error))
        if place is None and self._is_none_cancelled:
            return PrintCancelled()
        return Printed(place or "")


def printer_for(page: ft.Page, folder: Path) -> Printer:
    """The printer of this platform. Call it inside the page's context; `folder` is used on desktops only."""
    if page.web:
        return DownloadPrinter(ft.FilePicker().save_file, is_none_cancelled=False)
    if page.platform is not None and page.platform.is_mobile():
        return DownloadPrinter(ft.FilePicker().save_file, is_none_cancelled=True)
    return FilePrinter(folder)


def file_name(name: str, extension: str) -> str:
    """A name every file system takes: no separators, no leading dot, at most 100 characters."""
    safe = _FORBIDDEN.sub("-", name).strip(" .-")[:_LONGEST_NAME].rstrip(" .-")
    return f"{safe or 'document'}.{extension}"


def open_with_system(path: Path) -> None:
    """Shows a file with the program the person's system has for it; does not wait for it. Raises OSError if none."""
    if sys.platform == "win32":
        os.startfile(path)
        return
    command = "open" if sys.platform == "darwin" else "xdg-open"
    subprocess.Popen([command, str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
