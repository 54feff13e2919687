"""Centre and limits of every kind of Shewhart chart, for many stretches at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import pi, sqrt

import numpy as np
from scipy import special

from aimline_analytics.kernels.control import D2, LIMIT_FACTOR, SCREEN_FACTOR
from aimline_analytics.kernels.segments import Bools, Floats, Ints, Segments, ratio, same
from aimline_analytics.widening import factors

KINDS = ("run", "i", "mr", "ip", "xbar", "s", "p", "pp", "c", "u", "up", "g", "t")
#: Kinds whose points are so many of so many.
SHARED = ("p", "pp", "u", "up")
_SCREEN_IP = 3.2665
T_POWER = 3.6


@dataclass(frozen=True, slots=True, eq=False)
class Subgroups:
    """Points of many stretches, end to end, each stretch in the order of its x.

    Attributes
    ----------
    owner : ndarray of int, shape (n,)
        The stretch (a series, or one phase of it) of each point, ascending from 0.
    y : ndarray, shape (n,)
        Value of the subgroup: a mean, a count, or a share; nan where it is missing.
    size : ndarray, shape (n,)
        Its denominator, or for `xbar` and `s` how many values it holds; 1 where there is none.
    sd : ndarray, shape (n,)
        Standard deviation inside the subgroup; needed for `xbar` and `s` alone.
    excluded : ndarray of bool, shape (n,)
        Drawn, but left out of centre, limits and rules.
    """

    owner: Ints
    y: Floats
    size: Floats
    sd: Floats
    excluded: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Centre and limits of each point, and the standard deviation and middle that zones are counted from.

    `wider` is by how much the limits were widened against textbook ones.
    """

    center: Floats
    lower: Floats
    upper: Floats
    middle: Floats
    sigma: Floats
    wider: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What the kinds of charts make their lines from."""

    points: Subgroups
    stretches: Segments
    y: Floats
    baseline: Bools
    screen: bool
    in_order: bool
    rule_set: str
    counts: Bools
    frozen: bool = False
    calibrated: bool = False

    def wider(self, values: Floats) -> Floats:
        """By how much to widen the limits of each point's stretch; `values` are on the scale of the limits."""
        if not (self.calibrated and self.in_order):
            return np.ones(values.size)
        return self.spread(factors(values, self.baseline, self.counts, self.stretches, frozen=self.frozen))

    def spread(self, each: Floats) -> Floats:
        """One number for each stretch, given to each of its points."""
        return each[self.points.owner]

    def mean(self) -> Floats:
        """Mean of the baseline points of its stretch."""
        return self.spread(self.stretches.mean(self.y, self.baseline))

    def rate(self) -> Floats:
        """All events over all chances."""
        weighted = np.where(self.baseline, self.y * self.points.size, 0.0)
        return self.spread(
            ratio(self.stretches.sum(weighted), self.stretches.sum(self.points.size, self.baseline))
        )

    def mean_range(self, values: Floats) -> Floats:
        """Mean moving range of the baseline points, screened; nan with fewer than two of them."""
        owner, kept = self.points.owner[self.baseline], values[self.baseline]
        linked = same(owner, 1)[1:]
        return self.spread(
            _mean_screened(
                np.abs(np.diff(kept))[linked],
                owner[1:][linked],
                self.stretches.count,
                self.screen,
                SCREEN_FACTOR,
            )
        )


def _mean_screened(ranges: Floats, owner: Ints, count: int, screen: bool, factor: float) -> Floats:
    plain = ratio(np.bincount(owner, ranges, count), np.bincount(owner, minlength=count))
    if not screen:
        return plain
    kept = ranges < factor * plain[owner]
    found = ratio(np.bincount(owner[kept], ranges[kept], count), np.bincount(owner[kept], minlength=count))
    # A flat stretch with one jump would be left without any variation: then the plain mean holds.
    return np.where(np.nan_to_num(found) > 0, found, plain)


def moving_range(points: Subgroups) -> Floats:
    """Distance from the point before, of the same stretch; the first has none."""
    found = np.full(points.y.size, np.nan)
    linked = same(points.owner, 1)
    found[1:] = np.abs(np.diff(points.y))
    found[~linked] = np.nan
    return found


def _around(
    center: Floats, sigma: Floats, low: float = -np.inf, high: float = np.inf, wider: Floats | None = None
) -> Lines:
    """Three standard deviations both ways, kept inside what is possible; nothing where they are not known."""
    known = np.isfinite(sigma)
    factor = np.ones(sigma.size) if wider is None else wider
    spread = sigma * factor
    lower = np.where(known, np.maximum(center - 3 * spread, low), np.nan)
    upper = np.where(known, np.minimum(center + 3 * spread, high), np.nan)
    return Lines(center, lower, upper, center, spread, factor)


def _run(given: Given) -> Lines:
    center = given.spread(given.stretches.median(given.y, given.baseline))
    return _around(center, np.full(center.size, np.nan))


def _i(given: Given) -> Lines:
    factor = LIMIT_FACTOR if given.rule_set == "mdc" else 3 / D2
    return _around(given.mean(), factor * given.mean_range(given.y) / 3, wider=given.wider(given.y))


