"""From looks at frames to codes that count: nothing counts on one look, nothing counts twice while it is held.

Pure: times are arguments in milliseconds of any clock that only goes forward, and no camera is needed.
"""

from collections import Counter, deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Literal

from app.devices.codes.symbols import (
    AZTEC,
    CODE39,
    CODE128,
    DATA_MATRIX,
    DATABAR,
    DATABAR_EXPANDED,
    EAN8,
    ITF,
    PDF417,
    QR,
    UPCE,
    Decoded,
)  # fmt: skip

Mode = Literal["one", "all"]
WINDOW_LOOKS = 5
AGREE = 2
# Without a second opinion only formats that check themselves well count, and only when every look shows them; what has
# one check digit or none may be read wrong in the same way again and again.
AGREE_ALONE = WINDOW_LOOKS
# Lines of print pass for these now and then, to the second opinion as well.
AGREE_WEAK = {EAN8: 4, UPCE: 4, ITF: 3, CODE39: 3, DATABAR: 3, DATABAR_EXPANDED: 3}
STRONG = frozenset({QR, DATA_MATRIX, AZTEC, PDF417, CODE128})
HARD_EVERY_MS, HARD_KEPT_MS = 300.0, 1000.0
# A code has left the view after so many clear looks without it, over so long; blurred looks prove nothing for longer.
# A scene may be clear and the code in it not, and a busy device looks seldom: shorter counted one code twice.
GONE_LOOKS, GONE_MS, GONE_BLURRED_MS = 8, 2000.0, 4000.0
CLEAR_SHARE = 0.5
# The nearest code is the aimed one when the next lies at least so many times as far from the middle.
CLEARLY_NEARER = 1.7
OFF_CENTRE_SHARE = 0.3
CHOICE_LOOKS = 4


@dataclass(frozen=True)
class Look:
    """What was read in one frame. `size`: width and height in pixels. `sharpness`: of any scale, larger is clearer.

    `hard`: with patience, so that it counts beside the quick looks, and gave only what it was sure of.
    """

    at_ms: float
    codes: tuple[Decoded, ...]
    size: tuple[int, int]
    sharpness: float = 1.0
    hard: bool = False


@dataclass(frozen=True)
class Counted:
    """These count now, each once."""

    codes: tuple[Decoded, ...]


@dataclass(frozen=True)
class Choice:
    """Several codes are in view and none is clearly aimed at: a person says which, nearest to the middle first."""

    codes: tuple[Decoded, ...]


@dataclass
class _Held:
    """A code that counted and has not left the view. `count`: so many of it at once, in mode "all"."""

    seen_ms: float
    sharpness: float
    count: int = 1
    missed: int = 0


