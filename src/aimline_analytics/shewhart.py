"""Every Shewhart chart, for one series or for a hundred thousand at once: centre, limits, rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import pi, sqrt

import numpy as np
import numpy.typing as npt
from scipy import special

from aimline_analytics import rules
from aimline_analytics.errors import AnalyticsError
from aimline_analytics.kernels.runs import EQUAL
from aimline_analytics.kernels.segments import Bools, Floats, Ints, Segments, ratio, same
from aimline_analytics.rules import Counted, Marks, Signs

KINDS = ("run", "i", "mr", "ip", "xbar", "s", "p", "pp", "c", "u", "up", "g", "t")
#: Kinds whose points are so many of so many.
SHARED = ("p", "pp", "u", "up")
#: Mean moving range over standard deviation of two normal values, and its upper limit as charts print it.
D2, D4 = 1.128, 3.267
_MDC_FACTOR = 2.66
_SCREEN_IP = 3.2665
_T_POWER = 3.6


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
class Charted:
    """Charts of many stretches.

    Attributes
    ----------
    y, center, lower, upper : ndarray, shape (points,)
        What is drawn; nan where there is no limit.
    outside : ndarray of int8, shape (points,)
        +1 strictly above the upper limit, -1 strictly below the lower; excluded points too.
    marks : dict of str to ndarray of int8, shape (points,)
        For each rule of the set the points it names, +1 or -1 for the direction.
    n : ndarray of int, shape (stretches,)
        Points that count.
    useful, longest, longest_max, crossings, crossings_min : ndarray of int, shape (stretches,)
        Anhøj's numbers; the bounds are -1 where no point is useful. All 0 and -1 where order means nothing.
    signal : ndarray of bool, shape (stretches,)
    rules : str
        Rule set and version.
    """

    y: Floats
    center: Floats
    lower: Floats
    upper: Floats
    outside: Signs
    marks: Marks
    n: Ints
    useful: Ints
    longest: Ints
    longest_max: Ints
    crossings: Ints
    crossings_min: Ints
    signal: Bools
    rules: str


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    """Centre and limits of each point, and the standard deviation and middle that zones are counted from."""

    center: Floats
    lower: Floats
    upper: Floats
    middle: Floats
    sigma: Floats


def charts(
    kind: str,
    points: Subgroups,
    *,
    freeze: int | None = None,
    rule_set: str = "anhoj",
    screen: bool = True,
    in_order: bool = True,
) -> Charted:
    """Chart many stretches of subgroups at once.

    Parameters
    ----------
    kind : {"run", "i", "mr", "ip", "xbar", "s", "p", "pp", "c", "u", "up", "g", "t"}
        `ip`, `pp` and `up` are the prime charts, for denominators that are large or vary.
    points : Subgroups
    freeze : int, optional
        Centre and limits come from the first so many subgroups of each stretch, excluded and missing ones
        counted; the rules look at all.
    rule_set : str
        One of `rules.VERSIONS`.
    screen : bool
        Leave out, once, moving ranges so large that they would hide themselves (Nelson 1982).
    in_order : bool
        False for a funnel, whose order means nothing: no run tests, and the primes take the plain spread.

    Returns
    -------
    Charted

    Raises
    ------
    AnalyticsError
        For another kind or rule set, or a `t` chart of negative times.

    Notes
    -----
    Limits are three standard deviations from the centre. They assume independent points: where neighbours
    are alike the rules cry wolf more often. "On the centre" and "outside" allow 1e-12 of the largest
    absolute value, so that rounding cannot break a run.

    References
    ----------
    Montgomery, Introduction to Statistical Quality Control. Laney 2002, doi:10.1081/QEN-120006708.
    Benneyan 2001, doi:10.1023/A:1012871013862. Nelson 1982, doi:10.1080/00224065.1982.11978811.
    Anhøj & Olesen 2014, doi:10.1371/journal.pone.0113825.
    """
    _check(kind, rule_set, points)
    stretches = Segments(points.owner)
    y = _moving_range(points) if kind == "mr" else points.sd if kind == "s" else points.y
    there = np.isfinite(y) & (points.size > 0)
    counts = there & ~points.excluded
    baseline = counts if freeze is None else counts & (stretches.position() < freeze)
    lines = _LINES[kind](_Given(points, stretches, y, baseline, screen, in_order, rule_set))
    y = np.where(there, y, np.nan)
    tol = _tolerances(y, stretches)
    outside = _beyond(y, lines.lower, lines.upper, tol)
    return _judged(kind, rule_set, y, lines, outside, counts, stretches, tol, in_order)


@dataclass(frozen=True, slots=True, eq=False)
class _Given:
    """What the kinds of charts make their lines from."""

    points: Subgroups
    stretches: Segments
    y: Floats
    baseline: Bools
    screen: bool
    in_order: bool
    rule_set: str

    def spread(self, each: Floats) -> Floats:
        """One number for each stretch, given to each of its points."""
        return each[self.points.owner]

    def mean(self) -> Floats:
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
                np.abs(np.diff(kept))[linked], owner[1:][linked], self.stretches.count, self.screen, D4
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


def _check(kind: str, rule_set: str, points: Subgroups) -> None:
    if kind not in _LINES:
        raise AnalyticsError(f"{kind!r} is no chart", where="kind", remedy=f"Give one of {', '.join(KINDS)}")
    if rule_set not in rules.VERSIONS:
        raise AnalyticsError(
            f"{rule_set!r} is no rule set",
            where="rule_set",
            remedy=f"Give one of {', '.join(rules.VERSIONS)}",
        )
    if kind == "t" and (points.y < 0).any():
        at = int(np.argmax(points.y < 0))
        raise AnalyticsError(
            "a time between events is below 0", where=f"y, position {at}", remedy="Give times from 0 on"
        )


def _moving_range(points: Subgroups) -> Floats:
    """Distance from the point before, of the same stretch; the first has none."""
    found = np.full(points.y.size, np.nan)
    linked = same(points.owner, 1)
    found[1:] = np.abs(np.diff(points.y))
    found[~linked] = np.nan
    return found


def _around(center: Floats, sigma: Floats, low: float = -np.inf, high: float = np.inf) -> _Lines:
    """Three standard deviations both ways, kept inside what is possible; nothing where they are not known."""
    known = np.isfinite(sigma)
    lower = np.where(known, np.maximum(center - 3 * sigma, low), np.nan)
    upper = np.where(known, np.minimum(center + 3 * sigma, high), np.nan)
    return _Lines(center, lower, upper, center, sigma)


def _run(given: _Given) -> _Lines:
    center = given.spread(given.stretches.median(given.y, given.baseline))
    return _around(center, np.full(center.size, np.nan))


def _i(given: _Given) -> _Lines:
    factor = _MDC_FACTOR if given.rule_set == "mdc" else 3 / D2
    return _around(given.mean(), factor * given.mean_range(given.y) / 3)


def _mr(given: _Given) -> _Lines:
    center = given.mean()
    upper = D4 * center
    return _Lines(center, np.where(np.isfinite(upper), 0.0, np.nan), upper, center, (upper - center) / 3)


def _i_prime(given: _Given) -> _Lines:
    base, size = given.baseline, given.points.size
    owner, values, sizes = given.points.owner[base], given.y[base], size[base]
    linked = same(owner, 1)[1:]
    steps = sqrt(pi / 2) * np.abs(np.diff(values)) / np.sqrt(1 / sizes[1:] + 1 / sizes[:-1])
    typical = _mean_screened(
        steps[linked], owner[1:][linked], given.stretches.count, given.screen, _SCREEN_IP
    )
    return _around(given.rate(), given.spread(typical) / np.sqrt(np.where(size > 0, size, np.nan)))


def _within(given: _Given) -> Floats:
    """The standard deviation inside subgroups: the plain mean where all are of one size, else pooled."""
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


def _xbar(given: _Given) -> _Lines:
    size = given.points.size
    return _around(given.rate(), _within(given) / (c4(size) * np.sqrt(size)))


def _s(given: _Given) -> _Lines:
    inside, share = _within(given), c4(given.points.size)
    return _around(inside, inside * np.sqrt(1 - share**2) / share, low=0.0)


def _p(given: _Given) -> _Lines:
    return _around(given.rate(), _binomial(given), 0.0, 1.0)


def _binomial(given: _Given) -> Floats:
    rate, size = given.rate(), given.points.size
    return np.sqrt(np.clip(rate * (1 - rate), 0, None) / np.where(size > 0, size, np.nan))


def _poisson(given: _Given) -> Floats:
    size = given.points.size
    return np.sqrt(np.clip(given.rate(), 0, None) / np.where(size > 0, size, np.nan))


def _widened(given: _Given, sigma: Floats) -> Floats:
    """Laney's correction: how much more the points vary than their denominators explain."""
    z = np.divide(
        given.y - given.rate(), sigma, out=np.full(sigma.size, np.nan), where=np.nan_to_num(sigma) > 0
    )
    if given.in_order:
        return sigma * given.mean_range(z) / D2
    base = given.baseline
    size = given.stretches.size(base)
    gaps = z - given.spread(given.stretches.mean(z, base))
    return sigma * given.spread(np.sqrt(ratio(given.stretches.sum(gaps**2, base), size - 1)))


