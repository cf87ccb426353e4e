"""Real barcodes as pictures, and as a clip that Chromium shows instead of a camera
(`--use-file-for-fake-video-capture=clip.mjpeg`)."""

from pathlib import Path

import cv2
import numpy as np
import segno
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

_L = ("0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011")
_PARITY = (
    "LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL",
)  # fmt: skip


def ean13(code: str, module_px: int = 4, height_px: int = 220) -> Picture:
    """Black on white with quiet zones. ISO/IEC 15420; `code` has its check digit."""
    digits = [int(char) for char in code]
    total = sum(digit * (3 if at % 2 else 1) for at, digit in enumerate(digits[:12]))
    assert len(digits) == 13, code
    assert (10 - total % 10) % 10 == digits[12], f"{code} has a wrong check digit"
    left = "".join(
        _L[digit] if side == "L" else _mirror(digit)
        for digit, side in zip(digits[1:7], _PARITY[digits[0]], strict=True)
    )
    right = "".join(_inverse(_L[digit]) for digit in digits[7:])
    bars = "0" * 11 + "101" + left + "01010" + right + "101" + "0" * 7
    line = np.repeat(np.array([0 if bar == "1" else 255 for bar in bars], dtype=np.uint8), module_px)
    margin = np.full((30, line.size), 255, dtype=np.uint8)
    return np.vstack([margin, np.tile(line, (height_px, 1)), margin])


def qr(text: str, module_px: int = 8) -> Picture:
    """A QR code, for pairing."""
    rows = [[0 if dark else 255 for dark in row] for row in segno.make(text, error="m").matrix_iter(border=4)]
    return np.array(rows, dtype=np.uint8).repeat(module_px, axis=0).repeat(module_px, axis=1)


def on_table(code: Picture, size: tuple[int, int] = (1280, 720), shift_px: int = 0) -> Picture:
    """The code on a grey table, as a camera frame (height, width, BGR)."""
    width, height = size
    frame = np.full((height, width), 120, dtype=np.uint8)
    top, left = (height - code.shape[0]) // 2, (width - code.shape[1]) // 2 + shift_px
    frame[top : top + code.shape[0], left : left + code.shape[1]] = code
    return cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR)  # type: ignore[return-value]


def write_clip(path: Path, codes: list[Picture], frames_each: int = 30) -> Path:
    """One JPEG after another; Chromium plays it again and again at 30 frames per second."""
    with path.open("wb") as clip:
        for code in codes:
            for at in range(frames_each):
                clip.write(jpeg(on_table(code, shift_px=at % 8)))
    return path


def jpeg(frame: Picture) -> bytes:
    done, encoded = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 85])
    assert done
    return encoded.tobytes()


def _inverse(bars: str) -> str:
    return "".join("1" if bar == "0" else "0" for bar in bars)


def _mirror(digit: int) -> str:
    return _inverse(_L[digit])[::-1]
