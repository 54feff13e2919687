"""Simulate how often a steady process gives a signal; prints the tables kept in `false_alarms.py`.

Run it from the root: `python -m tests.analytics.simulate_false_alarms`. It takes some seconds. The same random
numbers serve every size, so the tables are smooth. The process is independent and normal; the run chart does not
depend on the distribution.
"""

from __future__ import annotations

import sys

import numpy as np

from aimline_analytics.control_charts.false_alarms import AFTER, ALONE, BASELINES
from aimline_analytics.control_charts.horizons import signaling
from aimline_analytics.control_charts.phases import FEWEST
from aimline_analytics.control_charts.shewhart import Subgroups
from aimline_analytics.results import ChartKind

SEED = 20210
WORLDS = 5_000
#: What the pages' charts are among the kinds and rule sets, and the useful points without which they say nothing.
PAGES: dict[ChartKind, tuple[str, str, int]] = {"run": ("run", "anhoj", FEWEST), "xmr": ("i", "mdc", 0)}


def worlds(n: int, *, count: int = WORLDS, seed: int = SEED) -> np.ndarray:
    """Steady series of n points, one in a row, the same first points whatever n."""
    return np.random.default_rng(seed).standard_normal((count, 256))[:, :n]


def autocorrelated(n: int, phi: float, *, count: int = WORLDS, seed: int = SEED) -> np.ndarray:
    """Steady series whose neighbours are alike: first-order autoregression from its steady state."""
    noise = np.random.default_rng(seed).standard_normal((count, n))
    series = np.empty_like(noise)
    series[:, 0] = noise[:, 0] / np.sqrt(1 - phi**2)
    for t in range(1, n):
        series[:, t] = phi * series[:, t - 1] + noise[:, t]
    return series


def subgroups(series: np.ndarray) -> Subgroups:
    """Each row as a stretch."""
    count, n = series.shape
    ones = np.ones(series.size)
    return Subgroups(np.repeat(np.arange(count), n), series.ravel(), ones, ones, ones < 0)


def rate(kind: ChartKind, series: np.ndarray, baseline: int | None = None) -> float:
    """Share of series with at least one pattern, which is the share whose verdict is not "steady"."""
    chart, rule_set, least = PAGES[kind]
    return signaling(chart, rule_set, subgroups(series), baseline, "textbook", least=least)


def ever(kind: ChartKind, series: np.ndarray, baseline: int) -> float:
    """Share of series that give a signal at one look or more, looking after each new point."""
    sizes = range(baseline + 1, series.shape[1] + 1)
    return float(np.mean([any(rate(kind, one[None, :n], baseline) for n in sizes) for one in series]))


def alone(kind: ChartKind, *, count: int = WORLDS) -> tuple[float, ...]:
    """The first table."""
    return tuple(round(rate(kind, worlds(n, count=count)), 3) for n in ALONE)


def frozen(kind: ChartKind, baseline: int, *, count: int = WORLDS) -> tuple[float, ...]:
    """A row of the second."""
    return tuple(round(rate(kind, worlds(baseline + m, count=count), baseline), 3) for m in AFTER)


def main() -> None:
    """Print both tables for each kind, then the rates quoted in the method pages."""
    say = sys.stdout.write
    for kind in PAGES:
        say(f"{kind} alone: {alone(kind)}\n")
        for baseline in BASELINES:
            say(f"{kind} frozen {baseline}: {frozen(kind, baseline)}\n")
    for kind in PAGES:
        for phi in (0.0, 0.3, 0.6):
            alike = autocorrelated(32, phi)
            say(
                f"{kind} phi {phi}: 20+12 frozen {rate(kind, alike, 20):.3f}, alone {rate(kind, alike):.3f}\n"
            )
        say(f"{kind} looking each time, 12 + 24: {ever(kind, worlds(36, count=1000), 12):.3f}\n")


if __name__ == "__main__":
    main()
