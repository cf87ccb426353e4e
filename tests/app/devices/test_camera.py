"""Frames become scans off the event loop, each code once; a camera that fails says why, a slow device skips frames."""

import asyncio
import threading
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from app.devices import camera as camera_module
from app.devices.camera import Abilities, CameraRefused, CameraScanner, Hearing
from app.devices.decoding import Decoded
from app.devices.frames import Decoders
from app.devices.reading import Choice, Reader
from app.devices.scanning import Scan, ScanStream
from tests.support.barcode_clip import ean13, jpeg, on_table
from tests.support.devices import FakeCamera

EAN, OTHER = "4006381333931", "5901234123457"
BUSY = CameraRefused("camera.failed", "busy focusing")


def code(text: str, x: int = 640) -> Decoded:
    return Decoded("EAN-13", text, ((x - 50, 300), (x + 50, 300), (x + 50, 420), (x - 50, 420)))


@dataclass
class Desk:
    """A camera in front of which `shown` is held, one entry a frame (the last for ever), and what comes of it."""

    shown: list[list[Decoded]]
    studied: list[Decoded] = field(default_factory=list)
    vouches: bool = True
    frames: int = 0
    heard: list[Scan] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    threads: set[str] = field(default_factory=set)
    at_once: int = 0
    most_at_once: int = 0
    clock_ms: float = 0.0

    def __post_init__(self) -> None:
        self.stream = ScanStream(self.now)
        self.stream.subscribe(self.heard.append)
        decoders = Decoders(
            glance=lambda *asked: list({code.text: code for code in self._glance(*asked)}.values()),
            study=self._study,
            confirmed=lambda _picture, _code: self.vouches,
            glance_at_each=self._glance,
        )
        blank = jpeg(np.full((720, 1280, 3), 90, dtype=np.uint8))
        self.camera = FakeCamera([blank])
        self.scanner = CameraScanner(
            self.camera, self.stream, decoders, hearing=Hearing(choice=self.choices.append), now_ms=self.now
        )

    def now(self) -> float:
        return self.clock_ms

    def _glance(self, _picture: Any, _allowed: Collection[str]) -> list[Decoded]:
        self._enter()
        shown = self.shown[min(self.frames, len(self.shown) - 1)]
        self.frames += 1
        self.clock_ms += 100
        self.at_once -= 1
        return shown

    def _study(self, *_asked: Any) -> list[Decoded]:
        self._enter()
        self.at_once -= 1
        return self.studied

    def _enter(self) -> None:
        self.threads.add(threading.current_thread().name)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)

    async def watch(self, frames: int) -> CameraRefused | None:
        running = asyncio.create_task(self.scanner.run())
        while self.frames < frames and not running.done():
            await asyncio.sleep(0.001)
        self.scanner.close()
        return await running


async def test_a_held_code_is_published_once_and_read_in_another_thread() -> None:
    desk = Desk([[], [code(EAN)]])
    assert await desk.watch(20) is None
    assert desk.heard == [Scan(EAN, "camera", "EAN-13")]
    assert threading.main_thread().name not in desk.threads
    assert desk.most_at_once == 1


async def test_real_frames_become_scans() -> None:
    stream = ScanStream()
    heard: list[Scan] = []
    ready: list[Abilities] = []
    picture = jpeg(on_table(ean13(EAN)))
    scanner = CameraScanner(FakeCamera([b"no picture", picture]), stream, hearing=Hearing(ready.append))

    def hear(scan: Scan) -> None:
        heard.append(scan)
        scanner.close()

    stream.subscribe(hear)
    assert await scanner.run() is None
    assert len(ready) == 1
    assert [(scan.text, scan.symbology) for scan in heard] == [(EAN, "EAN-13")]
    assert heard[0].decoder
    assert scanner.counts.came > scanner.counts.glances


async def test_frames_without_a_code_scan_nothing_and_are_looked_at_hard_now_and_then() -> None:
    desk = Desk([[]])
    await desk.watch(30)
    assert desk.heard == []
    assert 9 <= desk.scanner.counts.studies <= 11  # every 300 ms, where a frame takes 100


