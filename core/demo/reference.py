"""What the demo retailer is configured with: brands, carriers, packagings, reasons, roles."""

from collections.abc import Mapping

from core.contract.reference import Carrier, Division, Packaging, Reason, StockEffect, StockTarget
from core.demo.articles import FASHION, HOME
from core.demo.labels import labels

COMPANY_PREFIX = "3760123"
CURRENCY = "EUR"

DIVISIONS = (
    Division(FASHION, "AL", "Maison Alba", "Maison Alba", "#a63d40", CURRENCY, "FR", {"method": "multi"},
             {"shelf_scan": False, "identity": "ask"}),
    Division(HOME, "NL", "Nordlys Home", "Nordlys Home", "#2f6690", CURRENCY, "FR", {"method": "multi"},
             {"shelf_scan": False, "identity": "required", "signature": True}),
)  # fmt: skip

ZONES = ("A Women", "B Men", "C Shoes", "D Accessories", "E Home", "F Table", "G Lighting", "S Stockroom")

CARRIERS = (
    Carrier("colis-hexa", "colis-hexa", "Colis Hexa", ("standard", "express"), "17:00", COMPANY_PREFIX),
    Carrier("velopost", "velopost", "Vélopost", ("express",), "18:30", COMPANY_PREFIX),
)


PACKAGINGS = (
    Packaging("bag", labels("Padded bag"), 350, 250, 30, 40, 0),
    Packaging("box-s", labels("Small box"), 250, 200, 120, 150, 1),
    Packaging("box-m", labels("Medium box"), 400, 300, 200, 320, 2),
    Packaging("box-l", labels("Large box"), 600, 400, 400, 700, 3),
    Packaging("tube", labels("Tube"), 900, 120, 120, 260, 4),
)

_MINUS, _ZERO, _NONE = StockEffect.MINUS, StockEffect.ZERO, StockEffect.NONE
_ATP, _ON_HAND = StockTarget.ATP, StockTarget.ON_HAND


def _reason(code: str, usage: str, texts: Mapping[str, str], effect: StockEffect, target: StockTarget) -> Reason:
    return Reason(code, usage, texts, effect, target, collateral=effect is _ZERO)


_SHORT = (
    _reason("not_found", "short", labels("Not found"), _ZERO, _ATP),
    _reason("damaged", "short", labels("Damaged"), _MINUS, _ATP),
    _reason("sold", "short", labels("Just sold"), _MINUS, _ON_HAND),
    _reason("stolen", "short", labels("Missing from stock"), _ZERO, _ON_HAND),
    _reason("display", "short", labels("Display only"), _MINUS, _ATP),
    _reason("no_time", "short", labels("No time to fetch it"), _NONE, _ATP),
)
_OTHER = (
    _reason("undo", "put_back", labels("Scanned by mistake"), _NONE, _ATP),
    _reason("surplus", "put_back", labels("Too many in hand"), _NONE, _ATP),
    _reason("cancelled", "put_back", labels("Order cancelled"), _NONE, _ATP),
    _reason("address_check", "hold", labels("Address to check"), _NONE, _ATP),
    _reason("fraud_check", "hold", labels("Payment to check"), _NONE, _ATP),
    _reason("customer_request", "hold", labels("Customer asked"), _NONE, _ATP),
    _reason("wrong_box", "unpack", labels("Wrong box"), _NONE, _ATP),
    _reason("missing_item", "unpack", labels("Something is missing"), _NONE, _ATP),
    _reason("decline_busy", "decline", labels("Too much to do"), _NONE, _ATP),
    _reason("decline_empty", "decline", labels("The shelf is empty"), _ZERO, _ATP),
    _reason("decline_closing", "decline", labels("We close early"), _NONE, _ATP),
    _reason("release_mistake", "release", labels("Claimed by mistake"), _NONE, _ATP),
    _reason("release_busy", "release", labels("No time after all"), _NONE, _ATP),
)  # fmt: skip
_REFUSE = (
    _reason("too_small", "refuse", labels("Too small"), _NONE, _ATP),
    _reason("too_large", "refuse", labels("Too large"), _NONE, _ATP),
    _reason("not_as_shown", "refuse", labels("Not as shown"), _NONE, _ATP),
    _reason("faulty", "refuse", labels("Faulty"), _NONE, _ATP),
    _reason("changed_mind", "refuse", labels("Changed their mind"), _NONE, _ATP),
)
REASONS = tuple(
    Reason(r.id, r.usage, r.labels, r.effect, r.target, r.collateral, position)
    for position, r in enumerate((*_SHORT, *_OTHER, *_REFUSE))
)
