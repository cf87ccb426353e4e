"""Data Matrix on the device: beside zxing-cpp on hundreds of drawn photographs, and never a wrong text."""

import cv2
import numpy as np
import pytest
import zxingcpp

from app.devices import decoding
from app.devices.codes import matrix, matrix_finder, matrix_grid
from app.devices.codes.matrix_words import Words
from core.domain.barcodes import Gtin, normalise
from tests.support.barcode_pictures import Picture, photographed_matrix, without_code
from tests.support.matrix_pictures import printed, square, symbol

PHOTOGRAPHS, HARDNESS = 25, (0.2, 0.45, 0.7, 0.9)


@pytest.mark.slow
@pytest.mark.parametrize("hard", HARDNESS)
def test_photographs_are_read_nearly_as_often_as_by_zxing_and_none_is_misread(hard: float) -> None:
    ours = referee = 0
    for seed in range(PHOTOGRAPHS):
        picture, text = photographed_matrix(np.random.default_rng(610_000 + seed), hard)
        read = _read(picture)
        assert read in ([], [text]), seed
        ours += read == [text]
        found = zxingcpp.read_barcodes(picture, text_mode=zxingcpp.TextMode.Plain)
        referee += text in [code.text for code in found]
    print(f"hard {hard}: {ours} of {PHOTOGRAPHS} read, zxing-cpp {referee}")  # noqa: T201
    assert ours >= 0.85 * PHOTOGRAPHS
    assert ours >= referee - 0.12 * PHOTOGRAPHS


@pytest.mark.slow
def test_nothing_is_read_where_no_symbol_is() -> None:
    for seed in range(40):
        assert _read(without_code(np.random.default_rng(620_000 + seed), (640, 480)).picture) == []


@pytest.mark.parametrize("length", [3, 10, 40, 90, 150, 200, 300])
def test_sizes_from_ten_modules_to_more_than_a_hundred(length: int) -> None:
    text = "".join(np.random.default_rng(length).choice(list("ABCDEFGH1234567890"), length))
    assert _read(np.pad(printed(symbol(text), 2, 6), 40, constant_values=90)) == [text]
    assert _read(np.pad(printed(square(text), 1, 5), 40, constant_values=230)) == [text]


def test_a_gs1_symbol_means_what_its_label_says() -> None:
    picture = np.pad(printed(symbol("(01)09506000134352(17)261231(10)ABC", gs1=True), 2, 5), 60, constant_values=200)
    (code,) = decoding.decode_image(picture)
    assert (code.symbology, code.decoder, code.gs1) == ("Data Matrix", "matrix", True)
    meant = normalise(code.identified)
    assert isinstance(meant, Gtin)
    assert (meant.value14, meant.details.batch, meant.details.expiry) == ("09506000134352", "ABC", "261231")


def test_two_symbols_in_one_picture_are_both_read() -> None:
    one, other = (printed(square(text), 3, 6) for text in ("first symbol", "other symbol"))
    picture = np.pad(np.hstack([one, other]), 60, constant_values=255)
    assert sorted(_read(picture)) == ["first symbol", "other symbol"]
    assert {code.text for code in decoding.decode_image(picture)} == {"first symbol", "other symbol"}


def test_a_hard_look_reads_it_and_a_glance_does_not_try() -> None:
    picture = np.pad(printed(symbol("PARCEL 4711"), 2, 6), 60, constant_values=200)
    assert [code.text for code in decoding.study(picture, budget_ms=60_000)] == ["PARCEL 4711"]
    assert decoding.glance(picture) == []


def test_a_damaged_symbol_is_read_right_or_not_at_all() -> None:
    text = "DAMAGED 0123456789"
    clean = printed(square(text), 2, 6)
    random = np.random.default_rng(3)
    for share in np.linspace(0.05, 0.5, 30):
        picture = clean.copy()
        x, y = random.integers(12, 60, 2)
        side = int(share * 108)
        cv2.rectangle(picture, (int(x), int(y)), (int(x) + side, int(y) + side), int(random.choice([0, 255])), -1)
        assert _read(np.pad(picture, 50, constant_values=255)) in ([], [text])


def test_what_was_hard_to_correct_is_said_only_after_a_second_look(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = np.pad(printed(symbol("STRAINED"), 2, 6), 60, constant_values=255)
    (ell, *_others) = matrix_finder.ells(picture)
    grid = next(matrix_grid.grids(picture, ell))
    answers = iter([Words(b"\x42", 1.0), Words(b"\x42", 1.0), Words(b"\x43", 1.0), None, None, Words(b"\x42", 1.0)])
    monkeypatch.setattr(matrix, "_words", lambda seen, grid: next(answers))
    said = matrix._agreed(grid)
    assert said is not None
    assert said.text == "A"
    assert next(answers, "all asked") == "all asked"


def _read(picture: Picture) -> list[str]:
    return [read.text for read in matrix.search(picture) if read is not None]
