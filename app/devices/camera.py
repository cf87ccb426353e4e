"""The camera as a scanner: the newest frame is read off the event loop, and a code counts when looks agree on it.

It never hangs and never fails silently: a missing, refused or mute camera answers with a `CameraRefused`.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from app.devices.decoding import Decoded
from app.devices.frames import Decoders, Frame
from app.devices.reading import Choice, Counted, Look, Reader
from app.devices.scanning import Scan, ScanStream, monotonic_ms

RefusalCode = Literal["camera.denied", "camera.absent", "camera.silent", "camera.unsupported", "camera.failed"]
PICTURE_TIMEOUT_S = 8.0
PAUSE_S = 0.02
# A frame that waited longer than this for the worker is not looked at: the hand has moved on.
STALE_MS = 150.0
# What the sharpest frame shows may have left the view after this.
BEST_KEPT_MS = 600.0
# A camera that is busy with itself (focus, torch) may refuse a picture; one that refuses so many in a row has failed.
FAILURES_FORGIVEN = 3
FAILURE_PAUSE_S = 0.2
LAST_PICTURE_S = 1.0


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


@dataclass(frozen=True)
class Abilities:
    """What this camera can do. `zoom`: its least and greatest level, equal where it cannot. `focus`: at a point."""

    torch: bool = False
    zoom: tuple[float, float] = (1.0, 1.0)
    focus: bool = False


class Camera(Protocol):
    """Where frames come from. `open` and `picture` raise `CameraFault`. `mirrored` is known once it is open."""

    mirrored: bool

    async def open(self) -> Abilities: ...
    async def picture(self) -> bytes: ...


@dataclass(frozen=True)
class Hearing:
    """Who is told, in the page's context: the camera is ready, a code counted, a person has to choose, and the size of
    the frames in pixels once it is known."""

    ready: Callable[[Abilities], None] = lambda _abilities: None
    counted: Callable[[Scan], None] = lambda _scan: None
    choice: Callable[[Choice], None] = lambda _choice: None
    sized: Callable[[tuple[int, int]], None] = lambda _size: None


@dataclass
class FrameCounts:
    """Of one opened camera: frames that came, of these not looked at under load, quick and hard looks."""

    came: int = 0
    skipped: int = 0
    glances: int = 0
    studies: int = 0


@dataclass
class CameraScanner:
    """Publishes what the camera reads until `close`. Start `run` in the page's context; one `run` per scanner.

    One frame is in work and one on its way, never more: a slow device reads fewer frames, not older ones.
    """

    camera: Camera
    stream: ScanStream
    decoders: Decoders = field(default_factory=Decoders)
    reader: Reader = field(default_factory=Reader)
    hearing: Hearing = field(default_factory=Hearing)
    now_ms: Callable[[], float] = monotonic_ms
    counts: FrameCounts = field(default_factory=FrameCounts)
    last: Scan | None = None
    _open: bool = True
    _best: Frame | None = None

    async def run(self) -> CameraRefused | None:
        """Opens the camera and scans; answers why it ended, None after `close`."""
        try:
            self.hearing.ready(await self.camera.open())
            await self._scan()
        except CameraFault as fault:
            return fault.refused if self._open else None
        except TimeoutError:
            return CameraRefused("camera.silent", "no picture in time") if self._open else None
        return None

    def close(self) -> None:
        self._open = False

    async def again(self) -> None:
        """The last code counts once more without being shown: more of the same lie there."""
        if self.last is not None:
            await self._publish(self.last.text, self.last.symbology, self.last.decoder, again=True)

    async def choose(self, text: str) -> None:
        chosen = self.reader.choose(text, self.now_ms())
        if chosen is not None:
            await self._publish(chosen.identified, chosen.symbology, chosen.decoder)

    async def _scan(self) -> None:
        coming = self._ask()
        try:
            while self._open:
                content, asked_ms, came_ms = await asyncio.wait_for(coming, PICTURE_TIMEOUT_S)
                coming = self._ask()
                self.counts.came += 1
                if self.now_ms() - came_ms > STALE_MS:
                    self.counts.skipped += 1
                else:
                    await self._look(content, asked_ms)
                await asyncio.sleep(PAUSE_S)
        finally:
            # A picture on its way is waited for: a browser throws when its camera is closed under it.
            await asyncio.wait([coming], timeout=LAST_PICTURE_S)
            coming.cancel()
            with contextlib.suppress(asyncio.CancelledError, CameraFault):
                await coming

    def _ask(self) -> "asyncio.Task[tuple[bytes, float, float]]":
        async def picture() -> tuple[bytes, float, float]:
            asked_ms = self.now_ms()
            content = await self._patiently()
            return content, asked_ms, self.now_ms()

        return asyncio.create_task(picture())

    async def _patiently(self) -> bytes:
        for attempt in range(FAILURES_FORGIVEN + 1):
            try:
                return await self.camera.picture()
            except CameraFault as fault:
                if fault.refused.code != "camera.failed" or attempt == FAILURES_FORGIVEN or not self._open:
                    raise
            await asyncio.sleep(FAILURE_PAUSE_S)
        raise AssertionError("the last attempt raises")

    async def _look(self, content: bytes, asked_ms: float) -> None:
        each = self.reader.mode == "all"
        frame, codes = await asyncio.to_thread(self.decoders.quick, content, asked_ms, self.camera.mirrored, each)
        if frame is None:
            return
        self.counts.glances += 1
        if self.counts.glances == 1 and self._open:
            self.hearing.sized(frame.size)
        await self._judge(frame, Look(asked_ms, codes, frame.size, frame.sharpness))
        if self._best is not None and asked_ms - self._best.asked_ms > BEST_KEPT_MS:
            self._best = None
        if not codes and (self._best is None or frame.sharpness > self._best.sharpness):
            self._best = frame
        if self._best is not None and self._open and self.reader.wants_hard_look(self.now_ms()):
            best, self._best = self._best, None
            codes = await asyncio.to_thread(self.decoders.hard, best)
            self.counts.studies += 1
            await self._judge(best, Look(best.asked_ms, codes, best.size, best.sharpness, hard=True))

    async def _judge(self, frame: Frame, look: Look) -> None:
        verdict = self.reader.see(look)
        if verdict is None and (doubted := self.reader.doubted(look)):
            confirmed = await asyncio.to_thread(self.decoders.vouched, frame, doubted)
            verdict = self.reader.vouch(confirmed, look)
        if not self._open:
            return
        if isinstance(verdict, Choice):
            self.hearing.choice(verdict)
        elif isinstance(verdict, Counted):
            for code in verdict.codes:
                await self._count(code, frame)

    async def _count(self, code: Decoded, frame: Frame) -> None:
        await self._publish(code.identified, code.symbology, code.decoder, taken_ms=frame.asked_ms)

    async def _publish(
        self, text: str, symbology: str | None, decoder: str, taken_ms: float | None = None, again: bool = False
    ) -> None:
        scan = Scan(text, "camera", symbology, decoder, taken_ms, again)
        self.last = scan
        self.hearing.counted(scan)
        await self.stream.publish(scan)
