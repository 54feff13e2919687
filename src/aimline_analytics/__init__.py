"""Statistics for improvement: pure functions from numbers to frozen facts.

>>> from aimline_analytics import judge, run_chart
>>> verdict = judge(run_chart([12, 14, 11, 15, 12, 15, 13, 12, 14, 11, 14, 12]), better="up")
>>> verdict.signal, verdict.before
('steady', 12.5)
"""

from __future__ import annotations

from aimline_analytics.control import xmr_chart
from aimline_analytics.errors import AnalyticsError
from aimline_analytics.intervals import poisson, t_mean, wilson
from aimline_analytics.predictions import brier, calibration, happened, pooled_rate
from aimline_analytics.results import NOTES, Chart, Interval, Phase, PhaseSpec, RuleHit, Verdict
from aimline_analytics.runs import run_chart
from aimline_analytics.verdicts import judge

__all__ = [
    "NOTES",
    "AnalyticsError",
    "Chart",
    "Interval",
    "Phase",
    "PhaseSpec",
    "RuleHit",
    "Verdict",
    "brier",
    "calibration",
    "happened",
    "judge",
    "poisson",
    "pooled_rate",
    "run_chart",
    "t_mean",
    "wilson",
    "xmr_chart",
]
