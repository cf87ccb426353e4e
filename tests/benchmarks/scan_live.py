"""The blurred moving clip of `scan`: the camera scanner itself over the frames of a code in a moving hand, and over the
same scenes without one, beside zxing-cpp on the same frames.

A frame comes every 33 ms of a clock that is given, so what is told are frames, whatever the machine is busy with.
"""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from app.devices.camera import Abilities, CameraScanner
from app.devices.decoding import Decoded
from app.devices.frames import Decoders
from app.devices.scanning import Scan, ScanStream
from tests.support.barcode_clip import Picture, ean13, jpeg, qr
from tests.support.moving_clip import Hand, frames

FRAME_MS = 1000 / 30
CLIP_FRAMES, EMPTY_FRAMES = 30, 15
EAN, OWN = "4006381333931", "comptoir:parcel:340123450000000017"
Look = Callable[[Picture, Collection[str]], list[Decoded]]


@dataclass
class Played:
    """In which frame each text was read first, and at which it counted, from 1. `shown`, `looked`: frames so far."""

    read: dict[str, int] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)
    shown: int = 0
    looked: int = 0


class Clip:
    """A camera that shows each frame once and then closes the scanner."""

    mirrored = False

    def __init__(self, shown: list[Picture], played: Played, end: Callable[[], None]) -> None:
        self._shown = [jpeg(frame) for frame in shown]
        self._played = played
        self._end = end

    async def open(self) -> Abilities:
        return Abilities()

    async def picture(self) -> bytes:
        if self._played.shown >= len(self._shown):
            while self._played.looked < len(self._shown):  # the last frame is still in work
                await asyncio.sleep(0.001)
            self._end()
            return b""
        self._played.shown += 1
        return self._shown[self._played.shown - 1]


async def play(shown: list[Picture], decoders: Decoders) -> Played:
    """One clip through the scanner, looking at every frame."""
    played, stream = Played(), ScanStream()

    def noting(look: Callable[..., list[Decoded]], frames_each: int) -> Callable[..., list[Decoded]]:
        def noted(*arguments: Any) -> list[Decoded]:
            played.looked += frames_each
            found = look(*arguments)
            for code in found:
                played.read.setdefault(code.text, played.looked)
            return found

        return noted

    def count(scan: Scan) -> None:
        played.counted.setdefault(scan.text, played.looked)

    watched = Decoders(decoders.allowed, noting(decoders.glance, 1), noting(decoders.study, 0), decoders.confirmed)
    scanner = CameraScanner(
        Clip(shown, played, lambda: scanner.close()), stream, watched, now_ms=lambda: played.looked * FRAME_MS
    )
    stream.subscribe(count)
    refused = await scanner.run()
    assert refused is None, refused
    return played


def zxing(picture: Picture, _allowed: Collection[str]) -> list[Decoded]:
    import zxingcpp

    found = zxingcpp.read_barcodes(picture)
    return [Decoded("EAN-13", code.text, _corners(code.position), "zxing") for code in found]


def _corners(position: Any) -> tuple[tuple[int, int], ...]:
    places = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return tuple((place.x, place.y) for place in places)


def moving() -> dict[str, Any]:
    """Frames to the first read and to the count (`CLIP_FRAMES` + 1: never), of the device and of zxing-cpp alone behind
    the same scanner. `false_reads`: what counted on the device and is not in the scene."""
    alone = Decoders(glance=zxing, study=lambda *_: [], confirmed=lambda *_: True)
    told: dict[str, list[int]] = {name: [] for name in ("read", "count", "zxing_read", "zxing_count")}
    false_reads = 0
    for seed, text, code in clips():
        shown = list(frames(code, seed, Hand(), CLIP_FRAMES))
        ours, theirs = asyncio.run(play(shown, Decoders())), asyncio.run(play(shown, alone))
        empty = asyncio.run(play(list(frames(None, seed, Hand(), EMPTY_FRAMES)), Decoders()))
        for name, found in (("read", ours.read), ("count", ours.counted),
                            ("zxing_read", theirs.read), ("zxing_count", theirs.counted)):  # fmt: skip
            told[name].append(found.get(text, CLIP_FRAMES + 1))
        false_reads += len(set(ours.counted) - {text}) + len(empty.counted)
    return {"moving_" + name: values for name, values in told.items()} | {"moving_false_reads": false_reads}


def clips() -> list[tuple[int, str, Picture]]:
    """Seed, text and code: two articles and a parcel of ours."""
    return [(1, EAN, ean13(EAN, 3, 150)), (3, EAN, ean13(EAN, 3, 150)), (4, OWN, qr(OWN, 7))]


def first_reads_vs_zxing(told: dict[str, Any]) -> float:
    return round(sum(told["moving_read"]) / sum(told["moving_zxing_read"]), 3)
