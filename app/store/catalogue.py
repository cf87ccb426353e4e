"""The articles of the store's divisions: by SKU, by barcode, by words."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from app.store.database import driver
from core.contract.reference import Variant

_COLUMNS = """v.sku, v.product_id, v.division_id, v.name, v.brand, v.category, v.colour, v.size, v.gtins, v.price_minor,
    v.currency, v.weight_g, v.image"""
_WORD = re.compile(r"\w+")


def by_sku(connection: Connection, sku: str) -> Variant | None:
    row = (
        driver(connection).execute(f"SELECT {_COLUMNS} FROM catalogue.variant AS v WHERE v.sku = ?", (sku,)).fetchone()
    )
    return _variant(row) if row else None


def by_gtin(connection: Connection, gtin: str) -> list[Variant]:
    """`gtin`: 14 digits. Empty: unknown here; several: an old number given to a new article, let a person choose."""
    rows = driver(connection).execute(
        f"""SELECT {_COLUMNS} FROM catalogue.barcode AS b CROSS JOIN catalogue.variant AS v ON v.sku = b.sku
            WHERE b.gtin = ?""",
        (gtin,),
    )
    return [_variant(row) for row in rows]


def of_product(connection: Connection, product_id: str) -> list[Variant]:
    """Every size and colour of it."""
    rows = driver(connection).execute(
        f"SELECT {_COLUMNS} FROM catalogue.variant AS v WHERE v.product_id = ? ORDER BY v.colour, v.row_id",
        (product_id,),
    )
    return [_variant(row) for row in rows]


def search(connection: Connection, text: str, limit: int = 20) -> list[Variant]:
    """Articles that have every word of `text`, each from its beginning, the best first."""
    words = _WORD.findall(text)
    if not words:
        return []
    match = " ".join(f'"{word}"*' for word in words)
    rows = driver(connection).execute(
        f"""SELECT {_COLUMNS} FROM catalogue.variant_search AS s CROSS JOIN catalogue.variant AS v ON v.row_id = s.rowid
            WHERE variant_search MATCH ? ORDER BY s.rank LIMIT ?""",
        (match, limit),
    )
    return [_variant(row) for row in rows]


def _variant(row: Sequence[Any]) -> Variant:
    values = list(row)
    values[8] = tuple(row[8].split())
    return Variant(*values)
