"""What the demo's channels may sell: a web shop that counts announced stock, a marketplace that keeps units back, and
one warehouse whose stock two brands share. Ask `GET /v1/virtual-catalogues/alba-web/availability?sku=...&why=true`.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, insert

from core.demo.articles import FASHION, HOME, Article
from core.service import atp_projection, stock_book
from core.store import tables as t

SHARED: Final = "warehouse-1"
# (brand, channel, name, units kept back of each article, days within which announced stock counts)
_CHANNELS: Final = (
    (FASHION, "web", "Alba web shop", 0, 14),
    (FASHION, "marketplace", "Alba on marketplaces", 5, 0),
    (HOME, "web", "Nordlys web shop", 0, 7),
    (HOME, "marketplace", "Nordlys on marketplaces", 3, 0),
)
# Of all that could be sold from the shared warehouse, basis points for each brand.
_SHARES: Final = ((FASHION, 6_000), (HOME, 4_000))
ANNOUNCED: Final = 6  # articles of each brand
_UNITS: Final = 40
# Within the horizon of both web shops, and of none.
_ARRIVES: Final = (("in_transit", timedelta(days=5)), ("on_order", timedelta(days=28)))
# What may be sold of more articles takes long to compute: a larger demo has no channels of its own.
MOST_AT_ONCE: Final = 1_000


def put_channels(connection: Connection, now: datetime, goods: Mapping[str, Sequence[Article]]) -> None:
    """`goods` by brand. What may be sold is computed once for all of it."""
    if sum(map(len, goods.values())) > MOST_AT_ONCE:
        return
    connection.execute(insert(t.virtual_catalogues), list(_catalogues()))
    connection.execute(insert(t.stock_rules), list(_shares()))
    connection.execute(insert(t.inbound), [row for sold in goods.values() for row in _supply(sold, now)])
    atp_projection.rebuild(connection, stock_book.step(connection))


def _catalogues() -> Iterator[dict[str, Any]]:
    for division_id, code, name, threshold, inbound_days in _CHANNELS:
        yield {
            "id": f"{division_id}-{code}", "division_id": division_id, "code": code, "name": name, "location_ids": [],
            "threshold": threshold, "inbound_days": inbound_days, "active": True, "version": 1,
        }  # fmt: skip


def _shares() -> Iterator[dict[str, Any]]:
    for division_id, basis_points in _SHARES:
        yield {
            "id": f"share-{division_id}", "kind": "share", "owner_id": division_id, "location_id": SHARED, "sku": "",
            "category": "", "units": None, "basis_points": basis_points, "version": 1,
        }  # fmt: skip


def _supply(sold: Sequence[Article], now: datetime) -> Iterator[dict[str, Any]]:
    """The last articles of a brand are on their way, and ordered once more."""
    for article in sold[-ANNOUNCED:]:
        for kind, after in _ARRIVES:
            yield {
                "id": f"{kind}-{article.sku}", "location_id": SHARED, "sku": article.sku, "reference": "PO-DEMO",
                "kind": kind, "quantity": _UNITS, "received": 0, "promised": 0, "protected": 0,
                "expected_at": (now + after).replace(minute=0, second=0, microsecond=0), "state": "expected",
                "version": 1,
            }  # fmt: skip
