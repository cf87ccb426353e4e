"""A frame is opened the right way round, and a blurred one is known as such."""

from collections.abc import Iterator

import cv2
import numpy as np

from app.devices.codes.evidence import Claim
from app.devices.codes.symbols import DATA_MATRIX
from app.devices.frames import Decoders, open_frame
from tests.support.barcode_clip import ean13, jpeg, on_table, qr

EAN, SHELF = "4006381333931", "comptoir:shelf:A-42"


def test_a_looking_glass_picture_is_turned_back() -> None:
    picture = on_table(qr("https://example.test/a-longer-text"))
    mirrored = jpeg(cv2.flip(picture, 1))  # type: ignore[arg-type]
    straight = open_frame(jpeg(picture), 0.0, False)
    turned = open_frame(mirrored, 0.0, True)
    assert straight is not None
    assert turned is not None
    assert cv2.absdiff(straight.grey, turned.grey).mean() < 2
    assert turned.size == (1280, 720)


def test_what_is_no_picture_is_no_frame() -> None:
    assert open_frame(b"", 0.0, False) is None
    assert open_frame(b"not a picture", 0.0, False) is None
    assert Decoders().quick(b"", 0.0, False) == (None, ())


def test_motion_and_a_wrong_focus_make_a_frame_less_sharp() -> None:
    table = on_table(ean13(EAN))
    clear = open_frame(jpeg(table), 0.0, False)
    unfocused = open_frame(jpeg(cv2.GaussianBlur(table, (0, 0), 4)), 0.0, False)  # type: ignore[arg-type]
    moved = open_frame(jpeg(cv2.blur(table, (15, 1))), 0.0, False)  # type: ignore[arg-type]
    assert clear is not None
    assert unfocused is not None
    assert moved is not None
    assert max(unfocused.sharpness, moved.sharpness) < clear.sharpness / 2


def test_only_what_is_expected_here_is_read() -> None:
    picture = jpeg(on_table(ean13(EAN)))
    assert [code.text for code in Decoders().quick(picture, 0.0, False)[1]] == [EAN]
    assert Decoders(allowed={"QR Code"}).quick(picture, 0.0, False)[1] == ()


class MatrixReader:
    """Reads the same Data Matrix in every picture."""

    name = "another"

    def read(self, grey: object, wanted: frozenset[str]) -> Iterator[Claim]:
        if DATA_MATRIX in wanted:
            yield Claim(DATA_MATRIX, "A-42", ((10, 10), (90, 10), (90, 90), (10, 90)), self.name, 4)


def test_two_labels_alike_are_two_where_each_counts() -> None:
    single = on_table(ean13(EAN, 3, 120), (640, 480))
    for labels in (np.hstack([single, single]), np.vstack([single, single])):
        picture = jpeg(labels)
        assert [code.text for code in Decoders().quick(picture, 0.0, False)[1]] == [EAN]
        assert [code.text for code in Decoders().quick(picture, 0.0, False, each=True)[1]] == [EAN, EAN]
        frame = open_frame(picture, 0.0, False)
        assert frame is not None
        assert Decoders().vouched(frame, (Decoders().quick(picture, 0.0, False)[1][0],)) == {EAN}


def test_two_qr_codes_alike_are_two_and_another_article_is_one_more() -> None:
    parts = [on_table(drawn, (480, 480)) for drawn in (qr(SHELF, 6), qr(SHELF, 6), ean13(EAN, 3, 120))]
    _, codes = Decoders().quick(jpeg(np.hstack(parts)), 0.0, False, each=True)
    assert sorted(code.text for code in codes) == [EAN, SHELF, SHELF]


def test_an_optional_decoder_adds_to_the_hard_look_what_it_alone_can_read() -> None:
    empty = open_frame(jpeg(np.full((300, 400, 3), 120, dtype=np.uint8)), 0.0, False)
    assert empty is not None
    assert Decoders().hard(empty) == ()
    found = Decoders(others=[MatrixReader()]).hard(empty)
    assert [(code.text, code.decoder) for code in found] == [("A-42", "another")]
    seen = open_frame(jpeg(on_table(ean13(EAN))), 0.0, False)
    assert seen is not None
    assert {code.text for code in Decoders(others=[MatrixReader()]).hard(seen)} == {EAN, "A-42"}