def _p_prime(given: _Given) -> _Lines:
    return _around(given.rate(), _widened(given, _binomial(given)), 0.0, 1.0)


def _u(given: _Given) -> _Lines:
    return _around(given.rate(), _poisson(given), 0.0)


def _u_prime(given: _Given) -> _Lines:
    return _around(given.rate(), _widened(given, _poisson(given)), 0.0)


def _c(given: _Given) -> _Lines:
    center = given.mean()
    return _around(center, np.sqrt(np.clip(center, 0, None)), 0.0)


def _g(given: _Given) -> _Lines:
    """Limits about the mean; the centre drawn is the median, on either side of which half the points lie."""
    mean = given.mean()
    lines = _around(mean, np.sqrt(np.clip(mean * (mean + 1), 0, None)), 0.0)
    median = given.spread(given.stretches.median(given.y, given.baseline))
    return _Lines(median, lines.lower, lines.upper, mean, lines.sigma)


def _t(given: _Given) -> _Lines:
    """An i chart of times brought to a normal shape, and back."""
    shaped = given.y ** (1 / _T_POWER)
    center = given.spread(given.stretches.mean(shaped, given.baseline))
    lines = _around(center, given.mean_range(shaped) / D2)
    return _Lines(
        center**_T_POWER,
        np.clip(lines.lower, 0, None) ** _T_POWER,
        lines.upper**_T_POWER,
        center,
        lines.sigma,
    )


