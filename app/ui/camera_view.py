"""The camera on a screen: what it sees, and a sentence for everything that keeps it from seeing."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import flet as ft

from app.devices.camera import CameraRefused, RefusalCode
from app.devices.codes.optional import available
from app.devices.decoding import DEFAULT
from app.devices.flet_camera import has_camera_support
from app.devices.frames import Decoders
from app.i18n import Translations
from app.state.cell import use_cell, use_kept
from app.theme import SPACE_S, TOUCH_TARGET_DP
from app.ui.camera_eye import Eye
from app.ui.camera_parts import Choosing, CountAll, Preview, ReadLine
from app.ui.faults import start
from app.ui.hooks import use_lifetime, use_translations, use_ui
from app.ui.screen import part

# Least and greatest height of the picture; between them it is as high as it is wide enough.
PREVIEW_DP, LOW_PREVIEW_DP = (220, 340), (160, 200)
LOW_SCREEN_DP = 660


def CameraView(on_close: Callable[[], None], allowed: Collection[str] = DEFAULT, counting: bool = True) -> Any:
    """Opens when drawn, closes when gone; what it reads goes to `use_scans` like any other scan.

    `allowed`: the symbologies it looks for (`app.devices.expected`). `counting`: more than one code is wanted here.
    Its key keeps the camera open while its neighbours come and go.
    """
    return _CameraView(on_close, frozenset(allowed), counting, key="camera-view")


@part
def _CameraView(on_close: Callable[[], None], allowed: frozenset[str], counting: bool) -> ft.Control:
    _, page = use_translations(), ft.context.page
    opened, set_opened = ft.use_state(1)
    if not has_camera_support(page):
        return _refused(_, CameraRefused("camera.unsupported"), on_close)
    live: ft.Control = _Live(
        Opening(on_close, lambda: set_opened(opened + 1), allowed, counting), key=f"camera-live-{opened}"
    )
    return live


@dataclass(frozen=True)
class Opening:
    """One opening of the camera: `on_back` when the app is back from the background and another is to follow."""

    on_close: Callable[[], None]
    on_back: Callable[[], None]
    allowed: frozenset[str]
    counting: bool


@part
def _Live(opening: Opening) -> ft.Control:
    """In the background the camera is let go, so it is free for others; it opens anew when the app is back."""
    _, ui, page = use_translations(), use_ui(), ft.context.page
    eye = use_kept(lambda: Eye(page.web, ui.scans, Decoders(opening.allowed, others=available())))
    in_front, rests, refused = use_cell(ui.in_front), use_cell(eye.rests), use_cell(eye.refused)

    def open_camera() -> Callable[[], None]:
        start(page, ui.i18n, eye.watch)
        return eye.close

    def follow() -> None:
        if not in_front and not rests:
            start(page, ui.i18n, eye.rest)
        elif in_front and rests:
            opening.on_back()

    use_lifetime(open_camera)
    ft.use_effect(follow, [in_front, rests])
    if refused is not None:
        return _refused(_, refused, opening.on_close)
    if rests:
        resting = _("The camera rests while the app is in the background.")
        return ft.Column([ft.Text(resting, key="camera-resting-text")], key="camera-column", tight=True)
    low = bool(page.height and page.height < LOW_SCREEN_DP)
    lines: list[ft.Control] = [Preview(eye, LOW_PREVIEW_DP if low else PREVIEW_DP, opening.on_close), ReadLine(eye)]
    if opening.counting:
        lines += [Choosing(eye), CountAll(eye)]
    return ft.Column(lines, key="camera-column", tight=True, spacing=SPACE_S,
                     horizontal_alignment=ft.CrossAxisAlignment.STRETCH)  # fmt: skip


def _refused(_: Translations, refused: CameraRefused, on_close: Callable[[], None]) -> ft.Control:
    line = ft.Text(sentence(refused.code, _), key="camera-hint-text", expand=True)
    button = ft.OutlinedButton(
        _("Close camera"), key="camera-close-button", icon=ft.Icons.CLOSE, on_click=on_close, height=TOUCH_TARGET_DP
    )
    return ft.Column([ft.Row([line, button])], key="camera-column", tight=True)


def sentence(code: RefusalCode, _: Translations) -> str:
    match code:
        case "camera.denied":
            return _("The camera may not be used. Allow it in the settings, or use the scanner or the keyboard.")
        case "camera.absent":
            return _("This device has no camera. Use the scanner or type the code.")
        case "camera.silent":
            return _("The camera does not answer. Close it and try again, or type the code.")
        case "camera.unsupported":
            return _("The camera cannot be used on this kind of device. Use the scanner or type the code.")
        case "camera.failed":
            return _("The camera stopped working. Close it and try again, or type the code.")
