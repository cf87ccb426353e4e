"""What the platform answers becomes one of five refusals and a set of abilities; nothing hangs."""

import asyncio
from types import SimpleNamespace
from typing import Any

import flet as ft
import flet_camera as fc
import pytest

from app.devices import flet_camera
from app.devices.camera import Abilities, CameraFault
from app.devices.flet_camera import FletCamera, has_camera_support, refusal_code

BACK, FRONT, EXTERNAL = (fc.CameraLensDirection[name] for name in ("BACK", "FRONT", "EXTERNAL"))


class Control:
    """Answers like a mounted fc.Camera: as in a browser whose camera can nothing, or as on a phone (`able`)."""

    def __init__(self, cameras: list[Any], answer: bytes | Exception = b"jpeg", able: bool = False) -> None:
        self.cameras, self.answer, self.able = cameras, answer, able
        self.chosen: Any = None
        self.calls: list[tuple[str, Any]] = []

    async def get_available_cameras(self) -> list[Any]:
        return self.cameras

    async def initialize(self, camera: Any, *_: Any, **__: Any) -> None:
        self.chosen = camera

    async def take_picture(self) -> bytes:
        self.calls.append(("take_picture", None))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def __getattr__(self, name: str) -> Any:
        answers = {"get_min_zoom_level": 1.0, "get_max_zoom_level": 8.0, "supports_image_streaming": True}

        async def call(argument: Any = None) -> Any:
            self.calls.append((name, argument))
            if not self.able and name != "supports_image_streaming":
                raise RuntimeError("CameraException(torchModeNotSupported, not by the current camera)")
            return answers.get(name) if self.able else False

        return call


def lens(direction: fc.CameraLensDirection) -> Any:
    return SimpleNamespace(lens_direction=direction)


def camera(control: Control, **options: Any) -> FletCamera:
    return FletCamera(lambda: control, **options)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("CameraException(CameraAccessDenied, Permission denied)", "camera.denied"),
        ("NotAllowedError: Permission denied", "camera.denied"),
        ("NotFoundError", "camera.absent"),
        ("Requested device not found: NotFoundError", "camera.absent"),
        ("No camera found", "camera.absent"),
        ("something else", "camera.failed"),
    ],
)
def test_the_platforms_words_are_read(message: str, code: str) -> None:
    assert refusal_code(message) == code


@pytest.mark.parametrize("web", [True, False])
async def test_the_camera_at_the_back_is_opened_and_is_never_mirrored(web: bool) -> None:
    front, back = lens(FRONT), lens(BACK)
    control = Control([front, back])
    opened = camera(control, web=web)
    await opened.open()
    assert control.chosen is back
    assert not opened.mirrored
    assert await opened.picture() == b"jpeg"


@pytest.mark.parametrize(("direction", "web", "mirrored"), [(EXTERNAL, True, True), (FRONT, False, False)])
async def test_another_camera_is_a_looking_glass_in_the_browser(
    direction: fc.CameraLensDirection, web: bool, mirrored: bool
) -> None:
    opened = camera(Control([lens(direction)]), web=web)
    await opened.open()
    assert opened.mirrored == mirrored


async def test_what_the_camera_cannot_do_is_found_out_without_doing_it() -> None:
    control = Control([lens(BACK)])
    assert await camera(control).open() == Abilities()
    assert ("set_flash_mode", fc.FlashMode.OFF) in control.calls
    assert "set_focus_point" not in dict(control.calls)
    assert "start_image_stream" not in dict(control.calls)
    able = Control([lens(BACK)], able=True)
    phone = camera(able, web=False)
    assert await phone.open() == Abilities(torch=True, zoom=(1.0, 8.0), focus=True)
    assert await phone.light(True)
    assert await phone.zoom(2.0)
    assert await phone.focus(0.5, 0.25)
    assert able.calls[-3:] == [
        ("set_flash_mode", fc.FlashMode.TORCH),
        ("set_zoom_level", 2.0),
        ("set_focus_point", (0.5, 0.25)),
    ]
    assert not await camera(control).light(True)


async def test_a_stream_gives_a_frame_only_while_one_is_wanted() -> None:
    control = Control([lens(BACK)], able=True)
    wanted: list[bool] = []
    phone = camera(control, web=False, want=wanted.append)
    await phone.open()
    assert ("start_image_stream", None) in control.calls
    phone.heard(SimpleNamespace(bytes=b"nobody waits"))
    asked = asyncio.create_task(phone.picture())
    await asyncio.sleep(0)
    assert wanted == [True]
    phone.heard(SimpleNamespace(bytes=b"frame"))
    assert await asked == b"frame"
    assert wanted == [True, False]


async def test_a_silent_stream_is_given_up_for_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flet_camera, "STREAM_TIMEOUT_S", 0.01)
    control = Control([lens(BACK)], able=True)
    phone = camera(control, web=False)
    await phone.open()
    assert [await phone.picture(), await phone.picture()] == [b"jpeg", b"jpeg"]
    assert [name for name, _ in control.calls].count("stop_image_stream") == 1


async def test_no_camera_a_refusal_and_a_mute_one_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CameraFault, match=r"camera\.absent"):
        await camera(Control([])).open()
    with pytest.raises(CameraFault, match=r"camera\.denied"):
        await camera(Control([], RuntimeError("Permission denied"))).picture()

    class Mute(Control):
        async def take_picture(self) -> bytes:
            await asyncio.Event().wait()
            return b""

    monkeypatch.setattr(flet_camera, "OPEN_TIMEOUT_S", 0.01)
    with pytest.raises(CameraFault, match=r"camera\.silent"):
        await camera(Mute([])).picture()


def test_the_camera_is_offered_where_it_can_be_drawn() -> None:
    assert has_camera_support(SimpleNamespace(web=True, platform=ft.PagePlatform.LINUX))  # type: ignore[arg-type]
    assert has_camera_support(SimpleNamespace(web=False, platform=ft.PagePlatform.IOS))  # type: ignore[arg-type]
    assert not has_camera_support(SimpleNamespace(web=False, platform=ft.PagePlatform.LINUX))  # type: ignore[arg-type]
