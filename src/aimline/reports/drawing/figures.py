"""Numbers and dates as the reader's language writes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from django.utils.translation import get_language

from aimline.reports.drawing.parts import Unit

_MOST_DECIMALS = 3
# Spanish as schools in the United States write it: 3,221 and 45.5%.
_REGIONS = {"es": "es-US"}


@lru_cache(maxsize=32)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(_REGIONS.get(language, language), sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def locale() -> Locale:
    return _locale(get_language() or "en")


def number(value: float, unit: Unit, decimals: int | None = None) -> str:
    """The bare number, without its percent sign."""
    places = unit.decimals if decimals is None else decimals
    return _written(value * 100 if unit.share else value, places, locale())


def figure(value: float, unit: Unit, decimals: int | None = None) -> str:
    written = number(value, unit, decimals)
    return _percent(locale()).format(written) if unit.share else written


def apart(values: Sequence[float], unit: Unit) -> list[str]:
    """The values with as many decimals as it takes to tell the different ones apart."""
    wanted = len(set(values))
    for places in range(unit.decimals, _MOST_DECIMALS):
        written = [figure(value, unit, places) for value in values]
        if len(set(written)) == wanted:
            return written
    return [figure(value, unit) for value in values]


def day_month(day: date) -> str:
    return _day_month(day, locale())


def month(day: date) -> str:
    return _dated(day, "LLL", locale())


def full_day(day: date) -> str:
    here = locale()
    return _dated(day, "d MMMM y" if here.language == "en" else "long", here)


def short_year_day(day: date) -> str:
    here = locale()
    return _dated(day, "d MMM y" if here.language == "en" else "medium", here)


@lru_cache(maxsize=4096)
def _dated(day: date, pattern: str, here: Locale) -> str:
    return format_date(day, pattern, locale=here)


@lru_cache(maxsize=4096)
def _day_month(day: date, here: Locale) -> str:
    return _dated(day, "d MMM", here) if here.language == "en" else format_skeleton("MMMd", day, locale=here)


@lru_cache(maxsize=4096)
def _written(value: float, places: int, here: Locale) -> str:
    # Half goes up, as people round; a float is read as it prints, so 0.285 stays 28.5 and not 28.4999.
    exact = Decimal(repr(round(value, 9))).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return format_decimal(exact + 0, format="#,##0." + "0" * places if places else "#,##0", locale=here)


@lru_cache(maxsize=32)
def _percent(here: Locale) -> str:
    pattern = here.percent_formats[None]
    before, after = pattern.prefix[0], pattern.suffix[0]
    return f"{before}{{}}{after}"
