from app.documents.codes import SSCC_MODULES, qr_rows, sscc_bars

SSCC = "034012340120000079"


def test_an_sscc_begins_with_start_c_and_fnc1_and_fills_its_modules():
    row = [False] * SSCC_MODULES
    for first, width in sscc_bars(SSCC):
        assert 1 <= width <= 4
        row[first : first + width] = [True] * width
    bits = "".join("1" if bar else "0" for bar in row)
    assert bits.startswith("11010011100" + "11110101110")
    assert bits.endswith("1100011101011")


def test_a_qr_code_of_a_parcel_is_a_square_of_version_3():
    rows = qr_rows(f"comptoir:parcel:{SSCC}")
    assert len(rows) == 29
    assert all(len(row) == 29 for row in rows)
    assert rows[0][:7] == (True,) * 7
