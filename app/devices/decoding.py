"""Reads barcodes from pictures, for the three places that ask: a still, every frame of the camera, and the hard look.

- `decode_image`: a still, with all the patience it takes; the best code first.
- `glance`: one frame of the camera, cheap above all where no code is in view.
- `study`: one hard look at a frame, within a budget of time; call it about every 300 ms, from a worker.
- `confirmed`: an independent second opinion, to be asked once before the beep.

OpenCV and zbar are loaded at the first picture, so that a device that never opens its camera never pays for them.
Call all of it from a thread. A picture is encoded bytes (JPEG, PNG) or an array (grey, or BGR); bytes that are no
picture hold no code.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from app.devices.codes.symbols import DEFAULT, EVERY, Decoded

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

__all__ = ["DEFAULT", "EVERY", "Decoded", "confirmed", "decode_image", "glance", "is_picture", "study"]

STUDY_BUDGET_MS = 250.0
LARGEST_SIDE_PX = 1600
TURNS_DEGREES = (30.0, -30.0, 60.0, -60.0)
_ZBAR = {
    "EAN13": "EAN-13", "EAN8": "EAN-8", "UPCA": "UPC-A", "UPCE": "UPC-E", "CODE128": "Code 128", "CODE39": "Code 39",
    "I25": "ITF", "QRCODE": "QR Code",
}  # fmt: skip


def decode_image(
    picture: "bytes | Picture", *, allowed: Collection[str] = DEFAULT, thorough: bool = True
) -> list[Decoded]:
    """Every code of the `allowed` symbologies, the aimed one first. Not `thorough`: only what is read at once."""
    grey = _grey(picture)
    if grey is None:
        return []
    found = _read(grey, None, allowed)
    attempts = _harder(grey)
    while thorough and not found and (attempt := next(attempts, None)) is not None:
        found = _read(*attempt, allowed)
    return found


def glance(picture: "bytes | Picture", allowed: Collection[str] = DEFAULT) -> list[Decoded]:
    """What one frame shows at once. Not confirmed: a code counts when frames agree and `confirmed` says so."""
    return decode_image(picture, allowed=allowed, thorough=False)


def study(
    picture: "bytes | Picture", allowed: Collection[str] = DEFAULT, budget_ms: float = STUDY_BUDGET_MS
) -> list[Decoded]:
    """What a hard look at one frame finds; no new attempt begins after `budget_ms`."""
    return decode_image(picture, allowed=allowed)


def confirmed(picture: "bytes | Picture", code: Decoded) -> bool:
    """Whether another reader than the one that read `code` sees it at its place in this picture, too."""
    return any(other.text == code.text for other in decode_image(picture, allowed={code.symbology}))


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


def _read(grey: "Picture", back: Any, allowed: Collection[str]) -> list[Decoded]:
    from pyzbar import pyzbar

    symbols = [pyzbar.ZBarSymbol[name] for name in _ZBAR]
    found: dict[tuple[str, str], Decoded] = {}
    for code in pyzbar.decode(grey, symbols=symbols):
        text, symbology = code.data.decode("utf-8", errors="replace"), _ZBAR[code.type]
        if symbology == "EAN-13" and text.startswith("0"):
            symbology = "UPC-A"
        corners = tuple(_original(point.x, point.y, back) for point in code.polygon)
        if symbology in allowed:
            found.setdefault((symbology, text), Decoded(symbology, text, corners))
    return list(found.values())


def _original(x: int, y: int, back: Any) -> tuple[int, int]:
    if back is None:
        return x, y
    return round(float(back[0] @ (x, y, 1.0))), round(float(back[1] @ (x, y, 1.0)))
