"""The cascade: from what costs a few milliseconds to what costs a second, and out at the first sure answer.

Each step is a generator's turn, so that whoever runs it (a still, the hard look at a frame) can stop between two.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from app.devices.codes import addon, ean, evidence, matrix, qr, runs, soft, strips, zbar
from app.devices.codes import symbols as names
from app.devices.codes.bands import aligned, sharpened
from app.devices.codes.evidence import Claim, Evidence
from app.devices.codes.optional import Reader
from app.devices.codes.strips import Strip

if TYPE_CHECKING:
    from app.devices.codes.symbols import Picture

FULL_SIDE_PX = 1600
LAYOUTS = (ean.EAN13_LAYOUT, ean.EAN8_LAYOUT, ean.UPCE_LAYOUT)
LINEAR = frozenset(
    {names.EAN13, names.EAN8, names.UPCA, names.UPCE, names.CODE128, names.CODE39, names.ITF, names.DATABAR,
     names.DATABAR_EXPANDED}
)  # fmt: skip
WINDOWS = (15, 9, 27)
INVERTED_REGIONS = 3
# Steps after which codes of the same kind may still be found.
UNFINISHED = frozenset({"whole", "matrix"})


class Search:
    """One picture, all that is known of it, and the steps that are left."""

    def __init__(self, grey: "Picture", allowed: Collection[str], others: Sequence[Reader] = ()) -> None:
        self.grey = grey
        self._others = others
        self.allowed = frozenset(allowed)
        self.evidence = Evidence(allowed)
        self._regions: dict[int, list[strips.Region]] = {}
        self._strips: dict[int, Strip] = {}
        self._lines: dict[int, Any] = {}
        self._guesses: dict[tuple[int, str], list[soft.Guess]] = {}
        self._layouts = [
            layout for layout in LAYOUTS
            if layout.symbology in self.allowed or (layout.symbology == names.EAN13 and names.UPCA in self.allowed)
        ]  # fmt: skip

    def regions(self, window: int = WINDOWS[0]) -> list[strips.Region]:
        if window not in self._regions:
            found = strips.regions(self.grey, window)
            known = [region for regions in self._regions.values() for region in regions]
            self._regions[window] = [region for region in found if not any(_alike(region, one) for one in known)]
        return self._regions[window]

    def strip(self, region: strips.Region) -> Strip:
        if id(region) not in self._strips:
            self._strips[id(region)] = strips.straighten(self.grey, region)
        return self._strips[id(region)]

    def steps(self) -> Iterator[str]:
        """Does one piece of work at each turn and names it."""
        self.whole(1.0, None)
        for reader in self._others:
            for claim in reader.read(self.grey, self.allowed):
                self.judge(claim)
        yield "whole"
        for region in self.regions():
            self.zbar_strip(region, None)
        yield "strips"
        for region in self.regions():
            self.zbar_strip(region, _enlarged)
        yield "strips enlarged"
        if names.DATA_MATRIX in self.allowed:
            yield from self.matrices()
        if names.QR in self.allowed:
            self.qr_codes(qr.SIDE_PX)
            yield "qr"
        for region in self.regions():
            self.runs_strip(region)
            yield "runs"
            self.soft_strip(region)
            yield "soft"
        yield from self._harder()

    def _harder(self) -> Iterator[str]:
        for reader in self._others:
            for claim in reader.read(_clearer(self.grey), self.allowed):
                self.judge(claim)
        for region in self.regions():
            self.zbar_strip(region, _averaged)
            self.zbar_strip(region, _sharpened)
        yield "strips sharpened"
        self.whole(1.5, _clearer)
        yield "clearer and larger"
        self.inverted()
        yield "inverted"
        for window in WINDOWS[1:]:
            for region in self.regions(window):
                self.zbar_strip(region, None)
                self.runs_strip(region)
                self.soft_strip(region)
                yield f"window {window}"
        self.whole(0.5, None)
        yield "smaller"

    def matrices(self) -> Iterator[str]:
        """Data Matrix, one place after the other."""
        for read in matrix.search(self.grey):
            if read is not None:
                self.evidence.add(Claim(names.DATA_MATRIX, read.text, read.corners, "matrix", gs1=read.gs1))
            yield "matrix"
        yield "matrices"

    def inverted(self) -> None:
        """Light bars on a dark ground: the first steps again, on the negative; only what is sure there counts."""
        negative = Search(255 - self.grey, self.allowed)
        negative._regions = self._regions  # edges are where they were
        negative.whole(1.0, None)
        for region in self.regions()[:INVERTED_REGIONS]:
            negative.zbar_strip(region, None)
            negative.soft_strip(region)
        for key, claim in negative.evidence.claims.items():
            if claim.is_sure:
                self.evidence.claims[key] = claim

    def glance(self) -> None:
        """The cheap pass for a live frame: every other line of the whole, and the likeliest region straightened."""
        self.whole(1.0, None, density=2, judged=False)
        if not self.evidence.claims:
            for region in self.regions()[:2]:
                self.zbar_strip(region, None, judged=False)
        if not self.evidence.claims and self.regions():
            self.soft_strip(self.regions()[0])  # costs next to nothing where no bars are
        if not self.evidence.claims and names.QR in self.allowed:
            self.qr_codes(qr.LIVE_SIDE_PX, most=1)

    def glance_at_each(self) -> None:
        """The cheap pass where every label counts: each region by itself, so that two alike are two."""
        self.glance()
        if not self.evidence.claims:
            return
        for region in self.regions():
            self.zbar_strip(region, None, judged=False)
        if names.QR in self.allowed:
            self.qr_codes(qr.LIVE_SIDE_PX)

    def confirms(self, code: names.Decoded) -> bool:
        """The second opinion on a code that was read elsewhere, in this picture."""
        if code.symbology in evidence.CORRECTED:
            return True
        claim = Claim(code.symbology, code.text, code.corners, "asked")
        region = self.region_at(claim)
        if region is None:
            return False
        if code.symbology in names.RETAIL_NUMBERS:
            self.second_opinion(claim, region)
            return claim.consent is True
        self.zbar_strip(region, None)
        return any(sure.text == code.text for sure in self.evidence.sure())

    def whole(
        self, factor: float, change: "Callable[[Picture], Picture] | None", density: int = 1, judged: bool = True
    ) -> None:
        """zbar over the whole picture, its longer side bounded."""
        import cv2

        height, width = self.grey.shape
        factor = min(factor, FULL_SIDE_PX / max(height, width)) if factor >= 1 else factor
        grey = self.grey
        if factor != 1.0:
            way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
            grey = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=way)  # type: ignore[assignment]
        for seen in zbar.read(change(grey) if change else grey, self.allowed, density, density):
            corners = _around([(x / factor, y / factor) for x, y in seen.points])
            claim = Claim(seen.symbology, seen.text, corners, "zbar", lines=seen.lines, gs1=seen.gs1)
            self.judge(claim) if judged else self.evidence.add(claim)

    def judge(self, claim: Claim, region: strips.Region | None = None) -> None:
        """Takes a claim in and asks for what it needs to be sure: how it fills its region, the soft decoder's view."""
        known = self.evidence.add(claim)
        if known is None or known.is_sure or known.symbology in evidence.CORRECTED:
            return
        region = region or self.region_at(known)
        if region is None:
            return
        if known.symbology in names.RETAIL_NUMBERS:
            self.second_opinion(known, region)
        elif not known.filled:
            known.filled = region.share_of(known.corners)

    def second_opinion(self, claim: Claim, region: strips.Region) -> None:
        layout = _layout_of(claim.symbology)
        guesses = self.guesses(region, layout)
        self.evidence.weigh(claim, guesses, {guess.number: _text(guess) for guess in guesses})
        if claim.consent and not claim.filled and guesses:
            claim.corners = self.strip(region).corners(guesses[0].left, guesses[0].right)
            claim.filled = 1.0
        if claim.consent and not claim.addon:
            claim.addon = self.beside(region, guesses[0], layout)

    def beside(self, region: strips.Region, guess: soft.Guess, layout: ean.Layout) -> str:
        return addon.read(self.lines(region), guess, layout.modules) if layout is not ean.EAN8_LAYOUT else ""

    def region_at(self, claim: Claim) -> strips.Region | None:
        """The region that holds the middle of the claim; of one that spans several alike, the likeliest between its
        corners."""
        xs, ys = [x for x, _ in claim.corners], [y for _, y in claim.corners]
        if not xs:
            return None
        middle = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
        between = (
            region
            for region in self.regions()
            if min(xs) <= region.centre[0] <= max(xs) and min(ys) <= region.centre[1] <= max(ys)
        )
        return next((region for region in self.regions() if region.holds(*middle)), next(between, None))

    def zbar_strip(
        self, region: strips.Region, change: "Callable[[Picture], Picture] | None", judged: bool = True
    ) -> None:
        strip = self.strip(region)
        grey = change(strip.grey) if change else strip.grey
        factor = grey.shape[1] / strip.grey.shape[1]
        for seen in zbar.read(grey, self.allowed & LINEAR, 2, 0):
            xs = [x / factor for x, _ in seen.points]
            corners = strip.corners(min(xs), max(xs))
            filled = (max(xs) - min(xs)) / (strip.grey.shape[1] * strip.share)
            claim = Claim(seen.symbology, seen.text, corners, "zbar", 2 * seen.lines, seen.gs1, filled)
            self.judge(claim, region) if judged else self.evidence.add(claim)

    def lines(self, region: strips.Region) -> Any:
        if id(region) not in self._lines:
            self._lines[id(region)] = aligned(self.strip(region).grey)
        return self._lines[id(region)]

    def runs_strip(self, region: strips.Region) -> None:
        """The second reader for what the soft decoder does not know."""
        strip, lines = self.strip(region), self.lines(region)
        if lines is None:
            return
        for run in runs.read(lines, self.allowed) or runs.read(sharpened(lines), self.allowed):
            corners = strip.corners(run.left, run.right)
            filled = (run.right - run.left) / (strip.grey.shape[1] * strip.share)
            self.evidence.add(Claim(run.symbology, run.text, corners, "runs", run.lines, run.gs1, filled))

    def guesses(self, region: strips.Region, layout: ean.Layout) -> list[soft.Guess]:
        key = (id(region), layout.symbology)
        if key not in self._guesses:
            strip = self.strip(region)
            self._guesses[key] = soft.guesses(self.lines(region), layout, strip.share)
        return self._guesses[key]

    def soft_strip(self, region: strips.Region) -> None:
        for layout in self._layouts:
            for guess in self.guesses(region, layout)[:1]:
                if evidence.is_own(guess):
                    corners = self.strip(region).corners(guess.left, guess.right)
                    claim = Claim(layout.symbology, _text(guess), corners, "soft", filled=1.0, consent=True)
                    claim.addon = self.beside(region, guess, layout)
                    self.evidence.add(claim)
                    return

    def qr_codes(self, side_px: int, most: int = qr.MOST) -> None:
        for text, corners in qr.read(self.grey, side_px, most):
            self.evidence.add(Claim(names.QR, text, corners, "grid"))


