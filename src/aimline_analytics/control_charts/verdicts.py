"""From a chart to the facts of one honest sentence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aimline_analytics.control_charts.control import PRECEDENCE as XMR_PRECEDENCE
from aimline_analytics.control_charts.false_alarms import false_alarm_rate
from aimline_analytics.control_charts.kernels.runs import median, tolerance
from aimline_analytics.control_charts.phases import FEWEST
from aimline_analytics.control_charts.series import Numbers, as_numbers
from aimline_analytics.errors import AnalyticsError
from aimline_analytics.results import (
    AgainstAimline,
    Assurance,
    Better,
    Chart,
    Direction,
    Phase,
    RuleHit,
    Signal,
    Variation,
    Verdict,
)

#: Latest points that must all lie on one side of the aimline.
LATEST = 4

# Points on the other side of the median that it takes to say a shift came back.
_BACK = 2


@dataclass(frozen=True, slots=True)
class _Finding:
    """The hit a verdict rests on.

    `inside`: it lies wholly inside the baseline. `ended`: the series came back. `opening`: it ended and has
    no level before it, as it opens a phase without a frozen baseline.
    """

    hit: RuleHit | None = None
    inside: bool = False
    ended: bool = False
    opening: bool = False


def judge(
    chart: Chart,
    *,
    better: Better | None,
    target: float | None = None,
    aimline: Numbers | None = None,
    min_points: int = FEWEST,
) -> Verdict:
    """Say what the last phase of a chart shows, as facts to be worded elsewhere.

    Parameters
    ----------
    chart : Chart
        From `run_chart` or `xmr_chart`.
    better : {"up", "down"} or None
        The good direction; None when there is none.
    target : float, optional
        In the unit of the chart; used for assurance on an XmR chart.
    aimline : numbers, shape (n,), optional
        Expected value at each point of the chart; missing where the aimline does not run.
    min_points : int
        Fewer useful points (counting, and off the centre) than this in the last phase give "too_few",
        unless a point lies outside limits that rest on at least 10 points.

    Returns
    -------
    Verdict

    Raises
    ------
    AnalyticsError
        When `better` is another word, the target is not finite, or the aimline has another length.

    Notes
    -----
    Only the last phase is judged: an earlier signal is why the series was re-phased. A verdict is never
    "steady" when the chart marks a pattern in that phase.

    *Which signal.* The latest one that reaches past the baseline. On a run chart: the latest shift, else
    too few crossings. On an XmR chart: the latest marked point gives rule and direction by the rules'
    precedence; of the patterns that mark this point in that direction the longest is reported, so that a
    long shift that ends outside the limits is told as a shift. A pattern wholly inside the baseline gives
    "changed" with the note "baseline_unstable", without `since` and not `ended`: it is no change from
    there. Without a frozen baseline, a pattern that opens the phase and has ended gives "changed" with
    "opens_phase": a series that began low and rose has not become worse.

    *Ended.* A shift on a run chart has ended when, of the points after it that lie off the median, two or
    more lie on the other side, and at least as many as on its own: one dip does not undo fifteen weeks. A
    pattern on an XmR chart has ended when the latest point is not marked by it.

    *Against the aimline.* "ahead" or "behind" when the latest four points that have an expected value all
    lie strictly on the good or bad side of it, else "on"; "none" with fewer than four or without
    `better`. Points exactly on course would do this by chance one time in eight.

    *Assurance* compares the limits with the target: wholly on the good side "pass", wholly on the bad
    side "fail", otherwise (a limit equal to the target included) "hit_or_miss".

    References
    ----------
    NHS England, Making Data Count: Strengthening your decisions.
    Stecker, Fuchs & Fuchs 2005, doi:10.1002/pits.20113 (four-point rule).
    """
    if better not in ("up", "down", None):
        raise AnalyticsError(
            f"{better!r} is no direction", where="better", remedy='Give "up", "down" or None'
        )
    against = _against_aimline(chart, better, aimline)
    latest = _last(_counting(chart, 0, chart.y.size))
    if not chart.phases:
        return _silent(chart, None, latest, against)
    phase = chart.phases[-1]
    if phase.n_useful < min_points and not _exempt(chart, phase):
        return _silent(chart, phase, latest, against)
    return _spoken(chart, phase, _finding(chart, phase), better, _assurance(phase, better, target), against)


def _spoken(
    chart: Chart,
    phase: Phase,
    finding: _Finding,
    better: Better | None,
    assurance: Assurance | None,
    against: AgainstAimline,
) -> Verdict:
    hit = finding.hit
    latest = _last(_counting(chart, phase.start, phase.stop))
    rate, nearest = false_alarm_rate(chart.kind, phase.n_points, phase.n_baseline if phase.frozen else None)
    run = hit if hit is not None and hit.points else None
    return Verdict(
        signal=_signal(finding, better),
        rule=hit.rule if hit else None,
        direction=hit.direction if hit else "none",
        since=run.start if run and not (finding.ended or finding.inside) else None,
        ended=finding.ended,
        length=hit.length if hit else None,
        allowed=hit.allowed if hit else None,
        before=phase.centre,
        now=_level(chart, phase, run),
        latest=float(chart.y[latest]) if latest is not None else None,
        latest_index=latest,
        assurance=assurance,
        against_aimline=against,
        false_alarm_rate=rate,
        rule_set=chart.rule_set,
        n_points=phase.n_points,
        notes=_notes(chart, phase, finding, nearest=nearest),
        run_start=run.start if run else None,
        run_stop=run.stop if run else None,
        previous=_previous(chart),
        variation=_variation(chart, latest, better),
    )


def _silent(chart: Chart, phase: Phase | None, latest: int | None, against: AgainstAimline) -> Verdict:
    return Verdict(
        signal="too_few",
        rule=None,
        direction="none",
        since=None,
        ended=False,
        length=None,
        allowed=None,
        before=phase.centre if phase else None,
        now=_level(chart, phase, None) if phase else None,
        latest=float(chart.y[latest]) if latest is not None else None,
        latest_index=latest,
        assurance=None,
        against_aimline=against,
        false_alarm_rate=0.0,
        rule_set=chart.rule_set,
        n_points=phase.n_points if phase else 0,
        notes=_notes(chart, phase, _Finding(), nearest=False),
        previous=_previous(chart),
    )


def _counting(chart: Chart, start: int, stop: int) -> list[int]:
    part = slice(start, stop)
    found: list[int] = (np.flatnonzero(~np.isnan(chart.y[part]) & ~chart.excluded[part]) + start).tolist()
    return found


def _last(indices: list[int]) -> int | None:
    return indices[-1] if indices else None


def _exempt(chart: Chart, phase: Phase) -> bool:
    last = len(chart.phases) - 1
    outside = any(hit.rule == "outside" and hit.phase == last for hit in chart.hits)
    return outside and phase.n_baseline >= FEWEST


def _finding(chart: Chart, phase: Phase) -> _Finding:
    hits = [hit for hit in chart.hits if hit.phase == len(chart.phases) - 1]
    marked = [hit for hit in hits if hit.points]
    beyond = [hit for hit in marked if not phase.frozen or hit.points[-1] >= phase.baseline_stop]
    if beyond:
        hit = _leading(chart, beyond)
        ended = _ended(chart, phase, hit)
        opening = ended and not phase.frozen and hit.start == _counting(chart, phase.start, phase.stop)[0]
        return _Finding(hit, ended=ended, opening=opening)
    crossings = [hit for hit in hits if not hit.points]
    if crossings:
        return _Finding(crossings[-1], inside=bool(marked))
    return _Finding(_leading(chart, marked), inside=True) if marked else _Finding()


def _leading(chart: Chart, hits: list[RuleHit]) -> RuleHit:
    latest = max(hit.points[-1] for hit in hits)
    named = chart.point_direction[latest]
    candidates = [hit for hit in hits if hit.points[-1] == latest and hit.direction == named]
    return max(candidates, key=lambda hit: (hit.length, -_rank(hit)))


def _rank(hit: RuleHit) -> int:
    return XMR_PRECEDENCE.index(hit.rule)


def _signal(finding: _Finding, better: Better | None) -> Signal:
    hit = finding.hit
    if hit is None:
        return "steady"
    if finding.inside or finding.opening or better is None or hit.direction == "none":
        return "changed"
    return "better" if hit.direction == better else "worse"


def _ended(chart: Chart, phase: Phase, hit: RuleHit) -> bool:
    later = _counting(chart, hit.points[-1] + 1, phase.stop)
    if chart.kind == "xmr":
        return bool(later)
    tol = _tolerance(chart)
    away = [float(chart.y[i]) - (phase.centre or 0.0) for i in later]
    own = sum(y > tol if hit.direction == "up" else y < -tol for y in away)
    other = sum(y < -tol if hit.direction == "up" else y > tol for y in away)
    return other >= _BACK and other >= own


def _tolerance(chart: Chart) -> float:
    return tolerance(chart.y[~chart.excluded])


def _level(chart: Chart, phase: Phase, run: RuleHit | None) -> float | None:
    indices = list(run.points) if run else _counting(chart, phase.start, phase.stop)
    if not indices:
        return None
    values = chart.y[indices]
    return median(values) if chart.kind == "run" else float(values.mean())


def _previous(chart: Chart) -> float | None:
    return chart.phases[-2].centre if len(chart.phases) > 1 else None


def _notes(chart: Chart, phase: Phase | None, finding: _Finding, *, nearest: bool) -> tuple[str, ...]:
    of_phases = {code for each in chart.phases for code in each.notes}
    series = [code for code in chart.notes if code not in of_phases]
    if phase is None:
        return tuple(series)
    since = phase.n_points - phase.n_baseline
    allowed = phase.longest_allowed or 0
    holds = {
        "centre_from_same_points": not phase.frozen and finding.hit is not None,
        "baseline_unstable": finding.inside,
        "opens_phase": finding.opening,
        "few_after_baseline": phase.frozen
        and finding.hit is None
        and chart.kind == "run"
        and since <= allowed,
        "rate_from_nearest": nearest,
    }
    return (*series, *phase.notes, *(code for code, true in holds.items() if true))


def _assurance(phase: Phase, better: Better | None, target: float | None) -> Assurance | None:
    if target is None or better is None:
        return None
    if not np.isfinite(target):
        raise AnalyticsError(
            "the target is not a finite number", where="target", remedy="Give a number or None"
        )
    if phase.lower is None or phase.upper is None or phase.lower == phase.upper:
        return None
    above, below = target > phase.upper, target < phase.lower
    if not above and not below:
        return "hit_or_miss"
    return "fail" if above == (better == "up") else "pass"


def _variation(chart: Chart, latest: int | None, better: Better | None) -> Variation | None:
    if chart.kind != "xmr" or latest is None:
        return None
    moved: Direction | None = chart.point_direction[latest]
    if moved is None:
        return "common"
    if better is None:
        return "neutral-high" if moved == "up" else "neutral-low"
    if moved == better:
        return "improvement-high" if moved == "up" else "improvement-low"
    return "concern-high" if moved == "up" else "concern-low"


def _against_aimline(chart: Chart, better: Better | None, aimline: Numbers | None) -> AgainstAimline:
    if aimline is None:
        return "none"
    expected = as_numbers(aimline, "aimline")
    if expected.size != chart.y.size:
        raise AnalyticsError(
            f"{expected.size} expected values for {chart.y.size} points",
            where="aimline",
            remedy="Give one expected value, or nothing, for each point",
        )
    if better is None:
        return "none"
    gap = np.where(chart.excluded, np.nan, chart.y - expected)
    latest = gap[~np.isnan(gap)][-LATEST:] * (1 if better == "up" else -1)
    if latest.size < LATEST:
        return "none"
    tol = _tolerance(chart)
    if (latest > tol).all():
        return "ahead"
    return "behind" if (latest < -tol).all() else "on"
