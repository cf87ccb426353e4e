"""The soft decoder for EAN and UPC: not edges and widths, but how likely each digit is, over many lines of a strip.

It works where bars have run into each other, and it is independent of zbar: its answer, with the margin to the next
valid number, is also the second opinion. Grey values only; nothing is thresholded.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from app.devices.codes import ean
from app.devices.codes.bands import crossings
from app.devices.codes.ean import Layout

SAMPLES = 3  # per module
OFFSET_STEP, OFFSETS = 0.35, 9  # in modules: a digit may lie this far from where an even grid puts it
BLURS = (0.25, 0.55, 0.9)  # standard deviation in modules
CANDIDATES = 8
HIGHEST_CORRELATION = 0.985
STRAIN = 0.03
BENDS = (0.0, -0.027, 0.027, -0.057, 0.057)  # shares of the code by which its middle may be off
MOST_EDGES = {95: 110, 67: 75, 51: 65}  # in a strip that holds a code of so many modules, with what may stand beside it
HOPELESS = 0.25  # fit of the mean line
NARROWEST, WIDEST = 0.60, 1.18  # the module, against an even share of the strip without its margins
QUIET = (3.0, 6.0)  # modules from either end: less than any quiet zone, and past where a bent end may be misjudged
DARK = 0.5  # a bar, of a line whose light and dark lie around zero


@dataclass(frozen=True)
class Guess:
    """`number`: the digits as printed below the bars (UPC-E: 8). `fit`: mean log-likelihood of its digits, `margin`:
    how much the next valid number is behind, in the same unit, summed. `left`, `right`: columns of the strip. `alone`:
    no bars stand beside it, as they do beside a part of another code."""

    symbology: str
    number: str
    fit: float
    margin: float
    left: float
    right: float
    upside_down: bool
    alone: bool = True


def guesses(lines: Any, layout: Layout, share: float) -> list[Guess]:
    """The likeliest number of each place where a code of this layout may stand, best first. `lines`: what
    `bands.aligned` makes of a strip. `share`: how much of the strip's width is expected to be code."""
    if lines is None or crossings(lines[0]) > MOST_EDGES[layout.modules]:
        return []
    places = _places(lines[0], layout, share)
    if not len(places):
        return []
    found = []
    for place, flipped in _likely_places(lines[:1], places, layout):
        _, scores = paths(*likelihoods(lines[:1], place[None], layout, flipped, slice(None)))
        table = digit_table(lines, place, layout, flipped, int(scores[0, 0].argmax()))
        found += _numbers(table, layout, (place, flipped), lines[0])
    found.sort(key=lambda guess: -(guess.fit * layout.digits + guess.margin))
    return found


def _likely_places(mean: Any, places: Any, layout: Layout) -> list[tuple[Any, bool]]:
    """The two best of (place, upside down), judged by the mean line alone and a usual blur."""
    ranked = []
    for flipped in (False, True):
        _, scores = paths(*likelihoods(mean, places, layout, flipped, slice(1, 2)))
        ranked += [(float(score), places[at], flipped) for at, score in enumerate(scores[0, :, 0])]
    ranked.sort(key=lambda entry: -entry[0])
    return [entry[1:] for entry in ranked[:2] if entry[0] > max(HOPELESS, 0.7 * ranked[0][0])]


