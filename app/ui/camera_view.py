"""The camera on a screen: what it sees, and a sentence for everything that keeps it from seeing."""

from collections.abc import Callable
from typing import Any

import flet as ft
import flet_camera as fc

from app.devices.camera import CameraRefused, CameraScanner, Hearing, RefusalCode
from app.devices.flet_camera import FletCamera, has_camera_support
from app.i18n import Translations
from app.ui.faults import start
from app.ui.hooks import use_lifetime, use_translations, use_ui
from app.ui.screen import part

PREVIEW_HEIGHT_DP = 260


def CameraView(on_close: Callable[[], None]) -> Any:
    """Opens when drawn, closes when gone; what it reads goes to `use_scans` like any other scan.

    Its key keeps the camera open while its neighbours come and go.
    """
    return _CameraView(on_close, key="camera-view")


@part
def _CameraView(on_close: Callable[[], None]) -> ft.Control:
    _, ui, page = use_translations(), use_ui(), ft.context.page
    ready, set_ready = ft.use_state(False)
    refused, set_refused = ft.use_state(None if has_camera_support(page) else CameraRefused("camera.unsupported"))
    control = ft.use_memo(ft.Ref[fc.Camera], [])

    def open_camera() -> Callable[[], None]:
        camera = FletCamera(lambda: control.current, page.web)
        scanner = CameraScanner(camera, ui.scans, hearing=Hearing(ready=lambda _abilities: set_ready(True)))

        async def run() -> None:
            set_refused(await scanner.run())

        if refused is None:
            start(page, ui.i18n, run)
        return scanner.close

    use_lifetime(open_camera)
    hint = sentence(refused.code, _) if refused else _("Hold the code in front of the camera.")
    waiting = _("Waiting for the camera. Allow its use if you are asked.")
    shown: list[ft.Control] = [] if refused else [fc.Camera(ref=control, height=PREVIEW_HEIGHT_DP)]
    line = ft.Text(hint if ready or refused else waiting, key="camera-hint-text", expand=True)
    button = ft.OutlinedButton(_("Close camera"), key="camera-close-button", icon=ft.Icons.CLOSE, on_click=on_close)
    return ft.Column([*shown, ft.Row([line, button])], key="camera-column", tight=True)


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
