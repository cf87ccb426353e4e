"""Data Matrix symbols drawn by another hand than the reader's (zxing-cpp's), and photographs of them on any ground."""

from typing import Any

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Random = np.random.Generator

MODULE_PX = 8
ALPHABETS = ("0123456789", "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", "abcdefghijABCDEFGHIJ0123456789 -_./éß")


def symbol(text: str, **options: Any) -> Picture:
    """One pixel for each module, no quiet zone. `options` of zxing-cpp's writer: gs1=True, or version=1 to 24 for
    squares, 25 to 30 for rectangles, above for those of the extension."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix, **options)
    return np.array(code.to_image(scale=1, add_quiet_zones=False), dtype=np.uint8)


def square(text: str) -> Picture:
    """The smallest square symbol that holds the text."""
    for version in range(1, 24):
        try:
            return symbol(text, version=version)
        except ValueError:  # too long for it
            continue
    raise ValueError("longer than any square symbol that is drawn here")


def printed(modules: Picture, quiet: int = 2, module_px: int = MODULE_PX) -> Picture:
    """With a quiet zone of so many modules."""
    return np.pad(modules.repeat(module_px, 0).repeat(module_px, 1), quiet * module_px, constant_values=255)


def text(random: Random, most: int = 100) -> str:
    length = int(random.integers(3, 30 if random.random() < 0.5 else most))
    return "".join(random.choice(list(ALPHABETS[int(random.integers(len(ALPHABETS)))]), length))


def drawn(random: Random) -> tuple[Picture, str]:
    """A clean print of a square symbol and its text."""
    said = text(random, 40)
    return printed(square(said)), said


def placed(random: Random, ground: NDArray[np.float64], tilt: float, turn: float) -> tuple[NDArray[np.float64], str]:
    """A symbol of any shape on `ground`, with modules of 2.5 to 9 pixels, a quiet zone of one to three of them, one in
    five light on dark. `tilt`: by what share of its half its corners may move; `turn` in radians."""
    height, width = ground.shape
    said = text(random)
    modules = symbol(said)
    code = printed(modules, int(random.integers(1, 4)))
    code = 255 - code if random.random() < 0.2 else code
    scale = min(float(random.uniform(2.5, 9)), 0.65 * height / max(modules.shape)) / MODULE_PX
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    box = signs * np.array(code.shape[::-1]) * scale / 2 * (1 + tilt * random.uniform(-1, 1, (4, 1)))
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    corners = box @ turned.T + np.array([width / 2, height / 2]) + random.uniform(-0.07, 0.07, 2) * width
    source = (signs + 1) / 2 * np.array(code.shape[::-1]) - 0.5
    way = cv2.getPerspectiveTransform(source.astype(np.float32), corners.astype(np.float32))
    soft = cv2.GaussianBlur(code, (0, 0), 0.45 / scale)
    lit = cv2.warpPerspective(soft, way, (width, height), flags=cv2.INTER_LINEAR)
    there = cv2.warpPerspective(np.full_like(code, 255), way, (width, height), flags=cv2.INTER_NEAREST)
    ink, paper = float(random.uniform(10, 70)), float(random.uniform(170, 250))
    return np.where(there > 0, ink + (paper - ink) * lit / 255.0, ground), said
