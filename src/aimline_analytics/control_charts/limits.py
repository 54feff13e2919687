"""Centre and limits of every kind of Shewhart chart, for many stretches at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import pi, sqrt

import numpy as np
import numpy.typing as npt
from scipy import special

from aimline_analytics.control_charts.kernels.control import D2, LIMIT_FACTOR, SCREEN_FACTOR
from aimline_analytics.control_charts.kernels.segments import Bools, Floats, Ints, Segments, Value, ratio
from aimline_analytics.control_charts.widening import factors

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
    """Centre and limits, and the middle and standard deviation that zones are counted from.

    Each is one number for each stretch, or `of_points` one for each point. `scaled` holds the points on the scale of
    middle and deviation where that is not their own. `wider` is by how much the limits of each stretch were widened.
    """

    center: Floats
    lower: Floats
    upper: Floats
    middle: Floats
    sigma: Floats
    wider: Floats
    scaled: Floats | None = None
    of_points: bool = False

    def at(self, some: Chosen) -> Lines:
        """Keep the lines at some of the points alone."""
        if some.keep is None:
            return self
        scaled = None if self.scaled is None else some.of(self.scaled)
        if not self.of_points:
            return replace(self, scaled=scaled)
        center, lower, upper = some.of(self.center), some.of(self.lower), some.of(self.upper)
        return Lines(
            center,
            lower,
            upper,
            some.of(self.middle),
            some.of(self.sigma),
            self.wider,
            scaled,
            of_points=True,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """Some of the points of each stretch. `keep` is None where all are chosen."""

    segments: Segments
    keep: Bools | None

    def of(self, values: npt.NDArray[Value]) -> npt.NDArray[Value]:
        """Take the values of the chosen points."""
        return values if self.keep is None else values[self.keep]

    def mean(self, values: Floats) -> Floats:
        """Mean of the chosen points of each stretch."""
        return self.segments.mean(self.of(values))


def chosen(keep: Bools, segments: Segments) -> Chosen:
    """Choose these points."""
    return Chosen(segments, None) if keep.all() else Chosen(segments.kept(keep), keep)


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What the kinds of charts make their lines from: points that count, and the baseline among them."""

    size: Floats
    sd: Floats
    stretches: Segments
    y: Floats
    baseline: Chosen
    counts: Chosen
    breaks: Ints
    screen: bool
    in_order: bool
    rule_set: str
    frozen: bool
    calibrated: bool

    def wider(self, values: Floats) -> Floats:
        """By how much to widen the limits of each stretch; `values` are on the scale of the limits."""
        if not (self.calibrated and self.in_order):
            return np.ones(self.stretches.count)
        base = self.baseline
        horizons = self.counts.segments.sizes
        return factors(base.of(values), base.segments, self.breaks, horizons, frozen=self.frozen)

    def spread(self, each: Floats) -> Floats:
        """One number for each stretch, given to each of its points."""
        return self.stretches.spread(each)

    def mean(self) -> Floats:
        """Mean of the baseline points of each stretch."""
        return self.baseline.mean(self.y)

    def rate(self) -> Floats:
        """All events of each stretch over all chances."""
        size, segments = self.baseline.of(self.size), self.baseline.segments
        return ratio(segments.sum(self.baseline.of(self.y) * size), segments.sum(size))

    def mean_range(self, values: Floats) -> Floats:
        """Mean moving range of the baseline points, screened; nan with fewer than two of them."""
        ranges = np.abs(_steps(self.baseline.of(values)))
        return _mean_screened(ranges, self.breaks, self.baseline.segments, self.screen, SCREEN_FACTOR)


def _steps(values: Floats) -> Floats:
    """Distance from the point before; 0 at the first."""
    found = np.zeros(values.size)
    np.subtract(values[1:], values[:-1], out=found[1:])
    return found


