"""Looks at a PDF as a person with a scanner would: pages as pictures, the codes on them, where the ink lies."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pypdfium2
from PIL import Image
from pyzbar.pyzbar import decode


@dataclass(frozen=True)
class PlainTranslator:
    """English as it stands in the code, whatever catalogues there are."""

    rtl: bool = False

    def gettext(self, message: str) -> str:
        return message

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return singular if n == 1 else plural

    def number(self, value: int | float | Decimal) -> str:
        return str(value)

    def day(self, day: date) -> str:
        return day.isoformat()


def page_images(pdf: bytes, dpi: int = 200) -> list[Image.Image]:
    """Each page in grey."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=dpi / 72, grayscale=True).to_pil().convert("L") for page in document]
    finally:
        document.close()


def page_texts(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_bounded().replace("\r\n", "\n") for page in document]
    finally:
        document.close()


def codes_on(image: Image.Image) -> dict[str, str]:
    """What a scanner reads: {"CODE128": text, "QRCODE": text}."""
    return {code.type: code.data.decode() for code in decode(image)}


def ink_box_mm(image: Image.Image, dpi: int = 200) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of all ink."""
    box = image.point(lambda level: 255 if level < 200 else 0).getbbox()
    assert box is not None, "the page is empty"
    left, top, right, bottom = (edge * 25.4 / dpi for edge in box)
    return left, top, right, bottom
