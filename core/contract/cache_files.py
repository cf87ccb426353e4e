"""The device's cache files, stock and catalogue, as they travel: what is in one, and how its pieces are checked.

The core builds such a file once for all devices that see the same partitions; a device pours rows into an empty one of
the same schema. Both make it from these statements, so that a device can demand exactly this schema of what it fetched.
"""

from collections.abc import Mapping
from typing import Final

from core.contract.sync import Group

# `user_version` of the files. A new one: devices drop theirs and fetch again.
FORMAT: Final = 3

SEARCH_COLUMNS: Final = "name, brand, category, colour, size, sku"
_CURSOR = """CREATE TABLE IF NOT EXISTS {schema}.sync_cursor (grp TEXT NOT NULL PRIMARY KEY, cursor TEXT,
    wire INTEGER NOT NULL, pulled_at TEXT NOT NULL, stock_mark INTEGER NOT NULL)"""
# How the rows stand to the core's sum of them (`app.store.sums`); `rows` is NULL until they were counted.
_CHECK = """CREATE TABLE IF NOT EXISTS {schema}.sync_check (grp TEXT NOT NULL PRIMARY KEY, rows INTEGER, sum TEXT,
    doubt INTEGER NOT NULL, checked_at TEXT NOT NULL, differed_at TEXT NOT NULL)"""
_POSITION = """CREATE TABLE IF NOT EXISTS {schema}.position (sku TEXT NOT NULL PRIMARY KEY, ver INTEGER NOT NULL,
    on_hand INTEGER NOT NULL, reserved INTEGER NOT NULL, picked INTEGER NOT NULL, unavailable INTEGER NOT NULL,
    safety INTEGER NOT NULL, zone TEXT NOT NULL, place TEXT NOT NULL) WITHOUT ROWID"""
# `row_id` is what the search index points at; `gtins` are separated by blanks.
_VARIANT = """CREATE TABLE IF NOT EXISTS {schema}.variant (row_id INTEGER PRIMARY KEY, sku TEXT NOT NULL UNIQUE,
    ver INTEGER NOT NULL, product_id TEXT NOT NULL, division_id TEXT NOT NULL, name TEXT NOT NULL, brand TEXT NOT NULL,
    category TEXT NOT NULL, colour TEXT NOT NULL, size TEXT NOT NULL, gtins TEXT NOT NULL,
    price_minor INTEGER NOT NULL, currency TEXT NOT NULL, weight_g INTEGER NOT NULL, image TEXT NOT NULL)"""
_BARCODE = """CREATE TABLE IF NOT EXISTS {schema}.barcode (gtin TEXT NOT NULL, sku TEXT NOT NULL,
    PRIMARY KEY (gtin, sku)) WITHOUT ROWID"""
_SEARCH = f"""CREATE VIRTUAL TABLE IF NOT EXISTS {{schema}}.variant_search USING fts5({SEARCH_COLUMNS},
    content='variant', content_rowid='row_id', prefix='2 3', tokenize='unicode61 remove_diacritics 2')"""

SCHEMA: Final[Mapping[Group, tuple[str, ...]]] = {
    Group.STOCK: (_CURSOR, _CHECK, _POSITION),
    Group.CATALOGUE: (
        _CURSOR,
        _CHECK,
        _VARIANT,
        "CREATE INDEX IF NOT EXISTS {schema}.variant_product ON variant (product_id)",
        _BARCODE,
        "CREATE INDEX IF NOT EXISTS {schema}.barcode_sku ON barcode (sku)",
        _SEARCH,
    ),
}
# In the order of the columns that are sent: `position`; `variant` without its `row_id`.
POSITION_COLUMNS: Final = "sku, ver, on_hand, reserved, picked, unavailable, safety, zone, place"
VARIANT_COLUMNS: Final = (
    "sku, ver, product_id, division_id, name, brand, category, colour, size, gtins, "
    "price_minor, currency, weight_g, image"
)


def statements(group: Group, schema: str) -> tuple[str, ...]:
    """What makes an empty cache of the group in the database attached as `schema`."""
    return tuple(statement.format(schema=schema) for statement in SCHEMA[group])
