"""Simulate how often a steady process gives a signal; prints the tables kept in `false_alarms.py`.

Run it from the root: `python -m tests.analytics.simulate_false_alarms`. It takes about ten minutes. The same
random numbers serve every size, so the tables are smooth. The process is independent and normal; the run
chart does not depend on the distribution.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import numpy as np

from aimline_analytics import Chart, PhaseSpec, run_chart, xmr_chart
from aimline_analytics.false_alarms import AFTER, ALONE, BASELINES

SEED = 20210
WORLDS = 5_000
KINDS: dict[str, Callable[..., Chart]] = {"run": run_chart, "xmr": xmr_chart}


def worlds(n: int, *, count: int = WORLDS, seed: int = SEED) -> list[np.ndarray]:
    """Steady series of n points, the same first points whatever n."""
    return list(np.random.default_rng(seed).standard_normal((count, 256))[:, :n])


def autocorrelated(n: int, phi: float, *, count: int = WORLDS, seed: int = SEED) -> list[np.ndarray]:
    """Steady series whose neighbours are alike: first-order autoregression from its steady state."""
    noise = np.random.default_rng(seed).standard_normal((count, n))
    series = np.empty_like(noise)
    series[:, 0] = noise[:, 0] / np.sqrt(1 - phi**2)
    for t in range(1, n):
        series[:, t] = phi * series[:, t - 1] + noise[:, t]
    return list(series)


def rate(kind: str, series: Sequence[np.ndarray], baseline: int | None = None) -> float:
    """Share of series with at least one pattern, which is the share whose verdict is not "steady"."""
    phases = () if baseline is None else (PhaseSpec(0, baseline_stop=baseline),)
    return float(np.mean([bool(KINDS[kind](y, phases=phases).hits) for y in series]))


def ever(kind: str, series: Sequence[np.ndarray], baseline: int) -> float:
    """Share of series that give a signal at one look or more, looking after each new point."""
    phases = (PhaseSpec(0, baseline_stop=baseline),)
    sizes = range(baseline + 1, series[0].size + 1)
    return float(np.mean([any(KINDS[kind](y[:n], phases=phases).hits for n in sizes) for y in series]))


def main() -> None:
    """Print both tables for each kind, then the rates quoted in the method pages."""
    say = sys.stdout.write
    for kind in KINDS:
        say(f"{kind} alone: {[round(rate(kind, worlds(n)), 3) for n in ALONE]}\n")
        for b in BASELINES:
            say(f"{kind} frozen {b}: {[round(rate(kind, worlds(b + m), b), 3) for m in AFTER]}\n")
            sys.stdout.flush()
    for kind in KINDS:
        for phi in (0.0, 0.3, 0.6):
            alike = autocorrelated(32, phi)
            say(
                f"{kind} phi {phi}: 20+12 frozen {rate(kind, alike, 20):.3f}, alone {rate(kind, alike):.3f}\n"
            )
        say(f"{kind} looking each time, 12 + 24: {ever(kind, worlds(36, count=1000), 12):.3f}\n")


if __name__ == "__main__":
    main()
