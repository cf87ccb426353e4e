"""The camera in a real browser: a code in a moving hand counts once, nothing else does, and the camera is let go."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import PATIENCE_MS, AppServer, Tablet
from tests.support.barcode_clip import ean13, qr, write_clip
from tests.support.moving_clip import write_moving_clip
from tests.support.store_world import gtin13

pytestmark = pytest.mark.browser
EAN = "4006381333931"
AIM, CLOSE = "Hold the code in front of the camera.", "Close camera"
# Remembers every camera the page was given, so that a test can ask whether it was let go.
REMEMBER_CAMERAS = """() => {
  const given = [], devices = navigator.mediaDevices, ask = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async wish => {
    const stream = await ask(wish);
    given.push(...stream.getTracks());
    return stream;
  };
  window.camerasInUse = () => given.filter(track => track.readyState === 'live').length;
}"""
HIDE = """hidden => {
  Object.defineProperty(document, 'visibilityState', {value: hidden ? 'hidden' : 'visible', configurable: true});
  Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
  document.dispatchEvent(new Event('visibilitychange'));
}"""


@pytest.fixture
def server(app_server: Callable[..., AppServer]) -> AppServer:
    return app_server([sys.executable, str(Path(__file__).with_name("device_demo.py"))])


def cameras_in_use(tablet: Tablet, count: int) -> None:
    tablet.page.wait_for_function("count => window.camerasInUse() === count", arg=count, timeout=PATIENCE_MS)


def test_a_code_in_a_moving_hand_is_scanned_once(
    server: AppServer, tablet: Callable[..., Tablet], tmp_path: Path
) -> None:
    clip = write_moving_clip(tmp_path / "clip.mjpeg", ean13(EAN, 3, 150), seed=1)
    desk = tablet(server, clip=clip)
    desk.page.evaluate(REMEMBER_CAMERAS)
    desk.press("Camera")
    desk.sees(f"camera read {EAN}")
    desk.sees("EAN-13 · 1 code read")
    desk.page.wait_for_timeout(7000)  # the clip has begun again twice
    assert desk.texts().count(f"camera read {EAN}") == 1
    desk.screenshot("foundation-camera")
    desk.press("One more of it")
    desk.sees("EAN-13 · 2 codes read")
    assert desk.texts().count(f"camera read {EAN}") == 2
    cameras_in_use(desk, 1)
    desk.press(CLOSE)
    cameras_in_use(desk, 0)


def test_the_app_counts_what_it_sees_once_and_answers(
    app_server: Callable[..., AppServer], tablet: Callable[..., Tablet], tmp_path: Path
) -> None:
    """The mug that the run asks for, three of it, in a moving hand on a phone."""
    clip = write_moving_clip(tmp_path / "clip.mjpeg", ean13(gtin13("NO-2002"), 3, 150), seed=1)
    program = app_server([sys.executable, str(Path(__file__).with_name("camera_desk.py"))])
    desk = tablet(program, "/pick/run-a", clip=clip, size=(360, 740))
    desk.press("Go on")
    desk.sees("0 of 3")
    desk.press("Scan with the camera")
    desk.sees("1 of 3")
    desk.page.wait_for_timeout(6000)
    assert "2 of 3" not in desk.texts()
    desk.screenshot("pick-camera-phone")
    desk.press("One more of it")
    desk.sees("2 of 3")
    desk.press(CLOSE)


def test_a_scene_without_a_code_scans_nothing(server: AppServer, tablet: Callable[..., Tablet], tmp_path: Path) -> None:
    clip = write_moving_clip(tmp_path / "clip.mjpeg", None, seed=4)
    desk = tablet(server, clip=clip)
    desk.press("Camera")
    desk.sees(AIM)
    desk.page.wait_for_timeout(7000)
    assert "read " not in desk.texts()
    desk.sees(AIM)


def test_a_webcam_is_no_looking_glass_for_a_qr_code(
    server: AppServer, tablet: Callable[..., Tablet], tmp_path: Path
) -> None:
    clip = write_moving_clip(tmp_path / "clip.mjpeg", qr("comptoir:enrol:ABCD2345", 6), seed=2)
    desk = tablet(server, clip=clip)
    desk.press("Camera")
    desk.sees("camera read comptoir:enrol:ABCD2345")


def test_the_camera_rests_in_the_background(server: AppServer, tablet: Callable[..., Tablet], tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mjpeg", [ean13(EAN)])
    desk = tablet(server, clip=clip)
    desk.page.evaluate(REMEMBER_CAMERAS)
    desk.press("Camera")
    desk.sees(f"camera read {EAN}")
    desk.page.evaluate(HIDE, True)
    cameras_in_use(desk, 0)
    desk.page.evaluate(HIDE, False)
    cameras_in_use(desk, 1)
    desk.sees(AIM)


def test_a_refused_camera_says_so(server: AppServer, tablet: Callable[..., Tablet], tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mjpeg", [ean13(EAN)], frames_each=2)
    desk = tablet(server, clip=clip, camera_allowed=False, expect_faults=True)
    desk.press("Camera")
    desk.sees("The camera may not be used.")
    desk.press(CLOSE)


def test_no_camera_says_so(server: AppServer, tablet: Callable[..., Tablet]) -> None:
    desk = tablet(server, expect_faults=True)
    desk.press("Camera")
    desk.sees("This device has no camera.")
