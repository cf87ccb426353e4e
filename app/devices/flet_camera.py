"""The camera of the device through flet-camera: Android, iOS and the browser."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import flet as ft
import flet_camera as fc

from app.devices.camera import CameraFault, CameraRefused, RefusalCode

T = TypeVar("T")
# The browser asks the person first, so opening may take as long as a person does.
OPEN_TIMEOUT_S = 30.0
SIGNS: tuple[tuple[str, RefusalCode], ...] = (
    ("denied", "camera.denied"),
    ("notallowed", "camera.denied"),
    ("permission", "camera.denied"),
    ("notfound", "camera.absent"),
    ("no camera", "camera.absent"),
)


def has_camera_support(page: ft.Page) -> bool:
    """Whether flet-camera can be drawn here at all; on desktop it raises."""
    return page.web or page.platform in (ft.PagePlatform.ANDROID, ft.PagePlatform.IOS)


class FletCamera:
    """`control` answers the mounted `fc.Camera`, the newest one after a redraw."""

    def __init__(self, control: Callable[[], fc.Camera]) -> None:
        self._control = control

    async def open(self) -> None:
        cameras = await _answered(self._control().get_available_cameras(), OPEN_TIMEOUT_S)
        if not cameras:
            raise CameraFault(CameraRefused("camera.absent"))
        behind = [camera for camera in cameras if camera.lens_direction == fc.CameraLensDirection.BACK]
        await _answered(
            self._control().initialize(
                (behind or cameras)[0],
                fc.ResolutionPreset.HIGH,
                enable_audio=False,
                image_format_group=fc.ImageFormatGroup.JPEG,
            ),
            OPEN_TIMEOUT_S,
        )

    async def picture(self) -> bytes:
        return await _answered(self._control().take_picture(), OPEN_TIMEOUT_S)


async def _answered(call: Awaitable[T], timeout_s: float) -> T:
    try:
        return await asyncio.wait_for(call, timeout_s)
    except TimeoutError:
        raise CameraFault(CameraRefused("camera.silent", f"no answer in {timeout_s:g} s")) from None
    except RuntimeError as refused:
        raise CameraFault(CameraRefused(refusal_code(str(refused)), str(refused))) from refused


def refusal_code(message: str) -> RefusalCode:
    """Reads the platform's own words; what is not known is `camera.failed`."""
    squeezed = message.lower()
    return next(
        (code for sign, code in SIGNS if sign in squeezed or sign in squeezed.replace(" ", "")), "camera.failed"
    )
