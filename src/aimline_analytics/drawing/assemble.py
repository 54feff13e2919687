"""From what the rules found to what is drawn: marks, phases, limits and brackets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aimline_analytics import results
from aimline_analytics.drawing import words
from aimline_analytics.drawing.parts import Chart, Mark, Panel, Phase, Point, Run, Unit
from aimline_analytics.drawing.voice import ENGLISH, Voice
from aimline_analytics.drawing.words import Period

# More than two brackets on one picture explain nothing.
_MOST_RUNS = 2


@dataclass(frozen=True, slots=True)
class Source:
    """What the rules do not know of a measure."""

    name: str
    title: str
    unit: Unit
    period: Period = Period.POINT
    better: results.Better | None = None


def chart_of(
    result: results.Chart,
    points: Sequence[Point],
    source: Source,
    began: Sequence[Phase] = (),
    voice: Voice = ENGLISH,
) -> Chart:
    """`points` in the order the rules read them; `began` are phases that have a name but no line of their own."""
    phases = [_phase(phase, index, points) for index, phase in enumerate(result.phases)]
    named = [phase for phase in began if all(phase.start != own.start for own in phases)]
    return Chart(
        name=source.name,
        title=source.title,
        unit=source.unit,
        points=tuple(_point(result, index, point, source.better) for index, point in enumerate(points)),
        phases=tuple(sorted(phases + named, key=lambda phase: phase.start)),
        runs=tuple(_run(result, hit, points, source, voice) for hit in _told(result.hits)),
        mean=result.kind == "xmr",
    )


def panel_of(chart: Chart) -> Panel:
    """The same series as a small multiple."""
    judged = chart.centred[-1] if chart.centred else Phase(chart.points[0].day) if chart.points else None
    return Panel(
        chart.name,
        chart.title,
        chart.points,
        judged.centre if judged else None,
        judged.measured_until if judged else None,
        chart.aim,
        chart.description,
        tuple(phase.start for phase in chart.phases if phase.anew),
    )


def _phase(phase: results.Phase, index: int, points: Sequence[Point]) -> Phase:
    until = (
        points[phase.baseline_stop - 1].day if phase.frozen and phase.baseline_stop > phase.start else None
    )
    return Phase(points[phase.start].day, phase.name, phase.centre, until, anew=index > 0)


def _point(result: results.Chart, index: int, point: Point, better: results.Better | None) -> Point:
    phase = next((phase for phase in result.phases if phase.start <= index < phase.stop), None)
    lower, upper = (phase.lower, phase.upper) if phase else (None, None)
    return replace(point, mark=_mark(result, index, better), lower=lower, upper=upper)


def _mark(result: results.Chart, index: int, better: results.Better | None) -> Mark:
    if result.excluded[index]:
        return Mark.EXCLUDED
    if result.point_rule[index] is None:
        return Mark.ORDINARY
    hits = [hit for hit in result.hits if index in hit.points]
    if hits and all(_in_baseline(result, hit) for hit in hits):
        return Mark.CHANGED
    return _judged(result.point_direction[index], better)


def _judged(direction: results.Direction | None, better: results.Better | None) -> Mark:
    if better is None or direction in {None, "none"}:
        return Mark.CHANGED
    return Mark.BETTER if direction == better else Mark.WORSE


def _in_baseline(result: results.Chart, hit: results.RuleHit) -> bool:
    phase = result.phases[hit.phase]
    return phase.frozen and hit.stop <= phase.baseline_stop


def _told(hits: Sequence[results.RuleHit]) -> list[results.RuleHit]:
    """The newest patterns that do not lie over one another; too few crossings only when there is nothing else."""
    told: list[results.RuleHit] = []
    for hit in sorted(hits, key=lambda hit: (hit.rule == "crossings", -hit.stop, hit.start)):
        apart = all(hit.stop <= other.start or other.stop <= hit.start for other in told)
        if apart and len(told) < _MOST_RUNS:
            told.append(hit)
    return sorted(told, key=lambda hit: hit.start)


def _run(
    result: results.Chart, hit: results.RuleHit, points: Sequence[Point], source: Source, voice: Voice
) -> Run:
    full, short = words.run_words(voice, hit, source.period)
    mark = Mark.CHANGED if _in_baseline(result, hit) else _judged(hit.direction, source.better)
    first, last = points[hit.start].day, points[hit.stop - 1].day
    return Run(first, last, full, short, mark, above=hit.direction != "down")
