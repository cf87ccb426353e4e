"""What the demo retailer is configured with: brands, carriers, packagings, reasons in three languages, roles."""

from collections.abc import Mapping

from core.contract.reference import Carrier, Division, Packaging, Reason, StockEffect, StockTarget
from core.demo.articles import FASHION, HOME

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


def labels(en: str, fr: str, ar: str) -> Mapping[str, str]:
    return {"en": en, "fr": fr, "ar": ar}


PACKAGINGS = (
    Packaging("bag", labels("Padded bag", "Pochette rembourrée", "مغلف مبطن"), 350, 250, 30, 40, 0),
    Packaging("box-s", labels("Small box", "Petit carton", "صندوق صغير"), 250, 200, 120, 150, 1),
    Packaging("box-m", labels("Medium box", "Carton moyen", "صندوق متوسط"), 400, 300, 200, 320, 2),
    Packaging("box-l", labels("Large box", "Grand carton", "صندوق كبير"), 600, 400, 400, 700, 3),
    Packaging("tube", labels("Tube", "Tube", "أنبوب"), 900, 120, 120, 260, 4),
)

_MINUS, _ZERO, _NONE = StockEffect.MINUS, StockEffect.ZERO, StockEffect.NONE
_ATP, _ON_HAND = StockTarget.ATP, StockTarget.ON_HAND


def _reason(code: str, usage: str, texts: Mapping[str, str], effect: StockEffect, target: StockTarget) -> Reason:
    return Reason(code, usage, texts, effect, target, collateral=effect is _ZERO)


_SHORT = (
    _reason("not_found", "short", labels("Not found", "Introuvable", "غير موجود"), _ZERO, _ATP),
    _reason("damaged", "short", labels("Damaged", "Abîmé", "تالف"), _MINUS, _ATP),
    _reason("sold", "short", labels("Just sold", "Vendu à l'instant", "بيع للتو"), _MINUS, _ON_HAND),
    _reason("stolen", "short", labels("Missing from stock", "Manque au stock", "مفقود من المخزون"), _ZERO, _ON_HAND),
    _reason("display", "short", labels("Display only", "Exposition seulement", "للعرض فقط"), _MINUS, _ATP),
    _reason("no_time", "short", labels("No time to fetch it", "Pas le temps", "لا وقت لإحضاره"), _NONE, _ATP),
)
_OTHER = (
    _reason("undo", "put_back", labels("Scanned by mistake", "Scan par erreur", "مسح بالخطأ"), _NONE, _ATP),
    _reason("surplus", "put_back", labels("Too many in hand", "En trop", "زائد عن المطلوب"), _NONE, _ATP),
    _reason("cancelled", "put_back", labels("Order cancelled", "Commande annulée", "طلب ملغى"), _NONE, _ATP),
    _reason("address_check", "hold", labels("Address to check", "Adresse à vérifier", "عنوان للتحقق"), _NONE, _ATP),
    _reason("fraud_check", "hold", labels("Payment to check", "Paiement à vérifier", "دفعة للتحقق"), _NONE, _ATP),
    _reason("customer_request", "hold", labels("Customer asked", "Demande du client", "طلب العميل"), _NONE, _ATP),
    _reason("wrong_box", "unpack", labels("Wrong box", "Mauvais carton", "صندوق خطأ"), _NONE, _ATP),
    _reason("missing_item", "unpack", labels("Something is missing", "Il manque un article", "غرض ناقص"), _NONE, _ATP),
    _reason("decline_busy", "decline", labels("Too much to do", "Trop de travail", "عمل كثير جدًا"), _NONE, _ATP),
    _reason("decline_empty", "decline", labels("The shelf is empty", "Le rayon est vide", "الرف فارغ"), _ZERO, _ATP),
    _reason("decline_closing", "decline", labels("We close early", "Nous fermons tôt", "نغلق مبكرًا"), _NONE, _ATP),
    _reason("release_mistake", "release", labels("Claimed by mistake", "Prise par erreur", "أُخذ خطأً"), _NONE, _ATP),
    _reason("release_busy", "release", labels("No time after all", "Pas le temps", "لا وقت لدينا"), _NONE, _ATP),
)  # fmt: skip
_REFUSE = (
    _reason("too_small", "refuse", labels("Too small", "Trop petit", "صغير جدًا"), _NONE, _ATP),
    _reason("too_large", "refuse", labels("Too large", "Trop grand", "كبير جدًا"), _NONE, _ATP),
    _reason("not_as_shown", "refuse", labels("Not as shown", "Pas comme présenté", "ليس كما عُرض"), _NONE, _ATP),
    _reason("faulty", "refuse", labels("Faulty", "Défectueux", "معيب"), _NONE, _ATP),
    _reason("changed_mind", "refuse", labels("Changed their mind", "A changé d'avis", "غيّر رأيه"), _NONE, _ATP),
)
REASONS = tuple(
    Reason(r.id, r.usage, r.labels, r.effect, r.target, r.collateral, position)
    for position, r in enumerate((*_SHORT, *_OTHER, *_REFUSE))
)
