"""`scan`: photographs of codes at 0 / 90 / 180 / 270 degrees, and frames of a camera that is only being aimed.

Side by side in one run: what a device has (pyzbar, OpenCV and the readers of our own), the same with the optional
decoders, pyzbar alone, zxing-cpp alone. `expected.csv` in the folder says what the pictures show.
"""

import csv
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from pyzbar import pyzbar
from typer.exceptions import TyperException

from app.devices import decoding
from app.devices.codes import optional
from tests.benchmarks import scan_live, scan_matrix
from tests.benchmarks.report import Budget, Report, quantile
from tests.support.barcode_pictures import Picture, photographed, without_code

FOLDER = Path(__file__).resolve().parents[3] / "shared/data/barcodes"
# The list is wrong about this picture; the digits printed below its bars say what it shows.
ERRATA = {"ean_extended/image-006.jpg": "4190566906901"}
TURNS = (0, 90, 180, 270)
FRAMES, CLIP_FRAMES, STUDY_EVERY = 24, 40, 9
MATRICES = 50  # photographs at each of four hardnesses
FRAME_SIZE = (1280, 720)
BUDGETS = {
    "device_rate": Budget(at_least=0.92),
    "full_rate": Budget(at_least=0.95),
    "device_vs_pyzbar": Budget(at_least=1.4),
    "empty_frame_vs_pyzbar": Budget(at_most=1.6),
    "misreads": Budget(at_most=0),
    "clip_vs_zxing": Budget(at_most=1.0),
    "moving_clip_vs_zxing": Budget(at_most=1.0),
    "moving_false_reads": Budget(at_most=0),
}
Reader = Callable[[Picture], list[str]]


@dataclass
class Tally:
    """Of one reader in one folder."""

    read: dict[int, list[bool]] = field(default_factory=lambda: {turn: [] for turn in TURNS})
    wrong: list[str] = field(default_factory=list)
    ms: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        rates = {str(turn): round(sum(reads) / len(reads), 3) for turn, reads in self.read.items() if reads}
        return {
            "rate": rates,
            "misreads": len(self.wrong),
            "median_ms": round(quantile(self.ms, 0.5), 1),
            "mean_cpu_ms": round(sum(self.cpu_ms) / len(self.cpu_ms), 1),
        }


