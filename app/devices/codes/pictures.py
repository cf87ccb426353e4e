"""Pictures from outside, bounded: what is no picture is None, and one that would fill the memory is refused unread."""

import struct
import warnings
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.devices.codes.symbols import Picture

MOST_PIXELS = 50_000_000
MOST_BYTES = 64 * 1024 * 1024


class TooLarge(ValueError):
    """The picture has more than `MOST_BYTES`, or says it has more than `MOST_PIXELS`."""


def grey(picture: "bytes | Picture") -> "Picture | None":
    """Grey pixels, upright as its EXIF says. None: no picture. Raises TooLarge."""
    import cv2
    import numpy as np

    if not isinstance(picture, bytes | bytearray | memoryview):
        if picture.size == 0:
            return None
        if picture.ndim == 2:
            return np.ascontiguousarray(picture)
        convert = cv2.COLOR_BGRA2GRAY if picture.shape[2] == 4 else cv2.COLOR_BGR2GRAY
        return cv2.cvtColor(picture, convert)  # type: ignore[return-value]
    content = bytes(picture)
    if not content:
        return None
    size = declared_size(content)
    if len(content) > MOST_BYTES:
        raise TooLarge(f"it is larger than {MOST_BYTES // 1024**2} MB")
    if size is not None and size[0] * size[1] > MOST_PIXELS:
        raise _too_many_pixels()
    # It would say on standard error what the caller says better.
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        return cv2.imdecode(np.frombuffer(content, dtype=np.uint8), cv2.IMREAD_GRAYSCALE)  # type: ignore[return-value]
    except cv2.error:  # a size that OpenCV itself refuses
        return None


def _too_many_pixels() -> TooLarge:
    return TooLarge(f"it has more than {MOST_PIXELS // 1_000_000} megapixels")


def declared_size(content: bytes) -> tuple[int, int] | None:
    """(width, height) that the header states; None where it does not say. Pillow knows the rarer formats' headers: it
    opens a picture without reading it."""
    if content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if content[:2] == b"BM" and len(content) >= 26:
        width, height = struct.unpack("<ii", content[18:26])
        return abs(width), abs(height)
    if content[:6] in (b"GIF87a", b"GIF89a") and len(content) >= 10:
        width, height = struct.unpack("<HH", content[6:10])
        return width, height
    if content[:2] == b"\xff\xd8":
        return _jpeg_size(content)
    return _rarer_size(content)


def _rarer_size(content: bytes) -> tuple[int, int] | None:
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content)) as opened:
                return opened.size
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except (OSError, ValueError, SyntaxError, struct.error, OverflowError):
        return None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(content):
        if content[at] != 0xFF:
            return None
        marker = content[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        if marker == 0xFF:
            at += 1
            continue
        if marker in (0x01, *range(0xD0, 0xD9)):
            at += 2
            continue
        at += 2 + int(struct.unpack(">H", content[at + 2 : at + 4])[0])
    return None