def _mean_screened(ranges: Floats, breaks: Ints, segments: Segments, screen: bool, factor: float) -> Floats:
    """Mean of the ranges of each stretch; those at a break do not count. Works in place."""
    ranges[breaks] = 0
    count = segments.sizes - segments.within(breaks)
    plain = ratio(segments.sum(ranges), count)
    if not screen:
        return plain
    wild = np.flatnonzero(ranges >= segments.spread(np.where(plain > 0, factor * plain, np.inf)))
    if not wild.size:
        return plain
    ranges[wild] = 0
    found = ratio(segments.sum(ranges), count - segments.within(wild))
    # A flat stretch with one jump would be left without any variation: then the plain mean holds.
    return np.where(found > 0, found, plain)


def breaks_of(counts: Bools, baseline: Chosen, excluded: Bools) -> Ints:
    """Find the points that have none before them to compare with: first of a stretch, or after a missing one.

    Excluded points are stepped over.
    """
    segments = baseline.segments
    first = segments.starts if segments.full else segments.starts[segments.sizes > 0]
    missing = ~(counts | excluded)
    if not missing.any():
        return first
    before = np.cumsum(missing, dtype=np.int64)
    if baseline.keep is not None:
        before = before[baseline.keep]
    return np.union1d(first, np.flatnonzero(before[1:] != before[:-1]) + 1)


def moving_range(points: Subgroups) -> Floats:
    """Distance from the point before, of the same stretch; the first has none."""
    found = np.full(points.y.size, np.nan)
    found[1:] = np.abs(points.y[1:] - points.y[:-1])
    found[Segments.of(points.owner).starts] = np.nan
    return found


def _around(
    given: Given,
    center: Floats,
    sigma: Floats,
    *,
    low: float | None = None,
    high: float | None = None,
    wider: Floats | None = None,
    of_points: bool = False,
) -> Lines:
    """Three standard deviations both ways, kept inside what is possible; nan where they are not known."""
    factor = np.ones(given.stretches.count) if wider is None else wider
    spread = sigma if wider is None else sigma * (given.spread(factor) if of_points else factor)
    middle = given.spread(center) if of_points else center
    reach = 3 * spread
    lower, upper = middle - reach, middle + reach
    if low is not None:
        np.maximum(lower, low, out=lower)
    if high is not None:
        np.minimum(upper, high, out=upper)
    return Lines(middle, lower, upper, middle, spread, factor, of_points=of_points)


def _run(given: Given) -> Lines:
    center = given.baseline.segments.median(given.baseline.of(given.y))
    return _around(given, center, np.full(center.size, np.nan))


def _i(given: Given) -> Lines:
    factor = LIMIT_FACTOR if given.rule_set == "mdc" else 3 / D2
    sigma = factor * given.mean_range(given.y) / 3
    return _around(given, given.mean(), sigma, wider=given.wider(given.y))


def _mr(given: Given) -> Lines:
    center = given.mean()
    upper = SCREEN_FACTOR * center
    return Lines(center, 0 * upper, upper, center, (upper - center) / 3, np.ones(upper.size))


def _i_prime(given: Given) -> Lines:
    base = given.baseline
    inverse = 1 / base.of(given.size)
    ranges = sqrt(pi / 2) * np.abs(_steps(base.of(given.y)))
    ranges[1:] /= np.sqrt(inverse[1:] + inverse[:-1])
    typical = _mean_screened(ranges, given.breaks, base.segments, given.screen, _SCREEN_IP)
    root, rate = np.sqrt(_at_least_some(given.size)), given.rate()
    wider = given.wider((given.y - given.spread(rate)) * root)
    return _around(given, rate, given.spread(typical) / root, wider=wider, of_points=True)


def _at_least_some(size: Floats) -> Floats:
    """Give the denominators; nan where there is none."""
    return size if (size > 0).all() else np.where(size > 0, size, np.nan)


def _within(given: Given) -> Floats:
    """Spread inside subgroups, as a standard deviation: the plain mean where all are of one size, else pooled."""
    sd, size = given.baseline.of(given.sd), given.baseline.of(given.size)
    known = chosen(np.isfinite(sd), given.baseline.segments)
    sd, size, segments = known.of(sd), known.of(size), known.segments
    freedom = size - 1
    pooled = np.sqrt(ratio(segments.sum(freedom * sd**2), segments.sum(freedom)))
    spread = segments.sum((size - segments.spread(segments.mean(size))) ** 2)
    return np.where(spread < 1e-9, segments.mean(sd), pooled)


