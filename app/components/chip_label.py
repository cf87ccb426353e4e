"""The words on a chip, in the width they will need: a chip keeps the width it had when it was first drawn."""

import flet as ft

from app.theme import bold, regular

_FIRST_WIDE = "\N{CJK RADICAL REPEAT}"
# Of the size of the letters: a Chinese character is a square, a digit narrower than the second, a space than the third.
_WIDE_EM, _NARROW_EM, _SPACE_EM = 1.0, 0.66, 0.3
_LINE_EM = 1.5  # a line of Noto Sans SC, which is higher than one of Noto Sans


def chip_label(text: str, size: int, is_bold: bool) -> ft.Text:
    """`size`: of the letters, in dp. Chinese is measured here, because its font comes after the first frame (theme.py):
    a chip that was drawn without it would cut the words off, and only a text of a fixed size makes room at once."""
    style = (bold if is_bold else regular)(size=size)
    if all(character < _FIRST_WIDE for character in text):
        return ft.Text(text, style=style)
    ems = sum(map(_width_em, text))
    return ft.Text(
        text,
        style=style,
        width=round(size * ems + 1),
        height=round(size * _LINE_EM),
        overflow=ft.TextOverflow.VISIBLE,
        text_align=ft.TextAlign.CENTER,
    )


def _width_em(character: str) -> float:
    return _WIDE_EM if character >= _FIRST_WIDE else _SPACE_EM if character == " " else _NARROW_EM
