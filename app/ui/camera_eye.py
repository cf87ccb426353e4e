"""What one opened camera knows and does for the screen: each fact a cell, so that only what shows it is drawn again."""

import asyncio
from dataclasses import dataclass, field, replace

import flet as ft
import flet_camera as fc

from app.devices.camera import Abilities, CameraRefused, CameraScanner, Hearing
from app.devices.flet_camera import FletCamera
from app.devices.frames import Decoders
from app.devices.reading import Choice
from app.devices.scanning import Scan, ScanStream
from app.state.cell import Cell

ZOOM_STEPS = (1.0, 2.0, 3.0, 5.0)


@dataclass(frozen=True)
class Tools:
    """What the camera can do, and does now."""

    abilities: Abilities = field(default_factory=Abilities)
    lit: bool = False
    zoom: float = 1.0


@dataclass(eq=False)
class Eye:
    """One per opened camera. Verbs are called in handlers; `counted` is how many codes counted since it opened."""

    web: bool
    stream: ScanStream
    decoders: Decoders
    control: ft.Ref[fc.Camera] = field(default_factory=lambda: ft.Ref[fc.Camera]())
    refused: Cell[CameraRefused | None] = field(default_factory=lambda: Cell(None))
    rests: Cell[bool] = field(default_factory=lambda: Cell(False))
    ready: Cell[bool] = field(default_factory=lambda: Cell(False))
    wanted: Cell[bool] = field(default_factory=lambda: Cell(False))
    tools: Cell[Tools] = field(default_factory=lambda: Cell(Tools()))
    last: Cell[Scan | None] = field(default_factory=lambda: Cell(None))
    counted: Cell[int] = field(default_factory=lambda: Cell(0))
    all_count: Cell[bool] = field(default_factory=lambda: Cell(False))
    choice: Cell[Choice | None] = field(default_factory=lambda: Cell(None))
    size: Cell[tuple[int, int] | None] = field(default_factory=lambda: Cell(None))
    _ended: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.camera = FletCamera(self._mounted, self.web, lambda wanted: setattr(self.wanted, "value", wanted))
        hearing = Hearing(self._opened, self._heard, self._torn, self._sized)
        self.scanner = CameraScanner(self.camera, self.stream, self.decoders, hearing=hearing)

    def _mounted(self) -> fc.Camera:
        if self.control.current is None:
            raise RuntimeError("the camera is not drawn")
        return self.control.current

    async def watch(self) -> None:
        try:
            self.refused.value = await self.scanner.run()
        finally:
            self._ended.set()

    def close(self) -> None:
        self.scanner.close()

    async def rest(self) -> None:
        """The app went to the background, where the system (or our page in a browser, `assets/index.html`) frees the
        camera. It does not wake: another one is opened."""
        self.scanner.close()
        await self._ended.wait()
        self.rests.value = True

    async def light(self) -> None:
        lit = not self.tools.value.lit
        if await self.camera.light(lit):
            self.tools.value = replace(self.tools.value, lit=lit)
        else:
            self._cannot(replace(self.tools.value.abilities, torch=False))

    async def zoom(self) -> None:
        """To the next step, from the last one back to the first."""
        steps = zoom_steps(self.tools.value.abilities.zoom)
        level = next((step for step in steps if step > self.tools.value.zoom), steps[0])
        if await self.camera.zoom(level):
            self.tools.value = replace(self.tools.value, zoom=level)
        else:
            self._cannot(replace(self.tools.value.abilities, zoom=(1.0, 1.0)))

    async def focus(self, x: float, y: float) -> None:
        """At a point of the picture, both from 0 to 1."""
        if not await self.camera.focus(min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)):
            self._cannot(replace(self.tools.value.abilities, focus=False))

    async def again(self) -> None:
        await self.scanner.again()

    async def choose(self, text: str) -> None:
        self.choice.value = None
        await self.scanner.choose(text)

    def dismiss(self) -> None:
        self.choice.value = None
        self.scanner.reader.dismiss()

    def count_all(self, is_on: bool) -> None:
        self.all_count.value = is_on
        self.scanner.reader.mode = "all" if is_on else "one"
        self.dismiss()

    def _cannot(self, abilities: Abilities) -> None:
        self.tools.value = replace(self.tools.value, abilities=abilities)

    def _opened(self, abilities: Abilities) -> None:
        self.tools.value = Tools(abilities, zoom=max(1.0, abilities.zoom[0]))
        self.ready.value = True

    def _heard(self, scan: Scan) -> None:
        self.last.value = scan
        self.counted.value += 1

    def _torn(self, choice: Choice) -> None:
        self.choice.value = choice

    def _sized(self, size: tuple[int, int]) -> None:
        self.size.value = size


def zoom_steps(levels: tuple[float, float]) -> list[float]:
    """At least one. From the least to the greatest level the camera has."""
    least, greatest = levels
    return [step for step in ZOOM_STEPS if least <= step <= greatest] or [least]
