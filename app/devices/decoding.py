"""Finds barcodes in a picture: quickly when it is a good one, with patience only when the quick look found nothing.

OpenCV and zbar are loaded at the first picture, so that a device that never opens its camera never pays for them.
Call it from a thread; a picture takes 5 to 100 ms.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

# What shops print. DataBar and Codabar are left out: zbar reads them out of stripes that are no code.
SYMBOLOGIES = ("EAN13", "EAN8", "UPCA", "UPCE", "CODE128", "CODE39", "I25", "QRCODE")
LARGEST_SIDE_PX = 1600
TURNS_DEGREES = (30.0, -30.0, 60.0, -60.0)


@dataclass(frozen=True)
class Decoded:
    """`corners` in pixels of the picture given, in the order zbar found them."""

    symbology: str
    text: str
    corners: tuple[tuple[int, int], ...]


def decode_image(picture: "bytes | Picture") -> list[Decoded]:
    """Every code in an encoded picture (JPEG, PNG) or an array (grey or BGR). Undecodable bytes hold no code."""
    grey = _grey(picture)
    if grey is None:
        return []
    found = _read(grey, None)
    attempts = _harder(grey)
    while not found and (attempt := next(attempts, None)) is not None:
        found = _read(*attempt)
    return found


def is_picture(content: bytes) -> bool:
    """Whether these bytes are a picture in a format that can be read."""
    return _grey(content) is not None


def _grey(picture: "bytes | Picture") -> "Picture | None":
    import cv2
    import numpy as np

    if isinstance(picture, bytes | bytearray | memoryview):
        data = np.frombuffer(picture, dtype=np.uint8)
        return cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if data.size else None  # type: ignore[return-value]
    return picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)  # type: ignore[return-value]


def _harder(grey: "Picture") -> "Iterator[tuple[Picture, Any]]":
    """The picture again, each time changed in another way, with the matrix that leads back to the original."""
    import cv2
    import numpy as np

    clearer = cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8)).apply(grey)
    yield clearer, None  # type: ignore[misc]
    height, width = grey.shape
    factor = min(2.0, LARGEST_SIDE_PX / max(height, width))
    if factor > 1:
        larger = cv2.resize(clearer, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
        yield larger, np.array([[1 / factor, 0, 0], [0, 1 / factor, 0]])  # type: ignore[misc]
    for degrees in TURNS_DEGREES:
        side = int((height**2 + width**2) ** 0.5) + 1
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
        turn[:, 2] += ((side - width) / 2, (side - height) / 2)
        turned = cv2.warpAffine(clearer, turn, (side, side), borderValue=(255.0,))
        yield turned, cv2.invertAffineTransform(turn)  # type: ignore[misc]


def _read(grey: "Picture", back: Any) -> list[Decoded]:
    from pyzbar import pyzbar

    symbols = [pyzbar.ZBarSymbol[name] for name in SYMBOLOGIES]
    found: dict[tuple[str, str], Decoded] = {}
    for code in pyzbar.decode(grey, symbols=symbols):
        text = code.data.decode("utf-8", errors="replace")
        corners = tuple(_original(point.x, point.y, back) for point in code.polygon)
        found.setdefault((code.type, text), Decoded(code.type, text, corners))
    return list(found.values())


def _original(x: int, y: int, back: Any) -> tuple[int, int]:
    if back is None:
        return x, y
    return round(float(back[0] @ (x, y, 1.0))), round(float(back[1] @ (x, y, 1.0)))
