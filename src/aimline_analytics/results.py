"""What the library hands back: frozen facts, never sentences.

A caller draws or words these facts in its own language. Every index counts points from 0 in the order
given, a `stop` is one past the last point, and a caveat is a stable code from `NOTES`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

ChartKind = Literal["run", "xmr"]
Rule = Literal["shift", "crossings", "outside", "trend", "two_of_three"]
Direction = Literal["up", "down", "none"]
Better = Literal["up", "down"]
Signal = Literal["better", "worse", "changed", "steady", "too_few"]
Assurance = Literal["pass", "fail", "hit_or_miss"]
AgainstAimline = Literal["ahead", "behind", "on", "none"]
Variation = Literal[
    "common",
    "improvement-high",
    "improvement-low",
    "concern-high",
    "concern-low",
    "neutral-high",
    "neutral-low",
]

#: Every note code with its meaning. Codes are stable; the meanings are for developers, not for end users.
NOTES: dict[str, str] = {
    "no_points": "There is no point that counts: everything is missing or excluded, or the series is empty.",
    "missing_points": "At least one point is missing; the rules step over it, moving ranges do not.",
    "short_phase": "A phase has fewer than 10 points off its centre, so the run chart rules are not applied to it.",
    "short_baseline": "A frozen centre rests on fewer than 10 points, so false alarms are more frequent.",
    "no_baseline_points": "A baseline holds no point that counts, so its phase has no centre and is not judged.",
    "baseline_unfinished": "The declared baseline is longer than its phase; it ends where the phase ends.",
    "phase_not_begun": "A declared phase starts after the last point and is left out.",
    "trial_limits": "Limits rest on fewer than 13 points and will move as points are added.",
    "no_limits": "Fewer than two neighbouring points, so a phase has no limits.",
    "no_variation": "The points that set the limits are all equal; the limits collapse and are not tested.",
    "many_on_centre": "More than half of a phase's points lie on its centre, so the rules see little.",
    "autocorrelated": "Neighbouring points are alike (lag-1 above 0.25 over 20 or more points); "
    "the false alarm rate given is too low.",
    "centre_from_same_points": "No frozen baseline: the centre `before` includes the points being judged.",
    "baseline_unstable": "A signal lies wholly inside the baseline, so the baseline was not steady.",
    "opens_phase": "The signalling run opens an unfrozen phase and has ended: no level before it to compare with.",
    "few_after_baseline": "Too few points after the baseline for a shift to be possible yet without it.",
    "rate_from_nearest": "Outside the simulated sizes; the false alarm rate is that of the nearest size.",
    "unscreened": "Large moving ranges were kept, so a single wild point widens the limits.",
    "overdispersed": "The pooled parts differ by more than chance, so the interval is too narrow.",
}


@dataclass(frozen=True, slots=True)
class PhaseSpec:
    """Where a phase starts and which of its points set the centre.

    Attributes
    ----------
    start : int
        Index of the first point of the phase.
    name : str
        Free label, carried through.
    baseline_stop : int or None
        One past the last point that sets centre and limits. None: the whole phase sets them.
    """

    start: int
    name: str = ""
    baseline_stop: int | None = None


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase with its lines and the numbers the run rules looked at.

    Attributes
    ----------
    start, stop : int
        The points of the phase.
    baseline_stop : int
        One past the last point that set the lines; equal to `stop` when nothing is frozen.
    centre : float or None
        Median (run chart) or mean (XmR). None when the baseline holds no point that counts.
    lower, upper, near_lower, near_upper : float or None
        Natural process limits and the lines two thirds of the way there. None on a run chart.
    n_useful : int
        Points that count and do not lie on the centre.
    longest_run, crossings : int
        Longest run on one side, and how often the series crosses the centre.
    longest_allowed, crossings_needed : int or None
        Anhøj's bounds for `n_useful`. None when no point is useful.
    n_points, n_baseline : int
        Points that count (not missing, not excluded) in the phase and in its baseline.
    notes : tuple of str
        Codes from `NOTES` that concern this phase.
    """

    name: str
    start: int
    stop: int
    baseline_stop: int
    centre: float | None
    lower: float | None
    upper: float | None
    near_lower: float | None
    near_upper: float | None
    n_useful: int
    longest_run: int
    longest_allowed: int | None
    crossings: int
    crossings_needed: int | None
    n_points: int = 0
    n_baseline: int = 0
    notes: tuple[str, ...] = ()

    @property
    def frozen(self) -> bool:
        """Whether later points are judged against lines they did not help to set."""
        return self.baseline_stop < self.stop


