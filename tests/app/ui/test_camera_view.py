"""The camera view reads codes into the same stream as the scanner, offers what the camera can do and nothing else,
rests in the background, and has a sentence for every refusal."""

from itertools import count
from typing import Any, get_args

import cv2
import flet as ft
import numpy as np

from app.devices.camera import RefusalCode
from app.devices.scanning import Scan, ScanStream
from app.i18n import translations
from app.ui import CameraView, UiState, part, use_scans
from app.ui.camera_view import sentence
from tests.support.barcode_clip import ean13, jpeg, on_table
from tests.support.flet_harness import ClientSideError, flet_part

EAN, OTHER = "4006381333931", "5901234123457"
BACK = {"name": "cam", "lens_direction": "back", "sensor_orientation": 0}


@part
def Desk() -> ft.Control:
    seen, set_seen = ft.use_state("nothing")
    opened, set_opened = ft.use_state(False)
    use_scans(lambda scan: set_seen(f"{scan.source} {scan.text}"))
    camera: list[Any] = [CameraView(lambda: set_opened(False))] if opened else []
    toggle = ft.Button("Camera", key="desk-camera-button", on_click=lambda: set_opened(True))
    return ft.Column([ft.Text(seen, key="desk-seen-text"), toggle, *camera])


async def test_a_code_held_before_the_camera_is_scanned() -> None:
    picture = jpeg(on_table(ean13(EAN)))
    answers = {"get_available_cameras": lambda _: [BACK], "take_picture": lambda _: picture}
    async with flet_part(Desk, answers=answers) as h:
        await h.click("desk-camera-button")
        await h.until(lambda: h.find("desk-seen-text").value == f"camera {EAN}")
        await h.click("camera-close-button")
        assert not h.has("camera-column")


def phone(frame: bytes, **more: Any) -> dict[str, Any]:
    """A phone's camera: torch, zoom and focus obey, frames come one by one."""
    return {
        "get_available_cameras": lambda _: [BACK],
        "take_picture": lambda _: frame,
        "get_min_zoom_level": lambda _: 1.0,
        "get_max_zoom_level": lambda _: 4.0,
        **more,
    }


def frame_with(*codes: tuple[str, int]) -> bytes:
    """Each code at a place: pixels from the middle of a 1280 x 720 frame to the right."""
    table = np.full((720, 1280, 3), 120, dtype=np.uint8)
    for text, shift in codes:
        code = cv2.cvtColor(ean13(text, 3, 160), cv2.COLOR_GRAY2BGR)
        top, left = (720 - code.shape[0]) // 2, (1280 - code.shape[1]) // 2 + shift
        table[top : top + code.shape[0], left : left + code.shape[1]] = code
    return jpeg(table)


async def test_the_same_code_counts_once_more_by_a_button() -> None:
    async with flet_part(Desk, answers=phone(frame_with((EAN, 0)))) as h:
        await h.click("desk-camera-button")
        assert not h.has("camera-again-button")
        await h.until(lambda: h.has("camera-again-button"))
        assert h.find("camera-last-text").value == EAN
        assert "EAN-13 · 1 code read" in h.texts()
        await h.click("camera-again-button")
        assert "EAN-13 · 2 codes read" in h.texts()


async def test_what_the_camera_can_is_offered_and_what_it_cannot_is_not() -> None:
    async with flet_part(Desk, answers=phone(frame_with((EAN, 0)))) as h:
        await h.click("desk-camera-button")
        await h.until(lambda: h.has("camera-light-button"))
        await h.click("camera-light-button")
        for _step in range(3):
            await h.click("camera-zoom-button")
        asked = [(name, given) for name, given in h.connection.calls if name in ("set_flash_mode", "set_zoom_level")]
        assert [given["zoom"] for name, given in asked if name == "set_zoom_level"] == [2.0, 3.0, 1.0]
        assert [given["mode"].value for name, given in asked if name == "set_flash_mode"] == ["off", "torch"]
        assert min(h.find(f"camera-{name}-button").height for name in ("light", "zoom", "close")) >= 48

    def cannot(_: dict[str, Any]) -> None:
        raise ClientSideError("CameraException(torchModeNotSupported)")

    lame = phone(frame_with(), set_flash_mode=cannot, get_max_zoom_level=cannot)
    async with flet_part(Desk, answers=lame) as h:
        await h.click("desk-camera-button")
        await h.until(
            lambda: h.has("camera-hint-text") and h.find("camera-hint-text").value.startswith("Hold the code")
        )
        assert not h.has("camera-light-button")
        assert not h.has("camera-zoom-button")


