"""What is not expected at a place is not looked for there; UPC-E only where it is sold."""

from typing import get_args

from app.devices.codes.symbols import CODE128, EAN13, EVERY, QR, UPCE
from app.devices.expected import Place, expected


def test_every_place_expects_something_that_can_be_read() -> None:
    for place in get_args(Place):
        assert expected(place)
        assert expected(place, upc_e=True) <= EVERY


def test_a_parcel_or_a_shelf_is_no_article_and_pairing_is_a_square_code() -> None:
    assert EAN13 not in expected("parcel") | expected("shelf")
    assert CODE128 in expected("parcel") & expected("shelf") & expected("article")
    assert expected("pairing") == {QR}


def test_upc_e_is_read_where_it_is_sold_and_only_of_articles() -> None:
    assert UPCE not in expected("article") | expected("anything")
    assert UPCE in expected("article", upc_e=True) & expected("anything", upc_e=True)
    assert UPCE not in expected("parcel", upc_e=True)
