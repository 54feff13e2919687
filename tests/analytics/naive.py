"""Second implementations, written from the published rules as plain loops, to test the library against."""

from __future__ import annotations

from itertools import pairwise
from math import log2

from scipy.stats import binom


def anhoej(y: list[float], centre: float) -> tuple[int, int, int, int, int]:
    """Useful points, longest run, longest allowed, crossings, crossings needed."""
    useful = [v > centre for v in y if v != centre]
    longest = run = crossings = 0
    for i, above in enumerate(useful):
        same = i > 0 and above == useful[i - 1]
        crossings += i > 0 and not same
        run = run + 1 if same else 1
        longest = max(longest, run)
    n = len(useful)
    return n, longest, round(log2(n)) + 3, crossings, int(binom.ppf(0.05, n - 1, 0.5))


def limits(y: list[float], *, screen: bool = True) -> tuple[float, float, float]:
    """Lower limit, mean, upper limit of an XmR chart."""
    ranges = [abs(b - a) for a, b in pairwise(y)]
    mean_range = sum(ranges) / len(ranges)
    if screen:
        kept = [r for r in ranges if r < 3.267 * mean_range]
        mean_range = sum(kept) / len(kept)
    mean = sum(y) / len(y)
    return mean - 2.66 * mean_range, mean, mean + 2.66 * mean_range


def mdc_points(y: list[float], lower: float, mean: float, upper: float) -> list[str | None]:
    """Rule that names each point, window by window as the published description has it."""
    n = len(y)
    near = 2 / 3 * (upper - mean)
    side = [(v > mean) - (v < mean) for v in y]
    outside = [v > upper or v < lower for v in y]
    close = [abs(v - mean) > near and not out for v, out in zip(y, outside, strict=True)]
    moves = [(b > a) - (b < a) for a, b in pairwise(y)]
    trend, shift, pair = set[int](), set[int](), set[int]()
    for i in range(n - 6):
        if abs(sum(moves[i : i + 6])) == 6:
            trend |= set(range(i, i + 7))
        if abs(sum(side[i : i + 7])) == 7:
            shift |= set(range(i, i + 7))
    for i in range(n - 2):
        if abs(sum(side[i : i + 3])) == 3 and sum(close[i : i + 3]) >= 2:
            pair |= {k for k in range(i, i + 3) if close[k]}
    named: list[str | None] = []
    for i in range(n):
        rules = {"outside": outside[i], "trend": i in trend, "two_of_three": i in pair, "shift": i in shift}
        named.append(next((rule for rule, holds in rules.items() if holds), None))
    return named
