"""Limits that do not cry wolf: wider where a short baseline or alike neighbors make textbook limits too narrow."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from aimline_analytics.kernels.control import D2, SCREEN_FACTOR
from aimline_analytics.kernels.segments import Bools, Floats, Ints, Segments

#: A frozen baseline of fewer points than this says too little of the spread.
SETTLED = 20
#: Fewer points than this cannot tell alike neighbors from a shift.
TELLING = 40
_WORLDS = 4000
_SEED = 20_260_101
#: How often a point of a steady process with known limits of three deviations lies outside.
_OUTSIDE = 0.0027
_MOST_ALIKE = 0.8
# Standard errors from which likeness is clear; in about 4 of 100 steady series chance alone makes it so.
_CLEAR = 2.33


def factors(y: Floats, baseline: Bools, counts: Bools, stretches: Segments, *, frozen: bool) -> Floats:
    """By how much to widen the limits of each stretch.

    Parameters
    ----------
    y : ndarray, shape (points,)
        Values on the scale the limits are made on.
    baseline, counts : ndarray of bool, shape (points,)
        Points that set the limits, and those that are judged by them.
    stretches : Segments
    frozen : bool
        Whether the baseline is only a part of the points.

    Returns
    -------
    ndarray, shape (stretches,)
        1 where textbook limits do. Else what makes a steady process leave the limits over the horizon watched no
        more often than one whose limits are known.
    """
    sizes, horizons = stretches.size(baseline), stretches.size(counts)
    alike = _alike(y, baseline, stretches, sizes)
    short = (sizes < SETTLED) & (sizes >= 2) if frozen else np.zeros(sizes.size, dtype=np.bool_)
    found = np.ones(sizes.size)
    for place in np.flatnonzero(short | (alike > 0)):
        found[place] = factor(int(sizes[place]), int(horizons[place]), float(alike[place]))
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


def _alike(y: Floats, baseline: Bools, stretches: Segments, sizes: Ints) -> Floats:
    """Likeness of neighbors in the baseline, by tenths; 0 where few points or chance explain it.

    Told from the steps between neighbors: a shift or a trend, which limits are there to show, would make the points
    themselves look alike. Steps of independent points go against the one before with a correlation of -1/2.
    """
    owner, kept = stretches.owner[baseline], y[baseline]
    linked = owner[1:] == owner[:-1]
    steps = np.where(linked, np.diff(kept), 0.0)
    whose = owner[1:]
    typical = np.bincount(whose, np.abs(steps), sizes.size) / np.maximum(sizes - 1, 1)
    # A step so large that it is a shift says nothing of how alike neighbors are.
    steps = np.where(np.abs(steps) < SCREEN_FACTOR * typical[whose], steps, 0.0)
    follow = whose[1:] == whose[:-1]
    shared = np.bincount(whose[1:][follow], (steps[1:] * steps[:-1])[follow], sizes.size)
    power = np.bincount(whose, steps**2, sizes.size)
    against = np.divide(shared, power, out=np.full(sizes.size, -0.5), where=power > 0)
    alike = np.clip(1 + 2 * against, 0, _MOST_ALIKE)
    # Bartlett's error of that correlation for independent points is sqrt(1/2) / sqrt(n).
    clear = (sizes >= TELLING) & (alike > _CLEAR * np.sqrt(2 / np.maximum(sizes, 1)))
    return np.where(clear, np.round(alike, 1), 0.0)
