"""How big a demo retailer is."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """`assortment`: SKUs a store carries of each of its brands; a warehouse carries all."""

    name: str
    stores: int
    warehouses: int
    skus: int
    assortment: int
    orders_per_store: int


SCALES: Mapping[str, Scale] = {
    scale.name: scale
    for scale in (
        Scale("small", stores=3, warehouses=1, skus=400, assortment=170, orders_per_store=14),
        Scale("medium", stores=12, warehouses=1, skus=5_000, assortment=900, orders_per_store=14),
        Scale("large", stores=300, warehouses=3, skus=100_000, assortment=1_200, orders_per_store=6),
    )
}
