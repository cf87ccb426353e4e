"""Optional decoders add what the device cannot read; without them nothing is missing but that."""

import numpy as np
import pytest

from app.devices import decoding
from app.devices.codes import optional
from tests.support.barcode_clip import ean13, on_table


def test_data_matrix_is_read_where_a_decoder_for_it_is_installed() -> None:
    zxingcpp = pytest.importorskip("zxingcpp")
    code = np.array(zxingcpp.create_barcode("DM-4711", zxingcpp.BarcodeFormat.DataMatrix).to_image(scale=6))
    picture = on_table(np.pad(code, 30, constant_values=255))
    assert decoding.decode_image(picture, allowed={"Data Matrix"}) == []
    (read,) = decoding.decode_image(picture, allowed={"Data Matrix"}, others=optional.available())
    assert (read.symbology, read.text, read.decoder) == ("Data Matrix", "DM-4711", "zxing-cpp")


def test_an_optional_decoder_is_a_claim_like_any_other() -> None:
    pytest.importorskip("zxingcpp")
    claims = list(optional.Zxing().read(ean13("4006381333931"), frozenset()))
    assert [(claim.symbology, claim.text, claim.is_sure) for claim in claims] == [("EAN-13", "4006381333931", False)]
