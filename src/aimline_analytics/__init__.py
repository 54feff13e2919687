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
    from aimline_analytics.anytime import watch_mean, watch_share
    from aimline_analytics.correlation import icc
    from aimline_analytics.gaps import gap, trend
    from aimline_analytics.growth.error import error_band
    from aimline_analytics.growth.gains import conditional_status, gains
    from aimline_analytics.growth.groups import group_growth
    from aimline_analytics.growth.percentiles import growth_model, percentiles
    from aimline_analytics.growth.progressions import student_growth
    from aimline_analytics.growth.projections import project, target_percentiles
    from aimline_analytics.icons import assurances, variations
    from aimline_analytics.limits import Subgroups
    from aimline_analytics.multilevel import random_intercepts
    from aimline_analytics.pooling import pool
    from aimline_analytics.ratings import agreement, fleiss, kappa, krippendorff
    from aimline_analytics.returns import Ingredient, cost_effect
    from aimline_analytics.scales import omega, scale
    from aimline_analytics.scoring import score, score_ranges
    from aimline_analytics.shewhart import charts

__all__ = [
    "NOTES",
    "AnalyticsError",
    "Chart",
    "Ingredient",
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
    "conditional_status",
    "cost_effect",
    "error_band",
    "fleiss",
    "gains",
    "gap",
    "group_growth",
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
    "project",
    "random_intercepts",
    "run_chart",
    "scale",
    "score",
    "score_ranges",
    "student_growth",
    "t_mean",
    "target_percentiles",
    "trend",
    "variations",
    "watch_mean",
    "watch_share",
    "wilson",
    "xmr_chart",
]

# Loaded when they are asked for: they bring SciPy's optimizers, which the server has no use for at its start.
_LATER = {
    "Ingredient": "returns",
    "Subgroups": "limits",
    "agreement": "ratings",
    "assurances": "icons",
    "charts": "shewhart",
    "conditional_status": "growth.gains",
    "cost_effect": "returns",
    "error_band": "growth.error",
    "fleiss": "ratings",
    "gains": "growth.gains",
    "gap": "gaps",
    "group_growth": "growth.groups",
    "growth_model": "growth.percentiles",
    "icc": "correlation",
    "kappa": "ratings",
    "krippendorff": "ratings",
    "omega": "scales",
    "percentiles": "growth.percentiles",
    "pool": "pooling",
    "project": "growth.projections",
    "random_intercepts": "multilevel",
    "scale": "scales",
    "score": "scoring",
    "score_ranges": "scoring",
    "student_growth": "growth.progressions",
    "target_percentiles": "growth.projections",
    "trend": "gaps",
    "variations": "icons",
    "watch_mean": "anytime",
    "watch_share": "anytime",
}


if not TYPE_CHECKING:  # else every misspelled name would pass the type checker

    def __getattr__(name: str) -> object:
        """Load a name of the list above from its module."""
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
        globals()[name] = found
        return found