_LINES: dict[str, Callable[[_Given], _Lines]] = {
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


def _tolerances(y: Floats, stretches: Segments) -> Floats:
    largest = np.zeros(stretches.count)
    np.maximum.at(largest, stretches.owner, np.nan_to_num(np.abs(y)))
    found: Floats = EQUAL * largest[stretches.owner]
    return found


def _beyond(y: Floats, lower: Floats, upper: Floats, tol: Floats) -> Signs:
    with np.errstate(invalid="ignore"):
        return (y > upper + tol).astype(np.int8) - (y < lower - tol).astype(np.int8)


def _judged(
    kind: str,
    rule_set: str,
    y: Floats,
    lines: _Lines,
    outside: Signs,
    counts: Bools,
    stretches: Segments,
    tol: Floats,
    in_order: bool,
) -> Charted:
    counted = _counted(kind, y, lines, outside, counts, stretches, tol)
    ordered = in_order and kind != "mr"
    named = rules.marks(rule_set, counted, stretches.count) if ordered else _limits_alone(rule_set, counted)
    found = {rule: np.zeros(y.size, dtype=np.int8) for rule in named}
    for rule, signs in named.items():
        found[rule][counts] = signs
    nothing = np.zeros(stretches.count, dtype=np.int64)
    useful, longest, longest_max, crossings, crossings_min = (
        rules.runs_and_crossings(counted, stretches.count)
        if ordered
        else (nothing, nothing, nothing - 1, nothing, nothing - 1)
    )
    signal = (useful > 0) & ((longest > longest_max) | (crossings < crossings_min))
    if rule_set != "anhoj":
        hits = np.zeros(y.size, dtype=np.bool_)
        for signs in found.values():
            hits |= signs != 0
        signal = stretches.sum(hits) > 0
    return Charted(
        y, lines.center, lines.lower, lines.upper, outside, found, stretches.size(counts),
        useful, longest, longest_max, crossings, crossings_min, signal, rules.VERSIONS[rule_set],
    )  # fmt: skip


def _limits_alone(rule_set: str, counted: Counted) -> Marks:
    """Where order means nothing, only the limits can speak."""
    if rule_set in ("none", "ihi"):
        return {}
    if rule_set != "mdc":
        return {"outside": counted.outside}
    up = np.where(counted.outside > 0, 1, 0).astype(np.int8)
    return {"outside-high": up, "outside-low": np.where(counted.outside < 0, -1, 0).astype(np.int8)}


def _counted(
    kind: str, y: Floats, lines: _Lines, outside: Signs, counts: Bools, stretches: Segments, tol: Floats
) -> Counted:
    owner, values, near = stretches.owner[counts], y[counts], tol[counts]
    gap = values - lines.center[counts]
    shaped = values ** (1 / _T_POWER) if kind == "t" else values
    sigma = lines.sigma[counts]
    z = np.divide(
        shaped - lines.middle[counts], sigma, out=np.full(sigma.size, np.nan), where=np.nan_to_num(sigma) > 0
    )
    step = np.diff(values, prepend=values[:1])
    linked = same(owner, 1)
    moves = np.where(linked & (step > near), 1, np.where(linked & (step < -near), -1, 0)).astype(np.int8)
    side = (gap > near).astype(np.int8) - (gap < -near).astype(np.int8)
    return Counted(owner, values, z, side, outside[counts], moves)
