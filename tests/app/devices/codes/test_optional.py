"""Optional decoders add what the device cannot read; without them nothing is missing but that."""

import numpy as np
import pytest

from app.devices import decoding
from app.devices.codes import optional
from tests.support.barcode_clip import ean13, on_table
from tests.support.matrix_pictures import printed, symbol


def test_aztec_is_read_where_a_decoder_for_it_is_installed() -> None:
    zxingcpp = pytest.importorskip("zxingcpp")
    code = np.array(zxingcpp.create_barcode("AZ-4711", zxingcpp.BarcodeFormat.Aztec).to_image(scale=6))
    picture = on_table(np.pad(code, 30, constant_values=255))
    assert decoding.decode_image(picture, allowed={"Aztec"}) == []
    (read,) = decoding.decode_image(picture, allowed={"Aztec"}, others=optional.available())
    assert (read.symbology, read.text, read.decoder) == ("Aztec", "AZ-4711", "zxing-cpp")


def test_a_gs1_symbol_is_one_code_whoever_reads_it() -> None:
    picture = np.pad(printed(symbol("(01)09506000134352(10)ABC(21)X", gs1=True), 2, 6), 60, constant_values=255)
    (alone,) = decoding.decode_image(picture)
    (together,) = decoding.decode_image(picture, others=optional.available())
    assert (alone.text, alone.gs1, alone.decoder) == (together.text, together.gs1, "matrix")
    assert together.identified == "]d2010950600013435210ABC\x1d21X"


def test_an_optional_decoder_is_a_claim_like_any_other() -> None:
    pytest.importorskip("zxingcpp")
    claims = list(optional.Zxing().read(ean13("4006381333931"), frozenset()))
    assert [(claim.symbology, claim.text, claim.is_sure) for claim in claims] == [("EAN-13", "4006381333931", False)]
