"""Pictures as a telephone takes them, drawn from a seed: a code printed, photographed badly, on something; and pictures
of things that are no codes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from app.devices.codes import ean
from tests.support import matrix_pictures
from tests.support.barcode_clip import qr

Picture = NDArray[np.uint8]
Random = np.random.Generator
SQUARE = ("QR Code", "Data Matrix")


@dataclass(frozen=True)
class Photo:
    """`text` "" where there is no code; `corners` of the bars, in order, in pixels."""

    picture: Picture
    symbology: str
    text: str
    corners: NDArray[np.float64]


def printed(modules: str, module_px: int = 4, height_px: int = 200, quiet: int = 10) -> Picture:
    """Bars from modules ("1" is a bar), with quiet zones and a white margin."""
    line = np.array([0 if module == "1" else 255 for module in "0" * quiet + modules + "0" * quiet], dtype=np.uint8)
    code = np.tile(np.repeat(line, module_px), (height_px, 1))
    return cv2.copyMakeBorder(code, 14, 14, 0, 0, cv2.BORDER_CONSTANT, value=(255,))  # type: ignore[return-value]


def number(random: Random, symbology: str) -> str:
    """A number with its check digit."""
    digits = "".join(str(digit) for digit in random.integers(0, 10, 7 if symbology == "EAN-8" else 12))
    if symbology == "EAN-13":
        digits = str(random.integers(1, 10)) + digits[1:]
    if symbology == "UPC-A":
        digits = "0" + digits[1:]
    return digits + str(ean.check_digit(digits))


def code39(text: str, wide: int = 3) -> str:
    from app.devices.codes.runs import _CODE39_CHARS, _CODE39_WIDE

    modules = []
    for char in f"*{text}*":
        bits = _CODE39_WIDE[_CODE39_CHARS.index(char)]
        widths = [wide if bits >> (8 - at) & 1 else 1 for at in range(9)]
        modules.append("".join(("1" if at % 2 == 0 else "0") * width for at, width in enumerate(widths)))
    return "0".join(modules)


def code128(text: str) -> str:
    """Code B only."""
    from app.devices.codes.runs import _CODE128

    values = [104, *(ord(char) - 32 for char in text)]
    values.append((values[0] + sum(at * value for at, value in enumerate(values[1:], 1))) % 103)
    symbols = [*(_CODE128[value] for value in values), "2331112"]
    return "".join(("1" if at % 2 == 0 else "0") * int(width) for symbol in symbols for at, width in enumerate(symbol))


def itf(digits: str, wide: int = 3) -> str:
    from app.devices.codes.runs import _ITF_WIDE

    modules = "1010"
    for first, second in zip(digits[::2], digits[1::2], strict=True):
        for bar, space in zip(_ITF_WIDE[int(first)], _ITF_WIDE[int(second)], strict=True):
            modules += "1" * (wide if bar == "1" else 1) + "0" * (wide if space == "1" else 1)
    return modules + "1" * wide + "01"


def drawn(random: Random, symbology: str) -> tuple[Picture, str]:
    """A clean print and its text."""
    if symbology in ("EAN-13", "EAN-8", "UPC-A"):
        text = number(random, symbology)
        modules = ean.modules_of(symbology, text)
        assert modules is not None
        return printed(modules, height_px=int(random.integers(90, 260))), text
    if symbology == "Code 128":
        text = "".join(random.choice(list("ABCDEFGHJK0123456789"), int(random.integers(8, 15))))
        return printed(code128(text), 3), text
    if symbology == "Code 39":
        text = "".join(random.choice(list("ABCDEFGHJK0123456789-."), int(random.integers(5, 10))))
        return printed(code39(text), 3), text
    if symbology == "ITF":
        text = number(random, "EAN-13")
        text = "1" + text[:-1]
        text += str(ean.check_digit(text))
        return printed(itf(text), 3), text
    if symbology == "Data Matrix":
        return matrix_pictures.drawn(random)
    text = f"https://example.test/{random.integers(0, 10**9)}"
    return qr(text, 6), text


def photographed(random: Random, symbology: str, hard: float, size: tuple[int, int] = (800, 600)) -> Photo:
    """`hard`: 0 is a clean scan, 1 a bad telephone in a dark shop."""
    code, text = drawn(random, symbology)
    width, height = size
    scene = _surface(random, size)
    span = width * float(random.uniform(0.38, 0.62)) * (0.7 if symbology in SQUARE else 1)
    scale = span / code.shape[1]
    angle = float(random.uniform(-np.pi, np.pi)) if hard > 0.2 else float(random.uniform(-0.1, 0.1))
    half = np.array([code.shape[1] * scale / 2, min(code.shape[0] * scale, height * 0.7) / 2])
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    box = signs * half * (1 + hard * random.uniform(-0.14, 0.14, (4, 1)))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array([width / 2, height / 2]) + random.uniform(-30, 30, 2)
    corners = box @ turn.T + middle
    source = (signs + 1) / 2 * (np.array(code.shape[::-1]) - 1)
    place = cv2.getPerspectiveTransform(source.astype(np.float32), corners.astype(np.float32))
    if hard > 0.3 and random.random() < 0.3 and symbology not in SQUARE:
        code = _round(code, float(random.uniform(0.1, 0.25)))
    soft = cv2.GaussianBlur(code, (0, 0), max(0.3, 0.45 / scale)) if scale < 1 else code
    lit = cv2.warpPerspective(soft, place, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    mask = cv2.warpPerspective(np.full_like(code, 255), place, size, flags=cv2.INTER_NEAREST)
    ink, paper = float(random.uniform(10, 70)), float(random.uniform(170, 250))
    picture = np.where(mask > 0, ink + (paper - ink) * lit / 255.0, scene)
    return Photo(_spoilt(random, picture, hard), symbology, text, corners)


def photographed_matrix(random: Random, hard: float, size: tuple[int, int] = (800, 600)) -> tuple[Picture, str]:
    """A Data Matrix symbol and its text: small or large, on clouds, letters, stripes, grain or checks."""
    ground = KINDS[0 if random.random() < 0.6 else int(random.integers(1, len(KINDS)))](random, size)
    turn = float(random.uniform(-np.pi, np.pi)) if hard > 0.2 else float(random.uniform(-0.1, 0.1))
    picture, text = matrix_pictures.placed(random, ground, 0.14 * hard, turn)
    return _spoilt(random, picture, hard), text


def _round(code: Picture, strength: float) -> Picture:
    """As if on a bottle: narrower towards both ends."""
    height, width = code.shape
    x = np.linspace(-1, 1, width)
    bent = (np.arcsin(x * np.sin(np.pi * strength * 2)) / (np.pi * strength * 2) + 1) / 2 * (width - 1)
    rows = np.repeat(np.arange(height, dtype=np.float32)[:, None], width, 1)
    columns = np.repeat(bent.astype(np.float32)[None], height, 0)
    return cv2.remap(code, columns, rows, cv2.INTER_LINEAR)  # type: ignore[return-value]


def _spoilt(random: Random, picture: Any, hard: float) -> Picture:
    """Light from one side, glare, blur of focus or movement, noise, JPEG."""
    height, width = picture.shape
    y, x = np.mgrid[0:height, 0:width]
    slope = random.uniform(-1, 1, 2) * 0.35 * hard
    picture = picture * (1 + slope[0] * (x / width - 0.5) + slope[1] * (y / height - 0.5))
    if random.random() < 0.35 * hard:
        at = random.uniform(0.3, 0.7, 2) * (width, height)
        distance = (x - at[0]) ** 2 + (y - at[1]) ** 2
        picture = picture + 150 * np.exp(-distance / (2 * (0.05 * width) ** 2))
    blur = hard * float(random.uniform(0.3, 1.5))
    if random.random() < 0.5 and blur > 0.2:
        picture = cv2.GaussianBlur(picture, (0, 0), blur)
    elif blur > 0.2:
        length = max(2, round(3 * blur))
        kernel: Any = np.zeros((length, length))
        kernel[length // 2] = 1 / length
        way = cv2.getRotationMatrix2D(((length - 1) / 2,) * 2, float(random.uniform(0, 180)), 1)
        kernel = cv2.warpAffine(kernel, way, (length, length))
        picture = cv2.filter2D(picture, -1, kernel / max(kernel.sum(), 0.1))
    light = 1 - hard * float(random.uniform(0, 0.65))
    picture = picture * light + random.normal(0, 1 + 5 * hard, picture.shape)
    quality = int(95 - hard * random.uniform(0, 55))
    jpeg = cv2.imencode(".jpg", picture.clip(0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.imdecode(jpeg, cv2.IMREAD_GRAYSCALE)  # type: ignore[return-value]


def _surface(random: Random, size: tuple[int, int]) -> NDArray[np.float64]:
    """Cloudy grey with a little print on it."""
    width, height = size
    coarse = random.uniform(60, 200, (height // 100 + 2, width // 100 + 2)).astype(np.float32)
    scene = cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR).astype(np.uint8)
    for _ in range(int(random.integers(0, 8))):
        at = tuple(int(value) for value in random.integers(0, (width, height)))
        cv2.putText(scene, "Comptoir 12,90", at, 0, float(random.uniform(0.4, 1.4)), int(random.integers(256)), 2)
    return scene.astype(np.float64)


def _letters(random: Random, size: tuple[int, int]) -> NDArray[np.float64]:
    scene = np.full((size[1], size[0]), 235, dtype=np.uint8)
    height = float(random.uniform(0.4, 1.2))
    for row in range(20, size[1], int(30 * height) + 6):
        words = "".join(random.choice(list("ILHEWMNlijt1470 |"), 90))
        cv2.putText(scene, words, (5, row), int(random.integers(0, 5)), height, 20, int(random.integers(1, 3)))
    return scene.astype(np.float64)


def _stripes(random: Random, size: tuple[int, int]) -> NDArray[np.float64]:
    """Bars that say nothing: a shirt, a blind, a radiator; of random or even widths."""
    width, height = size
    step = int(random.integers(2, 9))
    runs = np.cumsum(random.integers(1, 2 if random.random() < 0.3 else 5, width)) * step
    scene = np.tile(np.where(np.searchsorted(runs, np.arange(width)) % 2 == 0, 225.0, 25.0), (height, 1))
    way = cv2.getRotationMatrix2D((width / 2, height / 2), float(random.uniform(0, 180)), 1.0)
    return cv2.warpAffine(scene, way, size, borderValue=(128,)).astype(np.float64)


def _grain(random: Random, size: tuple[int, int]) -> NDArray[np.float64]:
    """Fabric, wood, gravel: noise, smoothed more one way than the other."""
    noise: Any = random.normal(0, 1, (size[1], size[0]))
    noise = cv2.GaussianBlur(noise, (0, 0), float(random.uniform(0.6, 3)), sigmaY=float(random.uniform(0.6, 25)))
    return np.asarray(128 + 60 * noise / noise.std(), dtype=np.float64)


def _checks(random: Random, size: tuple[int, int]) -> NDArray[np.float64]:
    """Like a two-dimensional code, and none."""
    cell = int(random.integers(4, 14))
    bits = random.integers(0, 2, (size[1] // cell + 1, size[0] // cell + 1)).astype(np.float64)
    return bits.repeat(cell, 0).repeat(cell, 1)[: size[1], : size[0]] * 200 + 25


KINDS: tuple[Callable[[Random, tuple[int, int]], NDArray[np.float64]], ...] = (
    _surface, _letters, _stripes, _grain, _checks,
)  # fmt: skip


def without_code(random: Random, size: tuple[int, int] = (800, 600), hard: float = 0.5) -> Photo:
    kind = KINDS[int(random.integers(0, len(KINDS)))]
    return Photo(_spoilt(random, kind(random, size), hard), "", "", np.zeros((0, 2)))
