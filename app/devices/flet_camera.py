"""The camera of the device through flet-camera: Android, iOS and the browser.

Frames come as a stream where the platform has one (phones), else picture by picture (browser). flet-camera encodes
every frame of a stream for which a handler is set, in the thread that draws: so a handler is set only while a frame
is wanted.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

import flet as ft
import flet_camera as fc

from app.devices.camera import Abilities, CameraFault, CameraRefused, RefusalCode

logger = logging.getLogger("app.devices")
T = TypeVar("T")
# The browser asks the person first, so opening may take as long as a person does.
OPEN_TIMEOUT_S = 30.0
# What the camera can do is not worth a longer wait.
ASK_TIMEOUT_S = 3.0
# A stream that sends nothing for so long is given up for pictures.
STREAM_TIMEOUT_S = 2.0
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


@dataclass
class FletCamera:
    """`control` answers the mounted `fc.Camera`, the newest one after a redraw. `web`: it is drawn in a browser.

    `want(True)` makes the screen set `heard` as the control's `on_stream_image`, `want(False)` takes it away.
    """

    control: Callable[[], fc.Camera]
    web: bool = True
    want: Callable[[bool], None] = lambda _wanted: None
    mirrored: bool = False
    _streams: bool = False
    _coming: "asyncio.Future[bytes] | None" = field(default=None, repr=False)

    async def open(self) -> Abilities:
        cameras = await _answered(self.control().get_available_cameras(), OPEN_TIMEOUT_S)
        if not cameras:
            raise CameraFault(CameraRefused("camera.absent"))
        behind = [camera for camera in cameras if camera.lens_direction == fc.CameraLensDirection.BACK]
        chosen = (behind or cameras)[0]
        # Browsers hand out the picture of every other camera as in a looking glass.
        self.mirrored = self.web and not behind
        await _answered(
            self.control().initialize(
                chosen, fc.ResolutionPreset.HIGH, enable_audio=False, image_format_group=fc.ImageFormatGroup.JPEG
            ),
            OPEN_TIMEOUT_S,
        )
        abilities = await self._abilities()
        self._streams = await self._begin_stream()
        return abilities

    async def picture(self) -> bytes:
        if self._streams:
            frame = await self._streamed()
            if frame is not None:
                return frame
        return await _answered(self.control().take_picture(), OPEN_TIMEOUT_S)

    def heard(self, event: fc.CameraImageEvent) -> None:
        """A frame of the stream; one that nobody waits for is dropped."""
        if self._coming is not None and not self._coming.done():
            self._coming.set_result(event.bytes)

    async def light(self, is_on: bool) -> bool:
        """Whether the torch obeyed."""
        mode = fc.FlashMode.TORCH if is_on else fc.FlashMode.OFF
        return await _obeyed(self.control().set_flash_mode(mode))

    async def zoom(self, level: float) -> bool:
        return await _obeyed(self.control().set_zoom_level(level))

    async def focus(self, x: float, y: float) -> bool:
        """At a point of the preview, both from 0 to 1."""
        return await _obeyed(self.control().set_focus_point((x, y)))

    async def _abilities(self) -> Abilities:
        """Found out by asking for what changes nothing: the platform refuses what the camera cannot do.

        The flash is off from then on, or phones would fire it at every picture in the dark.
        """
        torch = await _obeyed(self.control().set_flash_mode(fc.FlashMode.OFF))
        # Browsers have no focus point at all, and say so with an error of the programmer.
        focus = not self.web and await _obeyed(self.control().set_focus_point(None))
        try:
            least = await _answered(self.control().get_min_zoom_level(), ASK_TIMEOUT_S)
            greatest = await _answered(self.control().get_max_zoom_level(), ASK_TIMEOUT_S)
        except CameraFault:
            least = greatest = 1.0
        zoom = (least, greatest) if least and greatest and greatest > least else (1.0, 1.0)
        return Abilities(torch, zoom, focus)

    async def _begin_stream(self) -> bool:
        try:
            if not await _answered(self.control().supports_image_streaming(), ASK_TIMEOUT_S):
                return False
            await _answered(self.control().start_image_stream(), ASK_TIMEOUT_S)
        except CameraFault as fault:
            logger.info("no stream of frames: %s", fault)
            return False
        return True

    async def _streamed(self) -> bytes | None:
        self._coming = asyncio.get_running_loop().create_future()
        self.want(True)
        try:
            return await asyncio.wait_for(self._coming, STREAM_TIMEOUT_S)
        except TimeoutError:
            logger.info("the stream of frames is silent: pictures from now on")
            self._streams = False
            await _obeyed(self.control().stop_image_stream())
            return None
        finally:
            self._coming = None
            self.want(False)


async def _answered(call: Awaitable[T], timeout_s: float) -> T:
    try:
        return await asyncio.wait_for(call, timeout_s)
    except TimeoutError:
        raise CameraFault(CameraRefused("camera.silent", f"no answer in {timeout_s:g} s")) from None
    except RuntimeError as refused:
        raise CameraFault(CameraRefused(refusal_code(str(refused)), str(refused))) from refused


async def _obeyed(call: Awaitable[object]) -> bool:
    try:
        await _answered(call, ASK_TIMEOUT_S)
    except CameraFault as fault:
        logger.info("the camera cannot: %s", fault)
        return False
    return True


def refusal_code(message: str) -> RefusalCode:
    """Reads the platform's own words; what is not known is `camera.failed`."""
    squeezed = message.lower()
    return next(
        (code for sign, code in SIGNS if sign in squeezed or sign in squeezed.replace(" ", "")), "camera.failed"
    )
