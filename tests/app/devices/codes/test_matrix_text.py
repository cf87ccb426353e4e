"""Words say what another writer meant by them; any other words are refused, and never raise."""

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from app.devices.codes import matrix_text, matrix_words
from app.devices.codes.matrix_text import Content
from tests.support.matrix_pictures import printed, symbol

TEXTS = (
    "4711", "HELLO WORLD 123", "lower case letters only", "ABC*DEF>GHI\rJKL*MNO>PQR", "A.B-C/D:E;F<G=H!I?J@K",
    "Größe 42 für Müller", "€ 12,50 naïve Ελλάδα", "\x00\x01\x7f control", "x" * 600,
    "[)>\x1e06\x1dP1234\x1dQ5\x1e\x04",
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_what_another_writer_wrote_is_said(text: str) -> None:
    assert _content(symbol(text)) == Content(text, gs1=False)


def test_gs1_is_said_as_zxing_says_it() -> None:
    modules = symbol("(01)09506000134352(17)261231(10)ABC123(21)XY", gs1=True)
    read = zxingcpp.read_barcode(printed(modules), text_mode=zxingcpp.TextMode.Plain)
    assert read is not None
    assert _content(modules) == Content(read.text, gs1=True)
    assert read.text == "01095060001343521726123110ABC123\x1d21XY"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([230, 91, 11, 91, 11, 254, 66], "AIMAIMA"),  # the example of the standard, and back to plain
        ([239, 91, 11, 254, 142], "aim12"),
        ([238, 89, 233, 254], "ABC"),
        ([240, 4, 32, 223, 142], "ABC12"),
        ([235, 106], "é"),
        ([241, 27, 235, 68, 235, 42], "é"),  # UTF-8 by its interpretation
        ([66, 232, 50, 51], "A12"),  # an industry's rules
        ([50, 50, 50, 232, 66], "111\x1dA"),
        ([236, 66, 129], "[)>\x1e05\x1dA\x1e\x04"),
        ([66, 254], "A"),
        ([66, 129, 200, 7], "A"),
    ],
)
def test_schemes(words: list[int], text: str) -> None:
    assert matrix_text.content(bytes(words)) == Content(text, gs1=False)


@pytest.mark.parametrize(
    "words",
    [[], [129], [0], [250, 66], [254, 66], [235], [231], [231, 200, 1], [241], [241, 0, 66], [233, 17, 1, 1, 66],
     [234, 66], [230, 255, 255], [66, 236, 66], [241, 28, 235, 106]],
)  # fmt: skip
def test_what_follows_no_scheme_is_refused(words: list[int]) -> None:
    assert matrix_text.content(bytes(words)) is None


@given(st.binary(max_size=300))
def test_any_words_give_a_text_or_nothing(words: bytes) -> None:
    said = matrix_text.content(words)
    assert said is None or said.text


@given(st.sampled_from([230, 231, 232, 235, 238, 239, 240, 241]), st.binary(max_size=60))
def test_any_words_in_any_scheme(scheme: int, words: bytes) -> None:
    said = matrix_text.content(bytes([scheme]) + words)
    assert said is None or said.text


def _content(modules: np.ndarray) -> Content | None:
    size = next(size for size in matrix_words.SIZES if (size.rows, size.columns) == modules.shape)
    words = matrix_words.corrected(modules < 128, size)
    return matrix_text.content(words.data) if words else None
