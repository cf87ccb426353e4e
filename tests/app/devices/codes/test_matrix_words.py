"""Every size comes back as it was written, errors within its capacity are corrected, and chance is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.devices.codes import matrix_words
from app.devices.codes.matrix_words import SIZES, Size
from tests.support.matrix_pictures import symbol


def test_the_table_of_sizes_adds_up() -> None:
    for size in SIZES:
        rows, columns = size.mapped
        assert rows * columns // 8 == size.data_words + size.check_words, size
        assert size.check_words % size.blocks == 0


# By the numbers of the writer that is asked, zint: without 144 x 144.
@pytest.mark.parametrize("version", [version for version in range(1, 49) if version != 24])
def test_symbols_of_another_writer_are_read_in_every_size(version: int) -> None:
    for text in ("77", "7"):
        modules = symbol(text, version=version) < 128
        words = matrix_words.corrected(modules, _size_of(modules))
        assert words is not None
        assert words.strain == 0.0
        assert words.data[:2] == bytes([142 + 65, 129] if text == "77" else [56, 129])


@pytest.mark.parametrize(("wrong", "strain"), [(1, 1 / 6), (3, 0.5), (6, 1.0)])
def test_spoilt_words_are_corrected_and_counted(wrong: int, strain: float) -> None:
    modules = symbol("ABCDEFGHJK", version=4) < 128
    size = _size_of(modules)
    assert (size.rows, size.check_words) == (16, 12)
    spoilt = _spoilt(modules, size, wrong)
    words = matrix_words.corrected(spoilt, size)
    assert words is not None
    assert words.data == matrix_words.corrected(modules, size).data  # type: ignore[union-attr]
    assert words.strain == pytest.approx(strain)


def test_more_than_the_capacity_is_refused() -> None:
    modules = symbol("ABCDEFGHJK", version=4) < 128
    assert matrix_words.corrected(_spoilt(modules, _size_of(modules), 7), _size_of(modules)) is None


def test_a_border_is_what_another_writer_draws() -> None:
    for text in ("1234567890" * 2, "1234567890" * 12):
        modules = symbol(text) < 128
        known, dark = matrix_words.border(_size_of(modules))
        assert (modules[known] == dark[known]).all()


@given(st.sampled_from(SIZES[:15]), st.integers(0, 2**32))
def test_any_modules_give_words_or_nothing(size: Size, seed: int) -> None:
    modules = np.random.default_rng(seed).random((size.rows, size.columns)) < 0.5
    words = matrix_words.corrected(modules, size)
    assert words is None or len(words.data) == size.data_words


def _size_of(modules: np.ndarray) -> Size:
    return next(size for size in SIZES if (size.rows, size.columns) == modules.shape)


def _spoilt(modules: np.ndarray, size: Size, count: int) -> np.ndarray:
    """With one bit of so many words turned round."""
    known, _dark = matrix_words.border(size)
    inner = modules[~known].reshape(size.mapped)
    for places in matrix_words._places(*size.mapped)[:count]:
        inner[places[3]] ^= True
    spoilt = modules.copy()
    spoilt[~known] = inner.reshape(-1)
    return spoilt
