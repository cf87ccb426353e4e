"""Reads barcodes from pictures, for the three places that ask: a still, every frame of the camera, and the hard look.

- `decode_image`: a still, with all the patience it takes; the best code first.
- `glance`: one frame of the camera, cheap above all where no code is in view.
- `glance_at_each`: the same where every label counts: two alike that lie apart are two.
- `study`: one hard look at a frame, within a budget of time; call it about every 300 ms, from a worker.
- `confirmed`: an independent second opinion, to be asked once before the beep.

OpenCV and zbar are loaded at the first picture, so that a device that never opens its camera never pays for them.
Call all of it from a thread. A picture is encoded bytes (JPEG, PNG) or an array (grey, or BGR); bytes that are no
picture hold no code.
"""

import math
import time
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from app.devices.codes import pictures
from app.devices.codes.cascade import UNFINISHED, Search
from app.devices.codes.evidence import in_order
from app.devices.codes.optional import Reader
from app.devices.codes.symbols import DEFAULT, EVERY, Decoded

if TYPE_CHECKING:
    from app.devices.codes.symbols import Picture

__all__ = ["DEFAULT", "EVERY", "Decoded", "confirmed", "decode_image", "glance", "glance_at_each", "study"]

STUDY_BUDGET_MS = 250.0


def decode_image(
    picture: "bytes | Picture", *, allowed: Collection[str] = DEFAULT, others: Sequence[Reader] = ()
) -> list[Decoded]:
    """Every sure code of the `allowed` symbologies, the aimed one first. `others`: optional decoders
    (`codes.optional.available()`). Raises `pictures.TooLarge`."""
    return _sure(picture, allowed, others, math.inf)


def glance(picture: "bytes | Picture", allowed: Collection[str] = DEFAULT) -> list[Decoded]:
    """What one frame shows at once. Not confirmed: a code counts when frames agree and `confirmed` says so."""
    grey = pictures.grey(picture)
    if grey is None:
        return []
    search = Search(grey, allowed)
    search.glance()
    height, width = grey.shape
    return in_order([claim.decoded() for claim in search.evidence.claims.values()], width, height)


def glance_at_each(picture: "bytes | Picture", allowed: Collection[str] = DEFAULT) -> list[Decoded]:
    """`glance`, and one code for each label."""
    grey = pictures.grey(picture)
    if grey is None:
        return []
    search = Search(grey, allowed)
    search.glance_at_each()
    height, width = grey.shape
    return in_order([code for claim in search.evidence.claims.values() for code in claim.each()], width, height)


def study(
    picture: "bytes | Picture",
    allowed: Collection[str] = DEFAULT,
    budget_ms: float = STUDY_BUDGET_MS,
    others: Sequence[Reader] = (),
) -> list[Decoded]:
    """What a hard look at one frame finds; no new attempt begins after `budget_ms`."""
    return _sure(picture, allowed, others, budget_ms)


def confirmed(picture: "bytes | Picture", code: Decoded) -> bool:
    """Whether another reader than the one that read `code` sees it at its place in this picture, too."""
    grey = pictures.grey(picture)
    return grey is not None and Search(grey, {code.symbology}).confirms(code)


def _sure(
    picture: "bytes | Picture", allowed: Collection[str], others: Sequence[Reader], budget_ms: float
) -> list[Decoded]:
    grey = pictures.grey(picture)
    if grey is None:
        return []
    ends = time.monotonic() + budget_ms / 1000
    search = Search(grey, allowed, others)
    for step in search.steps():
        if time.monotonic() >= ends or (step not in UNFINISHED and search.evidence.sure()):
            break
    height, width = grey.shape
    return in_order([claim.decoded() for claim in search.evidence.sure()], width, height)