def c4(size: Floats) -> Floats:
    """Mean of the standard deviation of so many normal values, over the true one; nan below two values."""
    sizes, place = np.unique(np.asarray(size, dtype=np.float64), return_inverse=True)
    n = np.where(sizes >= 2, sizes, np.nan)
    found: Floats = np.sqrt(2 / (n - 1)) * np.exp(special.gammaln(n / 2) - special.gammaln((n - 1) / 2))
    return found[place]


def _xbar(given: Given) -> Lines:
    sigma = given.spread(_within(given)) / (c4(given.size) * np.sqrt(given.size))
    return _around(given, given.rate(), sigma, of_points=True)


def _s(given: Given) -> Lines:
    inside, share = _within(given), c4(given.size)
    sigma = given.spread(inside) * np.sqrt(1 - share**2) / share
    return _around(given, inside, sigma, low=0.0, of_points=True)


def _p(given: Given) -> Lines:
    rate = given.rate()
    return _around(given, rate, _binomial(given, rate), low=0.0, high=1.0, of_points=True)


def _binomial(given: Given, rate: Floats) -> Floats:
    return _sized(given, np.clip(rate * (1 - rate), 0, None))


def _poisson(given: Given, rate: Floats) -> Floats:
    return _sized(given, np.clip(rate, 0, None))


def _sized(given: Given, variance: Floats) -> Floats:
    """Spread of each point, as a standard deviation, from the variance of one case."""
    return np.sqrt(given.spread(variance) / _at_least_some(given.size))


def _prime(given: Given, rate: Floats, sigma: Floats, high: float | None = None) -> Lines:
    """Laney's correction: how much more the points vary than their denominators explain."""
    z = given.y - given.spread(rate)
    z = np.divide(z, sigma, out=np.full(sigma.size, np.nan), where=np.nan_to_num(sigma) > 0)
    if given.in_order:
        more = given.spread(given.mean_range(z) / D2)
        return _around(given, rate, sigma * more, low=0.0, high=high, wider=given.wider(z), of_points=True)
    base = given.baseline
    gaps = base.of(z) - base.segments.spread(base.mean(z))
    plain = np.sqrt(ratio(base.segments.sum(gaps**2), base.segments.sizes - 1))
    return _around(given, rate, sigma * given.spread(plain), low=0.0, high=high, of_points=True)


def _p_prime(given: Given) -> Lines:
    rate = given.rate()
    return _prime(given, rate, _binomial(given, rate), 1.0)


def _u(given: Given) -> Lines:
    rate = given.rate()
    return _around(given, rate, _poisson(given, rate), low=0.0, of_points=True)


def _u_prime(given: Given) -> Lines:
    rate = given.rate()
    return _prime(given, rate, _poisson(given, rate))


def _c(given: Given) -> Lines:
    center = given.mean()
    return _around(given, center, np.sqrt(np.clip(center, 0, None)), low=0.0)


def _g(given: Given) -> Lines:
    """Limits about the mean; the centre drawn is the median, on either side of which half the points lie."""
    mean = given.mean()
    lines = _around(given, mean, np.sqrt(np.clip(mean * (mean + 1), 0, None)), low=0.0)
    return replace(lines, center=given.baseline.segments.median(given.baseline.of(given.y)))


def _t(given: Given) -> Lines:
    """Chart times as `i` does, brought to a normal shape and back."""
    shaped = given.y ** (1 / T_POWER)
    center = given.baseline.mean(shaped)
    lines = _around(given, center, given.mean_range(shaped) / D2, low=0.0, wider=given.wider(shaped))
    return replace(
        lines,
        center=center**T_POWER,
        lower=lines.lower**T_POWER,
        upper=lines.upper**T_POWER,
        scaled=shaped,
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
