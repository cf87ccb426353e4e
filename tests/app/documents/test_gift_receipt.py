from datetime import date

from app.documents.gift_receipt import GiftLine, GiftReceiptData, gift_receipt_pdf
from tests.app.documents.test_label import AT, TR
from tests.support.documents import codes_on, page_images, page_texts

DATA = GiftReceiptData(
    "Maison Brume", "FR-2026-004F7K", "comptoir:receipt:FR-2026-004F7K",
    "Lille Grand Place\nRue de Béthune 12\n59000 Lille", date(2026, 3, 2),
    (GiftLine("SKU-1", "Pull marin", "Taille M, bleu nuit", 2),),
)  # fmt: skip


def test_it_names_the_article_and_the_store_and_no_price():
    (text,) = page_texts(gift_receipt_pdf(DATA, TR, AT))
    for part in ("Maison Brume", "FR-2026-004F7K", "Pull marin", "SKU-1", "59000 Lille"):
        assert part in text
    assert "€" not in text


def test_its_code_is_the_order_an_exchange_starts_from():
    (image,) = page_images(gift_receipt_pdf(DATA, TR, AT))
    assert codes_on(image) == {"QRCODE": "comptoir:receipt:FR-2026-004F7K"}
