"""The two or five digits beside an EAN or UPC (periodicals, books, prices), by the soft decoder's likelihoods."""

from itertools import product
from typing import Any

from app.devices.codes import soft
from app.devices.codes.ean import Layout
from app.devices.codes.soft import Guess

TWO = Layout("add-on", 20, (4, 13), (), ())
FIVE = Layout("add-on", 47, (4, 13, 22, 31, 40), (), ())
GAPS = (6.5, 7.25, 8.0, 8.75, 9.5, 10.25, 11.0, 11.75, 12.5)  # modules between the number and its add-on
SCALES = (0.97, 1.0, 1.03)
CLEAR = {2: (0.68, 0.27), 5: (0.6, 0.3)}  # fit and margin
PARITY_TWO = ("00", "01", "10", "11")
PARITY_FIVE = ("11000", "10100", "10010", "10001", "01100", "00110", "00011", "01010", "01001", "00101")


def read(lines: Any, main: Guess, modules: int) -> str:
    """The digits of the add-on of a number that was found on these lines, whose code has so many modules; or ""."""
    for layout in (FIVE, TWO):
        places = _places(main, modules, layout, lines.shape[-1])
        if not len(places):
            continue
        _, scores = soft.paths(*soft.likelihoods(lines[:1], places, layout, main.upside_down, slice(1, 2)))
        place = places[int(scores[0, :, 0].argmax())]
        _, blurs = soft.paths(*soft.likelihoods(lines[:1], place[None], layout, main.upside_down, slice(None)))
        table = soft.digit_table(lines, place, layout, main.upside_down, int(blurs[0, 0].argmax()))
        digits, fit, margin = _best(table, PARITY_FIVE if layout is FIVE else PARITY_TWO)
        wanted_fit, wanted_margin = CLEAR[layout.digits]
        if fit >= wanted_fit and margin >= wanted_margin:
            return digits
    return ""


def _places(main: Guess, modules: int, layout: Layout, width: int) -> Any:
    import numpy as np

    places = []
    for gap, scale in product(GAPS, SCALES):
        module = scale * (main.right - main.left) / modules
        left = main.left - (gap + layout.modules) * module if main.upside_down else main.right + gap * module
        if left > -module and left + layout.modules * module < width + module:
            places.append((left, module, 0.0))
    return np.array(places).reshape(-1, 3)


def _best(table: Any, parities: tuple[str, ...]) -> tuple[str, float, float]:
    """Digits, fit and margin of the likeliest add-on whose parities are those its digits ask for."""
    import numpy as np

    ranked = []
    count = len(table)
    for parity in parities:
        rows = np.array([table[at, 10:] if parity[at] == "1" else table[at, :10] for at in range(count)])
        for digits in product(*np.argsort(-rows, axis=1)[:, :4].tolist()):
            if parities[_check(digits)] == parity:
                ranked.append((float(rows[np.arange(count), list(digits)].sum()), "".join(map(str, digits))))
    ranked.sort(reverse=True)
    if len(ranked) < 2:
        return "", 0.0, 0.0
    return ranked[0][1], ranked[0][0] / count, ranked[0][0] - ranked[1][0]


def _check(digits: tuple[int, ...]) -> int:
    if len(digits) == 2:
        return (10 * digits[0] + digits[1]) % 4
    return (3 * (digits[0] + digits[2] + digits[4]) + 9 * (digits[1] + digits[3])) % 10