def _places(line: Any, layout: Layout, share: float) -> Any:
    """K x 3, where the guards fit best: left edge and module in columns, and by how many modules the middle of the code
    lies to the right of its ends' middle (perspective, a round bottle)."""
    import numpy as np

    width = line.size
    total = np.concatenate([[0.0], np.cumsum(line, dtype=np.float64)]).astype(np.float32)
    even = width * share / layout.modules
    modules = (even * np.geomspace(NARROWEST, WIDEST, 30)).astype(np.float32)
    modules = modules[modules >= 1.2]
    if not modules.size:
        return np.empty((0, 3))
    lefts = np.arange(0.0, width * 0.62, max(1.0, even / 3), dtype=np.float32)
    length = layout.modules
    bends = np.array(BENDS) * length
    scores = np.zeros((len(BENDS), lefts.size, modules.size), dtype=np.float32)
    for first, pattern in layout.fixed:
        edges = np.arange(first, first + len(pattern) + 1, dtype=np.float32)
        signs = np.array([1.0 if module == "1" else -1.0 for module in pattern], dtype=np.float32)
        for at, bend in enumerate(bends):
            bent = edges + np.float32(bend * 4 / length**2) * edges * (length - edges)
            sums = _at(total, (lefts[:, None, None] + modules[None, :, None] * bent).clip(0, width))
            scores[at] += (np.diff(sums, axis=2) @ (signs / np.diff(bent))) / modules
    bent_most = bends[scores.argmax(axis=0)]
    score = scores.max(axis=0) / sum(len(pattern) for _, pattern in layout.fixed)
    score[lefts[:, None] + modules[None, :] * length > width + 2 * modules[None, :]] = -1
    return _peaks(score, bent_most, lefts, modules)


def _peaks(score: Any, bends: Any, lefts: Any, modules: Any) -> Any:
    import numpy as np

    peaks = []
    for _ in range(CANDIDATES):
        row, column = np.unravel_index(int(score.argmax()), score.shape)
        if score[row, column] < 0.12:
            break
        left, module = lefts[row], modules[column]
        peaks.append((left, module, bends[row, column]))
        near = (np.abs(lefts - left) < 1.5 * module)[:, None] & (np.abs(modules / module - 1) < 0.025)[None, :]
        score[near] = -1
    return np.array(peaks).reshape(-1, 3)


def _at(values: Any, positions: Any) -> Any:
    """Linear interpolation along the last axis of `values`."""
    import numpy as np

    low = np.minimum(positions.astype(np.int32), values.shape[-1] - 2)
    part = positions - low
    return values[..., low] * (1 - part) + values[..., low + 1] * part


