"""How the demo's customers get their orders: services with zones and prices, six methods, opening hours."""

from typing import Any

from core.demo.labels import labels

EUROPE = ["BE", "CH", "DE", "ES", "IT", "LU", "NL"]
ISLANDS = ["20", "97", "98"]  # Corsica and overseas: postcodes that begin so
_WORKDAYS = [0, 1, 2, 3, 4]
_NOT_SUNDAY = [*_WORKDAYS, 5]

_HEXA_STANDARD = {
    "pickup_days": _NOT_SUNDAY, "pickup_time": "17:00", "delivery_days": _NOT_SUNDAY,
    "delivers": ["08:00", "18:00"], "max_weight_g": 30_000, "carbon_parcel_g": 180, "carbon_kg_km_mg": 90,
    "zones": [
        {"code": "FR-islands", "countries": ["FR"], "postcodes": ISLANDS, "days": [4, 7],
         "grid": [[1_000, 990], [5_000, 1_490], [30_000, 2_990]]},
        {"code": "FR", "countries": ["FR"], "origins": ["FR"], "days": [1, 2],
         "grid": [[1_000, 490], [5_000, 690], [30_000, 1_290]]},
        {"code": "EU", "countries": ["FR", *EUROPE], "days": [2, 4],
         "grid": [[1_000, 890], [5_000, 1_290], [30_000, 2_490]]},
    ],
}  # fmt: skip
_HEXA_EXPRESS = {
    "pickup_days": _WORKDAYS, "pickup_time": "18:00", "delivery_days": _NOT_SUNDAY,
    "delivers": ["08:00", "13:00"],
    "max_weight_g": 20_000, "carbon_parcel_g": 320, "carbon_kg_km_mg": 240,
    "zones": [
        {"code": "FR", "countries": ["FR"], "postcodes": [], "origins": ["FR"], "days": [1, 1],
         "grid": [[1_000, 990], [5_000, 1_290], [20_000, 2_490]]},
        {"code": "EU", "countries": EUROPE, "days": [1, 2], "grid": [[5_000, 1_990], [20_000, 3_990]]},
    ],
}  # fmt: skip
_VELO = {
    "pickup_days": _NOT_SUNDAY, "pickup_time": "17:30", "delivery_days": _NOT_SUNDAY,
    "delivers": ["18:00", "21:00"], "max_weight_g": 8_000, "carbon_parcel_g": 10, "carbon_kg_km_mg": 5,
    "zones": [{"code": "town", "countries": ["FR", *EUROPE], "days": [0, 0], "grid": [[8_000, 790]]}],
}  # fmt: skip
_RELAY = {
    "pickup_days": _WORKDAYS, "pickup_time": "16:30", "delivery_days": _NOT_SUNDAY,
    "delivers": ["10:00", "19:00"],
    "max_weight_g": 20_000, "max_length_mm": 1_200, "max_girth_mm": 3_000,
    "carbon_parcel_g": 90, "carbon_kg_km_mg": 80,
    "zones": [{"code": "relay", "countries": ["FR", "BE", "LU", "ES"], "days": [3, 4],
               "grid": [[1_000, 390], [5_000, 590], [20_000, 990]]}],
}  # fmt: skip
_SHUTTLE = {
    "pickup_days": [0, 2, 4], "pickup_time": "18:00", "delivery_days": _NOT_SUNDAY,
    "delivers": ["08:00", "12:00"],
    "carbon_parcel_g": 40, "carbon_kg_km_mg": 60,
    "zones": [
        {"code": "home", "countries": ["FR"], "origins": ["FR"], "days": [1, 2], "grid": [[100_000, 0]]},
        {"code": "abroad", "countries": ["FR", *EUROPE], "days": [2, 4], "grid": [[100_000, 0]]},
    ],
}  # fmt: skip

SERVICES: tuple[dict[str, Any], ...] = tuple(
    {"id": f"{carrier}:{code}", "carrier_id": carrier, "code": code, "body": body, "active": True, "version": 1}
    for carrier, code, body in (
        ("colis-hexa", "standard", _HEXA_STANDARD),
        ("colis-hexa", "express", _HEXA_EXPRESS),
        ("colis-hexa", "relay", _RELAY),
        ("colis-hexa", "shuttle", _SHUTTLE),
        ("velopost", "same-day", _VELO),
    )
)


def _method(code: str, kind: str, service: str | None, texts: Any, **body: Any) -> dict[str, Any]:
    return {
        "id": f"method-{code}", "division_id": None, "code": code, "kind": kind, "service_id": service,
        "labels": dict(texts), "body": body, "active": True, "version": 1,
    }  # fmt: skip


METHODS: tuple[dict[str, Any], ...] = tuple(
    {**method, "position": position}
    for position, method in enumerate(
        (
            _method("standard", "home", "colis-hexa:standard", labels("Home"),
                    preparation_minutes=180, free_from_minor=6_000),
            _method("express", "home", "colis-hexa:express", labels("Express"),
                    service_level="express", preparation_minutes=120),
            _method("same-day", "home", "velopost:same-day", labels("Today"),
                    service_level="express", preparation_minutes=90, from_kinds=["store"], max_km=15),
            _method("relay", "pickup_point", "colis-hexa:relay", labels("Pick-up point"),
                    preparation_minutes=180),
            _method("collect", "collect", None, labels("Collect in store"),
                    service_level="express", preparation_minutes=60, max_km=30),
            _method("to-store", "ship_to_store", "colis-hexa:shuttle",
                    labels("Delivered to the store"),
                    preparation_minutes=180, price_minor=0, receiving_minutes=90, max_km=30),
        )
    )
)  # fmt: skip

_SHOP = [["10:00", "19:00"]]
_DEPOT = [["07:00", "20:00"]]
HOURS: dict[str, dict[str, Any]] = {
    "store": {"week": [*[_SHOP] * 6, []]},
    "warehouse": {"week": [*[_DEPOT] * 5, [["07:00", "13:00"]], []]},
}
