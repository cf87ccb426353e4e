"""Devices without hardware that behave like real ones: a scanner nobody listens to is not heard."""

import asyncio
from collections.abc import Iterable
from itertools import chain, repeat

from app.devices.camera import CameraFault, CameraRefused
from app.devices.feedback import Verdict
from app.devices.scanning import Scan, ScanStream


class FakeScanner(ScanStream):
    """`await scanner.scan("4006381333931")` inside the page's context."""

    async def scan(self, text: str) -> None:
        await self.publish(Scan(text, "wedge"))


class FakeFeedback:
    """Remembers what was given, newest last."""

    def __init__(self) -> None:
        self.given: list[Verdict] = []
        self.rung = 0
        self.sounds = True

    def give(self, verdict: Verdict) -> None:
        self.given.append(verdict)

    def ring(self) -> None:
        self.rung += 1


class FakeCamera:
    """Shows the pictures in turn and the last one for ever."""

    def __init__(self, pictures: Iterable[bytes], refused: CameraRefused | None = None) -> None:
        shown = list(pictures)
        self._pictures = chain(shown, repeat(shown[-1] if shown else b""))
        self._refused = refused
        self.taken = 0

    async def open(self) -> None:
        if self._refused:
            raise CameraFault(self._refused)

    async def picture(self) -> bytes:
        await asyncio.sleep(0)
        self.taken += 1
        return next(self._pictures)


class FakeIdentityStore:
    """Keeps values like a device's key store, in memory."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    async def read(self, name: str) -> str | None:
        return self.values.get(name)

    async def write(self, name: str, value: str) -> None:
        self.values[name] = value

    async def forget(self, name: str) -> None:
        self.values.pop(name, None)
