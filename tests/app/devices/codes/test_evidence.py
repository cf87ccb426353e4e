"""What was read counts only with the evidence its symbology asks for."""

from dataclasses import replace

from app.devices.codes.evidence import Claim, Evidence, in_order, is_own
from app.devices.codes.soft import Guess
from app.devices.codes.symbols import EVERY, Decoded

EAN, OTHER = "4006381333931", "5901234123457"
BOX = ((0, 0), (10, 0), (10, 10), (0, 10))


def sure(*claims: Claim) -> list[str]:
    evidence = Evidence(EVERY)
    for claim in claims:
        evidence.add(claim)
    return [claim.text for claim in evidence.sure()]


def guess(number: str, fit: float, margin: float) -> Guess:
    return Guess("EAN-13", number, fit, margin, 0, 1, False)


def test_an_ean_needs_the_soft_decoders_consent_however_many_read_it() -> None:
    evidence = Evidence(EVERY)
    claim = evidence.add(Claim("EAN-13", EAN, BOX, "zbar", lines=90))
    evidence.add(Claim("EAN-13", EAN, BOX, "zxing-cpp", lines=4))
    assert claim is not None
    assert evidence.sure() == []
    evidence.weigh(claim, [guess(OTHER, 0.8, 0.9)], {OTHER: OTHER})
    assert evidence.sure() == []
    evidence.weigh(claim, [guess(EAN, 0.6, 0.1)], {EAN: EAN})
    assert [one.text for one in evidence.sure()] == [EAN]


def test_the_soft_decoder_alone_must_be_clear() -> None:
    assert is_own(guess(EAN, 0.7, 0.5))
    assert not is_own(guess(EAN, 0.7, 0.05))
    assert not is_own(guess(EAN, 0.4, 0.5))
    assert not is_own(replace(guess(EAN, 0.7, 0.5), alone=False)), "other bars run on from it"


def test_codes_without_a_check_need_many_lines_over_the_whole_region_or_two_readers() -> None:
    assert sure(Claim("Code 39", "ABCDE", BOX, "zbar", lines=2, filled=1.0)) == []
    assert sure(Claim("ITF", "123456", BOX, "zbar", lines=30, filled=0.4)) == []
    assert sure(Claim("ITF", "123456", BOX, "zbar", lines=30, filled=0.9)) == ["123456"]
    assert sure(Claim("Code 39", "ABCDE", BOX, "zbar", 1), Claim("Code 39", "ABCDE", BOX, "runs", 1)) == ["ABCDE"]
    assert sure(Claim("Code 39", "4", BOX, "zbar", lines=5, filled=1.0)) == []


def test_a_part_of_a_longer_number_is_left_out() -> None:
    whole = Claim("ITF", "2167361334", BOX, "zbar", lines=30, filled=0.9)
    assert sure(Claim("ITF", "216736", BOX, "zbar", lines=30, filled=0.9), whole) == ["2167361334"]


def test_what_the_context_does_not_want_is_no_claim() -> None:
    assert Evidence({"QR Code"}).add(Claim("Code 128", "ABCDE", BOX, "zbar", lines=9)) is None
    assert Evidence({"EAN-13"}).add(Claim("EAN-13", "0882428015268", BOX, "zbar")) is None, "a UPC-A"
    assert Evidence({"EAN-13"}).add(Claim("EAN-13", "4006381333932", BOX, "zbar")) is None, "its check digit"


def test_two_alike_are_two_where_they_lie_apart_and_one_where_a_glare_halves_it() -> None:
    def at(x: int, y: int, width: int = 200, height: int = 60) -> Claim:
        corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
        return Claim("EAN-13", EAN, corners, "zbar", 4, filled=0.9)

    evidence = Evidence(EVERY)
    for claim in (at(100, 100), at(104, 102), at(100, 190), at(400, 100), at(100, 100, 500)):
        evidence.add(claim)
    (claim,) = evidence.claims.values()
    assert sorted(code.centre for code in claim.each()) == [(200, 130), (500, 130)]
    whole = Claim("EAN-13", EAN, BOX, "zbar", 8)
    assert [code.corners for code in whole.each()] == [BOX]


def test_the_aimed_code_comes_first() -> None:
    def at(x: int, size: int) -> Decoded:
        return Decoded("EAN-13", f"{x}", ((x, 40), (x + size, 40), (x + size, 60), (x, 60)))

    assert next(code.text for code in in_order([at(5, 20), at(45, 20), at(75, 20)], 100, 100)) == "45"
