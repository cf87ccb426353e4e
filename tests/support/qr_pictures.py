"""Photographs of QR codes that are hard in one way each, drawn from a seed: out of focus, moved, small, tilted, pale,
light on dark, half in the shade, and all of it together."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import segno
from numpy.typing import NDArray

from tests.support.barcode_pictures import Picture, Random

KINDS = ("blurred", "moved", "small", "tilted", "pale", "inverted", "shaded", "mixed")
SIZE = (1280, 720)
OVER = 2  # drawn so many times as large, so that a camera's pixel has an area


@dataclass(frozen=True)
class Taken:
    """How a code lies before the camera. Lengths in modules of the code unless they are in pixels; `lean`: how far the
    corners are from a square's, a share of its side."""

    module_px: float
    angle: float
    lean: float = 0.04
    blur: float = 0.25
    motion: float = 0.0
    ink: float = 40.0
    paper: float = 220.0
    shade: float = 0.0
    noise: float = 3.0


def text_of(random: Random) -> str:
    """What shops print as QR codes: ours, links, element strings, words."""
    digits = "".join(str(digit) for digit in random.integers(0, 10, 18))
    kinds = (
        f"comptoir:parcel:{digits}", f"comptoir:pickup:{digits[:8]}", f"https://example.test/p/{digits}?c={digits[:5]}",
        f"HTTPS://ID.GS1.ORG/01/0{digits[:13]}/21/{digits[13:]}", digits[:12], f"WIFI:T:WPA;S:shop;P:{digits};;",
        f"BEGIN:VCARD\nVERSION:3.0\nN:Doe;Jane\nTEL:+33{digits[:9]}\nEMAIL:jane{digits[:4]}@example.test\nEND:VCARD",
    )  # fmt: skip
    return kinds[int(random.integers(len(kinds)))]


def taken(random: Random, kind: str) -> Taken:
    """One way of being hard, from still readable to hardly."""
    module_px = float(random.uniform(4, 8))
    angle = float(random.uniform(-np.pi, np.pi))
    hard = float(random.uniform(0.3, 1))
    mixed = float(random.uniform(0.2, 0.7))
    ways = {
        "blurred": lambda: Taken(module_px, angle, blur=0.9 * hard),
        "moved": lambda: Taken(module_px, angle, motion=2.0 * hard),
        "small": lambda: Taken(3.0 - 1.6 * hard, angle),
        "tilted": lambda: Taken(module_px, angle, lean=0.32 * hard),
        "pale": lambda: Taken(module_px, angle, ink=130 - 5 * hard, paper=160 - 22 * hard),
        "inverted": lambda: Taken(module_px, angle, ink=220.0, paper=40.0, blur=0.25 + 0.35 * hard),
        "shaded": lambda: Taken(module_px, angle, shade=hard),
        "mixed": lambda: Taken(
            module_px * (1 - 0.5 * mixed), angle, 0.2 * mixed, 0.6 * mixed, 0.8 * mixed,
            ink=60.0, paper=200 - 80 * mixed, shade=mixed, noise=6.0,
        ),
    }  # fmt: skip
    return ways[kind]()


def qr_photographed(random: Random, kind: str) -> tuple[Picture, str]:
    """The frame of a camera and the text that it shows."""
    text = text_of(random)
    return qr_taken(random, text, taken(random, kind)), text


def qr_taken(random: Random, text: str, how: Taken) -> Picture:
    code = segno.make(text, error=str(random.choice(list("lmq"))), boost_error=bool(random.integers(2)), micro=False)
    modules = np.array([[0 if dark else 255 for dark in row] for row in code.matrix_iter(border=4)], dtype=np.uint8)
    return _photograph(random, modules, how)


def _photograph(random: Random, modules: Picture, how: Taken) -> Picture:
    width, height = SIZE[0] * OVER, SIZE[1] * OVER
    side = modules.shape[0] * how.module_px * OVER
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    box = signs * side / 2 * (1 + how.lean * random.uniform(-1, 0.4, (4, 1)))
    turn = np.array([[np.cos(how.angle), -np.sin(how.angle)], [np.sin(how.angle), np.cos(how.angle)]])
    middle = np.array([width / 2, height / 2]) + random.uniform(-0.1, 0.1, 2) * (width, height)
    corners = (box @ turn.T + middle).astype(np.float32)
    print_ = cv2.resize(modules, None, fx=8, fy=8, interpolation=cv2.INTER_NEAREST)
    source = ((signs + 1) / 2 * print_.shape[0] - 0.5).astype(np.float32)
    place = cv2.getPerspectiveTransform(source, corners)
    shrink = how.module_px * OVER / 8
    soft = cv2.GaussianBlur(print_, (0, 0), max(0.4, 0.45 / shrink))
    lit = cv2.warpPerspective(soft, place, (width, height), flags=cv2.INTER_LINEAR, borderValue=(255,))
    mask = cv2.warpPerspective(np.full_like(print_, 255), place, (width, height), flags=cv2.INTER_NEAREST)
    scene = _table(random, (width, height))
    picture: Any = np.where(mask > 0, how.ink + (how.paper - how.ink) * lit / 255.0, scene.astype(np.float64))
    picture = _shaded(random, picture, how.shade, middle, side)
    picture = cv2.GaussianBlur(picture, (0, 0), max(0.3, how.blur * how.module_px * OVER))
    picture = _moved(random, picture, how.motion * how.module_px * OVER)
    picture = cv2.resize(picture, SIZE, interpolation=cv2.INTER_AREA)
    picture = picture + random.normal(0, how.noise, picture.shape)
    quality = int(random.integers(60, 92))
    jpeg = cv2.imencode(".jpg", picture.clip(0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.imdecode(jpeg, cv2.IMREAD_GRAYSCALE)  # type: ignore[return-value]


def _table(random: Random, size: tuple[int, int]) -> NDArray[np.float64]:
    width, height = size
    coarse = random.uniform(70, 190, (7, 12)).astype(np.float32)
    scene = cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC).clip(0, 255).astype(np.uint8)
    for _ in range(12):
        at = tuple(int(value) for value in random.integers(0, (width, height)))
        words = "".join(random.choice(list("Comptoir 0123456789"), 14))
        cv2.putText(scene, words, at, 0, float(random.uniform(0.8, 2.4)), int(random.integers(256)), 3)
    return scene.astype(np.float64)


def _shaded(random: Random, picture: Any, shade: float, middle: Any, side: float) -> Any:
    """The shadow of a hand or an edge across the code: a half plane with a soft border."""
    if not shade:
        return picture
    height, width = picture.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    way = float(random.uniform(-np.pi, np.pi))
    past = (x - middle[0]) * np.cos(way) + (y - middle[1]) * np.sin(way) + random.uniform(-0.3, 0.3) * side
    dark = 1 / (1 + np.exp(-past / (random.uniform(0.01, 0.08) * side)))
    return picture * (1 - 0.8 * shade * dark)


def _moved(random: Random, picture: Any, length: float) -> Any:
    pixels = round(length)
    if pixels < 2:
        return picture
    kernel: Any = np.zeros((pixels, pixels), dtype=np.float32)
    kernel[pixels // 2] = 1
    way = cv2.getRotationMatrix2D(((pixels - 1) / 2,) * 2, float(random.uniform(0, 180)), 1)
    kernel = cv2.warpAffine(kernel, way, (pixels, pixels))
    return cv2.filter2D(picture, -1, kernel / kernel.sum())
