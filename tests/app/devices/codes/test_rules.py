"""A reading that breaks a rule of its symbology is no code."""

import pytest

from app.devices.codes.rules import canonical


@pytest.mark.parametrize(
    ("symbology", "text", "given"),
    [("EAN-13", "4006381333931", ("EAN-13", "4006381333931")),
     ("EAN-13", "0882428015268", ("UPC-A", "0882428015268")),
     ("UPC-A", "882428015268", ("UPC-A", "0882428015268")),
     ("EAN-8", "42191605", ("EAN-8", "42191605")),
     ("UPC-E", "04965802", ("UPC-E", "0049000006582")),
     ("ITF", "15400141288763", ("ITF", "15400141288763")),
     ("Code 39", "A-1", ("Code 39", "A-1")),
     ("Code 39", "IJM1BK32G071773697", ("Code 39", "JM1BK32G071773697"))],
)  # fmt: skip
def test_texts_come_out_in_one_form(symbology: str, text: str, given: tuple[str, str]) -> None:
    assert canonical(symbology, text) == given


@pytest.mark.parametrize(
    ("symbology", "text"),
    [("EAN-13", "4006381333932"), ("EAN-13", "0000000000000"), ("EAN-8", "00000000"), ("UPC-E", "04965803"),
     ("ITF", "1234"), ("ITF", "1234567"), ("Code 39", "lower"), ("GS1 DataBar", "0112"), ("QR Code", "")],
)  # fmt: skip
def test_what_cannot_be_is_not(symbology: str, text: str) -> None:
    assert canonical(symbology, text) is None


def test_a_text_that_only_looks_like_a_vehicle_keeps_its_first_letter() -> None:
    assert canonical("Code 39", "IJM1BK32G171773697") == ("Code 39", "IJM1BK32G171773697")
