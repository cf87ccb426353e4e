"""The soft decoder reads what blur has closed, both ways up, and says how sure it is."""

from typing import Any

import cv2
import numpy as np
import pytest

from app.devices.codes import ean, soft
from app.devices.codes.bands import aligned
from app.devices.codes.evidence import is_own
from tests.support.barcode_pictures import number, printed

LAYOUTS = {"EAN-13": ean.EAN13_LAYOUT, "EAN-8": ean.EAN8_LAYOUT, "UPC-A": ean.EAN13_LAYOUT}


def read(strip: np.ndarray, layout: ean.Layout) -> list[soft.Guess]:
    return soft.guesses(aligned(strip), layout, 0.8)


@pytest.mark.parametrize("symbology", ["EAN-13", "EAN-8", "UPC-A"])
@pytest.mark.parametrize("blur", [0.3, 3.5])
@pytest.mark.parametrize("upside_down", [False, True])
def test_a_number_is_read_sharp_and_blurred(symbology: str, blur: float, upside_down: bool) -> None:
    random = np.random.default_rng(11)
    for _ in range(2):
        text = number(random, symbology)
        strip: Any = printed(ean.modules_of(symbology, text) or "", module_px=6, height_px=80)[14:-14]
        strip = cv2.GaussianBlur(strip, (0, 0), blur)[:, :: -1 if upside_down else 1]
        best = read(np.ascontiguousarray(strip), LAYOUTS[symbology])[0]
        assert (best.number, best.upside_down) == (text, upside_down)
        assert is_own(best)
        assert abs(best.left - 60) < 9
        assert abs(best.right - (strip.shape[1] - 60)) < 9


def test_a_bent_code_is_read() -> None:
    text = "4006381333931"
    strip = printed(ean.modules_of("EAN-13", text) or "", module_px=7, height_px=80)[14:-14]
    width = strip.shape[1]
    x = np.linspace(0, 1, width)
    columns = np.repeat(((x + 0.2 * x * (1 - x)) * (width - 1)).astype(np.float32)[None], 80, 0)
    rows = np.repeat(np.arange(80, dtype=np.float32)[:, None], width, 1)
    best = read(cv2.remap(strip, columns, rows, cv2.INTER_LINEAR), ean.EAN13_LAYOUT)[0]
    assert best.number == text
    assert is_own(best)


def test_bars_that_are_no_code_are_never_owned() -> None:
    random = np.random.default_rng(5)
    for _ in range(60):
        modules = "".join(("1" if at % 2 else "0") * int(random.integers(1, 5)) for at in range(50))
        strip: Any = printed(modules, module_px=6, height_px=60)[14:-14]
        for layout in (ean.EAN13_LAYOUT, ean.EAN8_LAYOUT, ean.UPCE_LAYOUT):
            assert not any(is_own(guess) for guess in read(strip, layout)), modules


@pytest.mark.parametrize("beside", ["left", "right"])
@pytest.mark.parametrize("symbology", ["EAN-13", "EAN-8"])
def test_a_number_that_other_bars_run_on_from_is_not_owned(symbology: str, beside: str) -> None:
    random = np.random.default_rng(3)
    for _ in range(3):
        modules = ean.modules_of(symbology, number(random, symbology)) or ""
        more = "00" + "1101001100" if beside == "right" else "0011001011" + "00"
        strip: Any = printed(modules + more if beside == "right" else more + modules, module_px=6, height_px=80)[14:-14]
        assert not any(is_own(guess) for guess in read(strip, LAYOUTS[symbology]))


def test_without_lines_nothing_is_guessed() -> None:
    assert soft.guesses(None, ean.EAN13_LAYOUT, 0.8) == []
