"""From the staged rows into the group's tables, inside its transaction. Only rows that differ are written."""

import sqlite3
from collections.abc import Collection

from app.store import documents
from app.store.codec import WORK, decode
from core.contract.cache_files import POSITION_COLUMNS as _POSITION
from core.contract.cache_files import SEARCH_COLUMNS
from core.contract.cache_files import VARIANT_COLUMNS as _VARIANT
from core.contract.rules import Key
from core.contract.sync import Head

_DOCUMENT = "entity, id, ver, body, state, target_at, run_id, location_id, is_open"


def merge_main(raw: sqlite3.Connection, full: bool) -> set[Key]:
    """Keys of the work documents that changed and that unfinished commands of this device touch."""
    _drop_documents(raw, full)
    raw.execute(
        f"""INSERT INTO main.document ({_DOCUMENT}) SELECT {_DOCUMENT} FROM stage.document WHERE true
            ON CONFLICT (entity, id) DO UPDATE SET {_excluded(_DOCUMENT)}
            WHERE document.ver <> excluded.ver OR document.body <> excluded.body"""
    )
    raw.execute("INSERT OR IGNORE INTO document_code SELECT code, entity, id FROM stage.code")
    changed = "SELECT entity, id FROM stage.document UNION SELECT entity, id FROM stage.deleted"
    return set(raw.execute(f"SELECT DISTINCT t.entity, t.id FROM touch AS t JOIN ({changed}) USING (entity, id)"))


def merge_stock(raw: sqlite3.Connection, head: Head) -> None:
    if head.full:
        raw.execute("DELETE FROM stock.position WHERE sku NOT IN (SELECT sku FROM stage.position)")
    raw.execute(
        """DELETE FROM stock.position WHERE sku IN
           (SELECT x.id FROM stage.deleted AS x WHERE NOT EXISTS (SELECT 1 FROM stage.position WHERE sku = x.id))"""
    )
    raw.execute(
        f"""INSERT INTO stock.position ({_POSITION}) SELECT {_POSITION} FROM stage.position WHERE true
            ON CONFLICT (sku) DO UPDATE SET {_excluded(_POSITION)} WHERE ? OR position.ver <> excluded.ver""",
        (head.full or bool(head.ranges),),  # two histories may give different rows the same version
    )


def merge_catalogue(raw: sqlite3.Connection, full: bool) -> None:
    """Variants, barcodes and the search index, which is rebuilt after a full pull."""
    if full:
        raw.execute("DELETE FROM catalogue.variant")
        raw.execute("DELETE FROM catalogue.barcode")
        raw.execute(f"INSERT INTO catalogue.variant ({_VARIANT}) SELECT {_VARIANT} FROM stage.variant ORDER BY sku")
        _add_barcodes(raw, "SELECT sku, gtins FROM stage.variant")
        raw.execute("INSERT INTO catalogue.variant_search (variant_search) VALUES ('rebuild')")
        return
    gone = "SELECT x.id FROM stage.deleted AS x WHERE NOT EXISTS (SELECT 1 FROM stage.variant WHERE sku = x.id)"
    # Most changes are prices, which nobody searches for: they cost neither the index nor the barcodes anything.
    old, new = (", ".join(f"{side}.{name}" for name in SEARCH_COLUMNS.split(", ")) for side in ("v", "s"))
    raw.execute(
        f"""INSERT INTO stage.reworded SELECT s.sku, v.row_id IS NULL OR ({old}) <> ({new}),
            v.row_id IS NULL OR v.gtins <> s.gtins, v.product_id <> s.product_id
            FROM stage.variant AS s LEFT JOIN catalogue.variant AS v USING (sku)
            WHERE v.row_id IS NULL OR ({old}, v.gtins, v.product_id) <> ({new}, s.gtins, s.product_id)"""
    )
    # The index keeps no text of its own: it must be told what it knew, before that changes.
    raw.execute(
        f"""INSERT INTO catalogue.variant_search (variant_search, rowid, {SEARCH_COLUMNS})
            SELECT 'delete', row_id, {SEARCH_COLUMNS} FROM catalogue.variant
            WHERE sku IN (SELECT sku FROM stage.reworded WHERE words UNION SELECT * FROM ({gone}))"""
    )
    recoded = "SELECT sku FROM stage.reworded WHERE codes"
    raw.execute(f"DELETE FROM catalogue.barcode WHERE sku IN ({recoded} UNION SELECT * FROM ({gone}))")
    raw.execute(f"DELETE FROM catalogue.variant WHERE sku IN ({gone})")
    # A column that has an index is written where it changes alone: SQLite writes the index with it, changed or not.
    raw.execute(
        f"""INSERT INTO catalogue.variant ({_VARIANT}) SELECT {_VARIANT} FROM stage.variant WHERE true
            ON CONFLICT (sku) DO UPDATE SET {_excluded(_VARIANT, ("sku", "product_id"))}"""
    )
    raw.execute(
        """UPDATE catalogue.variant SET product_id = (SELECT s.product_id FROM stage.variant AS s
           WHERE s.sku = variant.sku) WHERE sku IN (SELECT sku FROM stage.reworded WHERE moved)"""
    )
    _add_barcodes(raw, f"SELECT sku, gtins FROM stage.variant WHERE sku IN ({recoded})")
    raw.execute(
        f"""INSERT INTO catalogue.variant_search (rowid, {SEARCH_COLUMNS}) SELECT row_id, {SEARCH_COLUMNS}
            FROM catalogue.variant WHERE sku IN (SELECT sku FROM stage.reworded WHERE words)"""
    )


def _add_barcodes(raw: sqlite3.Connection, query: str) -> None:
    """Of staged articles: SKU and its barcodes, separated by blanks."""
    codes = ((gtin, sku) for sku, gtins in raw.execute(query) for gtin in gtins.split())
    raw.executemany("INSERT OR IGNORE INTO catalogue.barcode VALUES (?, ?)", codes)


def _drop_documents(raw: sqlite3.Connection, full: bool) -> None:
    """Rows that exist no more, with what they could be found by."""
    staged = "SELECT 1 FROM stage.document AS s WHERE s.entity = d.entity AND s.id = d.id"
    if full:
        gone = f"SELECT entity, id, body FROM main.document AS d WHERE NOT EXISTS ({staged})"
    else:
        gone = f"""SELECT d.entity, d.id, d.body FROM stage.deleted AS x CROSS JOIN main.document AS d
            ON d.entity = x.entity AND d.id = x.id WHERE NOT EXISTS ({staged})"""
    for entity, document_id, body in raw.execute(gone).fetchall():
        raw.execute("DELETE FROM main.document WHERE entity = ? AND id = ?", (entity, document_id))
        if entity in WORK:
            names = documents.codes(decode(entity, body))
            raw.executemany(
                "DELETE FROM document_code WHERE code = ? AND entity = ? AND id = ?",
                [(name, entity, document_id) for name in names],
            )


def _excluded(columns: str, but: Collection[str] = ()) -> str:
    names = columns.replace("\n", " ").replace(" ", "").split(",")
    return ", ".join(f"{name} = excluded.{name}" for name in names if name not in but)
