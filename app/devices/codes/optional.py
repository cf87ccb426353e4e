"""Decoders that a desktop may have beside zbar and OpenCV, behind one interface. None of them is ever required."""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from app.devices.codes import symbols as names
from app.devices.codes.evidence import Claim

if TYPE_CHECKING:
    from app.devices.codes.symbols import Picture

_MODULE = "zxingcpp"
# Format -> symbology, by the names of ZXing.
_ZXING = {
    "EAN13": names.EAN13, "EAN8": names.EAN8, "UPCA": names.UPCA, "UPCE": names.UPCE, "Code128": names.CODE128,
    "Code39": names.CODE39, "ITF": names.ITF, "DataBar": names.DATABAR, "DataBarExp": names.DATABAR_EXPANDED,
    "DataBarExpanded": names.DATABAR_EXPANDED, "DataBarOmni": names.DATABAR, "QRCode": names.QR,
    "DataMatrix": names.DATA_MATRIX, "Aztec": names.AZTEC, "PDF417": names.PDF417, "Code39Std": names.CODE39,
    "Code39Ext": names.CODE39, "ITF14": names.ITF,
    "DataBarStk": names.DATABAR, "DataBarStkOmni": names.DATABAR, "DataBarLtd": names.DATABAR,
    "DataBarExpStk": names.DATABAR_EXPANDED, "QRCodeModel1": names.QR, "QRCodeModel2": names.QR,
}  # fmt: skip
# It says that it found a code only where several of its scan lines agreed.
LINES = 4


class Reader(Protocol):
    """`name` is what a code says of who read it."""

    name: str

    def read(self, grey: "Picture", wanted: frozenset[str]) -> Iterator[Claim]: ...


class Zxing:
    """zxing-cpp: Aztec and PDF417, and another pair of eyes for the rest."""

    name = "zxing-cpp"

    def read(self, grey: "Picture", wanted: frozenset[str]) -> Iterator[Claim]:
        # Not an import statement: those name what every device has.
        zxing = import_module(_MODULE)
        # Plain: element strings as they stand in the code, not bracketed for people to read.
        for code in zxing.read_barcodes(grey, text_mode=zxing.TextMode.Plain):
            symbology = _ZXING.get(code.format.name, "")
            place = code.position
            corners = tuple(
                (point.x, point.y) for point in (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
            )
            if code.valid and symbology and code.text:
                yield Claim(symbology, _text(symbology, code.text), corners, self.name, LINES, _is_gs1(code))


def available() -> list[Reader]:
    """The optional decoders that are installed here."""
    return [Zxing()] if find_spec(_MODULE) else []


def _text(symbology: str, text: str) -> str:
    """ZXing writes UPC-E as it is printed, and may put an add-on behind a number, with a space."""
    return text.split(" ")[0] if symbology in names.RETAIL_NUMBERS else text


def _is_gs1(code: object) -> bool:
    # By its content, not its identifier: a rectangular Data Matrix has another one ("]d8").
    return getattr(getattr(code, "content_type", None), "name", "") == "GS1"
