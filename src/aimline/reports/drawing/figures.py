"""Numbers and dates as the reader's language writes them."""

from __future__ import annotations

from datetime import date

from babel import Locale

from aimline.reports.drawing.voice import here
from aimline_analytics.drawing import figures
from aimline_analytics.drawing.parts import Unit


def locale() -> Locale:
    return here().locale


def number(value: float, unit: Unit, decimals: int | None = None) -> str:
    """The bare number, without its percent sign."""
    return figures.number(here(), value, unit, decimals)


def figure(value: float, unit: Unit, decimals: int | None = None) -> str:
    return figures.figure(here(), value, unit, decimals)


def day_month(day: date) -> str:
    return here().day_month(day)


def full_day(day: date) -> str:
    return here().full_day(day)


def short_year_day(day: date) -> str:
    return here().short_year_day(day)
