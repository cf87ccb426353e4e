"""zbar through pyzbar's bindings, with what `pyzbar.decode` hides: scan density, the GS1 mark, who saw it how often."""

from collections.abc import Collection, Iterator
from ctypes import c_char_p, c_void_p, cast, string_at
from typing import TYPE_CHECKING, Any, NamedTuple

from app.devices.codes import symbols as names

if TYPE_CHECKING:
    from app.devices.codes.symbols import Picture

_TYPES = {
    "EAN13": names.EAN13, "EAN8": names.EAN8, "UPCE": names.UPCE, "CODE128": names.CODE128, "CODE39": names.CODE39,
    "I25": names.ITF, "DATABAR": names.DATABAR, "DATABAR_EXP": names.DATABAR_EXPANDED, "QRCODE": names.QR,
}  # fmt: skip
_GS1_MODIFIER = 1
# `zbar_config_t`, which pyzbar names only in part.
_ENABLE, _X_DENSITY, _Y_DENSITY = 0, 0x100, 0x101


class Seen(NamedTuple):
    """One symbol: `points` (x, y) where zbar saw it, `lines` how many scan lines agreed (linear codes only)."""

    symbology: str
    text: str
    points: tuple[tuple[int, int], ...]
    lines: int
    gs1: bool


def read(grey: "Picture", wanted: Collection[str], rows: int = 1, columns: int = 1) -> list[Seen]:
    """What zbar sees, scanning every `rows`-th row and every `columns`-th column; 0 scans none of them."""
    from pyzbar import wrapper

    height, width = grey.shape
    if not height or not width:
        return []
    with_upca = set(wanted) | ({names.EAN13} if names.UPCA in wanted else set())
    pixels = grey.tobytes()
    scanner, image = wrapper.zbar_image_scanner_create(), wrapper.zbar_image_create()
    try:
        wrapper.zbar_image_scanner_set_config(scanner, 0, _ENABLE, 0)
        for name, symbology in _TYPES.items():
            if symbology in with_upca:
                wrapper.zbar_image_scanner_set_config(scanner, wrapper.ZBarSymbol[name], _ENABLE, 1)
        wrapper.zbar_image_scanner_set_config(scanner, 0, _X_DENSITY, columns)
        wrapper.zbar_image_scanner_set_config(scanner, 0, _Y_DENSITY, rows)
        wrapper.zbar_image_set_format(image, 0x30303859)  # 'Y800', 8 bit grey
        wrapper.zbar_image_set_size(image, width, height)
        wrapper.zbar_image_set_data(image, cast(c_char_p(pixels), c_void_p), len(pixels), None)
        wrapper.zbar_scan_image(scanner, image)
        return list(_symbols(wrapper, image))
    finally:
        wrapper.zbar_image_destroy(image)
        wrapper.zbar_image_scanner_destroy(scanner)


def _symbols(wrapper: Any, image: Any) -> Iterator[Seen]:
    modifiers = _modifiers(wrapper)
    symbol = wrapper.zbar_image_first_symbol(image)
    while symbol:
        symbology = _symbology(wrapper, symbol)
        if symbology:
            data = string_at(wrapper.zbar_symbol_get_data(symbol), wrapper.zbar_symbol_get_data_length(symbol))
            points = tuple(
                (wrapper.zbar_symbol_get_loc_x(symbol, at), wrapper.zbar_symbol_get_loc_y(symbol, at))
                for at in range(wrapper.zbar_symbol_get_loc_size(symbol))
            )
            gs1 = bool(modifiers and modifiers(symbol) & _GS1_MODIFIER)
            text = data.decode("utf-8", errors="replace")
            yield Seen(symbology, text, points, wrapper.zbar_symbol_get_quality(symbol), gs1)
        symbol = wrapper.zbar_symbol_next(symbol)


def _symbology(wrapper: Any, symbol: Any) -> str:
    try:
        return _TYPES.get(wrapper.ZBarSymbol(symbol.contents.type).name, "")
    except ValueError:  # a newer zbar than pyzbar knows
        return ""


def _modifiers(wrapper: Any) -> Any:
    """`zbar_symbol_get_modifiers`, which pyzbar does not bind and old libraries do not hold."""
    try:
        return wrapper.zbar_function("zbar_symbol_get_modifiers", wrapper.c_uint, wrapper.POINTER(wrapper.zbar_symbol))
    except AttributeError:
        return None
