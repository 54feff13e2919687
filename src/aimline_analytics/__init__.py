"""Statistics for improvement: pure functions from numbers to frozen facts.

>>> from aimline_analytics import judge, run_chart
>>> verdict = judge(run_chart([12, 14, 11, 15, 12, 15, 13, 12, 14, 11, 14, 12]), better="up")
>>> verdict.signal, verdict.before
('steady', 12.5)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from aimline_analytics.control_charts.control import xmr_chart, xmr_charts
from aimline_analytics.control_charts.runs import run_chart, run_charts
from aimline_analytics.control_charts.series import OneSeries
from aimline_analytics.control_charts.verdicts import judge
from aimline_analytics.errors import AnalyticsError
from aimline_analytics.intervals import poisson, t_mean, wilson
from aimline_analytics.predictions import brier, calibration, happened, pooled_rate
from aimline_analytics.results import NOTES, Chart, Interval, Phase, PhaseSpec, RuleHit, Verdict

if TYPE_CHECKING:
    from aimline_analytics.anytime import watch_mean, watch_share
    from aimline_analytics.bright_spots.grouped_pass import Source, means_sql, read_pass, sums_sql
    from aimline_analytics.bright_spots.multilevel import fit_sums, random_intercepts
    from aimline_analytics.bright_spots.persistent_groups import false_discovery_rates, persistence
    from aimline_analytics.bright_spots.year_pairs import year_correlation
    from aimline_analytics.control_charts.icons import assurances, variations
    from aimline_analytics.control_charts.limits import Subgroups
    from aimline_analytics.control_charts.rebase import rebases
    from aimline_analytics.control_charts.shewhart import charts
    from aimline_analytics.disclosure.attack import attack
    from aimline_analytics.disclosure.coding import percent_band
    from aimline_analytics.disclosure.suppression import release
    from aimline_analytics.gaps import gap, trend
    from aimline_analytics.growth.additions import (
        error_columns,
        growth_groups,
        plain_columns,
        simex_columns,
        target_columns,
    )
    from aimline_analytics.growth.error import drawn_band, error_at, error_band
    from aimline_analytics.growth.gains import conditional_status, gains
    from aimline_analytics.growth.groups import group_growth
    from aimline_analytics.growth.percentiles import growth_model, percentiles
    from aimline_analytics.growth.progressions import growth_baseline, student_growth
    from aimline_analytics.growth.projections import (
        overall_target,
        percentile_cuts,
        project,
        target_percentiles,
    )
    from aimline_analytics.growth.simex import simex
    from aimline_analytics.growth.stored import restored_models, stored_models
    from aimline_analytics.measurement.correlation import icc
    from aimline_analytics.measurement.left_out_units import krippendorff_interval
    from aimline_analytics.measurement.raters import adjust_ratings, rater_drift
    from aimline_analytics.measurement.ratings import (
        agreement,
        fleiss,
        kappa,
        kappa_interval,
        krippendorff,
    )
    from aimline_analytics.measurement.scales import omega, omega_interval, scale
    from aimline_analytics.returns import Ingredient, cost_effect
    from aimline_analytics.scoring import score, score_ranges
    from aimline_analytics.synthesis.left_out import leave_one_out
    from aimline_analytics.synthesis.moderators import expect_at, moderate
    from aimline_analytics.synthesis.pooling import pool

__all__ = [
    "NOTES",
    "AnalyticsError",
    "Chart",
    "Ingredient",
    "Interval",
    "OneSeries",
    "Phase",
    "PhaseSpec",
    "RuleHit",
    "Source",
    "Subgroups",
    "Verdict",
    "adjust_ratings",
    "agreement",
    "assurances",
    "attack",
    "brier",
    "calibration",
    "charts",
    "conditional_status",
    "cost_effect",
    "drawn_band",
    "error_at",
    "error_band",
    "error_columns",
    "expect_at",
    "false_discovery_rates",
    "fit_sums",
    "fleiss",
    "gains",
    "gap",
    "group_growth",
    "growth_baseline",
    "growth_groups",
    "growth_model",
    "happened",
    "icc",
    "judge",
    "kappa",
    "kappa_interval",
    "krippendorff",
    "krippendorff_interval",
    "leave_one_out",
    "means_sql",
    "moderate",
    "omega",
    "omega_interval",
    "overall_target",
    "percent_band",
    "percentile_cuts",
    "percentiles",
    "persistence",
    "plain_columns",
    "poisson",
    "pool",
    "pooled_rate",
    "project",
    "random_intercepts",
    "rater_drift",
    "read_pass",
    "rebases",
    "release",
    "restored_models",
    "run_chart",
    "run_charts",
    "scale",
    "score",
    "score_ranges",
    "simex",
    "simex_columns",
    "stored_models",
    "student_growth",
    "sums_sql",
    "t_mean",
    "target_columns",
    "target_percentiles",
    "trend",
    "variations",
    "watch_mean",
    "watch_share",
    "wilson",
    "xmr_chart",
    "xmr_charts",
    "year_correlation",
]

# Loaded when they are asked for: they bring SciPy's optimizers, which the server has no use for at its start.
_LATER = {
    "Ingredient": "returns",
    "Source": "bright_spots.grouped_pass",
    "Subgroups": "control_charts.limits",
    "adjust_ratings": "measurement.raters",
    "agreement": "measurement.ratings",
    "assurances": "control_charts.icons",
    "attack": "disclosure.attack",
    "charts": "control_charts.shewhart",
    "conditional_status": "growth.gains",
    "cost_effect": "returns",
    "drawn_band": "growth.error",
    "error_at": "growth.error",
    "error_band": "growth.error",
    "error_columns": "growth.additions",
    "expect_at": "synthesis.moderators",
    "false_discovery_rates": "bright_spots.persistent_groups",
    "fit_sums": "bright_spots.multilevel",
    "fleiss": "measurement.ratings",
    "gains": "growth.gains",
    "gap": "gaps",
    "group_growth": "growth.groups",
    "growth_baseline": "growth.progressions",
    "growth_groups": "growth.additions",
    "growth_model": "growth.percentiles",
    "icc": "measurement.correlation",
    "kappa": "measurement.ratings",
    "kappa_interval": "measurement.ratings",
    "krippendorff": "measurement.ratings",
    "krippendorff_interval": "measurement.left_out_units",
    "leave_one_out": "synthesis.left_out",
    "means_sql": "bright_spots.grouped_pass",
    "moderate": "synthesis.moderators",
    "omega": "measurement.scales",
    "omega_interval": "measurement.scales",
    "overall_target": "growth.projections",
    "percentile_cuts": "growth.projections",
    "percent_band": "disclosure.coding",
    "percentiles": "growth.percentiles",
    "persistence": "bright_spots.persistent_groups",
    "plain_columns": "growth.additions",
    "pool": "synthesis.pooling",
    "project": "growth.projections",
    "random_intercepts": "bright_spots.multilevel",
    "rebases": "control_charts.rebase",
    "rater_drift": "measurement.raters",
    "read_pass": "bright_spots.grouped_pass",
    "restored_models": "growth.stored",
    "release": "disclosure.suppression",
    "scale": "measurement.scales",
    "score": "scoring",
    "score_ranges": "scoring",
    "simex": "growth.simex",
    "simex_columns": "growth.additions",
    "stored_models": "growth.stored",
    "student_growth": "growth.progressions",
    "sums_sql": "bright_spots.grouped_pass",
    "target_columns": "growth.additions",
    "target_percentiles": "growth.projections",
    "trend": "gaps",
    "variations": "control_charts.icons",
    "watch_mean": "anytime",
    "watch_share": "anytime",
    "year_correlation": "bright_spots.year_pairs",
}


if not TYPE_CHECKING:  # else every misspelled name would pass the type checker

    def __getattr__(name: str) -> object:
        """Load a name of the list above from its module."""
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
        globals()[name] = found
        return found
