"""Percent coding: how exactly a percentage of few people may be told."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from aimline_analytics.errors import AnalyticsError

# Up to so many people: the ends beyond which only "at most" or "at least" is said, and the width of bands.
_RULES = ((20, 20, 20), (40, 10, 10), (100, 5, 5), (200, 2, 1))
_LARGE = (1, 1)
_SMALLEST = 10

Band = tuple[int, int, range]


def percent_band(count: int, n: int) -> str | None:
    """Words for a percentage that do not give away how many people it is about.

    Parameters
    ----------
    count : int
        People who have what is counted, 0 to `n`.
    n : int
        People asked, 0 or more.

    Returns
    -------
    str or None
        Such as ``<=5``, ``40-59``, ``37`` or ``>=95``, in percent; None below 10 people.

    Raises
    ------
    AnalyticsError
        A count below 0 or above n.

    Notes
    -----
    With 10 to 20 people: bands of 20 points, ends at 20 and 80. 21 to 40: 10 points, 10 and 90. 41 to 100: 5
    points, 5 and 95. 101 to 200: whole percent, 2 and 98. Above 200: whole percent, 1 and 99. The percentage is
    rounded to whole percent, halves up, before its band is sought. Where a text would leave but one possible count
    of 1 to 9, with or without what is counted, to somebody who knows n, it is joined with the next towards 50.
    Give no count beside the text.

    References
    ----------
    Seastrom M (2010). NCES 2011-603, SLDS Technical Brief 3.
    """
    if not 0 <= count <= n:
        raise AnalyticsError(
            f"{count} of {n} is not a share", where="count", remedy="Give a whole count from 0 to n"
        )
    if n < _SMALLEST:
        return None
    return next(words for words, counts in bands(n) if count in counts)


@lru_cache(maxsize=512)
def bands(n: int) -> tuple[tuple[str, range], ...]:
    """Every text that a percentage of `n` people can have, with the counts that it stands for.

    Parameters
    ----------
    n : int
        People asked, 10 or more.

    Returns
    -------
    tuple of (str, range)
    """
    cap, width = next((rule[1:] for rule in _RULES if n <= rule[0]), _LARGE)
    inner = range(cap + max(width, 2), 100 - cap, width)
    starts = [0, cap + 1, *inner, 100 - cap, 101]
    found = [(start, end - 1, range(_first(start, n), _first(end, n))) for start, end in pairwise(starts)]
    there = [band for band in found if band[2]]
    up = _joined(there, [band for band in there if 2 * band[2][0] <= n], n)
    whole = _joined(up[::-1], up, n)[::-1]
    return tuple((_words(start, end), counts) for start, end, counts in whole)


def _first(percent: int, n: int) -> int:
    """Smallest count that rounds to so many percent or more."""
    return min(n + 1, max(0, -(-(2 * percent - 1) * n // 200)))


def _joined(found: list[Band], near: list[Band], n: int) -> list[Band]:
    """Bands in their order, those of `near` that give a small count away joined with the next."""
    joined: list[Band] = []
    for band in found:
        if joined and joined[-1] in near and _telling(joined[-1][2], n):
            last = joined.pop()
            counts = range(min(last[2][0], band[2][0]), max(last[2][-1], band[2][-1]) + 1)
            joined.append((min(last[0], band[0]), max(last[1], band[1]), counts))
        else:
            joined.append(band)
    return joined


def _telling(counts: range, n: int) -> bool:
    return len(counts) == 1 and (0 < counts[0] < _SMALLEST or 0 < n - counts[0] < _SMALLEST)


def _words(start: int, end: int) -> str:
    if start == 0:
        return f"<={end}"
    if end == 100:
        return f">={start}"
    return str(start) if start == end else f"{start}-{end}"