@cache
def _windows(layout: Layout) -> Any:
    """Module coordinates of the samples: digits x offsets of the left edge x (narrower, even, wider) x samples."""
    import numpy as np

    starts = np.array(layout.left + layout.right, dtype=np.float64)
    offsets = (np.arange(OFFSETS) - OFFSETS // 2) * OFFSET_STEP
    widths = 7 + np.array([-1.0, 0.0, 1.0]) * OFFSET_STEP
    within = (np.arange(9 * SAMPLES) + 0.5) / SAMPLES - 1  # from one module before the digit to one after it
    left = starts[:, None, None, None] + offsets[:, None, None]
    return left + within * (widths[:, None] / 7)


@cache
def _templates() -> Any:
    """Blurs x 30 digits x samples, each of mean zero and length one, with the module that stands on either side."""
    import numpy as np

    fine = 24
    templates = np.empty((len(BLURS), 30, 9 * SAMPLES), dtype=np.float32)
    for index, digit in enumerate(ean.patterns()):
        before, after = (1.0, 0.0) if index < 20 else (0.0, 1.0)
        around = np.repeat(np.concatenate([[0.5, before], digit, [after, 0.5]]), fine)
        for at, blur in enumerate(BLURS):
            reach = np.arange(-3 * fine, 3 * fine + 1) / fine
            kernel = np.exp(-0.5 * (reach / blur) ** 2)
            smooth = np.convolve(np.pad(around, 3 * fine, mode="edge"), kernel / kernel.sum(), mode="valid")
            samples = smooth[fine:-fine].reshape(9 * SAMPLES, -1).mean(axis=1)
            samples -= samples.mean()
            templates[at, index] = samples / np.linalg.norm(samples)
    return templates


def likelihoods(lines: Any, places: Any, layout: Layout, flipped: bool, blurs: slice) -> tuple[Any, Any]:
    """Of the left (20 patterns) and the right digits (10): lines x K x digits x offsets x widths x blurs x patterns."""
    import numpy as np

    windows = _windows(layout)
    if flipped:
        windows = layout.modules - windows
    left, module, bend = (places[:, at, None, None, None, None] for at in range(3))
    positions = left + module * (windows + bend * 4 * windows * (layout.modules - windows) / layout.modules**2)
    values = _at(lines, positions.clip(0, lines.shape[-1] - 1).astype(np.float32)).astype(np.float32)
    values -= values.mean(axis=-1, keepdims=True)
    values /= np.linalg.norm(values, axis=-1, keepdims=True) + 0.35
    templates, count = _templates()[blurs], len(layout.left)
    halves = []
    for part, chosen in ((values[:, :, :count], templates[:, :20]), (values[:, :, count:], templates[:, 20:])):
        flat = np.ascontiguousarray(part).reshape(-1, part.shape[-1]) @ chosen.reshape(-1, chosen.shape[-1]).T
        square = np.clip(flat, 0, HIGHEST_CORRELATION) ** 2
        halves.append((-0.5 * np.log1p(-square)).reshape(*part.shape[:-1], *chosen.shape[:2]))
    return halves[0], halves[1]


def paths(left: Any, right: Any) -> tuple[Any, Any]:
    """For every line, place and blur the chain of (offset, width) through the digits that fits best, and its mean."""
    import numpy as np

    fits = np.concatenate([left.max(-1), right.max(-1)], axis=2)  # lines x K x digits x offsets x 3 x blurs
    lines, places, digits, offsets, _, blurs = fits.shape
    total = np.zeros((lines, places, offsets, blurs), dtype=np.float32)
    came = np.empty((digits, lines, places, offsets, blurs), dtype=np.int8)
    for digit in range(digits):
        ways = np.full((3, lines, places, offsets, blurs), -1e9, dtype=np.float32)
        for way, step in enumerate((-1, 0, 1)):  # the right edge moves one offset on where the digit is wider
            start = slice(max(0, -step), offsets - max(0, step))
            end = slice(max(0, step), offsets - max(0, -step))
            ways[way][:, :, end] = total[:, :, start] + fits[:, :, digit, start, way] - STRAIN * abs(step)
        came[digit] = ways.argmax(axis=0)
        total = ways.max(axis=0)
    path = np.empty((digits, lines, places, blurs, 2), dtype=np.int64)
    state, score = total.argmax(axis=2), total.max(axis=2)
    for digit in reversed(range(digits)):
        taken = np.take_along_axis(came[digit], state[:, :, None, :], 2)[:, :, 0].astype(np.int64)
        state = state - (taken - 1)
        path[digit, ..., 0], path[digit, ..., 1] = state, taken
    return path, score / digits


def digit_table(lines: Any, place: Any, layout: Layout, flipped: bool, blur: int) -> Any:
    """Digits x 20 log-likelihoods (even left digits from 10 on), the lines weighted by how well they fit."""
    import numpy as np

    left, right = likelihoods(lines, place[None], layout, flipped, slice(blur, blur + 1))
    path, _ = paths(left, right)
    count, line = len(layout.left), np.arange(len(lines))
    tables = np.zeros((len(lines), layout.digits, 20))
    for digit in range(layout.digits):
        offset, way = path[digit, :, 0, 0, 0], path[digit, :, 0, 0, 1]
        if digit < count:
            tables[:, digit] = left[line, 0, digit, offset, way, 0]
        else:
            tables[:, digit, :10] = right[line, 0, digit - count, offset, way, 0]
    weight = tables.max(axis=-1).mean(axis=-1)
    weight = np.maximum(weight - 0.6 * weight.max(), 0.02)
    weight[0] *= 2  # the mean of all lines
    return (tables * (weight / weight.sum())[:, None, None]).sum(axis=0)


def _numbers(table: Any, layout: Layout, where: tuple[Any, bool], line: Any) -> list[Guess]:
    best = _best_upce(table) if layout is ean.UPCE_LAYOUT else _best_checked(table, layout)
    if best is None:
        return []
    number, total, margin = best
    place, flipped = where
    left, module = float(place[0]), float(place[1])
    right = left + module * layout.modules
    alone = _is_quiet(line, left - QUIET[1] * module, left - QUIET[0] * module) and _is_quiet(
        line, right + QUIET[0] * module, right + QUIET[1] * module
    )
    return [Guess(layout.symbology, number, total / layout.digits, margin, left, right, flipped, alone)]


def _is_quiet(line: Any, left: float, right: float) -> bool:
    return float(line[max(0, round(left)) : max(0, round(right))].max(initial=-1.0)) < DARK


def _best_checked(table: Any, layout: Layout) -> tuple[str, float, float] | None:
    """The likeliest number whose check digit is right, its sum, and how far the next such number is behind.

    Dynamic programming over the sum of the digits modulo 10: for every first digit (parity) and, for the margin, once
    more for every digit position with the best digit forbidden there.
    """
    import numpy as np

    digits = layout.digits
    with_first = layout is ean.EAN13_LAYOUT
    parities = ean.FIRST_DIGIT if with_first else ("0" * len(layout.left),)
    scores = np.empty((len(parities), digits, 10))
    for first, parity in enumerate(parities):
        for at in range(digits):
            even = at < len(parity) and parity[at] == "1"
            scores[first, at] = table[at, 10:20] if even else table[at, :10]
    firsts = np.arange(len(parities)) if with_first else np.array([0])
    sums, numbers = _chains(scores, firsts)
    winner = int(sums.argmax())
    best = numbers[winner]
    without = np.repeat(scores[winner : winner + 1], digits, axis=0)
    without[np.arange(digits), np.arange(digits), best] = -1e9
    rivals = np.concatenate([np.delete(sums, winner), _chains(without, np.full(digits, firsts[winner]))[0]])
    number = "".join(map(str, ([winner] if with_first else []) + best.tolist()))
    return number, float(sums[winner]), float(sums[winner] - rivals.max())


def _chains(scores: Any, firsts: Any) -> tuple[Any, Any]:
    """For every row (rows x digits x 10) with its first digit: sum and digits of the best valid number."""
    import numpy as np

    rows, digits, _ = scores.shape
    total = np.full((rows, 10), -1e9)
    total[np.arange(rows), firsts % 10] = 0
    came = []
    states = np.arange(10)
    for at in range(digits):
        weight = 1 if (digits - at) % 2 else 3
        before = (states[:, None] - weight * np.arange(10)[None, :]) % 10  # state x digit
        ways = total[:, before] + scores[:, at, None, :]
        came.append(ways.argmax(axis=2))
        total = ways.max(axis=2)
    state, chosen = np.zeros(rows, dtype=np.int64), np.empty((rows, digits), dtype=np.int64)
    for at in reversed(range(digits)):
        chosen[:, at] = came[at][np.arange(rows), state]
        state = (state - (1 if (digits - at) % 2 else 3) * chosen[:, at]) % 10
    return total[:, 0], chosen


def _best_upce(table: Any) -> tuple[str, float, float] | None:
    """The same for UPC-E, whose check digit is in the parities: the three likeliest digits of each place, tried out."""
    import numpy as np

    ranked = []
    for system in (0, 1):
        for check, pattern in enumerate(ean.UPCE_CHECK):
            even = [(module == "1") != bool(system) for module in pattern]
            rows = np.array([table[at, 10:20] if even[at] else table[at, :10] for at in range(6)])
            top = np.argsort(-rows, axis=1)[:, :3]
            grid = np.stack(np.meshgrid(*top, indexing="ij"), -1).reshape(-1, 6)
            sums = rows[np.arange(6), grid].sum(axis=1)
            for at in np.argsort(-sums)[:40]:
                number = f"{system}{''.join(map(str, grid[at]))}{check}"
                if ean.expand_upce(number):
                    ranked.append((float(sums[at]), number))
    ranked.sort(reverse=True)
    if len(ranked) < 2:
        return None
    return ranked[0][1], ranked[0][0], ranked[0][0] - ranked[1][0]
