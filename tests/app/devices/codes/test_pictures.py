"""Whatever bytes come in, they are a bounded picture or none."""

import struct
import zlib
from io import BytesIO
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from app.devices.codes import pictures

GREY = np.random.default_rng(1).integers(0, 255, (30, 40)).astype(np.uint8)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp"])
def test_the_size_a_header_states_is_the_size_it_has(suffix: str) -> None:
    content = cv2.imencode(suffix, GREY)[1].tobytes()
    assert pictures.declared_size(content) == (40, 30)
    grey = pictures.grey(content)
    assert grey is not None
    assert grey.shape == (30, 40)


def test_a_header_that_promises_too_much_is_refused_unread() -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + header
    content = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    with pytest.raises(pictures.TooLarge):
        pictures.grey(content)


@pytest.mark.parametrize(("kind", "options"), [("WEBP", {"lossless": True}), ("TIFF", {"compression": "group4"})])
def test_a_picture_of_a_rarer_kind_that_would_fill_the_memory_is_refused_unread(
    kind: str, options: dict[str, Any]
) -> None:
    small, large = BytesIO(), BytesIO()
    Image.new("1", (40, 30), 1).save(small, kind, **options)
    Image.new("1", (10_000, 6_000), 1).save(large, kind, **options)
    assert pictures.declared_size(small.getvalue()) == (40, 30)
    with pytest.raises(pictures.TooLarge, match="50 megapixels"):
        pictures.grey(large.getvalue())


def test_a_picture_that_breaks_off_is_none_without_a_word(capfd: pytest.CaptureFixture[str]) -> None:
    header = struct.pack(">IIBBBBB", 600, 600, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + header
    content = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    assert pictures.grey(content) is None
    assert capfd.readouterr().err == ""


def test_random_and_truncated_bytes_are_no_picture_or_a_whole_one() -> None:
    random = np.random.default_rng(9)
    whole = cv2.imencode(".jpg", GREY)[1].tobytes()
    for _ in range(60):
        assert pictures.grey(random.bytes(int(random.integers(0, 300)))) is None
        cut = pictures.grey(whole[: int(random.integers(0, len(whole)))])
        assert cut is None or cut.shape == (30, 40)
        spoilt = bytearray(whole)
        spoilt[int(random.integers(2, len(whole)))] = int(random.integers(256))
        try:
            pictures.grey(bytes(spoilt))
        except pictures.TooLarge:
            pass


def test_arrays_of_any_depth_become_grey() -> None:
    for array in (GREY, np.dstack([GREY] * 3), np.dstack([GREY] * 4)):
        grey = pictures.grey(array)
        assert grey is not None
        assert grey.shape == (30, 40)
    assert pictures.grey(np.zeros((0, 5), dtype=np.uint8)) is None
