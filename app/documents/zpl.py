"""The carrier label as ZPL II, for label printers: the printer's own font and codes, every bar exactly on its dots.

Latin text is sent as text; a line with any other letter is sent as a picture of the bundled fonts, because what fonts a
printer holds cannot be known. The texts of customers cannot carry commands: `^` and `~` are sent as hexadecimal.
"""

from PIL import Image, ImageDraw, ImageFont
from zpl import Label
from zpl.utils import compress_zpl_data

from app.documents.codes import SSCC_MODULES, qr_rows
from app.documents.label import LabelData, label_sheet
from app.documents.marks import Align, FrameMark, Ink, Mark, QrMark, RuleMark, Sheet, SsccMark, TextMark
from app.documents.translator import Translator
from app.documents.typeface import BASELINE_EM, MM_PER_POINT, runs, width_mm
from app.documents.typesetting import LINE_HEIGHT_EM

DOTS_PER_MM = 8
# Beyond Latin Extended-A a printer's built-in font is not to be relied upon.
_LAST_LATIN = "\u017f"
_JUSTIFICATION = {Align.LEFT: "L", Align.CENTRE: "C", Align.RIGHT: "R"}
# A capital of ^A0 begins at the top of its field; ours stands this much below the top of its line.
_CAP_TOP_EM = BASELINE_EM - 0.75


def label_zpl(data: LabelData, tr: Translator, dots_per_mm: int = DOTS_PER_MM) -> bytes:
    """The label in UTF-8. `dots_per_mm`: 8 for printers of 203 dpi, 12 for 300 dpi."""
    return render_zpl(label_sheet(data, tr), dots_per_mm)


def render_zpl(sheet: Sheet, dots_per_mm: int = DOTS_PER_MM) -> bytes:
    """One label. Codes keep whole dots per module, so they may be narrower than their mark, and are centred in it."""
    label = Label(sheet.height_mm, sheet.width_mm, dots_per_mm)
    label.change_international_font(28)
    for mark in sheet.marks:
        _write(label, mark)
    return str(label.dumpZPL()).encode("utf-8")


def _write(label: Label, mark: Mark) -> None:
    match mark:
        case TextMark():
            _write_text(label, mark) if _is_latin(mark.text) else _write_picture(label, mark)
        case RuleMark():
            label.origin(mark.x_mm, mark.y_mm)
            label.draw_box(mark.width_mm, mark.height_mm, min(mark.width_mm, mark.height_mm))
            label.endorigin()
        case FrameMark():
            label.origin(mark.x_mm, mark.y_mm)
            label.draw_box(mark.width_mm, mark.height_mm, mark.thickness_mm)
            label.endorigin()
        case SsccMark():
            _write_sscc(label, mark)
        case QrMark():
            _write_qr(label, mark)


def _is_latin(text: str) -> bool:
    return all(character <= _LAST_LATIN for character in text)


def _escaped(text: str) -> str:
    """For a field after ^FH: its own escape character and the two that begin a command."""
    return text.replace("_", "_5F").replace("^", "_5E").replace("~", "_7E").replace("\\", "_5C")


def _write_text(label: Label, mark: TextMark) -> None:
    em_mm = mark.size_pt * MM_PER_POINT
    label.origin(mark.x_mm, mark.y_mm + _CAP_TOP_EM * em_mm)
    if mark.ink is Ink.WHITE:
        label.zpl_raw("^FR")
    label.zpl_raw("^FH_")
    label.write_text(
        _escaped(mark.text),
        char_height=em_mm,
        char_width=em_mm,
        line_width=mark.width_mm,
        justification=_JUSTIFICATION[mark.align],
    )
    label.endorigin()


def _write_picture(label: Label, mark: TextMark) -> None:
    image = _picture(mark, label.dpmm)
    row_bytes = (image.width + 7) // 8
    total = row_bytes * image.height
    # tobytes pads each row to whole bytes; in "1" white is a set bit, in ^GF black is.
    inverted = bytes(byte ^ 0xFF for byte in image.tobytes())
    spare_mm = mark.width_mm - image.width / label.dpmm
    x_mm = mark.x_mm + spare_mm * {Align.LEFT: 0.0, Align.CENTRE: 0.5, Align.RIGHT: 1.0}[mark.align]
    label.origin(x_mm, mark.y_mm)
    if mark.ink is Ink.WHITE:
        label.zpl_raw("^FR")
    label.zpl_raw(f"^GFA,{total},{total},{row_bytes},{compress_zpl_data(inverted.hex().upper())}")
    label.endorigin()


def _picture(mark: TextMark, dots_per_mm: int) -> Image.Image:
    """Black on white, as wide as the text rounded up to whole bytes of dots."""
    em_dots = mark.size_pt * MM_PER_POINT * dots_per_mm
    text_dots = int(width_mm(mark.text, mark.size_pt, mark.bold) * dots_per_mm) + 1
    image = Image.new("1", ((text_dots + 7) // 8 * 8, int(em_dots * LINE_HEIGHT_EM) + 1), 1)
    draw, x = ImageDraw.Draw(image), float(image.width - text_dots if mark.align is Align.RIGHT else 0)
    for run in runs(mark.text, mark.bold):
        # BASIC: the line is in visual order already, a shaping engine would turn it again.
        font = ImageFont.truetype(run.face.path, em_dots, layout_engine=ImageFont.Layout.BASIC)
        draw.text((x, BASELINE_EM * em_dots), run.text, font=font, fill=0, anchor="ls")
        x += width_mm(run.text, mark.size_pt, mark.bold) * dots_per_mm
    return image


def _write_sscc(label: Label, mark: SsccMark) -> None:
    module_dots = max(1, int(mark.width_mm * label.dpmm / SSCC_MODULES))
    spare_mm = mark.width_mm - module_dots * SSCC_MODULES / label.dpmm
    label.zpl_raw(f"^BY{module_dots}")
    label.origin(mark.x_mm + spare_mm / 2, mark.y_mm)
    # >; starts in code C, >8 is FNC1: together they make it GS1-128 and not a plain Code 128.
    label.barcode("C", f">;>800{mark.value18}", height=int(mark.height_mm * label.dpmm), print_interpretation_line="N")
    label.endorigin()


def _write_qr(label: Label, mark: QrMark) -> None:
    modules = len(qr_rows(mark.text))
    module_dots = min(10, max(1, int(mark.width_mm * label.dpmm / modules)))
    spare_mm = mark.width_mm - module_dots * modules / label.dpmm
    label.origin(mark.x_mm + spare_mm / 2, mark.y_mm + spare_mm / 2)
    label.zpl_raw("^FH_")
    label.barcode("Q", _escaped(mark.text), magnification=module_dots, errorCorrection="M")
    label.endorigin()
