"""The clip goes through the scanner itself: a calm hand is counted, an empty scene is not, both readers are told."""

import asyncio

import pytest

from app.devices.frames import Decoders
from tests.benchmarks import scan_live
from tests.support.barcode_clip import ean13
from tests.support.moving_clip import Hand, frames

CALM = Hand(swing=0.02, tilt_degrees=4, blur_px=0.4, exposure=0.1, noise=2.0, scale=1.0)
EAN = "4006381333931"


def test_a_calm_hand_is_read_at_once_and_counts_at_the_look_after() -> None:
    played = asyncio.run(scan_live.play(list(frames(ean13(EAN, 3, 150), 7, CALM, 4)), Decoders()))
    assert set(played.read) == set(played.counted) == {EAN}
    assert played.counted[EAN] == played.read[EAN] + 1 <= 3
    assert played.looked == 4


def test_device_and_zxing_are_told_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan_live, "CLIP_FRAMES", 3)
    monkeypatch.setattr(scan_live, "EMPTY_FRAMES", 2)
    monkeypatch.setattr(scan_live, "clips", lambda: [(7, EAN, ean13(EAN, 4, 220))])
    told = scan_live.moving()
    assert {name: len(told[name]) for name in told if name != "moving_false_reads"} == {
        "moving_read": 1,
        "moving_count": 1,
        "moving_zxing_read": 1,
        "moving_zxing_count": 1,
    }
    assert told["moving_false_reads"] == 0
    assert scan_live.first_reads_vs_zxing({"moving_read": [1, 2], "moving_zxing_read": [2, 4]}) == 0.5


def test_the_same_seed_gives_the_same_frames() -> None:
    first, second = (list(frames(ean13(EAN), 5, count=2)) for _ in range(2))
    assert all((one == other).all() for one, other in zip(first, second, strict=True))
    assert (first[0] != next(frames(ean13(EAN), 6, count=2))).any()
