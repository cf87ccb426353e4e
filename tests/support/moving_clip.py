"""What a camera sees of a code in a moving hand: tilted, in perspective, blurred by motion and focus, noisy.

The same seed gives the same frames. The motion is periodic, so a clip that is played again and again has no jump.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, pi, sin, tau
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.support.barcode_clip import Picture, jpeg

WIDTH, HEIGHT = 1280, 720
FRAMES = 90


@dataclass(frozen=True)
class Hand:
    """How calmly a code is held. `swing`: of the movement, as a share of the frame; `blur_px`: the worst focus;
    `exposure`: the share of a frame's time in which the shutter is open, so how long motion is smeared."""

    swing: float = 0.12
    tilt_degrees: float = 18.0
    blur_px: float = 2.2
    exposure: float = 0.5
    noise: float = 5.0
    scale: float = 0.85


def frames(code: Picture | None, seed: int, hand: Hand = Hand(), count: int = FRAMES) -> Iterator[Picture]:
    """1280 x 720, BGR. `code` None: the same scene without one."""
    random = np.random.default_rng(seed)
    phases = random.uniform(0, tau, 6)
    scene = _scene(random)
    for at in range(count):
        frame: NDArray[Any] = scene.astype(np.float32)
        if code is not None:
            steps = 5
            seen = [_held(code, at + hand.exposure * step / steps, count, phases, hand) for step in range(steps)]
            colour = np.mean([each[0] for each in seen], axis=0)
            cover = np.mean([each[1] for each in seen], axis=0)
            frame = frame * (1 - cover) + colour * cover
        focus = hand.blur_px * (0.5 + 0.5 * sin(tau * at / count + phases[5]))
        if focus > 0.3:
            frame = cv2.GaussianBlur(frame, (0, 0), focus)
        frame = frame + random.normal(0, hand.noise, frame.shape)
        grey: Picture = np.clip(frame, 0, 255).astype(np.uint8)
        yield cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)  # type: ignore[misc]


def write_moving_clip(path: Path, code: Picture | None, seed: int, hand: Hand = Hand()) -> Path:
    """A clip for Chromium's `--use-file-for-fake-video-capture`; it plays it again and again."""
    with path.open("wb") as clip:
        for frame in frames(code, seed, hand):
            clip.write(jpeg(frame))
    return path


def _held(
    code: Picture, at: float, count: int, phases: NDArray[np.float64], hand: Hand
) -> tuple[NDArray[Any], NDArray[Any]]:
    """The code as it lies in the frame at a moment, and where it covers the scene (0 to 1)."""
    turn = tau * at / count
    x = WIDTH * (0.5 + hand.swing * sin(turn + phases[0]))
    y = HEIGHT * (0.5 + hand.swing * 0.8 * sin(2 * turn + phases[1]))
    angle = hand.tilt_degrees * pi / 180 * sin(turn + phases[2])
    size = hand.scale * (1 + 0.12 * sin(turn + phases[3]))
    high, wide = code.shape
    corners = np.array([[-wide, -high], [wide, -high], [wide, high], [-wide, high]], dtype=np.float32) / 2
    lean = 0.10 * sin(turn + phases[4])
    deeper = 1 + lean * corners[:, 0] / wide * 2
    turned = np.array([[cos(angle), -sin(angle)], [sin(angle), cos(angle)]])
    placed = (corners * size * deeper[:, None]) @ turned.T + (x, y)
    flat = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], dtype=np.float32)
    way = cv2.getPerspectiveTransform(flat, placed.astype(np.float32))
    colour = cv2.warpPerspective(code, way, (WIDTH, HEIGHT), flags=cv2.INTER_AREA)
    cover = cv2.warpPerspective(np.full_like(code, 255), way, (WIDTH, HEIGHT))
    return colour.astype(np.float32), cover.astype(np.float32) / 255


def _scene(random: np.random.Generator) -> Picture:
    """A shelf as it might be: uneven light, boxes, lines of something like writing; nothing that is a code."""
    rough = random.uniform(70, 190, (9, 16)).astype(np.float32)
    scene = cv2.resize(rough, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    for _ in range(8):
        left, top = int(random.integers(0, WIDTH - 200)), int(random.integers(0, HEIGHT - 120))
        wide, high = int(random.integers(80, 360)), int(random.integers(60, 240))
        shade = float(random.uniform(40, 220))
        cv2.rectangle(scene, (left, top), (left + wide, top + high), (shade,), -1)
        for line in range(top + 16, top + high - 8, 22):
            for word in range(left + 10, left + wide - 40, 46):
                long = int(random.integers(12, 40))
                cv2.rectangle(scene, (word, line), (word + long, line + 6), (255 - shade,), -1)
    return np.clip(scene, 0, 255).astype(np.uint8)