def _mr(given: Given) -> Lines:
    center = given.mean()
    upper = SCREEN_FACTOR * center
    lower = np.where(np.isfinite(upper), 0.0, np.nan)
    return Lines(center, lower, upper, center, (upper - center) / 3, np.ones(upper.size))


def _i_prime(given: Given) -> Lines:
    base, size = given.baseline, given.points.size
    owner, values, sizes = given.points.owner[base], given.y[base], size[base]
    linked = same(owner, 1)[1:]
    steps = sqrt(pi / 2) * np.abs(np.diff(values)) / np.sqrt(1 / sizes[1:] + 1 / sizes[:-1])
    typical = _mean_screened(
        steps[linked], owner[1:][linked], given.stretches.count, given.screen, _SCREEN_IP
    )
    root, rate = np.sqrt(np.where(size > 0, size, np.nan)), given.rate()
    return _around(rate, given.spread(typical) / root, wider=given.wider((given.y - rate) * root))


def _within(given: Given) -> Floats:
    """Spread inside subgroups, as a standard deviation: the plain mean where all are of one size, else pooled."""
    sizes, base = given.points.size, given.baseline & np.isfinite(given.points.sd)
    stretches = given.stretches
    plain = stretches.mean(given.points.sd, base)
    freedom = np.where(base, sizes - 1, 0.0)
    pooled = np.sqrt(
        ratio(stretches.sum(freedom * np.where(base, given.points.sd, 0.0) ** 2), stretches.sum(freedom))
    )
    spread = stretches.sum((sizes - given.spread(stretches.mean(sizes, base))) ** 2, base)
    return given.spread(np.where(spread < 1e-9, plain, pooled))


def c4(size: Floats) -> Floats:
    """Mean of the standard deviation of so many normal values, over the true one; nan below two values."""
    n = np.where(np.asarray(size) >= 2, size, np.nan)
    found: Floats = np.sqrt(2 / (n - 1)) * np.exp(special.gammaln(n / 2) - special.gammaln((n - 1) / 2))
    return found


def _xbar(given: Given) -> Lines:
    size = given.points.size
    return _around(given.rate(), _within(given) / (c4(size) * np.sqrt(size)))


def _s(given: Given) -> Lines:
    inside, share = _within(given), c4(given.points.size)
    return _around(inside, inside * np.sqrt(1 - share**2) / share, low=0.0)


def _p(given: Given) -> Lines:
    return _around(given.rate(), _binomial(given), 0.0, 1.0)


def _binomial(given: Given) -> Floats:
    rate, size = given.rate(), given.points.size
    return np.sqrt(np.clip(rate * (1 - rate), 0, None) / np.where(size > 0, size, np.nan))


def _poisson(given: Given) -> Floats:
    size = given.points.size
    return np.sqrt(np.clip(given.rate(), 0, None) / np.where(size > 0, size, np.nan))


def _prime(given: Given, sigma: Floats, high: float = np.inf) -> Lines:
    """Laney's correction: how much more the points vary than their denominators explain."""
    rate = given.rate()
    z = np.divide(given.y - rate, sigma, out=np.full(sigma.size, np.nan), where=np.nan_to_num(sigma) > 0)
    if given.in_order:
        return _around(rate, sigma * given.mean_range(z) / D2, 0.0, high, given.wider(z))
    base = given.baseline
    size = given.stretches.size(base)
    gaps = z - given.spread(given.stretches.mean(z, base))
    plain = given.spread(np.sqrt(ratio(given.stretches.sum(gaps**2, base), size - 1)))
    return _around(rate, sigma * plain, 0.0, high)


def _p_prime(given: Given) -> Lines:
    return _prime(given, _binomial(given), 1.0)


def _u(given: Given) -> Lines:
    return _around(given.rate(), _poisson(given), 0.0)


def _u_prime(given: Given) -> Lines:
    return _prime(given, _poisson(given))


def _c(given: Given) -> Lines:
    center = given.mean()
    return _around(center, np.sqrt(np.clip(center, 0, None)), 0.0)


def _g(given: Given) -> Lines:
    """Limits about the mean; the centre drawn is the median, on either side of which half the points lie."""
    mean = given.mean()
    lines = _around(mean, np.sqrt(np.clip(mean * (mean + 1), 0, None)), 0.0)
    median = given.spread(given.stretches.median(given.y, given.baseline))
    return Lines(median, lines.lower, lines.upper, mean, lines.sigma, lines.wider)


def _t(given: Given) -> Lines:
    """Chart times as `i` does, brought to a normal shape and back."""
    shaped = given.y ** (1 / T_POWER)
    center = given.spread(given.stretches.mean(shaped, given.baseline))
    lines = _around(center, given.mean_range(shaped) / D2, wider=given.wider(shaped))
    return Lines(
        center**T_POWER,
        np.clip(lines.lower, 0, None) ** T_POWER,
        lines.upper**T_POWER,
        center,
        lines.sigma,
        lines.wider,
    )


LINES: dict[str, Callable[[Given], Lines]] = {
    "run": _run,
    "i": _i,
    "mr": _mr,
    "ip": _i_prime,
    "xbar": _xbar,
    "s": _s,
    "p": _p,
    "pp": _p_prime,
    "c": _c,
    "u": _u,
    "up": _u_prime,
    "g": _g,
    "t": _t,
}
