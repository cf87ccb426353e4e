"""Stock of this store as it is on the shelf now: the feed's figures, corrected by what this device took meanwhile.

A pick counts here from the moment of the scan. It stops being added when a stock pull that began after its verdict was
applied has been merged: that pull's snapshot holds it. The two facts live in two files; `stock_mark` in the stock
file's cursor row says which verdicts its rows hold already, so that a crash between two commits counts nothing twice.
Only picks and put-backs are corrected; a short pick changes the figures when the core has decided its effect.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.store.database import driver
from core.contract.reference import Position

_POSITIONS = """SELECT p.sku, p.on_hand, p.reserved,
    max(0, p.picked + coalesce((SELECT sum(d.picked) FROM stock_delta AS d WHERE d.sku = p.sku AND (d.final_mark = 0
        OR d.final_mark > coalesce((SELECT stock_mark FROM stock.sync_cursor WHERE grp = 'stock'), 0))), 0)),
    p.unavailable, p.safety, p.zone, p.place FROM stock.position AS p"""


def position(connection: Connection, sku: str) -> Position | None:
    """`shelf = on_hand - picked`. None where the store never had the article."""
    row = driver(connection).execute(f"{_POSITIONS} WHERE p.sku = ?", (sku,)).fetchone()
    return Position(*row) if row else None


def positions(connection: Connection, skus: Sequence[str]) -> dict[str, Position]:
    """By SKU, for those that have one."""
    marks = ", ".join("?" * len(skus))
    rows: list[Any] = driver(connection).execute(f"{_POSITIONS} WHERE p.sku IN ({marks})", tuple(skus)).fetchall()
    return {row[0]: Position(*row) for row in rows}


def known_at(connection: Connection) -> datetime | None:
    """When these figures were told last; None before the first pull."""
    row = driver(connection).execute("SELECT pulled_at FROM stock.sync_cursor WHERE grp = 'stock'").fetchone()
    return datetime.fromisoformat(row[0]) if row and row[0] else None
