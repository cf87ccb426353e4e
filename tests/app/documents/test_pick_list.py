from datetime import date

from app.documents.pick_list import PickListData, PickStop, pick_list_pdf
from core.domain.barcodes import OwnCode, normalise
from tests.app.documents.test_label import AT, TR
from tests.support.documents import codes_on, page_images, page_texts


def run(stop_count: int) -> PickListData:
    stops = tuple(
        PickStop(f"Z1-{n:02}", "Pull marin", "Taille M", f"SKU-{n:03}", "4006381333931", (("A-1", 1), ("B-2", 2)))
        for n in range(stop_count)
    )
    return PickListData("Lyon", "0193f2a0", "Vague 12", "Inès", date(2026, 11, 21), stops)


def test_stops_stand_in_walking_order_with_their_orders():
    (text,) = page_texts(pick_list_pdf(run(3), TR, AT))
    assert text.index("Z1-00") < text.index("Z1-01") < text.index("Z1-02")
    for part in ("Vague 12", "Inès", "A-1: 1", "B-2: 2", "4006381333931", "SKU-002"):
        assert part in text


def test_orders_and_pieces_of_the_run_are_counted():
    (text,) = page_texts(pick_list_pdf(run(3), TR, AT))
    assert "Orders" in text
    assert "\n2\n" in text
    assert "\n9\n" in text


def test_the_run_can_be_opened_by_scanning_the_paper():
    (image,) = page_images(pick_list_pdf(run(2), TR, AT))
    assert normalise(codes_on(image)["QRCODE"]) == OwnCode("run", "0193f2a0")


def test_a_long_run_loses_no_stop_between_pages():
    pages = page_texts(pick_list_pdf(run(50), TR, AT))
    assert len(pages) > 1
    assert all("".join(pages).count(f"SKU-{n:03}") == 1 for n in range(50))
    assert pick_list_pdf(run(50), TR, AT) == pick_list_pdf(run(50), TR, AT)