@dataclass(frozen=True, slots=True)
class RuleHit:
    """One pattern that a rule found.

    Attributes
    ----------
    start, stop : int
        Span of the pattern. For crossings this is the whole phase.
    direction : {"up", "down", "none"}
        Side of the centre; for a trend the way the data move; "none" for crossings.
    length : int
        Points in the pattern; for crossings the number of crossings.
    allowed : int or None
        The most that does not yet signal; for crossings the fewest that does not.
    points : tuple of int
        The points to mark. Empty for crossings, which belong to the phase and to no point.
    phase : int
        Index into `Chart.phases`.
    """

    rule: Rule
    start: int
    stop: int
    direction: Direction
    length: int
    allowed: int | None
    points: tuple[int, ...]
    phase: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """A finished chart: the points, the lines and what the rules found.

    Attributes
    ----------
    y : ndarray of float, shape (n,)
        The values in the unit given; nan is missing.
    excluded : ndarray of bool, shape (n,)
        Points drawn but left out of centre, limits and rules.
    hits : tuple of RuleHit
        In order of phase, then start.
    point_rule : tuple of (str or None), length n
        The rule that names each point, by precedence.
    point_direction : tuple of (str or None), length n
        Direction of that rule at that point.
    rule_set : str
        Name and version of the rules, to be stored with anything derived from them.
    notes : tuple of str
        Codes from `NOTES`, of the series and of all its phases.
    """

    kind: ChartKind
    y: Floats
    excluded: Bools
    phases: tuple[Phase, ...]
    hits: tuple[RuleHit, ...]
    point_rule: tuple[Rule | None, ...]
    rule_set: str
    notes: tuple[str, ...]
    point_direction: tuple[Direction | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the last phase of a chart says, as facts.

    Attributes
    ----------
    signal : {"better", "worse", "changed", "steady", "too_few"}
        "changed" is a signal whose good direction is unknown: no `better` was given, there are only too
        few crossings, the signal lies inside the baseline, or it opened the phase and has ended.
    rule : str or None
        The rule behind the signal.
    direction : {"up", "down", "none"}
        Direction of the latest signalling run.
    since : int or None
        First point of the signalling run, while it is still going on. None when it ended.
        None too for a run inside the baseline.
    ended : bool
        The series came back after the signalling run.
    length, allowed : int or None
        Of the signalling run; see `RuleHit`.
    before : float or None
        Centre that the last phase was judged against.
    now : float or None
        Median (run chart) or mean (XmR) of the signalling run's points, even if it ended; without a run,
        of all points of the last phase.
    latest, latest_index
        Last point that counts.
    assurance : {"pass", "fail", "hit_or_miss"} or None
        Whether the process as it is will meet the target; XmR only.
    against_aimline : {"ahead", "behind", "on", "none"}
        Where the last four points lie; "none" when they cannot be compared.
    false_alarm_rate : float
        Chance that a steady process of this length and baseline gives a signal (0 to 1). 0 for "too_few".
    n_points : int
        Points of the last phase that count.
    run_start, run_stop : int or None
        Span of the signalling run, ended or not.
    previous : float or None
        Centre of the phase before the last.
    variation : str or None
        Making Data Count icon of the latest point; XmR only.
    """

    signal: Signal
    rule: Rule | None
    direction: Direction
    since: int | None
    ended: bool
    length: int | None
    allowed: int | None
    before: float | None
    now: float | None
    latest: float | None
    latest_index: int | None
    assurance: Assurance | None
    against_aimline: AgainstAimline
    false_alarm_rate: float
    rule_set: str
    n_points: int
    notes: tuple[str, ...]
    run_start: int | None = None
    run_stop: int | None = None
    previous: float | None = None
    variation: Variation | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval in the unit of the estimate.

    Attributes
    ----------
    level : float
        Coverage, such as 0.95.
    method : {"wilson", "t", "garwood", "dirichlet", "bootstrap", "jackknife"}
        How it was made.
    estimate : float or None
        The point estimate it belongs to.
    """

    low: float
    high: float
    level: float
    method: str
    estimate: float | None = None


@dataclass(frozen=True, slots=True)
class PooledRate:
    """A rate pooled over the points of a window.

    Attributes
    ----------
    rate : float or None
        Sum of numerators over sum of denominators (0 to 1). None when nothing was observed.
    interval : Interval or None
        Wilson interval of the rate.
    n_points : int
        Points that had both a numerator and a denominator above zero.
    """

    rate: float | None
    interval: Interval | None
    numerator: int
    denominator: int
    n_points: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CalibrationRow:
    """Predictions made with about the same confidence, and how often they came true.

    Attributes
    ----------
    low, high : float
        Bin of stated probability.
    forecast : float
        Mean stated probability in the bin.
    observed, observed_low, observed_high : float
        Share that came true, with its Wilson interval.
    """

    low: float
    high: float
    n: int
    forecast: float
    observed: float
    observed_low: float
    observed_high: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How stated confidence compares with what happened.

    Attributes
    ----------
    rows : tuple of CalibrationRow
        Ascending; bins without a prediction are left out.
    brier : float or None
        Mean Brier score, 0 (perfect) to 1. None without predictions.
    base_rate : float or None
        Share that came true.
    skill : float or None
        1 - brier / (base_rate (1 - base_rate)). None when all outcomes agree.
    overconfidence : float or None
        Mean stated probability minus share that came true.
    """

    rows: tuple[CalibrationRow, ...]
    n: int
    brier: float | None
    base_rate: float | None
    skill: float | None
    overconfidence: float | None
    level: float
