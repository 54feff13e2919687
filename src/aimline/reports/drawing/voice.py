"""How the reader's language says and writes: sentences from the catalogue, numbers and dates by Babel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from django.utils.translation import get_language, gettext, ngettext

# Spanish as schools in the United States write it: 3,221 and 45.5%.
_REGIONS = {"es": "es-US"}


@dataclass(frozen=True, slots=True)
class Reader:
    """The language that is active while something is drawn; pictures are kept by it."""

    language: str

    @property
    def locale(self) -> Locale:
        return _locale(self.language)

    def say(self, english: str) -> str:
        return gettext(english)

    def say_count(self, one: str, many: str, count: int) -> str:
        return ngettext(one, many, count)

    def number(self, exact: Decimal, places: int) -> str:
        return _written(exact, places, self.locale)

    def percent(self, number: str) -> str:
        return _percent(self.locale).format(number)

    def day_month(self, day: date) -> str:
        return _day_month(day, self.locale)

    def month(self, day: date) -> str:
        return _dated(day, "LLL", self.locale)

    def full_day(self, day: date) -> str:
        return _dated(day, "d MMMM y" if self.locale.language == "en" else "long", self.locale)

    def short_year_day(self, day: date) -> str:
        return _dated(day, "d MMM y" if self.locale.language == "en" else "medium", self.locale)


def here() -> Reader:
    return Reader(get_language() or "en")


@lru_cache(maxsize=32)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(_REGIONS.get(language, language), sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


@lru_cache(maxsize=4096)
def _dated(day: date, pattern: str, locale: Locale) -> str:
    return format_date(day, pattern, locale=locale)


@lru_cache(maxsize=4096)
def _day_month(day: date, locale: Locale) -> str:
    if locale.language == "en":
        return _dated(day, "d MMM", locale)
    return format_skeleton("MMMd", day, locale=locale)


@lru_cache(maxsize=4096)
def _written(exact: Decimal, places: int, locale: Locale) -> str:
    return format_decimal(exact, format="#,##0." + "0" * places if places else "#,##0", locale=locale)


@lru_cache(maxsize=32)
def _percent(locale: Locale) -> str:
    pattern = locale.percent_formats[None]
    before, after = pattern.prefix[0], pattern.suffix[0]
    return f"{before}{{}}{after}"
