"""zbar tells what `pyzbar.decode` hides: how many lines agreed, and whether a code is a GS1 one."""

import numpy as np

from app.devices.codes import zbar
from app.devices.codes.symbols import EVERY
from tests.support.barcode_clip import ean13, qr
from tests.support.barcode_pictures import code128, printed


def test_lines_are_counted_and_density_thins_them() -> None:
    picture = ean13("4006381333931", height_px=100)
    (every,), (some,) = zbar.read(picture, EVERY), zbar.read(picture, EVERY, rows=4, columns=0)
    assert (every.symbology, every.text) == ("EAN-13", "4006381333931") == (some.symbology, some.text)
    assert every.lines > 2 * some.lines > 4


def test_only_what_is_wanted_is_read() -> None:
    assert zbar.read(ean13("4006381333931"), {"QR Code"}) == []
    assert zbar.read(qr("https://example.test/hello"), {"QR Code"})[0].text == "https://example.test/hello"
    assert zbar.read(ean13("0882428015268"), {"UPC-A"})[0].text == "0882428015268"


def test_a_plain_code_128_is_no_gs1_and_nothing_is_read_from_nothing() -> None:
    assert not zbar.read(printed(code128("ABC123")), EVERY)[0].gs1
    assert zbar.read(np.zeros((0, 0), dtype=np.uint8), EVERY) == []
    assert zbar.read(np.zeros((1, 1), dtype=np.uint8), EVERY) == []
