"""How a language says and writes what stands on a picture. English is here; a caller may bring another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


class Voice(Protocol):
    """One language. Two that compare equal draw the same picture, so that it is drawn once."""

    @property
    def language(self) -> str:
        """Give the code of the language, such as en."""

    def __hash__(self) -> int:
        """Tell languages apart, because pictures are kept by their facts and their language."""

    def say(self, english: str) -> str:
        """Give a whole sentence, its placeholders still in it."""

    def say_count(self, one: str, many: str, count: int) -> str:
        """Give the sentence for one thing or for many, its placeholders still in it."""

    def number(self, exact: Decimal, places: int) -> str:
        """Write a number that is already rounded to so many places."""

    def percent(self, number: str) -> str:
        """Put the percent sign where it belongs."""

    def day_month(self, day: date) -> str:
        """Write a day without its year, short."""

    def month(self, day: date) -> str:
        """Write a month alone, short."""

    def full_day(self, day: date) -> str:
        """Write a day in full."""


@dataclass(frozen=True, slots=True)
class English:
    """Plain English, as the platform writes it."""

    language: str = "en"

    def say(self, english: str) -> str:
        """Give the sentence as it is."""
        return english

    def say_count(self, one: str, many: str, count: int) -> str:
        """Give the form for one or for any other number."""
        return one if count == 1 else many

    def number(self, exact: Decimal, places: int) -> str:
        """Write 1,234.5."""
        return f"{exact:,.{places}f}"

    def percent(self, number: str) -> str:
        """Write 45%."""
        return f"{number}%"

    def day_month(self, day: date) -> str:
        """Write 2 Mar."""
        return f"{day.day} {self.month(day)}"

    def month(self, day: date) -> str:
        """Write Mar."""
        return _MONTHS[day.month - 1][:3]

    def full_day(self, day: date) -> str:
        """Write 2 March 2026."""
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


ENGLISH = English()