def _text(guess: soft.Guess) -> str:
    if guess.symbology == names.UPCE:
        return ean.expand_upce(guess.number) or guess.number
    return guess.number


def _layout_of(symbology: str) -> ean.Layout:
    return {names.EAN8: ean.EAN8_LAYOUT, names.UPCE: ean.UPCE_LAYOUT}.get(symbology, ean.EAN13_LAYOUT)


def _alike(one: strips.Region, other: strips.Region) -> bool:
    near = abs(one.centre[0] - other.centre[0]) + abs(one.centre[1] - other.centre[1]) < 0.08 * other.across
    return near and 0.92 < one.across / other.across < 1.08


def _around(points: list[tuple[float, float]]) -> tuple[tuple[int, int], ...]:
    """The smallest turned rectangle around the points."""
    import cv2
    import numpy as np

    if len(points) == 4:
        return tuple((round(x), round(y)) for x, y in points)
    box = cv2.boxPoints(cv2.minAreaRect(np.array(points or [(0, 0)], dtype=np.float32)))
    return tuple((round(float(x)), round(float(y))) for x, y in box)


def _clearer(grey: "Picture") -> "Picture":
    import cv2

    return cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8)).apply(grey)  # type: ignore[return-value]


def _enlarged(grey: "Picture") -> "Picture":
    """Wider and sharper, for many narrow bars."""
    import cv2

    return _sharpened(cv2.resize(grey, None, fx=2.0, fy=1.0, interpolation=cv2.INTER_CUBIC))  # type: ignore[arg-type]


def _sharpened(grey: "Picture") -> "Picture":
    import cv2

    soft_grey: Any = cv2.GaussianBlur(grey, (0, 0), 3.0)
    return cv2.addWeighted(grey, 2.5, soft_grey, -1.5, 0)  # type: ignore[return-value]


def _averaged(grey: "Picture") -> "Picture":
    """Along the bars, against noise."""
    import cv2

    return cv2.blur(grey, (1, 9))  # type: ignore[return-value]
