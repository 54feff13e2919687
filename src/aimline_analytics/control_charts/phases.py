"""What every chart kind shares: phases with their run numbers, notes, and the finished chart."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import isnan

import numpy as np
import numpy.typing as npt

from aimline_analytics.control_charts.kernels.runs import lag_one
from aimline_analytics.control_charts.kernels.segments import Segments
from aimline_analytics.control_charts.limits import Subgroups
from aimline_analytics.control_charts.series import OneSeries, Points, Stretch, read_points, stretches
from aimline_analytics.control_charts.shewhart import Drawn, Wish, drawn
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

#: Fewest useful points the run chart rules are meant for, and fewest points for a baseline.
FEWEST = 10
#: Lag-1 autocorrelation, and points, from which a series is called autocorrelated.
ALIKE, ALIKE_FROM = 0.25, 20
#: Points from which limits are no longer called trial limits.
SETTLED = 13


#: Rule, direction, which of the points that count of all series, and the most that is no signal yet.
Pattern = tuple[Rule, int, npt.NDArray[np.int64], int]


Five = tuple[float | None, float | None, float | None, float | None, float | None]


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One series with its phases; they are the stretches of the drawing from `first` on."""

    points: Points
    specs: Sequence[PhaseSpec]
    stretches: list[Stretch]
    first: int


@dataclass(frozen=True, slots=True, eq=False)
class Several:
    """Series drawn together. `index` gives the place of each point that counts among all points."""

    series: list[Series]
    drawn: Drawn
    index: npt.NDArray[np.int64]
    starts: list[int]


def draw(many: Sequence[OneSeries], wish: Wish) -> Several:
    """Check series, cut them into their phases, and draw these as the stretches of one chart."""
    found: list[Series] = []
    cut: list[Stretch] = []
    for one in many:
        points = read_points(one.y, one.excluded)
        found.append(Series(points, one.phases, stretches(points, one.phases), len(cut)))
        cut += found[-1].stretches
    sizes = np.array([each.stop - each.start for each in cut], dtype=np.int64)
    y = np.concatenate([series.points.y for series in found]) if found else np.empty(0)
    excluded = np.concatenate([series.points.excluded for series in found]) if found else y > 0
    ones = np.ones(y.size)
    done = drawn(
        wish,
        Segments(sizes),
        Subgroups(np.repeat(np.arange(sizes.size), sizes), y, ones, ones, excluded),
        freeze=np.array([each.baseline_stop - each.start for each in cut], dtype=np.int64),
        tolerance=np.array([series.points.tol for series in found for _each in series.stretches]),
    )
    keep = done.counts.keep
    index = np.arange(y.size) if keep is None else np.flatnonzero(keep)
    return Several(found, done, index, done.counted.segments.starts.tolist())


def phases_of(several: Several, extra: tuple[str, ...] = ()) -> list[list[Phase]]:
    """Put the phases of each series together; `extra` are notes that all of them carry."""
    drawn, runs = several.drawn, several.drawn.counted.runs
    columns = (
        several.drawn.lines.center,
        drawn.lines.lower,
        drawn.lines.upper,
        runs.useful,
        runs.longest,
        runs.longest_max,
        runs.crossings,
        runs.crossings_min,
        drawn.counted.segments.sizes,
        drawn.baseline.sizes,
    )
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    return [
        [
            _phase(stretch, row, _points(several, number), series.points.tol, drawn.wish.kind, extra)
            for number, (stretch, row) in enumerate(
                zip(series.stretches, rows[series.first :], strict=False), start=series.first
            )
        ]
        for series in several.series
    ]


def _points(several: Several, number: int) -> Floats:
    """Take the points of a stretch that count."""
    start = several.starts[number]
    return several.drawn.counted.y[start : start + int(several.drawn.counted.segments.sizes[number])]


def _phase(
    stretch: Stretch, row: tuple[float, ...], x: Floats, tol: float, kind: str, extra: tuple[str, ...]
) -> Phase:
    centre, lower, upper, *counts = row
    useful, longest, allowed, crossings, needed, n_points, n_baseline = map(int, counts)
    phase = Phase(
        stretch.name,
        stretch.start,
        stretch.stop,
        stretch.baseline_stop,
        *_lines(centre, lower, upper, tol),
        useful,
        longest,
        allowed if useful else None,
        crossings,
        needed if useful else None,
        n_points,
        n_baseline,
    )
    return replace(phase, notes=tuple(_notes(phase, x, extra, with_limits=kind != "run")))


def _lines(centre: float, lower: float, upper: float, tol: float) -> Five:
    """Centre, limits and the lines two thirds of the way there; None where the phase has none."""
    if isnan(centre):
        return None, None, None, None, None
    if isnan(upper):
        return centre, None, None, None, None
    if upper - centre <= tol:
        return centre, centre, centre, centre, centre
    near = (upper - centre) * 2 / 3
    return centre, lower, upper, centre - near, centre + near


def _notes(phase: Phase, x: Floats, extra: tuple[str, ...], *, with_limits: bool) -> list[str]:
    if phase.centre is None:
        return ["no_baseline_points"]
    holds = {
        "short_phase": not with_limits and phase.n_useful < FEWEST,
        "no_limits": with_limits and phase.upper is None,
        "trial_limits": phase.upper is not None and phase.n_baseline < SETTLED,
        "no_variation": phase.upper is not None and phase.upper == phase.lower,
        "short_baseline": phase.frozen and phase.n_baseline < FEWEST,
        "many_on_centre": 2 * phase.n_useful < phase.n_points,
        "autocorrelated": phase.n_points >= ALIKE_FROM and lag_one(_residuals(x, phase.n_baseline)) > ALIKE,
    }
    return [*extra, *(code for code, true in holds.items() if true)]


def _residuals(x: Floats, n_baseline: int) -> Floats:
    """Deviations from the mean before and after the baseline's end, so that a change there is not counted."""
    parts = (x[:n_baseline], x[n_baseline:])
    return np.concatenate([part - part.sum() / part.size for part in parts if part.size])


def hits_of(several: Several, phases: list[list[Phase]], patterns: Iterable[Pattern]) -> list[list[RuleHit]]:
    """Tell each series which of the patterns are its own."""
    found: list[list[RuleHit]] = [[] for _series in several.series]
    firsts = [series.first for series in several.series]
    for rule, sign, places, allowed in patterns:
        stretch = bisect_right(several.starts, places[0]) - 1
        owner = bisect_right(firsts, stretch) - 1
        number = stretch - firsts[owner]
        if applies(rule, phases[owner][number]):
            before = int(several.drawn.stretches.starts[firsts[owner]])
            points = tuple((several.index[places] - before).tolist())
            way: Direction = "up" if sign > 0 else "down"
            found[owner].append(
                RuleHit(rule, points[0], points[-1] + 1, way, len(points), allowed, points, number)
            )
    return found


def applies(rule: Rule, phase: Phase) -> bool:
    """Whether a phase has what a rule needs."""
    if phase.centre is None:
        return False
    return rule in ("trend", "shift") or (phase.upper is not None and phase.lower != phase.upper)


def finish(
    kind: ChartKind,
    series: Series,
    phases: Sequence[Phase],
    hits: Sequence[RuleHit],
    rules: tuple[str, tuple[Rule, ...]],
) -> Chart:
    """Name the points by precedence (`rules` is the set's name and its rules, first wins) and freeze."""
    points = series.points
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
        notes=_series_notes(points, series.specs, phases),
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
