"""Products: one row per SKU. Columns: sku, division, name, price; and see docs/imports.md."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection

from core.adapters.delimited import Row
from core.service.catalogue import Article, put_articles
from core.service.cause import Cause
from core.service.imports.engine import EachRow, Parsed
from core.service.imports.fields import gtins, integer, key, money, text
from core.service.imports.lookups import Lookups

HEAVIEST_G = 1_000_000


class Products(EachRow[Article]):
    kind = "products"
    required = frozenset({"sku", "division", "name", "price"})

    def __init__(self, lookups: Lookups) -> None:
        self._lookups = lookups

    def parse(self, row: Row) -> Article:
        brand = self._lookups.brand(row)
        sku = key(row, "sku")
        currency = text(row, "currency", longest=3).upper() or brand.currency
        return Article(
            sku=sku,
            division_id=brand.id,
            product_code=key(row, "product_code") if row.values.get("product_code") else sku,
            name=text(row, "name", required=True),
            brand=text(row, "brand") or brand.brand,
            category=text(row, "category", longest=80),
            colour=text(row, "colour", longest=40),
            size=text(row, "size", longest=20),
            gtins=gtins(row, "barcodes"),
            price_minor=money(row, "price", currency),
            currency=currency,
            weight_g=integer(row, "weight_g", 0, HEAVIEST_G, default=0),
            image=text(row, "image", longest=500),
            description=text(row, "description", longest=5_000),
        )

    def write(self, connection: Connection, cause: Cause, batch: Sequence[Parsed[Article]]) -> Counter[str]:
        return put_articles(connection, [parsed.value for parsed in batch])
