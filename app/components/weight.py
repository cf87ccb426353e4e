"""Weights as people say them: grams below a kilogram, else kilograms."""

from decimal import Decimal

from app.i18n import Translations


def weight_words(_: Translations, weight_g: int) -> str:
    if weight_g < 1000:
        # Translators: a weight in grams
        return _("{weight} g").format(weight=_.number(weight_g))
    # Translators: a weight in kilograms
    return _("{weight} kg").format(weight=_.number(Decimal(weight_g) / 1000))
