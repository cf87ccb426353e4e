"""Photographs nobody tuned for: other seeds than any threshold was chosen with. What is said is right; most is read."""

from collections import Counter

import numpy as np
import pytest

from app.devices import decoding
from tests.support.barcode_pictures import Photo, photographed, without_code

SYMBOLOGIES = ("EAN-13", "EAN-8", "UPC-A", "Code 128", "Code 39", "ITF", "QR Code", "Data Matrix")


@pytest.mark.slow
@pytest.mark.parametrize("symbology", SYMBOLOGIES)
def test_most_bad_photographs_are_read_and_none_is_misread(symbology: str) -> None:
    seen = Counter(_judged(photographed(np.random.default_rng(880_000 + seed), symbology, 0.45)) for seed in range(6))
    assert seen["wrong"] == 0
    assert seen["right"] >= 4, seen


@pytest.mark.slow
def test_nothing_is_read_where_no_code_is() -> None:
    for seed in range(12):
        picture = without_code(np.random.default_rng(990_000 + seed), (480, 360)).picture
        assert decoding.decode_image(picture, allowed=decoding.EVERY) == []


def test_stripes_and_letters_are_no_short_number() -> None:
    picture = without_code(np.random.default_rng(72_051), (1280, 720), 0.3).picture  # once 66699453
    assert decoding.decode_image(picture) == []


def test_corners_are_where_the_bars_are() -> None:
    photo = photographed(np.random.default_rng(880_100), "EAN-13", 0.25)
    (code,) = decoding.decode_image(photo.picture)
    assert np.linalg.norm(np.array(code.centre) - photo.corners.mean(axis=0)) < 60


def test_the_hard_look_keeps_to_its_budget() -> None:
    picture = without_code(np.random.default_rng(990_100), (640, 480)).picture
    assert decoding.study(picture, budget_ms=0.0) == []


def _judged(photo: Photo) -> str:
    texts = [code.text for code in decoding.decode_image(photo.picture, allowed=decoding.EVERY)]
    return "nothing" if not texts else "right" if texts == [photo.text] else "wrong"
