"""QR codes that are hard in one way each are read, and nothing that is no code is."""

import numpy as np
import pytest

from app.devices.codes import qr
from app.devices.codes.qr import LIVE_SIDE_PX
from app.devices.decoding import decode_image, glance
from tests.support.barcode_clip import on_table
from tests.support.barcode_clip import qr as printed
from tests.support.barcode_pictures import without_code
from tests.support.qr_pictures import KINDS, Taken, qr_photographed, qr_taken

TEXT = "comptoir:parcel:340123450000000017"
WAYS = {
    "sharp": Taken(5, 0.4),
    "out of focus": Taken(6, 0.2, blur=0.75),
    "moved": Taken(6, 2.0, motion=1.5),
    "tilted": Taken(7, -0.5, lean=0.25),
    "pale": Taken(6, 1.0, ink=128.0, paper=150.0),
    "light on dark": Taken(6, 3.0, ink=220.0, paper=40.0, blur=0.4),
    "in the shade": Taken(6, 0.7, shade=0.7),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_code_is_read_where_it_lies(way: str) -> None:
    picture = qr_taken(np.random.default_rng(12), TEXT, WAYS[way])
    ((text, corners),) = qr.read(picture)
    assert text == TEXT
    middle = np.mean(corners, axis=0)
    assert np.abs(middle - (640, 360)).max() < 160
    assert [code.text for code in glance(picture)] == [TEXT]


def test_two_codes_in_one_picture_are_both_read() -> None:
    picture = np.hstack([qr_taken(np.random.default_rng(at), f"{TEXT}{at}", Taken(6, at, blur=0.5)) for at in (1, 2)])
    assert {text for text, _ in qr.read(picture)} == {f"{TEXT}1", f"{TEXT}2"}


def test_the_corners_are_those_of_the_code() -> None:
    code = printed(TEXT, 6)
    picture = np.ascontiguousarray(on_table(code)[:, :, 0])
    ((_, corners),) = qr.read(picture)
    half = code.shape[0] / 2 - 4 * 6
    square = [(-half, -half), (half, -half), (half, half), (-half, half)]
    assert np.abs(np.array(corners) - (640, 360) - square).max() < 3


def test_a_live_frame_is_searched_coarsely() -> None:
    small = qr_taken(np.random.default_rng(3), TEXT, Taken(2.0, 0.3))
    assert [text for text, _ in qr.read(small)] == [TEXT]
    assert list(qr.read(small, LIVE_SIDE_PX)) == []


@pytest.mark.parametrize("text", ["", "\x00\x01", "ab\ufffdc"])
def test_what_nobody_would_print_is_no_text(text: str) -> None:
    assert not qr._is_plausible(text)


@pytest.mark.slow
def test_most_of_what_is_hard_is_read_and_none_of_it_wrong() -> None:
    read = 0
    for kind in KINDS:
        for seed in range(4):
            picture, text = qr_photographed(np.random.default_rng(660_000 + seed), kind)
            texts = [code.text for code in decode_image(picture)]
            assert set(texts) <= {text}, kind
            read += texts == [text]
    assert read >= 24


@pytest.mark.slow
def test_nothing_is_read_where_no_code_is() -> None:
    for seed in range(30):
        picture = without_code(np.random.default_rng(770_000 + seed), (1280, 720), 0.3).picture
        assert list(qr.read(picture)) == []
