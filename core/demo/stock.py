"""Stock of the demo: deep and right in warehouses, shallow and partly wrong in stores, on shelves that have names."""

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.demo.articles import Article
from core.demo.network import Place
from core.demo.scale import Scale

STOCKROOM = "S Stockroom"
# Units of an article in a store: mostly one or two of a size.
_SHALLOW = (0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 6)


def position_rows(
    seed: int, place: Place, articles: Mapping[str, Sequence[Article]], scale: Scale
) -> Iterator[dict[str, Any]]:
    """`articles` by division. A store carries a part of each brand, the same for the same seed."""
    rng = random.Random(f"{seed}:stock:{place.id}")
    for division_id in place.division_ids:
        carried = articles[division_id]
        if place.kind == "store" and len(carried) > scale.assortment:
            carried = [carried[index] for index in sorted(rng.sample(range(len(carried)), scale.assortment))]
        for article in carried:
            yield _row(rng, place, article)


def _row(rng: random.Random, place: Place, article: Article) -> dict[str, Any]:
    if place.kind == "warehouse":
        on_hand, unavailable = rng.randint(20, 160), 0
        zone, spot = "S Stockroom", f"{rng.choice('KLMN')}{rng.randint(1, 40):02}-{rng.randint(1, 6)}"
    else:
        on_hand = rng.choice(_SHALLOW)
        if rng.random() < 0.02:
            on_hand += rng.randint(5, 20)  # nobody believes it: a delivery booked twice
        unavailable = 1 if on_hand > 1 and rng.random() < 0.03 else 0
        zone = STOCKROOM if rng.random() < 0.12 else article.zone
        spot = f"{zone[0]}{rng.randint(1, 12):02}-{rng.randint(1, 5)}"
    return {
        "location_id": place.id,
        "sku": article.sku,
        "on_hand": on_hand,
        "reserved": 0,
        "picked": 0,
        "unavailable": unavailable,
        "safety": 0,
        "zone": zone,
        "place": spot,
        "version": 1,
    }
