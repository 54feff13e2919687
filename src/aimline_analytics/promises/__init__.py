"""What the statistics promise, measured in simulated worlds, with planted faults that the measuring must catch."""

from __future__ import annotations

from aimline_analytics.promises import growth, impact, intervals, ratings, series, sites
from aimline_analytics.promises.promise import WORLDS, Outcome, Promise, measured

__all__ = ["PROMISES", "WORLDS", "Outcome", "Promise", "measured"]

PROMISES: tuple[Promise, ...] = (
    *intervals.PROMISES,
    *series.PROMISES,
    *sites.PROMISES,
    *ratings.PROMISES,
    *impact.PROMISES,
    *growth.PROMISES,
)
