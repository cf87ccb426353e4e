"""Lines of a strip lie over each other, and what are no bars is no line."""

import numpy as np

from app.devices.codes import bands
from app.devices.codes.ean import modules_of
from tests.support.barcode_pictures import printed

STRIP = printed(modules_of("EAN-13", "4006381333931") or "", module_px=6, height_px=90)[14:-14]


def test_bars_come_out_positive_with_their_edges() -> None:
    lines = bands.aligned(STRIP)
    assert lines.shape == (1 + bands.GROUPS, STRIP.shape[1])
    assert bands.crossings(lines[0]) in range(56, 64)
    assert lines[0][STRIP[0] == 0].mean() > 0.5 > lines[0][STRIP[0] == 255].mean()


def test_leaning_bars_are_laid_over_each_other() -> None:
    leaning = np.array([np.roll(row, at // 6) for at, row in enumerate(STRIP)])
    straight, leant = bands.aligned(STRIP)[0], bands.aligned(leaning)[0]
    best = max(np.corrcoef(straight[40:-40], np.roll(leant, shift)[40:-40])[0, 1] for shift in range(-20, 20))
    assert best > 0.95


def test_noise_and_a_flat_wall_are_no_lines() -> None:
    random = np.random.default_rng(3)
    assert bands.aligned(np.full((60, 400), 90, dtype=np.uint8)) is None
    assert bands.aligned(random.integers(0, 255, (60, 400)).astype(np.uint8)) is None


def test_sharpening_makes_narrow_bars_stand_out() -> None:
    line = np.zeros((1, 200), dtype=np.float32)
    line[0, 100] = 1.0
    assert bands.sharpened(line)[0, 100] > 2.5
