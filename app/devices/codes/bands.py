"""A strip as a few scan lines: rows are averaged in bands, and the bands laid over each other where bars lean."""

import itertools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.devices.codes.symbols import Picture

BANDS, GROUPS = 9, 3
REACH_PX = 6  # how far two neighbouring bands may be shifted against each other
MIN_CONTRAST = 6.0
AGREE = 0.5  # of the contrast that one band has, its mean with the others must keep
FEWEST_EDGES = 12


def aligned(strip: "Picture") -> Any:
    """(1 + groups) x width, bars positive, contrast evened out: the mean of all lines, then the means of neighbouring
    ones, so that what covers one of them does not spoil the others. None where nothing looks like bars: no contrast,
    bands that contradict each other (letters), or hardly an edge."""
    import cv2
    import numpy as np

    rows, width = strip.shape
    count = min(BANDS, rows)
    edges = np.linspace(0, rows, count + 1).astype(int)
    bands = np.array([strip[a:b].mean(axis=0) for a, b in itertools.pairwise(edges)], dtype=np.float32)
    if float(bands.std()) < MIN_CONTRAST:
        return None
    window = max(9, width // 9)
    middle = cv2.blur(bands, (window, 1), borderType=cv2.BORDER_REPLICATE)
    spread = np.sqrt(np.maximum(cv2.blur((bands - middle) ** 2, (window, 1), borderType=cv2.BORDER_REPLICATE), 0))
    even = (middle - bands) / (spread + 0.25 * float(spread.mean()) + 2.0)
    even = np.clip(even, -1.8, 1.8)
    laid = _laid_over(even)
    mean = laid.mean(axis=0)
    if float(mean.std()) < AGREE * float(laid.std(axis=1).mean()) or crossings(mean) < FEWEST_EDGES:
        return None
    groups = np.array_split(laid, min(GROUPS, count))
    return np.array([mean, *(group.mean(axis=0) for group in groups)])


def sharpened(lines: Any) -> Any:
    """The lines with what blur took from their narrow bars."""
    import cv2

    blurred = cv2.GaussianBlur(lines, (0, 0), sigmaX=8.0, sigmaY=0.01)
    return lines + 2.0 * (lines - blurred)


def crossings(line: Any) -> int:
    """How often the line goes from clearly dark to clearly light or back."""
    import numpy as np

    clear = np.sign(line[np.abs(line) > 0.35])
    return int((clear[1:] != clear[:-1]).sum())


def _laid_over(bands: Any) -> Any:
    """Every band shifted and stretched onto the middle one, step by step from neighbour to neighbour."""
    import numpy as np

    count, width = bands.shape
    columns = np.arange(width, dtype=np.float32)
    laid = bands.copy()
    middle = count // 2
    for direction in (1, -1):
        shift_left = shift_right = 0.0
        at = middle + direction
        while 0 <= at < count:
            moved = _moved(bands[at], columns, shift_left, shift_right)
            target = laid[at - direction]
            half = width // 2
            shift_left += _shift(moved[:half], target[:half])
            shift_right += _shift(moved[half:], target[half:])
            laid[at] = _moved(bands[at], columns, shift_left, shift_right)
            at += direction
    return laid


def _moved(band: Any, columns: Any, shift_left: float, shift_right: float) -> Any:
    """`shift_left` at one quarter of the width, `shift_right` at three quarters, linear between and beyond."""
    import numpy as np

    slope = (shift_right - shift_left) / (columns.size / 2)
    return np.interp(columns + shift_left + slope * (columns - columns.size / 4), columns, band)


def _shift(moved: Any, target: Any) -> float:
    """By how many columns `moved` lies to the right of `target`."""
    import numpy as np

    inner = target[REACH_PX:-REACH_PX]
    if inner.size < 4 * REACH_PX:
        return 0.0
    match = np.correlate(moved, inner, mode="valid")
    best = int(match.argmax())
    return 0.0 if match[best] <= 1.12 * match[REACH_PX] else float(best - REACH_PX)
