"""How many parcels a shipment makes, what they cost to send, what they emit: first fit by weight, heaviest first."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from core.domain.promise import DEFAULT_WEIGHT_G, Item, Method, Reason, Service, Zone
from core.domain.weight_steps import step_at

Grid = Sequence[tuple[int, int]]  # (up to so many grams, minor units)


def weight_of(item: Item) -> int:
    return item.weight_g or DEFAULT_WEIGHT_G


def unfit(service: Service, items: Iterable[Item]) -> Reason | None:
    """Why an article cannot travel with this service: one unit alone is too heavy or too large."""
    for item in items:
        if service.max_weight_g and weight_of(item) > service.max_weight_g:
            return Reason("too_heavy", {"sku": item.sku, "weight_g": weight_of(item), "limit_g": service.max_weight_g})
        length, width, height = sorted((item.length_mm, item.width_mm, item.height_mm), reverse=True)
        if service.max_length_mm and length > service.max_length_mm:
            return Reason("too_long", {"sku": item.sku, "length_mm": length, "limit_mm": service.max_length_mm})
        girth = length + 2 * (width + height)
        if service.max_girth_mm and girth > service.max_girth_mm:
            return Reason("too_large", {"sku": item.sku, "girth_mm": girth, "limit_mm": service.max_girth_mm})
    return None


def missing_measures(items: Iterable[Item]) -> tuple[str, ...]:
    """What has to be assumed of the articles: "weight_unknown", "size_unknown"."""
    known = list(items)
    weight = any(not item.weight_g for item in known)
    size = any(not (item.length_mm and item.width_mm and item.height_mm) for item in known)
    return (*(("weight_unknown",) if weight else ()), *(("size_unknown",) if size else ()))


def parcel_weights(units: Iterable[tuple[Item, int]], max_weight_g: int) -> list[int]:
    """Grams of each parcel. 0: no limit, one parcel. No unit is heavier than the limit."""
    return [grams for grams, _ in _packed(units, max_weight_g)]


def chargeable_weights(units: Iterable[tuple[Item, int]], service: Service) -> list[int]:
    """Grams that each parcel is priced by: its weight, or what its volume counts for, whichever is more.

    Without sizes an article has no volume.
    """
    parcels = _packed(units, service.max_weight_g)
    if not service.cm3_per_kg:
        return [grams for grams, _ in parcels]
    # mm3 as grams: 1,000 mm3 are a cm3, and so many cm3 are 1,000 g.
    return [max(grams, -(-mm3 // service.cm3_per_kg)) for grams, mm3 in parcels]


def _packed(units: Iterable[tuple[Item, int]], max_weight_g: int) -> list[tuple[int, int]]:
    """(grams, mm3) of each parcel: the heaviest articles first, each into the first parcel that still takes it."""
    ranked = sorted(units, key=lambda entry: -weight_of(entry[0]))
    total = sum(weight_of(item) * count for item, count in ranked)
    if not max_weight_g or total <= max_weight_g:
        return [(total, sum(_mm3(item) * count for item, count in ranked))]
    parcels: list[tuple[int, int]] = []
    for item, count in ranked:
        weight, volume, left = weight_of(item), _mm3(item), count
        for index, (grams, mm3) in enumerate(parcels):
            fits = min(left, (max_weight_g - grams) // weight)
            parcels[index] = (grams + fits * weight, mm3 + fits * volume)
            left -= fits
        most = max(1, max_weight_g // weight)
        while left > 0:
            parcels.append((min(left, most) * weight, min(left, most) * volume))
            left -= most
    return parcels


def _mm3(item: Item) -> int:
    return item.length_mm * item.width_mm * item.height_mm


@dataclass(frozen=True, slots=True)
class Shipment:
    """What is priced: the zone it travels in, the grams of its parcels, the way. `charged`: grams it is priced by."""

    zone: Zone | None
    parcels: Sequence[int]
    distance_m: int
    charged: Sequence[int] = ()  # where they are not those of the parcels


def price_of(method: Method, shipments: Sequence[Shipment], value_minor: int) -> int | None:
    """Minor units for all of it; None where a grid has no price for a parcel."""
    if method.free_from_minor is not None and value_minor >= method.free_from_minor:
        return 0
    if method.price_minor is not None:
        return method.price_minor
    if method.service is None:
        return 0
    return grid_price(shipments, lambda shipment: shipment.zone.grid if shipment.zone is not None else ())


def grid_price(shipments: Sequence[Shipment], grid_of: Callable[[Shipment], Grid]) -> int | None:
    """Minor units of all parcels; None where a grid has no price for one."""
    total = 0
    for shipment in shipments:
        grid = grid_of(shipment)
        for weight in shipment.charged or shipment.parcels:
            step = step_at(grid, weight)
            if step is None:
                return None
            total += step[1]
    return total


def carbon_g(service: Service | None, shipments: Sequence[Shipment]) -> int:
    """Grams of CO2 equivalent: what a parcel causes wherever it goes, and its weight along the way."""
    if service is None:
        return 0
    mg = 0
    for shipment in shipments:
        mg += 1_000 * service.carbon_parcel_g * len(shipment.parcels)
        # mg per kg and km, of grams and metres.
        mg += service.carbon_kg_km_mg * sum(shipment.parcels) * shipment.distance_m // 1_000_000
    return round(mg / 1_000)
