"""A code counts when two pictures agree, once per showing; a camera that fails says why."""

import cv2
import pytest

from app.devices.camera import Agreement, CameraRefused, CameraScanner
from app.devices.decoding import Decoded
from app.devices.flet_camera import refusal_code
from app.devices.scanning import Scan, ScanStream
from tests.support.barcode_clip import ean13, on_table
from tests.support.devices import FakeCamera

EAN, OTHER = "4006381333931", "5901234123457"


def code(text: str, size: int = 10) -> Decoded:
    return Decoded("EAN-13", text, ((0, 0), (size, 0), (size, size), (0, size)))


def test_one_picture_is_not_enough_and_a_held_code_counts_once() -> None:
    agreement = Agreement()
    seen = [agreement.see([code(EAN)]) for _ in range(30)]
    assert [at for at, accepted in enumerate(seen) if accepted] == [1]


def test_a_code_counts_again_after_it_left_the_view() -> None:
    agreement = Agreement()
    for picture in ([code(EAN)],) * 2 + ([],) * 10 + ([code(EAN)],):
        agreement.see(picture)
    accepted = agreement.see([code(EAN)])
    assert accepted is not None
    assert accepted.text == EAN


def test_a_flickering_code_does_not_count_twice() -> None:
    agreement = Agreement()
    pictures = [[code(EAN)], [code(EAN)], [], [code(EAN)], [code(EAN)], [], [], [code(EAN)], [code(EAN)]]
    assert sum(agreement.see(picture) is not None for picture in pictures) == 1


def test_of_several_codes_the_nearest_counts_and_misreads_do_not() -> None:
    agreement = Agreement()
    agreement.see([code(EAN, 5), code(OTHER, 50), code("12", 90)])
    accepted = agreement.see([code(EAN, 5), code(OTHER, 50)])
    assert accepted is not None
    assert accepted.text == OTHER


async def test_pictures_become_scans_until_closed() -> None:
    jpeg = cv2.imencode(".jpg", on_table(ean13(EAN)))[1].tobytes()
    stream, heard, ready = ScanStream(), [], []
    scanner = CameraScanner(FakeCamera([jpeg]), stream)

    def hear(scan: Scan) -> None:
        heard.append(scan)
        scanner.close()

    stream.subscribe(hear)
    assert await scanner.run(lambda: ready.append(True)) is None
    assert ready == [True]
    assert heard == [Scan(EAN, "camera", "EAN-13")]


async def test_a_refused_camera_answers_why() -> None:
    refused = CameraRefused("camera.denied", "no")
    scanner = CameraScanner(FakeCamera([], refused), ScanStream())
    assert await scanner.run(lambda: None) == refused


@pytest.mark.parametrize(
    ("words", "expected"),
    [("CameraException(CameraAccessDenied, Permission denied)", "camera.denied"), ("NotAllowedError", "camera.denied"),
     ("Requested device not found: NotFoundError", "camera.absent"), ("boom", "camera.failed")],
)  # fmt: skip
def test_the_platforms_words_become_a_stable_code(words: str, expected: str) -> None:
    assert refusal_code(words) == expected
