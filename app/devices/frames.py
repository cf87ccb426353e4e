"""What is done with a frame in a thread: opened, judged, read. The camera decides when, the reader what counts."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.devices import decoding
from app.devices.codes.optional import Reader
from app.devices.decoding import Decoded

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

HARD_LOOK_MS = 200.0


@dataclass(frozen=True, eq=False)
class Frame:
    """`asked_ms`: when the camera was asked for it. `sharpness`: larger is clearer, of frames of one camera."""

    grey: "Picture"
    asked_ms: float
    sharpness: float

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.grey.shape[1], self.grey.shape[0]


@dataclass(frozen=True)
class Decoders:
    """The looks of `app.devices.decoding`, of the symbologies that are expected here.

    `others`: optional decoders, which see what the hard look did not: Aztec and PDF417 above all.
    """

    allowed: Collection[str] = decoding.DEFAULT
    glance: Callable[["Picture", Collection[str]], list[Decoded]] = decoding.glance
    study: Callable[["Picture", Collection[str], float, Sequence[Reader]], list[Decoded]] = decoding.study
    confirmed: Callable[["Picture", Decoded], bool] = decoding.confirmed
    others: Sequence[Reader] = ()
    glance_at_each: Callable[["Picture", Collection[str]], list[Decoded]] = decoding.glance_at_each

    def quick(
        self, content: bytes, asked_ms: float, mirrored: bool, each: bool = False
    ) -> tuple[Frame | None, tuple[Decoded, ...]]:
        """None where the bytes are no picture: a camera that is just starting may send some. `each`: two labels that
        are alike are two."""
        frame = open_frame(content, asked_ms, mirrored)
        look = self.glance_at_each if each else self.glance
        return frame, tuple(look(frame.grey, self.allowed)) if frame else ()

    def hard(self, frame: Frame) -> tuple[Decoded, ...]:
        return tuple(self.study(frame.grey, self.allowed, HARD_LOOK_MS, self.others))

    def vouched(self, frame: Frame, doubted: tuple[Decoded, ...]) -> frozenset[str]:
        return frozenset(code.text for code in doubted if self.confirmed(frame.grey, code))


def open_frame(content: bytes, asked_ms: float, mirrored: bool) -> Frame | None:
    """`mirrored`: browsers hand out the picture of every camera but the one at the back as in a looking glass."""
    import cv2
    import numpy as np

    data = np.frombuffer(content, dtype=np.uint8)
    opened = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if data.size else None
    if opened is None:
        return None
    grey: Picture = cv2.flip(opened, 1) if mirrored else opened  # type: ignore[assignment]
    return Frame(grey, asked_ms, sharpness(grey))


def sharpness(grey: "Picture") -> float:
    """How steep the edges are around the middle: motion and a wrong focus flatten them all."""
    import cv2

    height, width = grey.shape
    middle = grey[height // 4 : height - height // 4, width // 4 : width - width // 4]
    steepness = cv2.Laplacian(middle, cv2.CV_16S)
    return float(cv2.meanStdDev(steepness)[1][0][0])
