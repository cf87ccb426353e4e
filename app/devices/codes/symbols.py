"""What the reader knows by name: symbologies, a code that was read, and which codes a context accepts.

Numbers come out as GTINs: EAN-13, UPC-A and UPC-E as 13 digits (UPC-A with its leading zero, UPC-E expanded), EAN-8
as 8. An add-on of two or five digits is kept beside the number, never appended to it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

EAN13, EAN8, UPCA, UPCE = "EAN-13", "EAN-8", "UPC-A", "UPC-E"
CODE128, CODE39, ITF, QR = "Code 128", "Code 39", "ITF", "QR Code"
DATABAR, DATABAR_EXPANDED = "GS1 DataBar", "GS1 DataBar Expanded"
DATA_MATRIX, AZTEC, PDF417 = "Data Matrix", "Aztec", "PDF417"

# UPC-E hides inside EAN-13: a division names it where it is sold.
DEFAULT = frozenset({EAN13, EAN8, UPCA, CODE128, CODE39, ITF, QR, DATA_MATRIX, DATABAR, DATABAR_EXPANDED})
EVERY = DEFAULT | {UPCE, AZTEC, PDF417}
RETAIL_NUMBERS = frozenset({EAN13, EAN8, UPCA, UPCE})

Corner = tuple[int, int]


@dataclass(frozen=True)
class Decoded:
    """`corners` in pixels of the picture given, in order around the code. `decoder`: who read it. `addon`: the two or
    five digits beside an EAN / UPC, or "". `gs1`: the code says itself that it holds GS1 element strings."""

    symbology: str
    text: str
    corners: tuple[Corner, ...]
    decoder: str = "zbar"
    addon: str = ""
    gs1: bool = False

    @property
    def identified(self) -> str:
        """The text for `core.domain.barcodes`: with the AIM identifier in front where the code is a GS1 one."""
        prefix = {CODE128: "]C1", DATA_MATRIX: "]d2", QR: "]Q3", DATABAR: "]e0", DATABAR_EXPANDED: "]e0"}
        return prefix.get(self.symbology, "") + self.text if self.gs1 else self.text

    @property
    def plain(self) -> str:
        """The text without the separators of element strings, as people print it below the bars."""
        return self.text.replace("\x1d", "")

    @property
    def area(self) -> float:
        """In square pixels."""
        points = self.corners
        turns = zip(points, points[1:] + points[:1], strict=True)
        return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in turns)) / 2

    @property
    def centre(self) -> tuple[float, float]:
        count = max(1, len(self.corners))
        return sum(x for x, _ in self.corners) / count, sum(y for _, y in self.corners) / count
