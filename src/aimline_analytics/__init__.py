"""Statistics for improvement: pure functions from numbers to frozen facts.

>>> from aimline_analytics import judge, run_chart
>>> verdict = judge(run_chart([12, 14, 11, 15, 12, 15, 13, 12, 14, 11, 14, 12]), better="up")
>>> verdict.signal, verdict.before
('steady', 12.5)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from aimline_analytics.control import xmr_chart
from aimline_analytics.errors import AnalyticsError
from aimline_analytics.intervals import poisson, t_mean, wilson
from aimline_analytics.predictions import brier, calibration, happened, pooled_rate
from aimline_analytics.results import NOTES, Chart, Interval, Phase, PhaseSpec, RuleHit, Verdict
from aimline_analytics.runs import run_chart
from aimline_analytics.verdicts import judge

if TYPE_CHECKING:
    from aimline_analytics.correlation import icc
    from aimline_analytics.gaps import gap, trend
    from aimline_analytics.growth.percentiles import growth_model, percentiles
    from aimline_analytics.growth.progressions import student_growth
    from aimline_analytics.icons import assurances, variations
    from aimline_analytics.limits import Subgroups
    from aimline_analytics.multilevel import random_intercepts
    from aimline_analytics.pooling import pool
    from aimline_analytics.ratings import agreement, fleiss, kappa, krippendorff
    from aimline_analytics.scales import omega, scale
    from aimline_analytics.scoring import score, score_ranges
    from aimline_analytics.shewhart import charts

__all__ = [
    "NOTES",
    "AnalyticsError",
    "Chart",
    "Interval",
    "Phase",
    "PhaseSpec",
    "RuleHit",
    "Subgroups",
    "Verdict",
    "agreement",
    "assurances",
    "brier",
    "calibration",
    "charts",
    "fleiss",
    "gap",
    "growth_model",
    "happened",
    "icc",
    "judge",
    "kappa",
    "krippendorff",
    "omega",
    "percentiles",
    "poisson",
    "pool",
    "pooled_rate",
    "random_intercepts",
    "run_chart",
    "scale",
    "score",
    "score_ranges",
    "student_growth",
    "t_mean",
    "trend",
    "variations",
    "wilson",
    "xmr_chart",
]

# Loaded when they are asked for: they bring SciPy's optimizers, which the server has no use for at its start.
_LATER = {
    "Subgroups": "limits",
    "agreement": "ratings",
    "assurances": "icons",
    "charts": "shewhart",
    "fleiss": "ratings",
    "gap": "gaps",
    "growth_model": "growth.percentiles",
    "icc": "correlation",
    "kappa": "ratings",
    "krippendorff": "ratings",
    "omega": "scales",
    "percentiles": "growth.percentiles",
    "pool": "pooling",
    "random_intercepts": "multilevel",
    "scale": "scales",
    "score": "scoring",
    "score_ranges": "scoring",
    "student_growth": "growth.progressions",
    "trend": "gaps",
    "variations": "icons",
}


if not TYPE_CHECKING:  # else every misspelled name would pass the type checker

    def __getattr__(name: str) -> object:
        """Load a name of the list above from its module."""
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
        globals()[name] = found
        return found
