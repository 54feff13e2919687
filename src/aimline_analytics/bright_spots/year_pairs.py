"""How far the true deviations of groups in one year are those of the next: the noise of both years taken out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from aimline_analytics.bright_spots.multilevel import Multilevel
from aimline_analytics.results import Floats, Interval

Codes = npt.NDArray[np.int64]

_FINE = 1e-5


@dataclass(frozen=True, slots=True)
class YearCorrelation:
    """Correlation of the true deviations of one year with those of another, -1 to 1.

    Attributes
    ----------
    outer, inner : Interval or None
        `estimate` with its likelihood interval; None where a year has no variance at that level, fewer than
        three groups are in both years, or the model has no such level.
    """

    outer: Interval | None
    inner: Interval | None


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """Two years beside each other: raw means and their precisions per lowest group, and the variances as fitted."""

    raw: Floats
    precision: Floats
    owner: Codes | None
    lowest: tuple[float, float]
    above: tuple[float, float]


def year_correlation(
    first: Multilevel, second: Multilevel, owner: npt.ArrayLike | None = None, *, level: float = 0.95
) -> YearCorrelation:
    """Correlate the true deviations of two years.

    Parameters
    ----------
    first, second : Multilevel
        The same model fitted to each year, with the same numbers for the same groups.
    owner : array_like of int, shape (inner groups,), or None
        Outer group of each inner one; None for a two-level model.
    level : float
        Coverage of the intervals.

    Returns
    -------
    YearCorrelation

    Notes
    -----
    Deviations that are shrunken, or noisy, correlate less than the true ones. Here the correlation is the one
    that makes the raw means of both years likeliest, with variances held as each year's model has them;
    intervals from the fall of the likelihood. Assumes that errors of the two years are unrelated.

    References
    ----------
    Goldstein et al. 1993, doi:10.1080/0305498930190401. Raudenbush & Bryk 2002, Hierarchical Linear Models.
    """
    pair = _pair(first, second, None if owner is None else np.asarray(owner, dtype=np.int64))
    both = (pair.precision > 0).all(axis=1)
    known_low = min(pair.lowest) > 0 and both.sum() > 2
    if pair.owner is None:
        return YearCorrelation(
            _likeliest(lambda r: _deviance(pair, r, 0.0), level) if known_low else None, None
        )
    known_top = min(pair.above) > 0 and np.unique(pair.owner[both]).size > 2
    return _two(pair, bool(known_low), bool(known_top), level)


def _two(pair: _Pair, known_low: bool, known_top: bool, level: float) -> YearCorrelation:
    """Both levels at once: the one that is not looked at takes its likeliest value."""

    def over_low(top: float) -> float:
        return _least(lambda low: _deviance(pair, low, top)) if known_low else _deviance(pair, 0.0, top)

    def over_top(low: float) -> float:
        return _least(lambda top: _deviance(pair, low, top)) if known_top else _deviance(pair, low, 0.0)

    return YearCorrelation(
        _likeliest(over_low, level) if known_top else None, _likeliest(over_top, level) if known_low else None
    )


def _pair(first: Multilevel, second: Multilevel, owner: Codes | None) -> _Pair:
    levels = [(year.outer if owner is None else year.inner) or year.outer for year in (first, second)]
    groups = max(each.n.size for each in levels)
    raw, precision = np.zeros((groups, 2)), np.zeros((groups, 2))
    for place, (year, low) in enumerate(zip((first, second), levels, strict=True)):
        raw[: low.n.size, place] = np.nan_to_num(low.raw)
        precision[: low.n.size, place] = low.n / year.residual
    return _Pair(
        raw,
        precision,
        owner,
        (levels[0].variance, levels[1].variance),
        (first.outer.variance, second.outer.variance),
    )


def _deviance(pair: _Pair, low: float, top: float) -> float:
    """Minus twice the log likelihood, up to a constant; a year without rows counts by a precision of 0."""
    a, b = pair.lowest
    c = low * np.sqrt(a * b)
    p, q = pair.precision.T
    size = (1 + a * p) * (1 + b * q) - c**2 * p * q
    one, both, two = p * (1 + b * q) / size, -c * p * q / size, q * (1 + a * p) / size
    r, s = pair.raw.T
    found = float((np.log(size) + one * r**2 + 2 * both * r * s + two * s**2).sum())
    if pair.owner is None:
        return found
    sums = [
        np.asarray(np.bincount(pair.owner, each), dtype=np.float64)
        for each in (one, both, two, one * r + both * s, both * r + two * s)
    ]
    return found + _of_outer(pair.above, top, sums)


def _of_outer(variances: tuple[float, float], top: float, sums: list[Floats]) -> float:
    """Change made by the outer groups' deviations: the determinant lemma and Woodbury's identity, 2 by 2."""
    m = np.stack([np.stack(sums[:2], axis=-1), np.stack(sums[1:3], axis=-1)], axis=-2)
    h = np.stack(sums[3:], axis=-1)
    shared = top * np.sqrt(variances[0] * variances[1])
    cover = np.array([[variances[0], shared], [shared, variances[1]]])
    within = np.eye(2) + cover @ m
    pulled = np.linalg.solve(within, (h @ cover)[..., None])[..., 0]
    return float(np.log(np.linalg.det(within)).sum() - (h * pulled).sum())


def _least(deviance: Callable[[float], float]) -> float:
    found = optimize.minimize_scalar(deviance, bounds=(-1, 1), method="bounded", options={"xatol": 1e-3})
    ends = [deviance(end) for end in (-1.0, 1.0) if abs(found.x - end) < 0.01]
    return min(float(found.fun), *ends) if ends else float(found.fun)


def _likeliest(deviance: Callable[[float], float], level: float) -> Interval:
    """Where the deviance is least, and how far one may go until it has risen as the level allows."""
    search = optimize.minimize_scalar(deviance, bounds=(-1, 1), method="bounded", options={"xatol": _FINE})
    value = min((float(search.x), 1.0, -1.0), key=deviance)
    most = deviance(value) + float(special.ndtri((1 + level) / 2)) ** 2

    def bound(end: float) -> float:
        if deviance(end) <= most:
            return end
        return float(optimize.brentq(lambda at: deviance(at) - most, value, end, xtol=_FINE))

    return Interval(bound(-1.0), bound(1.0), level, "likelihood", value)
