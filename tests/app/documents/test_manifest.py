from datetime import date

import pytest

from app.documents.manifest import ManifestData, ManifestParcel, manifest_pdf
from tests.app.documents.test_label import AT, TR
from tests.support.documents import page_texts


def manifest(count: int, weight_g: int | None = 500) -> ManifestData:
    parcels = tuple(
        ManifestParcel(f"{n:018}", f"A-{n}", "Élodie Lefèvre", "69002 LYON", weight_g) for n in range(count)
    )
    return ManifestData("Lyon Part-Dieu", "Colis Express", "M-2026-02", date(2026, 11, 21), parcels)


def test_it_lists_every_parcel_with_total_and_signature():
    (text,) = page_texts(manifest_pdf(manifest(3), TR, AT))
    for part in (
        f"{2:018}",
        "A-2",
        "69002 LYON",
        "3 parcels, 1.5 kg",
        "Driver's signature",
        "M-2026-02",
        "Colis Express",
    ):
        assert part in text


def test_no_total_weight_is_claimed_when_a_parcel_was_not_weighed():
    (text,) = page_texts(manifest_pdf(manifest(2, weight_g=None), TR, AT))
    assert "2 parcels\n" in text
    assert "kg" not in text


@pytest.mark.parametrize("count", range(10, 20))
def test_the_signature_stands_on_the_page_of_the_total(count):
    last = page_texts(manifest_pdf(manifest(count), TR, AT))[-1]
    assert f"{count} parcels" in last
    assert "Driver's signature" in last


def test_an_empty_manifest_is_still_a_page():
    (text,) = page_texts(manifest_pdf(manifest(0), TR, AT))
    assert "0 parcels" in text
    assert manifest_pdf(manifest(0), TR, AT) == manifest_pdf(manifest(0), TR, AT)
