"""What a label says beside its number is told with the answer, and refused only where the process says so."""

from datetime import date

import pytest

from core.domain.barcodes import check_digit, normalise
from core.domain.process import Expired, resolve
from core.domain.scan_notes import ArticleExpired, expired_on, noted, refused, units
from core.domain.scanning import Counted, OverScan, StopComplete, match_pack_scan, match_scan
from tests.core.domain.test_scanning import SHIRT, order, stops_of
from tests.support.orders import a_line, an_order

TODAY = date(2026, 11, 22)
PROCESS = resolve({})
AT_THE_SCALE = resolve(
    {"store_codes": [{"pattern": "21{ppppp}{wwwww}{check}"}, {"pattern": "29{pppppp}{nnnn}{check}"}]}
)
ANSWER = Counted("s", "f", "l", 1, 2, 1)


def ean(body: str) -> str:
    return body + check_digit(body)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        (f"(01){SHIRT}(17)261121", date(2026, 11, 21)),
        (f"(01){SHIRT}(17)261122", None),
        (f"(01){SHIRT}(17)261000", date(2026, 10, 31)),
        (f"(01){SHIRT}(15)251231", date(2025, 12, 31)),
        (f"(01){SHIRT}(17)270101(15)251231", None),
        (f"(01){SHIRT}(17)000000", None),
        (SHIRT, None),
        ("comptoir:run:r1", None),
    ],
)
def test_an_article_is_expired_from_the_day_after(text, day):
    assert expired_on(normalise(text), TODAY) == day


def test_an_expired_article_counts_with_a_warning_and_is_refused_where_the_process_says_so():
    code = normalise(f"(01){SHIRT}(17)261121")
    assert noted(ANSWER, code, PROCESS, TODAY).expired == "2026-11-21"
    assert refused(code, "Shirt", PROCESS, TODAY) is None
    strict = resolve({"expired": "refuse"})
    assert strict.expired is Expired.REFUSE
    assert refused(code, "Shirt", strict, TODAY) == ArticleExpired("Shirt", "2026-11-21")
    assert refused(normalise(SHIRT), "Shirt", strict, TODAY) is None


def test_a_weight_is_told_from_a_gs1_label_and_from_the_scale():
    told = noted(ANSWER, normalise(f"(01){SHIRT}(3103)001250"), PROCESS, TODAY)
    assert (told.means, told.amount) == ("weight", 1250)
    told = noted(ANSWER, normalise(ean("211234500534")), AT_THE_SCALE, TODAY)
    assert (told.means, told.amount) == ("weight", 534)
    assert noted(ANSWER, normalise(SHIRT), AT_THE_SCALE, TODAY) is ANSWER


def test_a_weighed_article_counts_under_its_item_number_or_its_own_code_of_the_house():
    kept = ean("211234500000").zfill(14)
    for line in (a_line("l1", "12345", 2), a_line("l1", "CHEESE", 2, gtins=(kept,))):
        stops = stops_of(an_order("f1", line))
        weighed = normalise(ean("211234500534"))
        assert isinstance(match_scan(weighed, stops, None, AT_THE_SCALE), Counted)
        assert match_scan(weighed, stops, None, PROCESS).code == "wrong_item"
        packable = match_pack_scan(weighed, an_order("f1", line), "p1", AT_THE_SCALE)
        assert packable.code == "parcel_unknown"


def test_a_bundle_counts_all_its_pieces_or_none():
    stops = stops_of(an_order("f1", a_line("l1", "1234", 6)))
    assert units(normalise(ean("290012340006")), AT_THE_SCALE) == 6
    assert match_scan(normalise(ean("290012340006")), stops, None, AT_THE_SCALE) == StopComplete(
        "f1:l1", "f1", "l1", 6, 1
    )
    assert match_scan(normalise(ean("290012340004")), stops, None, AT_THE_SCALE) == Counted(
        "f1:l1", "f1", "l1", 4, 2, 1
    )
    too_many = match_scan(normalise(ean("290012340009")), stops, None, AT_THE_SCALE)
    assert isinstance(too_many, OverScan)
    assert too_many.extra == 3


def test_articles_with_real_numbers_are_untouched_by_rules():
    assert match_scan(normalise(SHIRT), stops_of(order()), "f1:l1", AT_THE_SCALE) == Counted(
        "f1:l1", "f1", "l1", 1, 1, 1
    )
