"""What every chart kind shares: phases with their run numbers, notes, and the finished chart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from aimline_analytics.kernels.runs import Runs, Signs, anhoej_limits, lag_one, runs, sides
from aimline_analytics.results import (
    Chart,
    ChartKind,
    Direction,
    Floats,
    Phase,
    PhaseSpec,
    Rule,
    RuleHit,
)
from aimline_analytics.series import Points, Stretch

#: Fewest useful points the run chart rules are meant for, and fewest points for a baseline.
FEWEST = 10
#: Lag-1 autocorrelation, and points, from which a series is called autocorrelated.
ALIKE, ALIKE_FROM = 0.25, 20

NO_RUNS = Runs(0, 0, 0, [])


@dataclass(frozen=True, slots=True)
class Lines:
    """Centre and limits of one phase; limits are None where the chart has none."""

    centre: float
    lower: float | None = None
    upper: float | None = None
    near_lower: float | None = None
    near_upper: float | None = None


NO_LINES = Lines(float("nan"))


def direction(sign: int) -> Direction:
    """Word for a sign."""
    return "up" if sign > 0 else "down"


def side_runs(stretch: Stretch, centre: float, tol: float) -> tuple[Signs, Runs]:
    """Side of the centre of each counting point, and the runs they form."""
    side = sides(stretch.x, centre, tol)
    return side, runs(side)


def phase_of(stretch: Stretch, lines: Lines | None, found: Runs, notes: Iterable[str]) -> Phase:
    """Put a phase together; `lines` is None when the baseline holds no point that counts."""
    allowed, needed = anhoej_limits(found.n_useful) if found.n_useful else (None, None)
    drawn = lines or NO_LINES
    return Phase(
        name=stretch.name,
        start=stretch.start,
        stop=stretch.stop,
        baseline_stop=stretch.baseline_stop,
        centre=lines.centre if lines else None,
        lower=drawn.lower,
        upper=drawn.upper,
        near_lower=drawn.near_lower,
        near_upper=drawn.near_upper,
        n_useful=found.n_useful,
        longest_run=found.longest,
        longest_allowed=allowed,
        crossings=found.crossings,
        crossings_needed=needed,
        n_points=stretch.x.size,
        n_baseline=stretch.n_baseline,
        notes=tuple(notes),
    )


def empty_phase(stretch: Stretch) -> Phase:
    """Make a phase whose baseline holds no point that counts: no lines, nothing judged."""
    return phase_of(stretch, None, NO_RUNS, ["no_baseline_points"])


def shared_notes(stretch: Stretch, n_useful: int) -> list[str]:
    """Find the notes that do not depend on the chart kind."""
    n = stretch.x.size
    holds = {
        "short_baseline": stretch.baseline_stop < stretch.stop and stretch.n_baseline < FEWEST,
        "many_on_centre": 2 * n_useful < n,
        "autocorrelated": n >= ALIKE_FROM and lag_one(_residuals(stretch)) > ALIKE,
    }
    return [code for code, true in holds.items() if true]


def _residuals(stretch: Stretch) -> Floats:
    """Deviations from the mean before and after the baseline's end, so that a change there is not counted."""
    parts = (stretch.x[: stretch.n_baseline], stretch.x[stretch.n_baseline :])
    return np.concatenate([part - part.sum() / part.size for part in parts if part.size])


def finish(
    kind: ChartKind,
    points: Points,
    phases: Sequence[Phase],
    hits: Sequence[RuleHit],
    *,
    specs: Sequence[PhaseSpec],
    rules: tuple[str, tuple[Rule, ...]],
) -> Chart:
    """Name the points by precedence (`rules` is the set's name and its rules, first wins) and freeze."""
    rule_set, precedence = rules
    n = points.y.size
    point_rule: list[Rule | None] = [None] * n
    point_direction: list[Direction | None] = [None] * n
    for hit in sorted(hits, key=lambda hit: (-precedence.index(hit.rule), hit.start)):
        for i in hit.points:
            point_rule[i], point_direction[i] = hit.rule, hit.direction
    return Chart(
        kind=kind,
        y=points.y,
        excluded=points.excluded,
        phases=tuple(phases),
        hits=tuple(sorted(hits, key=lambda hit: (hit.phase, hit.start))),
        point_rule=tuple(point_rule),
        rule_set=rule_set,
        notes=_series_notes(points, specs, phases),
        point_direction=tuple(point_direction),
    )


def _series_notes(points: Points, specs: Sequence[PhaseSpec], phases: Sequence[Phase]) -> tuple[str, ...]:
    n = points.y.size
    ends = [*(spec.start for spec in specs[1:]), n]
    holds = {
        "no_points": not points.counts.any(),
        "missing_points": bool((np.isnan(points.y) & ~points.excluded).any()),
        "phase_not_begun": any(spec.start >= n > 0 for spec in specs),
        "baseline_unfinished": any(
            _unfinished(spec, min(end, n)) for spec, end in zip(specs, ends, strict=False)
        ),
    }
    own = [code for code, true in holds.items() if true]
    return tuple(dict.fromkeys([*own, *(code for phase in phases for code in phase.notes)]))


def _unfinished(spec: PhaseSpec, end: int) -> bool:
    return spec.baseline_stop is not None and spec.start < end < spec.baseline_stop
