"""The camera view reads codes into the same stream as the scanner, and has a sentence for every refusal."""

from typing import Any, get_args

import cv2
import flet as ft

from app.devices.camera import RefusalCode
from app.i18n import translations
from app.ui import CameraView, UiState, part, use_scans
from app.ui.camera_view import sentence
from tests.support.barcode_clip import ean13, on_table
from tests.support.flet_harness import ClientSideError, flet_part

EAN = "4006381333931"
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
    jpeg = cv2.imencode(".jpg", on_table(ean13(EAN)))[1].tobytes()
    answers = {"get_available_cameras": lambda _: [BACK], "take_picture": lambda _: jpeg}
    async with flet_part(Desk, answers=answers) as h:
        await h.click("desk-camera-button")
        await h.until(lambda: h.find("desk-seen-text").value == f"camera {EAN}")
        await h.click("camera-close-button")
        assert not h.has("camera-column")


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
    ui = UiState()
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

    from app.devices.scanning import Scan

    async with flet_part(Around, ui=ui) as h:
        await ui.scans.publish(Scan("1", "wedge"))
        await h.click("to-b")
        await ui.scans.publish(Scan("2", "wedge"))
        await h.click("to-gone")
        await ui.scans.publish(Scan("3", "wedge"))
    assert heard == ["a 1", "b 2"]
