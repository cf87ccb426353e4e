"""Every user-visible text, number, date and amount in the user's language; the catalogues travel with the program.

A text is looked up by its English sentence; a sentence without a translation is shown in English. Digits stay
Latin in every language, because short ids and barcodes are compared by eye.
"""

import gettext as stdlib_gettext
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, get_currency_precision

LOCALES_DIR = Path(__file__).resolve().parent.parent / "locales"
SOURCE_LANGUAGE = "en"


@dataclass(frozen=True)
class Language:
    """`own_name` is how its speakers call it, for the language chooser. `formats`: whose dates and numbers it uses."""

    tag: str
    own_name: str
    rtl: bool
    formats: str = ""


LANGUAGES: tuple[Language, ...] = (
    Language("fr", "Français", rtl=False),
    # Days before months and a clock of 24 hours, as in the stores: "en" alone is the United States'.
    Language("en", "English", rtl=False, formats="en-GB"),
    Language("es", "Español", rtl=False),
    Language("de", "Deutsch", rtl=False),
    Language("it", "Italiano", rtl=False),
    Language("pt", "Português", rtl=False, formats="pt-PT"),  # "pt" alone is Brazil's
    Language("nl", "Nederlands", rtl=False),
    Language("pl", "Polski", rtl=False),
    Language("ro", "Română", rtl=False),
    Language("ar", "العربية", rtl=True),
    Language("zh", "简体中文", rtl=False),  # simplified characters, as Babel's "zh" has them
    Language("uk", "Українська", rtl=False),
)


@dataclass(frozen=True)
class Translations:
    """Texts and formats of one language. Call it like gettext: `_ = use_translations(); _("Work list")`."""

    language: Language
    _catalogue: stdlib_gettext.NullTranslations

    def __call__(self, message: str) -> str:
        return self._catalogue.gettext(message)

    gettext = __call__

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return self._catalogue.ngettext(singular, plural, n)

    def pgettext(self, context: str, message: str) -> str:
        return self._catalogue.pgettext(context, message)

    @property
    def rtl(self) -> bool:
        return self.language.rtl

    @property
    def locale(self) -> Locale:
        return Locale.parse(self.language.formats or self.language.tag, sep="-")

    def number(self, value: int | float | Decimal) -> str:
        return format_decimal(value, locale=self.locale)

    def money(self, minor_units: int, currency: str) -> str:
        """`minor_units` of an ISO 4217 currency: 1990 EUR is 19.90, 1990 JPY is 1990."""
        amount = Decimal(minor_units).scaleb(-get_currency_precision(currency))
        return format_currency(amount, currency, locale=self.locale)

    def day(self, day: date) -> str:
        return format_date(day, "medium", locale=self.locale)

    def time(self, moment: datetime, zone: tzinfo) -> str:
        """Hours and minutes of an aware moment on the clock of `zone` (the store's)."""
        return format_time(moment, "short", tzinfo=zone, locale=self.locale)

    def moment(self, moment: datetime, zone: tzinfo) -> str:
        return format_datetime(moment, "short", tzinfo=zone, locale=self.locale)

    def duration(self, span: timedelta) -> str:
        """One rounded unit without direction: "12 minutes"."""
        return format_timedelta(span, granularity="minute", locale=self.locale)

    def until(self, span: timedelta) -> str:
        """With direction: "in 12 minutes", "12 minutes ago"."""
        return format_timedelta(span, granularity="minute", add_direction=True, locale=self.locale)


def language(tag: str) -> Language:
    """The language of a tag; an unknown tag answers English, so that a device never fails on a setting."""
    return best_of([tag])


def best_of(tags: Iterable[str]) -> Language:
    """The first that there is of those someone reads, the best known first; English where there is none of them."""
    by_tag = {known.tag: known for known in LANGUAGES}
    bases = (tag.replace("_", "-").split("-")[0].lower() for tag in tags)
    return next((by_tag[base] for base in bases if base in by_tag), by_tag[SOURCE_LANGUAGE])


@lru_cache(maxsize=16)
def translations(tag: str, locales_dir: Path = LOCALES_DIR) -> Translations:
    chosen = language(tag)
    return Translations(chosen, _catalogue(chosen.tag, locales_dir))


def _catalogue(tag: str, locales_dir: Path) -> stdlib_gettext.NullTranslations:
    """The compiled catalogue, or the source one compiled in memory when it is newer or stands alone."""
    compiled = locales_dir / tag / "LC_MESSAGES" / "messages.mo"
    source = compiled.with_suffix(".po")
    if compiled.exists() and not (source.exists() and source.stat().st_mtime > compiled.stat().st_mtime):
        return stdlib_gettext.GNUTranslations(io.BytesIO(compiled.read_bytes()))
    if not source.exists():
        return stdlib_gettext.NullTranslations()
    memory = io.BytesIO()
    with source.open("rb") as lines:
        write_mo(memory, read_po(lines, locale=tag))
    memory.seek(0)
    return stdlib_gettext.GNUTranslations(memory)
