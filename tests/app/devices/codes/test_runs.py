"""The second reader knows Code 128, Code 39 and ITF with their quiet zones, and nothing less than a whole code."""

from typing import Any

import cv2
import numpy as np
import pytest

from app.devices.codes import runs
from app.devices.codes.bands import aligned
from tests.support.barcode_pictures import code39, code128, itf, printed

WANTED = frozenset({"Code 128", "Code 39", "ITF"})


def read(modules: str, blur: float = 0.6, upside_down: bool = False, module_px: int = 5) -> dict[str, str]:
    strip: Any = printed(modules, module_px=module_px, height_px=60)[14:-14]
    strip = cv2.GaussianBlur(strip, (0, 0), blur)[:, :: -1 if upside_down else 1]
    return {run.text: run.symbology for run in runs.read(aligned(np.ascontiguousarray(strip)), WANTED)}


@pytest.mark.parametrize("upside_down", [False, True])
@pytest.mark.parametrize("blur", [0.6, 2.5])
def test_whole_codes_are_read_both_ways_up(blur: float, upside_down: bool) -> None:
    assert read(code128("Ab-128 x"), blur, upside_down) == {"Ab-128 x": "Code 128"}
    assert read(code39("CODE-39 A"), blur, upside_down) == {"CODE-39 A": "Code 39"}
    assert read(itf("15400141288763"), blur, upside_down) == {"15400141288763": "ITF"}


@pytest.mark.parametrize("modules", [code128("Ab-128 x"), code39("CODE39"), itf("15400141288763")])
def test_a_part_of_a_code_is_not_a_code(modules: str) -> None:
    assert read(modules[40:]) == {}
    assert read(modules[:-40]) == {}
    assert read("1" * 3 + "0" + modules) == {}, "no quiet zone"


def test_a_wrong_check_symbol_is_no_code_128() -> None:
    modules = code128("COMPTOIR")
    swapped = modules[:11] + modules[22:33] + modules[11:22] + modules[33:]
    assert read(swapped) == {}


def test_noise_says_nothing() -> None:
    random = np.random.default_rng(2)
    for _ in range(40):
        modules = "".join(("1" if at % 2 else "0") * int(random.integers(1, 5)) for at in range(90))
        assert read(modules) == {}
