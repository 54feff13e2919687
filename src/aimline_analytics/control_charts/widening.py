"""Limits that do not cry wolf: wider where a short baseline or alike neighbors make textbook limits too narrow."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from aimline_analytics.control_charts.kernels.control import D2
from aimline_analytics.control_charts.kernels.segments import Bools, Floats, Ints, Segments, ratio

#: A frozen baseline of fewer points than this says too little of the spread.
SETTLED = 20
#: Fewer points than this cannot tell alike neighbors from a shift.
TELLING = 40
_WORLDS = 4000
_SEED = 20_260_101
#: How often a point of a steady process with known limits of three deviations lies outside.
_OUTSIDE = 0.0027
_MOST_ALIKE = 0.8
# Times the mean step.
_LARGE = 2.5
# Standard errors from which likeness is clear: chance alone makes it so in 1 or 2 of 100 steady series.
_CLEAR = 2.9


def factors(values: Floats, baseline: Segments, breaks: Ints, horizons: Ints, *, frozen: bool) -> Floats:
    """By how much to widen the limits of each stretch.

    Parameters
    ----------
    values : ndarray, shape (points of the baseline,)
        On the scale the limits are made on.
    baseline : Segments
        The stretches of these points.
    breaks : ndarray of int
        Points that may not be compared with the one before.
    horizons : ndarray of int, shape (stretches,)
        How many points are judged.
    frozen : bool
        Whether the baseline is only a part of the points.

    Returns
    -------
    ndarray, shape (stretches,)
        1 where textbook limits do. Else what makes a steady process leave the limits over the horizon watched no
        more often than one whose limits are known.
    """
    sizes = baseline.sizes
    alike = np.zeros(sizes.size)
    if sizes.size and sizes.max() >= TELLING:
        alike = _alike(values, baseline, breaks)
    wide = (alike > 0) | ((sizes < SETTLED) & (sizes >= 2) & frozen)
    found = np.ones(sizes.size)
    if wide.any():
        # One number for each case: stretches of one case are simulated once.
        most = int(horizons.max()) + 1
        cases = (np.rint(10 * alike[wide]).astype(np.int64) * most + sizes[wide]) * most + horizons[wide]
        kinds, place = np.unique(cases, return_inverse=True)
        each = [factor(case // most % most, case % most, case // most**2 / 10) for case in kinds.tolist()]
        found[wide] = np.array(each)[place]
    return found


@lru_cache(maxsize=4096)
def factor(baseline: int, horizon: int, alike: float = 0.0) -> float:
    """Widening for one baseline, horizon and likeness of neighbors, by simulation with a fixed seed.

    Parameters
    ----------
    baseline : int
        Points that set the limits, 2 or more.
    horizon : int
        Points that are judged, the baseline among them.
    alike : float
        Lag-1 autocorrelation of the process, 0 to 0.8.

    Returns
    -------
    float
        1 or more; multiplies three standard deviations.
    """
    draw = np.random.default_rng([_SEED, baseline, horizon])
    noise = draw.normal(size=(_WORLDS, max(horizon, baseline)))
    worlds = np.empty_like(noise)
    worlds[:, 0] = noise[:, 0]
    for step in range(1, worlds.shape[1]):
        worlds[:, step] = alike * worlds[:, step - 1] + np.sqrt(1 - alike**2) * noise[:, step]
    base = worlds[:, :baseline]
    spread = np.abs(np.diff(base, axis=1)).mean(axis=1) / D2
    far = np.abs(worlds - base.mean(axis=1, keepdims=True)).max(axis=1) / spread
    share = (1 - _OUTSIDE) ** worlds.shape[1]
    return max(1.0, float(np.quantile(far, share)) / 3)


def _alike(values: Floats, baseline: Segments, breaks: Ints) -> Floats:
    """Likeness of neighbors in the baseline, by tenths; 0 where few points or chance explain it.

    Told from the steps between neighbors: a shift or a trend, which limits are there to show, would make the points
    themselves look alike. Steps of independent points have correlations of -1/2 and 0 with the two before; where
    neighbors have a correlation of r, these are -(1 - r) / 2 and -r (1 - r) / 2. The sum of both that errs least near
    r = 0 is expected to be r + r**2 / 2.
    """
    sizes = baseline.sizes
    steps = np.zeros(values.size)
    np.subtract(values[1:], values[:-1], out=steps[1:])
    steps[breaks] = 0
    # A step of a shift counts for no more than a large step of chance.
    most = baseline.spread(_LARGE * baseline.sum(np.abs(steps)) / np.maximum(sizes - 1, 1))
    np.clip(steps, -most, most, out=steps)
    linked = np.ones(values.size, dtype=np.bool_)
    linked[breaks] = False
    power = ratio(baseline.sum(steps**2), baseline.size(linked))
    (one, pairs), (two, _pairs) = (_with_before(steps, lag, linked, baseline) for lag in (1, 2))
    found = np.nan_to_num(3 * (ratio(one, power) + 0.5) + ratio(two, power))
    clear = (pairs >= TELLING - 2) & (found > _CLEAR * np.sqrt(1.5 / np.maximum(pairs, 1)))
    likeness = np.sqrt(1 + 2 * np.maximum(found, 0)) - 1
    return np.where(clear, np.round(np.minimum(likeness, _MOST_ALIKE), 1), 0.0)


def _with_before(steps: Floats, lag: int, linked: Bools, baseline: Segments) -> tuple[Floats, Ints]:
    """Mean product of a step and the one `lag` before, where no break lies between, and how many there are."""
    joined = linked.copy()
    for back in range(1, lag + 1):
        joined[back:] &= linked[:-back]
        joined[:back] = False
    products = np.zeros(steps.size)
    np.multiply(steps[lag:], steps[:-lag], out=products[lag:])
    products *= joined
    count = baseline.size(joined)
    return ratio(baseline.sum(products), count), count
