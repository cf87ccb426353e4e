"""Which symbologies are read where: what is not expected is not looked for, so it is neither misread nor waited for."""

from typing import Final, Literal

from app.devices.codes.symbols import AZTEC, CODE39, CODE128, DATA_MATRIX, DEFAULT, ITF, PDF417, QR, UPCE

# What is held before the camera: goods of the shop and their shelves, a parcel, a shelf, the code that pairs.
Place = Literal["anything", "article", "parcel", "shelf", "pairing"]

_EXPECTED: Final[dict[Place, frozenset[str]]] = {
    "anything": DEFAULT,
    "article": DEFAULT,
    "parcel": frozenset({CODE128, CODE39, ITF, QR, DATA_MATRIX, PDF417, AZTEC}),
    "shelf": frozenset({CODE128, CODE39, QR, DATA_MATRIX}),
    "pairing": frozenset({QR}),
}


def expected(place: Place, upc_e: bool = False) -> frozenset[str]:
    """`upc_e`: articles with UPC-E are sold here."""
    return _EXPECTED[place] | {UPCE} if upc_e and place in ("anything", "article") else _EXPECTED[place]
