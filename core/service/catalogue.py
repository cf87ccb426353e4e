"""The catalogue: products, their variants and bar codes, written in bulk; a change reaches the devices of the brand."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from core.service.refusal import Refusal, stale, unknown
from core.service.stock_rules import articles_changed
from core.store import feed
from core.store import tables as t


@dataclass(frozen=True, slots=True)
class Article:
    """A variant with its product, as imports and integrators give it. `gtins`: 14 digits each, all of them."""

    sku: str
    division_id: str
    product_code: str
    name: str
    brand: str = ""
    category: str = ""
    colour: str = ""
    size: str = ""
    gtins: tuple[str, ...] = ()
    price_minor: int = 0
    currency: str = "EUR"
    weight_g: int = 0
    image: str = ""
    description: str = ""

    @property
    def product_id(self) -> str:
        return f"{self.division_id}:{self.product_code}"


_PRODUCT = ("name", "brand", "category", "description")
_VARIANT = ("product_id", "division_id", "colour", "size", "price_minor", "currency", "weight_g", "image")


def put_articles(connection: Connection, articles: Sequence[Article]) -> Counter[str]:
    """Created, updated or unchanged, per article. A later one of the same SKU wins.

    Raises IntegrityError where a bar code belongs to another article of the brand, or the division does not exist.
    """
    wanted = {article.sku: article for article in articles}
    products = _put_products(connection, wanted.values())
    before = _variants(connection, wanted)
    codes = _codes(connection, wanted)
    counts: Counter[str] = Counter()
    touched: dict[str, set[str]] = {}
    new, changed, recoded = [], [], []
    for sku, article in wanted.items():
        values = {name: getattr(article, name) for name in _VARIANT}
        known = before.get(sku)
        if known is None:
            new.append({"id": sku} | values)
        elif known != values:
            changed.append({"key": sku} | values)
        if article.gtins != codes.get(sku, ()):
            recoded.append(article)
        same = known == values and article.gtins == codes.get(sku, ()) and article.product_id not in products
        counts["created" if known is None else "unchanged" if same else "updated"] += 1
        if not same:
            touched.setdefault(article.division_id, set()).add(sku)
        if known is not None and known["division_id"] != article.division_id:
            feed.mark(connection, feed.catalogue_part(known["division_id"]), "variant", sku, deleted=True)
    _write_variants(connection, new, changed)
    _write_codes(connection, recoded)
    for division_id in sorted(touched):
        feed.mark_many(connection, feed.catalogue_part(division_id), "variant", touched[division_id])
    _follow_products(connection, products)
    return counts


def _put_products(connection: Connection, articles: Any) -> set[str]:
    """Ids of products that are known and changed: all their variants show it."""
    wanted = {
        article.product_id: {name: getattr(article, name) for name in _PRODUCT}
        | {"division_id": article.division_id, "code": article.product_code}
        for article in articles
    }
    p = t.products.c
    columns = (p.id, *(p[name] for name in (*_PRODUCT, "division_id", "code")))
    found = connection.execute(select(*columns).where(p.id.in_(sorted(wanted)))).mappings()
    before = {row["id"]: {name: row[name] for name in row if name != "id"} for row in found}
    new = [{"id": id} | values for id, values in wanted.items() if id not in before]
    if new:
        connection.execute(insert(t.products), new)
    changed = {id for id, values in wanted.items() if id in before and before[id] != values}
    for id in sorted(changed):
        connection.execute(update(t.products).where(p.id == id).values(**wanted[id], version=p.version + 1))
    return changed


def _variants(connection: Connection, skus: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    v = t.variants.c
    query = select(v.id, *(v[name] for name in _VARIANT)).where(v.id.in_(sorted(skus)))
    return {row["id"]: {name: row[name] for name in _VARIANT} for row in connection.execute(query).mappings()}


def _codes(connection: Connection, skus: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    b = t.barcodes.c
    found: dict[str, tuple[str, ...]] = {}
    query = select(b.sku, b.gtin).where(b.sku.in_(sorted(skus))).order_by(b.sku, b.position)
    for sku, gtin in connection.execute(query):
        found[sku] = (*found.get(sku, ()), gtin)
    return found


def _write_variants(connection: Connection, new: list[dict[str, Any]], changed: list[dict[str, Any]]) -> None:
    v = t.variants.c
    if new:
        connection.execute(insert(t.variants), new)
    for values in changed:
        key = values.pop("key")
        connection.execute(update(t.variants).where(v.id == key).values(**values, version=v.version + 1))


def _write_codes(connection: Connection, articles: Sequence[Article]) -> None:
    skus = [article.sku for article in articles]
    connection.execute(delete(t.barcodes).where(t.barcodes.c.sku.in_(skus)))
    rows = [
        {"division_id": article.division_id, "gtin": gtin, "sku": article.sku, "position": position}
        for article in articles
        for position, gtin in enumerate(article.gtins)
    ]
    if rows:
        connection.execute(insert(t.barcodes), rows)


def _follow_products(connection: Connection, product_ids: set[str]) -> None:
    """All articles of changed products: devices show them anew, and rules of their category count."""
    v = t.variants.c
    query = select(v.division_id, v.id).where(v.product_id.in_(sorted(product_ids)))
    siblings: dict[str, list[str]] = {}
    for division_id, sku in connection.execute(query) if product_ids else ():
        siblings.setdefault(division_id, []).append(sku)
    for division_id in sorted(siblings):
        feed.mark_many(connection, feed.catalogue_part(division_id), "variant", siblings[division_id])
    if siblings:
        articles_changed(connection, sorted(sku for skus in siblings.values() for sku in skus))


def change_variant(connection: Connection, sku: str, version: int, values: Mapping[str, Any]) -> Refusal | None:
    """Price, weight, image, colour, size or active of one SKU, when nobody changed it since `version`."""
    v = t.variants.c
    known = connection.execute(select(v.version, v.division_id).where(v.id == sku)).first()
    if known is None:
        return unknown("variant", sku)
    query = update(t.variants).where(v.id == sku, v.version == version).values(**values, version=v.version + 1)
    if connection.execute(query).rowcount != 1:
        return stale("variant", known.version)
    hidden = values.get("active") is False
    feed.mark(connection, feed.catalogue_part(known.division_id), "variant", sku, deleted=hidden)
    return None
