"""Weights as people say them."""

from app.components.weight import weight_words
from app.i18n import translations


def test_grams_below_a_kilogram_then_kilograms() -> None:
    _ = translations("en")
    assert [weight_words(_, g) for g in (850, 1000, 1380)] == ["850 g", "1 kg", "1.38 kg"]