@dataclass
class Reader:
    """One per opened camera. `see` every look in the order of the frames."""

    mode: Mode = "one"
    _quick: deque[dict[str, int]] = field(default_factory=lambda: deque(maxlen=WINDOW_LOOKS))
    _hard: deque[tuple[float, dict[str, int]]] = field(default_factory=deque)
    _held: dict[str, _Held] = field(default_factory=dict)
    _latest: dict[str, Decoded] = field(default_factory=dict)
    _sure: set[str] = field(default_factory=set)
    _torn: set[float] = field(default_factory=set)
    _choosing: bool = False
    _hard_ms: float | None = None

    def see(self, look: Look) -> Counted | Choice | None:
        """What counts now. None while a choice is open."""
        here = Counter(code.text for code in look.codes)
        if look.hard:
            self._hard.append((look.at_ms, dict(here)))
            self._sure |= here.keys()
        else:
            self._quick.append(dict(here))
        while self._hard and look.at_ms - self._hard[0][0] > HARD_KEPT_MS:
            self._hard.popleft()
        self._latest |= {code.text: code for code in look.codes}
        self._keep_held(look, here)
        visible = set().union(*self._looks())
        self._latest = {text: code for text, code in self._latest.items() if text in visible}
        self._sure &= visible
        return self._judge(look)

    def doubted(self, look: Look) -> tuple[Decoded, ...]:
        """Read often enough to ask for a second opinion, in the look that `see` was just given."""
        if self._choosing:
            return ()
        seen = {code.text: code for code in look.codes if code.text not in self._sure | self._held.keys()}
        return tuple(code for code in seen.values() if self._reads(code.text) >= AGREE and not self._rivalled(code))

    def vouch(self, confirmed: Collection[str], look: Look) -> Counted | Choice | None:
        """The second opinion on what was doubted: what counts now."""
        self._sure |= set(confirmed)
        return self._judge(look)

    def _judge(self, look: Look) -> Counted | Choice | None:
        if self._choosing:
            return None
        here = Counter(code.text for code in look.codes)
        return self._all(look, here) if self.mode == "all" else self._one(look, here)

    def choose(self, text: str, at_ms: float) -> Decoded | None:
        """The answer to a `Choice`; what was not chosen does not count while it stays in view."""
        chosen = self._latest.get(text)
        for each in list(self._latest):
            self._hold(each, at_ms, 0.0)
        self.dismiss()
        return chosen

    def dismiss(self) -> None:
        """The choice is closed without an answer: what is in view may be aimed at again."""
        self._choosing = False
        self._torn.clear()

    def wants_hard_look(self, at_ms: float) -> bool:
        """True about every `HARD_EVERY_MS`, for the caller takes it then. Not while all that is in view has counted."""
        if self._quick and self._quick[-1] and all(text in self._held for text in self._quick[-1]):
            return False
        if self._hard_ms is not None and at_ms - self._hard_ms < HARD_EVERY_MS:
            return False
        self._hard_ms = at_ms
        return True

    def _one(self, look: Look, here: Iterable[str]) -> Counted | Choice | None:
        near = sorted(self._latest.values(), key=lambda code: _distance(code, look.size))
        new = [code for code in near if code.text not in self._held]
        agreed = [code for code in new if self._agrees(code)]
        aimed = _aimed(near, look.size) or _aimed(new, look.size)
        if aimed is not None:
            self._torn.clear()
            ready = aimed in agreed and aimed.text in here and self._is_central_enough(aimed, look.size)
            return self._count([aimed], look) if ready else None
        if agreed:
            self._torn.add(look.at_ms)
        if len(self._torn) < CHOICE_LOOKS:
            return None
        if len(agreed) == 1:
            return self._count(agreed, look)
        self._choosing = True
        return Choice(tuple(agreed))

    def _all(self, look: Look, here: Counter[str]) -> Counted | None:
        new: list[Decoded] = []
        for text in here:
            held = self._held.get(text)
            together = self._together(text) if held or self._agrees(self._latest[text]) else 0
            more = together - (held.count if held else 0)
            new += [self._latest[text]] * max(0, more)
        return self._count(new, look) if new else None

    def _count(self, codes: list[Decoded], look: Look) -> Counted:
        self._torn.clear()
        for text, more in Counter(code.text for code in codes).items():
            before = self._held[text].count if text in self._held else 0
            self._hold(text, look.at_ms, look.sharpness)
            self._held[text].count = before + more
        return Counted(tuple(codes))

    def _hold(self, text: str, at_ms: float, sharpness: float) -> None:
        self._held[text] = _Held(at_ms, sharpness)

    def _keep_held(self, look: Look, here: Iterable[str]) -> None:
        """Frees what has left the view, and what was read of it is forgotten with it."""
        for text, held in list(self._held.items()):
            if text in here:
                held.seen_ms, held.missed = max(held.seen_ms, look.at_ms), 0
                held.sharpness = max(held.sharpness * 0.9, look.sharpness)
                continue
            held.missed += not look.hard and look.sharpness >= held.sharpness * CLEAR_SHARE
            away_ms = look.at_ms - held.seen_ms
            if (held.missed >= GONE_LOOKS and away_ms >= GONE_MS) or away_ms >= GONE_BLURRED_MS:
                del self._held[text]
                for each in self._looks():
                    each.pop(text, None)

    def _looks(self) -> list[dict[str, int]]:
        return [*self._quick, *(each for _, each in self._hard)]

    def _reads(self, text: str) -> int:
        return sum(text in each for each in self._looks())

    def _together(self, text: str) -> int:
        """So many of it lay in view at once in at least two looks."""
        counts = sorted((each.get(text, 0) for each in self._looks()), reverse=True)
        return counts[1] if len(counts) > 1 else 0

    def _agrees(self, code: Decoded) -> bool:
        sure = code.text in self._sure
        needed = AGREE_WEAK.get(code.symbology, AGREE) if sure else AGREE_ALONE
        return (sure or code.symbology in STRONG) and self._reads(code.text) >= needed and not self._rivalled(code)

    def _rivalled(self, code: Decoded) -> bool:
        """Another number was read at the same place, half as often or more."""
        others = (other for other in self._latest.values() if other.text != code.text and _same_place(other, code))
        return 2 * max((self._reads(other.text) for other in others), default=0) >= self._reads(code.text)

    def _is_central_enough(self, code: Decoded, size: tuple[int, int]) -> bool:
        """A code at the edge waits one look longer: what is in the middle may be harder to read."""
        central = _distance(code, size) <= OFF_CENTRE_SHARE * max(size)
        return central or self._reads(code.text) > AGREE


def _box(code: Decoded) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in code.corners], [y for _, y in code.corners]
    return min(xs, default=0), min(ys, default=0), max(xs, default=0), max(ys, default=0)


def _same_place(one: Decoded, other: Decoded) -> bool:
    left, top, right, bottom = _box(one)
    x, y = other.centre
    return left <= x <= right and top <= y <= bottom


def _distance(code: Decoded, size: tuple[int, int]) -> float:
    x, y = code.centre
    return float(((x - size[0] / 2) ** 2 + (y - size[1] / 2) ** 2) ** 0.5)


def _aimed(near: list[Decoded], size: tuple[int, int]) -> Decoded | None:
    """The only code, the only one under the middle of the frame, or the one clearly nearest to it."""
    if len(near) < 2:
        return near[0] if near else None
    middle = [code for code in near if _covers(code, size)]
    if len(middle) == 1:
        return middle[0]
    first, second = (_distance(code, size) for code in near[:2])
    return near[0] if second >= CLEARLY_NEARER * first and not middle else None


def _covers(code: Decoded, size: tuple[int, int]) -> bool:
    left, top, right, bottom = _box(code)
    return left <= size[0] / 2 <= right and top <= size[1] / 2 <= bottom
