"""Codes are read from clean and from bad pictures, and nothing is read where nothing is."""

import subprocess
import sys

import cv2
import numpy as np
import pytest

from app.devices.decoding import EVERY, decode_image
from tests.support.barcode_clip import Picture, ean13, on_table, qr

EAN = "4006381333931"


def jpeg(picture: Picture, quality: int = 85) -> bytes:
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def test_an_ean_and_a_qr_code_are_read_with_their_corners() -> None:
    (code,) = decode_image(jpeg(on_table(ean13(EAN))))
    assert (code.symbology, code.text) == ("EAN-13", EAN)
    assert all(0 <= x < 1280 and 0 <= y < 720 for x, y in code.corners)
    (pairing,) = decode_image(on_table(qr("https://example.test/?pair=AB-12")))
    assert (pairing.symbology, pairing.text) == ("QR Code", "https://example.test/?pair=AB-12")


def test_a_code_upside_down_is_the_same_code() -> None:
    assert decode_image(np.ascontiguousarray(on_table(ean13(EAN))[::-1, ::-1]))[0].text == EAN


@pytest.mark.parametrize("degrees", [30, 50, 90, 135])
def test_a_turned_code_is_found_where_it_lies(degrees: int) -> None:
    frame = on_table(ean13(EAN, module_px=3))
    turn = cv2.getRotationMatrix2D((640, 360), degrees, 1.0)
    turned = cv2.warpAffine(frame, turn, (1280, 720), borderValue=(120, 120, 120))
    (code,) = decode_image(turned)  # type: ignore[arg-type]
    assert code.text == EAN
    middle = np.mean(code.corners, axis=0)
    assert abs(middle[0] - 640) < 120
    assert abs(middle[1] - 360) < 120


def test_a_dark_flat_picture_is_read() -> None:
    frame = on_table(ean13(EAN, module_px=2, height_px=80), size=(640, 480)).astype(float) * 0.12 + 20
    noisy = frame + np.random.default_rng(7).normal(0, 2, frame.shape)
    assert [code.text for code in decode_image(jpeg(noisy.clip(0, 255).astype(np.uint8)))] == [EAN]


@pytest.mark.parametrize("picture", [b"", b"not a picture", jpeg(np.full((480, 640, 3), 90, dtype=np.uint8))])
def test_where_nothing_is_nothing_is_read(picture: bytes) -> None:
    assert decode_image(picture) == []


def test_the_heavy_libraries_wait_for_the_first_picture() -> None:
    heavy = "[m for m in ('cv2', 'numpy', 'pyzbar') if m in sys.modules]"
    check = f"import app.devices.decoding, app.devices.camera, sys; print({heavy})"
    out = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("kind", "content", "symbology", "text"),
    [("DataBarOmni", "0104006381333931", "GS1 DataBar", "]e00104006381333931"),
     ("DataBarExp", "(01)04006381333931(10)AB12", "GS1 DataBar Expanded", "]e0010400638133393110AB12"),
     ("UPCE", "04965802", "UPC-E", "0049000006582")],
)  # fmt: skip
def test_what_another_writer_drew_is_read(kind: str, content: str, symbology: str, text: str) -> None:
    zxingcpp = pytest.importorskip("zxingcpp")
    drawn = np.array(zxingcpp.create_barcode(content, getattr(zxingcpp.BarcodeFormat, kind)).to_image(scale=4))
    (code,) = decode_image(on_table(np.pad(drawn, 40, constant_values=255)), allowed=EVERY)
    assert (code.symbology, code.identified) == (symbology, text)
    if symbology == "UPC-E":
        assert decode_image(on_table(np.pad(drawn, 40, constant_values=255))) == []


def test_light_bars_on_a_dark_ground_are_read() -> None:
    (code,) = decode_image(255 - on_table(ean13(EAN)))
    assert code.text == EAN


def test_the_aimed_code_of_two_comes_first() -> None:
    left, right = (
        on_table(ean13(EAN, module_px=2), (500, 500)),
        on_table(ean13("5901234123457", module_px=2), (500, 500)),
    )
    table = np.hstack([left[:, 100:400], right])
    assert [code.text for code in decode_image(table)] == ["5901234123457", EAN]
