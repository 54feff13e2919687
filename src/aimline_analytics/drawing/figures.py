"""Numbers as a language writes them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from aimline_analytics.drawing.parts import Unit
from aimline_analytics.drawing.voice import Voice

_MOST_DECIMALS = 3
#: How a count of things is written.
COUNT = Unit(share=False)


def number(voice: Voice, value: float, unit: Unit, decimals: int | None = None) -> str:
    """Write the bare number, without its percent sign."""
    places = unit.decimals if decimals is None else decimals
    return voice.number(rounded(value * 100 if unit.share else value, places), places)


def figure(voice: Voice, value: float, unit: Unit, decimals: int | None = None) -> str:
    """Write the number with its sign."""
    written = number(voice, value, unit, decimals)
    return voice.percent(written) if unit.share else written


def count(voice: Voice, things: int) -> str:
    """Write how many there are."""
    return number(voice, things, COUNT)


def apart(voice: Voice, values: Sequence[float], unit: Unit) -> list[str]:
    """Write the values with as many decimals as it takes to tell the different ones apart."""
    wanted = len(set(values))
    for places in range(unit.decimals, _MOST_DECIMALS):
        written = [figure(voice, value, unit, places) for value in values]
        if len(set(written)) == wanted:
            return written
    return [figure(voice, value, unit) for value in values]


def rounded(value: float, places: int) -> Decimal:
    """Round half up, as people do; a float is read as it prints, so 0.285 stays 28.5 and not 28.4999."""
    exact = Decimal(repr(round(value, 9))).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return exact + 0
