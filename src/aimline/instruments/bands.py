"""How exactly a figure of few people may be told, so that it does not say what everyone, or no one, answered.

"All of the twelve do not feel safe" names each of the twelve. A share of few people is therefore told as a band, the
coarser the fewer they are; no band is wider than what chance alone could do to so few. One function decides for pages,
files, charts and reports.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aimline_analytics.disclosure.coding import bands


@dataclass(frozen=True, slots=True)
class Told:
    """A percentage that lies from `low` to `high`; `percent` is where it is drawn: those of all answers make 100."""

    low: float
    high: float
    percent: float


def exactly(counts: Sequence[int], people: int) -> list[Told]:
    """Shares of answers that are read with their names anyway."""
    return [Told(share, share, share) for share in (100 * count / people for count in counts)]


def told(counts: Sequence[int], people: int, *, whole: bool) -> list[Told]:
    """The shares of so many people as they may be told; `whole` where each of them gave one answer."""
    found = [_band(count, people) for count in counts]
    drawn = _drawn(found) if whole else [(low + high) / 2 for low, high in found]
    return [Told(low, high, percent) for (low, high), percent in zip(found, drawn, strict=True)]


def end(people: int) -> float:
    """The percent up to which, and from 100 less which, a share of so many people is not told more exactly."""
    return _ends(bands(people)[0][0])[1]


def _band(count: int, people: int) -> tuple[float, float]:
    return next(_ends(words) for words, counts in bands(people) if count in counts)


def _ends(words: str) -> tuple[float, float]:
    """The words of a band as numbers: <=20, 40-59, 37, >=80."""
    if words.startswith("<="):
        return 0.0, float(words[2:])
    if words.startswith(">="):
        return float(words[2:]), 100.0
    low, _dash, high = words.partition("-")
    return float(low), float(high or low)


def _drawn(found: Sequence[tuple[float, float]]) -> list[float]:
    """Lengths inside or near the bands that add up to 100: what is left goes to those that may be nothing."""
    middles = [0.0 if low == 0 else (low + high) / 2 for low, high in found]
    left = 100 - sum(middles)
    room = sum(high for low, high in found if low == 0)
    if left > 0 and room:
        share = min(left / room, 1.0)
        middles = [
            high * share if low == 0 else middle for middle, (low, high) in zip(middles, found, strict=True)
        ]
    total = sum(middles)
    return [100 * middle / total for middle in middles] if total else middles
