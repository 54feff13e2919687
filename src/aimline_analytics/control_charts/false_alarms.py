"""How often a steady process would raise a signal on the charts of pages: what `horizons` finds, kept for them.

A page cannot wait for a simulation. The tables are printed by `python -m tests.analytics.simulate_false_alarms` from
`horizons.signaling` (fixed seed, 5,000 independent normal worlds per cell, standard error at most 0.7 points), and a
test makes them anew. A world counts when its chart shows any pattern at all, so the rate belongs to one look at the
whole series as it stands, not to a single new point.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from aimline_analytics.results import ChartKind

#: Points of a series that sets its own centre.
ALONE = (*range(10, 31), 35, 40, 50, 60, 80, 100)
#: Points of a frozen baseline, and points after it.
BASELINES = (6, 8, 10, 12, 16, 20, 30, 50)
AFTER = (0, 4, 8, 12, 18, 24, 36, 60, 100)

ALONE_RATES: dict[ChartKind, tuple[float, ...]] = {
    "run": (
        0.008,
        0.007,
        0.011,
        0.011,
        0.025,
        0.024,
        0.008,
        0.007,
        0.011,
        0.010,
        0.018,
        0.018,
        0.025,
        0.025,
        0.027,
        0.028,
        0.016,
        0.016,
        0.020,
        0.020,
        0.026,
        0.036,
        0.037,
        0.042,
        0.044,
        0.064,
        0.047,
    ),
    "xmr": (
        0.049,
        0.061,
        0.065,
        0.075,
        0.082,
        0.092,
        0.099,
        0.112,
        0.124,
        0.134,
        0.144,
        0.153,
        0.159,
        0.170,
        0.180,
        0.189,
        0.197,
        0.207,
        0.212,
        0.218,
        0.235,
        0.273,
        0.320,
        0.399,
        0.461,
        0.584,
        0.676,
    ),
}
#: One row per entry of BASELINES, one column per entry of AFTER.
FROZEN_RATES: dict[ChartKind, tuple[tuple[float, ...], ...]] = {
    "run": (
        (0.000, 0.011, 0.091, 0.135, 0.174, 0.208, 0.281, 0.330, 0.372),
        (0.000, 0.017, 0.061, 0.116, 0.122, 0.170, 0.242, 0.285, 0.328),
        (0.008, 0.030, 0.064, 0.110, 0.115, 0.161, 0.174, 0.261, 0.296),
        (0.011, 0.015, 0.063, 0.079, 0.106, 0.155, 0.159, 0.237, 0.273),
        (0.008, 0.026, 0.052, 0.061, 0.102, 0.122, 0.140, 0.193, 0.232),
        (0.018, 0.027, 0.034, 0.057, 0.095, 0.111, 0.105, 0.172, 0.201),
        (0.026, 0.033, 0.054, 0.058, 0.058, 0.075, 0.095, 0.148, 0.154),
        (0.042, 0.051, 0.044, 0.052, 0.067, 0.069, 0.099, 0.095, 0.132),
    ),
    "xmr": (
        (0.019, 0.174, 0.301, 0.396, 0.495, 0.567, 0.669, 0.789, 0.889),
        (0.032, 0.149, 0.262, 0.354, 0.450, 0.523, 0.637, 0.763, 0.871),
        (0.049, 0.143, 0.254, 0.338, 0.430, 0.500, 0.614, 0.749, 0.860),
        (0.065, 0.149, 0.245, 0.317, 0.406, 0.477, 0.590, 0.731, 0.846),
        (0.099, 0.173, 0.250, 0.315, 0.394, 0.467, 0.578, 0.721, 0.842),
        (0.144, 0.203, 0.273, 0.329, 0.407, 0.476, 0.573, 0.713, 0.840),
        (0.235, 0.281, 0.336, 0.385, 0.446, 0.499, 0.590, 0.719, 0.841),
        (0.399, 0.433, 0.465, 0.498, 0.547, 0.589, 0.660, 0.758, 0.858),
    ),
}


def false_alarm_rate(kind: ChartKind, n: int, baseline: int | None) -> tuple[float, bool]:
    """Chance that a steady process gives a signal in a phase of this size.

    Parameters
    ----------
    kind : {"run", "xmr"}
        Chart kind.
    n : int
        Points of the phase that count.
    baseline : int or None
        How many of them set the centre when it is frozen; None when all do.

    Returns
    -------
    rate : float
        0 to 1, interpolated between the simulated sizes.
    nearest : bool
        True when the size lies outside them; then the rate is that of the nearest size.

    Notes
    -----
    Holds for independent points. A lag-1 autocorrelation of 0.3 raises it two- to sixfold.
    """
    if baseline is None:
        return _between(ALONE, ALONE_RATES[kind], n), not ALONE[0] <= n <= ALONE[-1]
    after = n - baseline
    across = [_between(AFTER, row, after) for row in FROZEN_RATES[kind]]
    nearest = after > AFTER[-1] or not BASELINES[0] <= baseline <= BASELINES[-1]
    return _between(BASELINES, across, baseline), nearest


def _between(sizes: Sequence[int], rates: Sequence[float], size: int) -> float:
    """Straight line between the neighbouring sizes; the end value beyond the ends."""
    inside = min(max(size, sizes[0]), sizes[-1])
    right = min(bisect_right(sizes, inside), len(sizes) - 1)
    left = right - 1
    share = (inside - sizes[left]) / (sizes[right] - sizes[left])
    return rates[left] + share * (rates[right] - rates[left])
