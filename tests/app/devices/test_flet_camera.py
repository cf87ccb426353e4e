"""What the platform answers becomes one of five refusals; nothing hangs."""

import asyncio
from types import SimpleNamespace
from typing import Any

import flet as ft
import flet_camera as fc
import pytest

from app.devices import flet_camera
from app.devices.camera import CameraFault
from app.devices.flet_camera import FletCamera, has_camera_support, refusal_code


class Control:
    """Answers like a mounted fc.Camera."""

    def __init__(self, cameras: list[Any], answer: bytes | Exception = b"jpeg") -> None:
        self.cameras, self.answer, self.chosen = cameras, answer, None

    async def get_available_cameras(self) -> list[Any]:
        return self.cameras

    async def initialize(self, camera: Any, *_: Any, **__: Any) -> None:
        self.chosen = camera

    async def take_picture(self) -> bytes:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def lens(direction: fc.CameraLensDirection) -> Any:
    return SimpleNamespace(lens_direction=direction)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("NotAllowedError: Permission denied", "camera.denied"),
        ("NotFoundError", "camera.absent"),
        ("No camera found", "camera.absent"),
        ("something else", "camera.failed"),
    ],
)
def test_the_platforms_words_are_read(message: str, code: str) -> None:
    assert refusal_code(message) == code


async def test_the_camera_at_the_back_is_opened() -> None:
    front, back = lens(fc.CameraLensDirection.FRONT), lens(fc.CameraLensDirection.BACK)
    control = Control([front, back])
    camera = FletCamera(lambda: control)
    await camera.open()
    assert control.chosen is back
    assert await camera.picture() == b"jpeg"


async def test_no_camera_a_refusal_and_a_mute_one_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = FletCamera(lambda: Control([]))
    with pytest.raises(CameraFault, match=r"camera\.absent"):
        await absent.open()
    denied = FletCamera(lambda: Control([], RuntimeError("Permission denied")))
    with pytest.raises(CameraFault, match=r"camera\.denied"):
        await denied.picture()

    class Mute(Control):
        async def take_picture(self) -> bytes:
            await asyncio.Event().wait()
            return b""

    monkeypatch.setattr(flet_camera, "OPEN_TIMEOUT_S", 0.01)
    mute = FletCamera(lambda: Mute([]))
    with pytest.raises(CameraFault, match=r"camera\.silent"):
        await mute.picture()


def test_the_camera_is_offered_where_it_can_be_drawn() -> None:
    assert has_camera_support(SimpleNamespace(web=True, platform=ft.PagePlatform.LINUX))  # type: ignore[arg-type]
    assert has_camera_support(SimpleNamespace(web=False, platform=ft.PagePlatform.IOS))  # type: ignore[arg-type]
    assert not has_camera_support(SimpleNamespace(web=False, platform=ft.PagePlatform.LINUX))  # type: ignore[arg-type]
