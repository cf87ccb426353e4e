"""The camera as a scanner: pictures are read off the event loop, and a code counts when two pictures agree on it.

It never hangs and never fails silently: a missing, refused or mute camera answers with a `CameraRefused`.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from app.devices.decoding import Decoded, decode_image
from app.devices.scanning import Scan, ScanStream

RefusalCode = Literal["camera.denied", "camera.absent", "camera.silent", "camera.unsupported", "camera.failed"]
PICTURE_TIMEOUT_S = 8.0
PAUSE_S = 0.03
FORGET_AFTER_PICTURES = 8


@dataclass(frozen=True)
class CameraRefused:
    """`detail` is what the platform said, for the log; the screen has a sentence for each code."""

    code: RefusalCode
    detail: str = ""


class CameraFault(Exception):
    """Raised by a `Camera` that cannot be opened or has stopped."""

    def __init__(self, refused: CameraRefused) -> None:
        super().__init__(f"{refused.code}: {refused.detail}")
        self.refused = refused


class Camera(Protocol):
    """Where pictures come from. Both methods raise `CameraFault`."""

    async def open(self) -> None: ...
    async def picture(self) -> bytes: ...


@dataclass
class Agreement:
    """Two pictures in a row must show the same code; an accepted code counts again only after it left the view."""

    _last: frozenset[str] = frozenset()
    _accepted: dict[str, int] = field(default_factory=dict)

    def see(self, codes: list[Decoded]) -> Decoded | None:
        texts = frozenset(code.text for code in codes)
        self._accepted = {
            text: 0 if text in texts else absent + 1
            for text, absent in self._accepted.items()
            if text in texts or absent < FORGET_AFTER_PICTURES
        }
        agreed = [code for code in codes if code.text in self._last and code.text not in self._accepted]
        self._last = texts
        if not agreed:
            return None
        nearest = max(agreed, key=_area)
        self._accepted[nearest.text] = 0
        return nearest


class CameraScanner:
    """Publishes what the camera reads until `close`. Start `run` in the page's context."""

    def __init__(
        self, camera: Camera, stream: ScanStream, decode: Callable[[bytes], list[Decoded]] = decode_image
    ) -> None:
        self._camera = camera
        self._stream = stream
        self._decode = decode
        self._open = True

    async def run(self, on_ready: Callable[[], None]) -> CameraRefused | None:
        """Opens the camera, calls `on_ready`, and scans; answers why it ended, None after `close`."""
        agreement = Agreement()
        try:
            await self._camera.open()
            on_ready()
            while self._open:
                picture = await asyncio.wait_for(self._camera.picture(), PICTURE_TIMEOUT_S)
                code = agreement.see(await asyncio.to_thread(self._decode, picture))
                if code is not None and self._open:
                    await self._stream.publish(Scan(code.text, "camera", code.symbology))
                await asyncio.sleep(PAUSE_S)
        except CameraFault as fault:
            return fault.refused if self._open else None
        except TimeoutError:
            return CameraRefused("camera.silent", "no picture in time") if self._open else None
        return None

    def close(self) -> None:
        self._open = False


def _area(code: Decoded) -> float:
    points = code.corners
    turns = zip(points, points[1:] + points[:1], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in turns)) / 2