async def test_what_only_a_hard_look_reads_is_scanned_once_too() -> None:
    desk = Desk([[]], studied=[code(EAN)])
    await desk.watch(30)
    assert desk.heard == [Scan(EAN, "camera", "EAN-13")]


async def test_a_slow_device_skips_frames_and_keeps_none() -> None:
    desk = Desk([[]])
    reading = desk.scanner.decoders.glance

    def slowly(picture: Any, allowed: Collection[str]) -> list[Decoded]:
        for _ in range(50):  # the next frame arrives meanwhile, and grows old
            threading.Event().wait(0.001)
        desk.clock_ms += 1000
        return reading(picture, allowed)

    desk.scanner.decoders = Decoders(glance=slowly, study=lambda *_: [], confirmed=lambda *_: True)
    await desk.watch(5)
    counts = desk.scanner.counts
    assert counts.skipped >= 4
    assert counts.came - counts.skipped == counts.glances == 5
    assert desk.camera.taken <= counts.came + 1


async def test_the_same_code_counts_once_more_by_a_button() -> None:
    desk = Desk([[code(EAN)]])
    await desk.scanner.again()
    await desk.watch(10)
    await desk.scanner.again()
    assert [(scan.text, scan.again) for scan in desk.heard] == [(EAN, False), (EAN, True)]


async def test_of_two_codes_a_person_chooses_one() -> None:
    desk = Desk([[code(EAN, 500), code(OTHER, 780)]])
    running = asyncio.create_task(desk.watch(40))
    while not desk.choices:
        await asyncio.sleep(0.001)
    await desk.scanner.choose(OTHER)
    await running
    assert [scan.text for scan in desk.heard] == [OTHER]


async def test_counting_all_publishes_every_code() -> None:
    desk = Desk([[code(EAN, 300), code(EAN, 600), code(OTHER, 900)]])
    desk.scanner.reader = Reader(mode="all")
    await desk.watch(10)
    assert sorted(scan.text for scan in desk.heard) == [EAN, EAN, OTHER]


async def test_closing_in_the_middle_of_a_look_publishes_nothing() -> None:
    desk = Desk([[code(EAN)]])
    reading = desk.scanner.decoders.glance

    def closing(picture: Any, allowed: Collection[str]) -> list[Decoded]:
        found = reading(picture, allowed)
        if desk.frames == 2:
            desk.scanner.close()
        return found

    desk.scanner.decoders = Decoders(glance=closing, study=lambda *_: [], confirmed=lambda *_: True)
    assert await desk.scanner.run() is None
    assert desk.frames == 2
    assert desk.heard == []


async def test_a_refused_camera_answers_why() -> None:
    refused = CameraRefused("camera.denied", "no")
    assert await CameraScanner(FakeCamera([], refused), ScanStream()).run() == refused


async def test_a_busy_camera_is_asked_again_and_a_broken_one_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera_module, "FAILURE_PAUSE_S", 0.0)
    picture = jpeg(on_table(ean13(EAN)))
    stream, heard = ScanStream(), []
    busy = FakeCamera([BUSY, BUSY, BUSY, picture, BUSY, picture])
    scanner = CameraScanner(busy, stream)

    def hear(scan: Scan) -> None:
        heard.append(scan.text)
        scanner.close()

    stream.subscribe(hear)
    assert await scanner.run() is None
    assert heard == [EAN]
    broken = FakeCamera([BUSY])
    assert await CameraScanner(broken, ScanStream()).run() == BUSY
    assert broken.taken == 4


async def test_a_mute_camera_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera_module, "PICTURE_TIMEOUT_S", 0.01)

    class Mute(FakeCamera):
        async def picture(self) -> bytes:
            await asyncio.Event().wait()
            return b""

    refused = await CameraScanner(Mute([]), ScanStream()).run()
    assert refused is not None
    assert refused.code == "camera.silent"