async def test_of_several_codes_a_person_chooses() -> None:
    async with flet_part(Desk, answers=phone(frame_with((EAN, -220), (OTHER, 240)))) as h:
        await h.click("desk-camera-button")
        await h.until(lambda: h.has("camera-choice-text"))
        assert h.find("desk-seen-text").value == "nothing"
        await h.click(f"camera-{OTHER}-choice")
        await h.until(lambda: h.find("desk-seen-text").value == f"camera {OTHER}")
        assert not h.has("camera-choice-text")


async def test_every_code_in_view_counts_when_asked() -> None:
    async with flet_part(Desk, answers=phone(frame_with((EAN, -220), (OTHER, 240)))) as h:
        await h.click("desk-camera-button")
        switch = h.find("camera-all-switch")
        h.session.apply_patch(switch._i, {"value": True})
        await h.fire("camera-all-switch", "change", "true")
        await h.until(lambda: any(text.endswith("2 codes read") for text in h.texts()))
        assert not h.has("camera-choice-text")


async def test_in_the_background_the_camera_rests_and_opens_anew_after_it() -> None:
    ui = UiState()
    async with flet_part(Desk, ui=ui, answers=phone(frame_with((EAN, 0)))) as h:
        await h.click("desk-camera-button")
        await h.until(lambda: h.has("camera-again-button"))

        async def seen(is_seen: bool) -> None:
            ui.in_front.value = is_seen

        h.page.run_task(seen, False)
        await h.until(lambda: h.has("camera-resting-text"))
        pictures = [name for name, _ in h.connection.calls].count("take_picture")
        await h.settle()
        assert [name for name, _ in h.connection.calls].count("take_picture") == pictures
        h.page.run_task(seen, True)
        await h.until(lambda: [name for name, _ in h.connection.calls].count("initialize") == 2)
        assert not h.has("camera-resting-text")


async def test_a_refused_permission_shows_its_sentence() -> None:
    def refuse(_: dict[str, Any]) -> None:
        raise ClientSideError("CameraException(CameraAccessDenied, denied by the user)")

    async with flet_part(Desk, answers={"get_available_cameras": refuse}) as h:
        await h.click("desk-camera-button")
        await h.until(lambda: h.find("camera-hint-text").value.startswith("The camera may not be used."))


async def test_no_camera_and_no_support_have_sentences() -> None:
    async with flet_part(Desk, answers={"get_available_cameras": lambda _: []}) as h:
        await h.click("desk-camera-button")
        await h.until(lambda: h.find("camera-hint-text").value.startswith("This device has no camera."))
    async with flet_part(Desk, web=False) as h:
        await h.click("desk-camera-button")
        assert h.find("camera-hint-text").value.startswith("The camera cannot be used on this kind of device.")


def test_every_refusal_has_its_own_sentence() -> None:
    sentences = {sentence(code, translations("en")) for code in get_args(RefusalCode)}
    assert len(sentences) == len(get_args(RefusalCode))


async def test_scans_reach_the_newest_drawing_and_stop_with_the_component() -> None:
    ticks = count(step=1000.0)
    ui = UiState(scans=ScanStream(lambda: next(ticks)))
    heard: list[str] = []

    @part
    def Listener(name: str) -> ft.Control:
        use_scans(lambda scan: heard.append(f"{name} {scan.text}"))
        return ft.Text(name)

    @part
    def Around() -> ft.Control:
        name, set_name = ft.use_state("a")
        shown: list[Any] = [Listener(name)] if name != "gone" else []
        buttons = [ft.Button(n, key=f"to-{n}", on_click=lambda _, n=n: set_name(n)) for n in ("b", "gone")]
        return ft.Column([*buttons, *shown])

    async with flet_part(Around, ui=ui) as h:
        await ui.scans.publish(Scan("1", "wedge"))
        await h.click("to-b")
        await ui.scans.publish(Scan("2", "wedge"))
        await h.click("to-gone")
        await ui.scans.publish(Scan("3", "wedge"))
    assert heard == ["a 1", "b 2"]
