"""A code that was read knows its size, its middle and whether it speaks GS1."""

from app.devices.codes.symbols import DEFAULT, EVERY, Decoded

SQUARE = ((0, 0), (10, 0), (10, 10), (0, 10))


def test_a_code_knows_its_area_and_its_middle() -> None:
    code = Decoded("EAN-13", "4006381333931", SQUARE)
    assert (code.area, code.centre) == (100.0, (5.0, 5.0))
    assert Decoded("EAN-13", "4006381333931", ()).area == 0.0


def test_only_a_gs1_code_gets_an_aim_identifier() -> None:
    assert Decoded("Code 128", "0104006381333931", SQUARE, gs1=True).identified == "]C10104006381333931"
    assert Decoded("Code 128", "0104006381333931", SQUARE).identified == "0104006381333931"


def test_upc_e_is_read_only_where_it_is_named() -> None:
    assert "UPC-E" not in DEFAULT
    assert DEFAULT < EVERY
