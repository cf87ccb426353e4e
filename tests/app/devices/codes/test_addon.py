"""The two or five digits beside a number are read with it, and never made up."""

from typing import Any

import cv2
import numpy as np
import pytest

from app.devices.codes import addon, ean, soft
from app.devices.codes.bands import aligned
from tests.support.barcode_pictures import printed

EAN = "4190566906901"


def modules_of(digits: str) -> str:
    values = tuple(int(digit) for digit in digits)
    parity = (addon.PARITY_TWO if len(digits) == 2 else addon.PARITY_FIVE)[addon._check(values)]
    drawn = [
        "".join(str(int(module)) for module in ean.patterns()[value + (10 if even == "1" else 0)])
        for value, even in zip(values, parity, strict=True)
    ]
    return "1011" + "01".join(drawn)


def read(digits: str, blur: float, upside_down: bool) -> str:
    beside = "0" * 9 + modules_of(digits) if digits else ""
    strip: Any = printed((ean.modules_of("EAN-13", EAN) or "") + beside, module_px=5, height_px=70)[14:-14]
    strip = np.ascontiguousarray(cv2.GaussianBlur(strip, (0, 0), blur)[:, :: -1 if upside_down else 1])
    lines = aligned(strip)
    best = soft.guesses(lines, ean.EAN13_LAYOUT, 0.85)[0]
    assert best.number == EAN
    return addon.read(lines, best, 95)


@pytest.mark.parametrize("upside_down", [False, True])
@pytest.mark.parametrize("blur", [0.5, 2.0])
@pytest.mark.parametrize("digits", ["01", "42", "51299", "90000"])
def test_an_add_on_is_read_beside_its_number(digits: str, blur: float, upside_down: bool) -> None:
    assert read(digits, blur, upside_down) == digits


@pytest.mark.parametrize("upside_down", [False, True])
def test_where_there_is_none_none_is_read(upside_down: bool) -> None:
    assert read("", 0.5, upside_down) == ""
