"""Devices without hardware that behave like real ones: a scanner nobody listens to is not heard."""

import asyncio
from collections.abc import Iterable
from itertools import chain, repeat

from app.devices.camera import Abilities, CameraFault, CameraRefused
from app.devices.feedback import Verdict


class FakeFeedback:
    """Remembers what was given, newest last."""

    def __init__(self) -> None:
        self.given: list[Verdict] = []
        self.words = ""
        self.rung = 0
        self.sounds = True

    def give(self, verdict: Verdict, words: str = "") -> None:
        self.given.append(verdict)
        self.words = words

    def ring(self) -> None:
        self.rung += 1


class FakeCamera:
    """Shows the pictures in turn and the last one for ever; a `CameraRefused` among them is raised in its turn."""

    mirrored = False

    def __init__(
        self,
        pictures: Iterable[bytes | CameraRefused],
        refused: CameraRefused | None = None,
        abilities: Abilities = Abilities(),  # noqa: B008  (frozen)
    ) -> None:
        shown = list(pictures)
        self._pictures = chain(shown, repeat(shown[-1] if shown else b""))
        self._refused = refused
        self._abilities = abilities
        self.taken = 0

    async def open(self) -> Abilities:
        if self._refused:
            raise CameraFault(self._refused)
        return self._abilities

    async def picture(self) -> bytes:
        await asyncio.sleep(0)
        self.taken += 1
        picture = next(self._pictures)
        if isinstance(picture, CameraRefused):
            raise CameraFault(picture)
        return picture


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