def run(folder: Path = FOLDER, turns: Sequence[int] = TURNS, frames: int = FRAMES, matrices: int = MATRICES) -> Report:
    """Raises TyperException where the folder has no `expected.csv`."""
    readers = available_readers()
    tallies: dict[str, dict[str, Tally]] = defaultdict(lambda: {name: Tally() for name in readers})
    for image, text, picture in pictures(folder):
        for turn in turns:
            shot = Shot(image, turn, text, np.ascontiguousarray(np.rot90(picture, -turn // 90)))
            for name, reader in readers.items():
                _measure(tallies[image.split("/")[0]][name], reader, shot)
    return _report(tallies, aiming(frames) | scan_matrix.photographs(matrices), clip() | scan_live.moving())


def available_readers() -> dict[str, Reader]:
    others = optional.available()
    readers: dict[str, Reader] = {
        "device": lambda picture: [code.plain for code in decoding.decode_image(picture, allowed=decoding.EVERY)],
        "full": lambda picture: [
            code.plain for code in decoding.decode_image(picture, allowed=decoding.EVERY, others=others)
        ],
        "pyzbar": lambda picture: [_as_listed(code.data.decode("utf-8", "replace")) for code in pyzbar.decode(picture)],
    }
    return readers | ({"zxing-cpp": zxing} if others else {})


def zxing(picture: Picture) -> list[str]:
    import zxingcpp

    return [_as_listed(code.text) for code in zxingcpp.read_barcodes(picture)]


def _as_listed(text: str) -> str:
    """As `expected.csv` writes it: UPC-A with its zero, no separators."""
    text = text.replace("\x1d", "")
    return "0" + text if text.isdigit() and len(text) == 12 else text


def pictures(folder: Path) -> Iterator[tuple[str, str, Picture]]:
    listed = folder / "expected.csv"
    if not listed.is_file():
        raise TyperException(f"{listed} is missing: it says what the pictures beside it show (image,format,text)")
    with listed.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            picture = cv2.imread(str(folder / row["image"]), cv2.IMREAD_GRAYSCALE)
            if picture is None:
                raise TyperException(f"{folder / row['image']} is no picture that can be read")
            yield row["image"], ERRATA.get(row["image"], row["text"]), picture  # type: ignore[misc]


@dataclass(frozen=True)
class Shot:
    """A picture, turned, and what it shows ("": nothing)."""

    image: str
    turn: int
    text: str
    picture: Picture


def _measure(tally: Tally, reader: Reader, shot: Shot) -> None:
    cpu, started = time.process_time(), time.perf_counter()
    texts = reader(shot.picture)
    tally.ms.append((time.perf_counter() - started) * 1000)
    tally.cpu_ms.append((time.process_time() - cpu) * 1000)
    tally.read[shot.turn].append(shot.text in texts if shot.text else not texts)
    tally.wrong += [f"{shot.image} at {shot.turn}: {other}" for other in texts if other != shot.text]


def aiming(frames: int) -> dict[str, Any]:
    """Frames without a code: what the live pass costs against pyzbar alone on the same frame, and what it reads."""
    live, alone, false_reads = [], [], 0
    for seed in range(frames):
        frame = without_code(np.random.default_rng(70_000 + seed), FRAME_SIZE, 0.3).picture
        alone.append(_ms(pyzbar.decode, frame))
        live.append(_ms(decoding.glance, frame))
        false_reads += sum(decoding.confirmed(frame, code) for code in decoding.glance(frame))
        false_reads += len(decoding.study(frame))
    return {
        "frames": frames,
        "glance_median_ms": round(quantile(live, 0.5), 2),
        "pyzbar_median_ms": round(quantile(alone, 0.5), 2),
        "false_reads": false_reads,
    }


def _ms(work: Callable[[Picture], object], frame: Picture) -> float:
    started = time.perf_counter()
    work(frame)
    return (time.perf_counter() - started) * 1000


def clip() -> dict[str, Any]:
    """A tilted code that comes nearer and into focus: the frame of the first right and confirmed read."""
    first: dict[str, int] = {}
    for at, (frame, text) in enumerate(clip_frames()):
        looks = decoding.glance(frame) + (decoding.study(frame) if at % STUDY_EVERY == 0 else [])
        if any(code.text == text and decoding.confirmed(frame, code) for code in looks):
            first.setdefault("device", at)
        if optional.available() and text in zxing(frame):
            first.setdefault("zxing", at)
    return {
        "first_read_device": first.get("device", CLIP_FRAMES),
        "first_read_zxing": first.get("zxing", CLIP_FRAMES),
    }


def clip_frames() -> Iterator[tuple[Picture, str]]:
    still = photographed(np.random.default_rng(424_242), "EAN-13", 0.35, FRAME_SIZE)
    random = np.random.default_rng(5)
    width, height = FRAME_SIZE
    for at in range(CLIP_FRAMES):
        nearer, turned = 0.55 + 0.5 * at / CLIP_FRAMES, 14 * (1 - at / CLIP_FRAMES)
        way = cv2.getRotationMatrix2D((width / 2, height / 2), turned, nearer)
        way[:, 2] = way[:, 2] + random.uniform(-12, 12, 2)
        frame = cv2.warpAffine(still.picture, way, FRAME_SIZE, borderMode=cv2.BORDER_REFLECT)
        length = max(1, round(14 * (1 - at / CLIP_FRAMES)))
        moved = cv2.blur(frame, (length, max(1, length // 3)))
        yield (moved + random.normal(0, 3, moved.shape)).clip(0, 255).astype(np.uint8), still.text


def _report(tallies: dict[str, dict[str, Tally]], frames: dict[str, Any], film: dict[str, Any]) -> Report:
    whole: dict[str, list[bool]] = defaultdict(list)
    wrong: dict[str, list[str]] = defaultdict(list)
    for readers in tallies.values():
        for name, tally in readers.items():
            whole[name] += [read for reads in tally.read.values() for read in reads]
            wrong[name] += tally.wrong
    rates = {name: sum(reads) / len(reads) for name, reads in whole.items()}
    ratios = {
        "device_rate": round(rates["device"], 4),
        "full_rate": round(rates["full"], 4),
        "device_vs_pyzbar": round(rates["device"] / max(rates["pyzbar"], 1e-9), 3),
        "empty_frame_vs_pyzbar": round(frames["glance_median_ms"] / frames["pyzbar_median_ms"], 3),
        "misreads": float(
            len(wrong["device"]) + len(wrong["full"]) + frames["false_reads"] + frames["matrix_misreads"]
        ),
        "clip_vs_zxing": round((film["first_read_device"] + 1) / (film["first_read_zxing"] + 1), 3),
        "moving_clip_vs_zxing": scan_live.first_reads_vs_zxing(film),
        "moving_false_reads": float(film["moving_false_reads"]),
    }
    figures: dict[str, Any] = {
        "reads": len(whole["device"]), **{f"{name}_rate": round(rate, 4) for name, rate in rates.items()},
        **{f"{name}_misreads": len(texts) for name, texts in wrong.items()}, **frames, **film,
    }  # fmt: skip
    notes = [line for folder, readers in tallies.items() for line in _lines(folder, readers)]
    notes += [f"misread by {name}: {line}" for name in ("device", "full") for line in wrong[name]]
    notes += [f"expected.csv is wrong about {image}: it shows {text}" for image, text in ERRATA.items()]
    figures["folders"] = {
        folder: {name: tally.as_json() for name, tally in readers.items()} for folder, readers in tallies.items()
    }
    return Report("scan", figures, ratios, BUDGETS, notes)


def _lines(folder: str, readers: dict[str, Tally]) -> Iterator[str]:
    for name, tally in readers.items():
        seen = tally.as_json()
        rates = " / ".join(f"{100 * rate:.0f}" for rate in seen["rate"].values())
        yield f"{folder:14} {name:10} {rates:22} %  w{seen['misreads']:<3} {seen['median_ms']:8.1f} ms"
