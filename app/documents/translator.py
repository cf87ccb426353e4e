"""What the documents need of a language. `app.i18n.Translations` is one; a document never chooses its language."""

from datetime import date
from decimal import Decimal
from typing import Protocol


class Translator(Protocol):
    """Texts, numbers and dates of one language. `rtl`: whether pages are laid out from right to left."""

    @property
    def rtl(self) -> bool: ...

    def gettext(self, message: str, /) -> str: ...

    def ngettext(self, singular: str, plural: str, n: int, /) -> str: ...

    def number(self, value: int | float | Decimal, /) -> str: ...

    def day(self, day: date, /) -> str: ...


def weight_kg(tr: Translator, weight_g: int) -> str:
    """Grams as kilograms of the language, three decimals at most: 1250 -> "1.25 kg"."""
    # Translators: a weight in kilograms
    return tr.gettext("%(weight)s kg") % {"weight": tr.number(Decimal(weight_g) / 1000)}
