"""The cascade stops at the first sure answer, and the second opinion refuses what is not there."""

import numpy as np

from app.devices.codes.cascade import Search
from app.devices.codes.symbols import DEFAULT, EVERY, Decoded
from tests.support.barcode_clip import ean13, on_table
from tests.support.barcode_pictures import photographed, without_code

EAN, WRONG = "4006381333931", "4006381333948"
GREY = np.ascontiguousarray(on_table(ean13(EAN))[:, :, 0])


def test_a_good_picture_is_sure_after_the_first_step() -> None:
    search = Search(GREY, DEFAULT)
    assert next(iter(search.steps())) == "whole"
    assert [claim.text for claim in search.evidence.sure()] == [EAN]


def test_the_second_opinion_knows_the_right_number_from_a_wrong_one() -> None:
    (code,) = [claim.decoded() for claim in _read(GREY)]
    assert Search(GREY, {"EAN-13"}).confirms(code)
    assert not Search(GREY, {"EAN-13"}).confirms(Decoded("EAN-13", WRONG, code.corners))
    blank = np.full_like(GREY, 128)
    assert not Search(blank, {"EAN-13"}).confirms(code)


def test_a_glance_claims_and_does_not_judge() -> None:
    search = Search(GREY, DEFAULT)
    search.glance()
    assert [claim.text for claim in search.evidence.claims.values()] == [EAN]


def test_one_window_after_the_other_finds_a_hard_one() -> None:
    photo = photographed(np.random.default_rng(31), "EAN-13", 0.3)
    steps = []
    search = Search(photo.picture, EVERY)
    for step in search.steps():
        steps.append(step)
        if search.evidence.sure():
            break
    assert [claim.text for claim in search.evidence.sure()] == [photo.text]


def test_where_nothing_is_all_steps_end() -> None:
    search = Search(without_code(np.random.default_rng(1), (320, 240)).picture, EVERY)
    assert list(search.steps())[-1] == "smaller"
    assert search.evidence.sure() == []


def _read(grey: np.ndarray) -> list:
    search = Search(grey, DEFAULT)
    next(iter(search.steps()))
    return search.evidence.sure()
