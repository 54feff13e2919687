"""From the lines of measures to the pictures and sentences of reports: the same facts for pages, files and packets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from babel.dates import format_skeleton
from django.utils.translation import gettext as _

from aimline.measures.disclosure import Why
from aimline.measures.frames import Line, Spot
from aimline.measures.models import Measure, Rhythm, Scale, Series
from aimline.measures.periods import PeriodKind, parse_period
from aimline.measures.readings import Known, known
from aimline.reports.drawing import assemble, figures, words
from aimline_analytics import results
from aimline_analytics.drawing import parts

_PERIODS = {
    Rhythm.DAY: words.Period.DAY,
    Rhythm.WEEK: words.Period.WEEK,
    Rhythm.MONTH: words.Period.MONTH,
    Rhythm.YEAR: words.Period.YEAR,
}
# A small chart shows the last periods, about a school year and a half of weeks, against the same baseline.
MOST_SMALL = 60


def unit_of(measure: Measure) -> parts.Unit:
    if measure.scale == Scale.PERCENT:
        return parts.Unit()
    if measure.scale == Scale.COUNT:
        return parts.Unit(share=False)
    return parts.Unit(share=False, decimals=1, lowest=None)


def drawn(value: float, measure: Measure) -> float:
    """A value as pictures take it: percentages are kept as 0 to 100 and drawn as shares."""
    return value / 100 if measure.scale == Scale.PERCENT else value


def written(value: float | None, measure: Measure) -> str:
    return "" if value is None else figures.figure(drawn(value, measure), unit_of(measure))


def chart_of(line: Line, *, title: str = "") -> parts.Chart:
    """The large chart of a line."""
    measure = line.series.measure
    source = assemble.Source(
        name=f"c-{line.series.pk.hex[-12:]}",
        title=title or title_of(line.series),
        unit=unit_of(measure),
        period=period_of(line),
        better="up" if measure.better == "up" else "down" if measure.better == "down" else None,
    )
    drawing = assemble.chart_of(
        _as_drawn(line.chart, measure), [_point(spot, measure) for spot in line.spots], source
    )
    return replace(
        drawing,
        phases=_on_their_days(drawing.phases, line),
        breaks=tuple(parts.Break(each.first_day, each.last_day, each.name) for each in line.breaks),
        notes=tuple(parts.Note(note.day, note.text) for note in reversed(line.notes)),
        aim=_aim(line),
    )


def panel_of(line: Line, *, title: str = "", most: int = MOST_SMALL) -> parts.Panel:
    """The small chart of a line: its last stretch against what the last phase stands on.

    Made without the large one, because a list draws fifty of them.
    """
    measure, chart = line.series.measure, line.chart
    judged = next((phase for phase in reversed(chart.phases) if phase.centre is not None), None)
    return parts.Panel(
        name=f"p-{line.series.pk.hex[-12:]}",
        title=title or title_of(line.series),
        points=tuple(
            parts.Point(spot.day, None if spot.value is None else drawn(spot.value, measure), mark=mark)
            for spot, mark in zip(line.spots[-most:], _marks(line)[-most:], strict=True)
        ),
        centre=drawn(judged.centre, measure) if judged and judged.centre is not None else None,
        measured_until=line.spots[judged.baseline_stop - 1].day if judged and judged.frozen else None,
        aim=_aim(line),
        anew=tuple(line.spots[phase.start].day for phase in chart.phases[1:]),
    )


def _marks(line: Line) -> list[parts.Mark]:
    """What the rules say of each point; a pattern that lies wholly inside a baseline is a change, good or bad."""
    chart, better = line.chart, line.series.measure.better
    marks = [parts.Mark.ORDINARY] * len(line.spots)
    for index, direction in enumerate(chart.point_direction):
        if direction:
            marks[index] = _judged(direction, better)
    for hit in chart.hits:
        phase = chart.phases[hit.phase]
        if phase.frozen and hit.stop <= phase.baseline_stop:
            for index in hit.points:
                marks[index] = parts.Mark.CHANGED
    return [
        parts.Mark.EXCLUDED if spot.excluded else mark for spot, mark in zip(line.spots, marks, strict=True)
    ]


def _judged(direction: str, better: str) -> parts.Mark:
    if not better or direction == "none":
        return parts.Mark.CHANGED
    return parts.Mark.BETTER if direction == better else parts.Mark.WORSE


def period_of(line: Line) -> words.Period:
    return _PERIODS.get(line.pace, words.Period.POINT) if line.pace else words.Period.POINT


def title_of(series: Series) -> str:
    facts = {"measure": series.measure.name, "group": series.group, "unit": series.unit.name}
    return (
        _("%(measure)s, %(unit)s") if series.is_everyone else _("%(measure)s, %(group)s, %(unit)s")
    ) % facts


def sentence_of(line: Line, *, what: str = "") -> words.Sentence:
    return sentence(known(line), line.series, what=what)


def sentence(found: Known, series: Series, *, what: str = "") -> words.Sentence:
    """The verdict in one sentence, from a line or from a kept reading."""
    measure = series.measure
    share = _shared(found, measure)
    facts = words.Facts(
        what=what or (measure.name if series.is_everyone else series.group),
        unit=unit_of(measure),
        period=_PERIODS.get(found.pace, words.Period.POINT) if found.pace else words.Period.POINT,
        frozen=found.frozen,
        lower=None if found.lower is None else drawn(found.lower, measure),
        upper=None if found.upper is None else drawn(found.upper, measure),
    )
    return words.verdict_sentence(share.verdict, facts)


def why_hidden(why: Why, minimum: int) -> str:
    """Why a group is not shown, in words for its place on the page."""
    return {
        Why.FEW: _("Fewer than %(count)s students. Hidden so no one can be recognised.") % {"count": minimum},
        Why.BESIDE: _("Hidden too: with it, the group beside it could be worked out by subtraction."),
        Why.UNKNOWN: _("Hidden, because it is not known how many students this is."),
        Why.SENDER: _("Hidden by whoever sent these numbers, to protect students."),
        Why.PROTECTED: _(
            "Hidden so no one can be recognised: this number, or one that could be worked out with it, "
            "is about fewer than %(count)s students."
        )
        % {"count": minimum},
        Why.CHECKING: _("Being checked. It is shown when it is sure that nobody can be recognised."),
    }[why]


def period_label(spot: Spot) -> str:
    """A period as people say it: a day, a month, a year or a school year."""
    kind = parse_period(spot.period).kind
    if kind is PeriodKind.MONTH:
        return format_skeleton("yMMMM", spot.day, locale=figures.locale())
    if kind in (PeriodKind.YEAR, PeriodKind.SCHOOL_YEAR):
        return spot.period.replace("-", "\u2013")
    return figures.full_day(spot.day)


def range_of(spot: Spot, measure: Measure) -> str:
    if spot.low is None or spot.high is None:
        return ""
    unit = unit_of(measure)
    low, high = drawn(spot.low, measure), drawn(spot.high, measure)
    ends = {"low": figures.number(low, unit), "high": figures.figure(high, unit)}
    return _("%(low)s to %(high)s") % ends


def _point(spot: Spot, measure: Measure) -> parts.Point:
    return parts.Point(
        day=spot.day,
        value=None if spot.value is None else drawn(spot.value, measure),
        low=None if spot.low is None else drawn(spot.low, measure),
        high=None if spot.high is None else drawn(spot.high, measure),
        note=spot.excluded,
    )


def _as_drawn(chart: results.Chart, measure: Measure) -> results.Chart:
    """The lines of a chart in the unit that pictures take."""
    if measure.scale != Scale.PERCENT:
        return chart
    return replace(
        chart,
        phases=tuple(
            replace(phase, centre=_part(phase.centre), lower=_part(phase.lower), upper=_part(phase.upper))
            for phase in chart.phases
        ),
    )


def _on_their_days(phases: Sequence[parts.Phase], line: Line) -> tuple[parts.Phase, ...]:
    """A phase begins on its own day, not with its first point; the first one with the line itself."""
    days = {line.spots[stage.start].day: stage.phase.starts_on for stage in line.stages}
    return tuple(replace(phase, start=days.get(phase.start) or phase.start) for phase in phases)


def _aim(line: Line) -> parts.Aimline | None:
    target, measure = line.target, line.series.measure
    if target is None:
        return None
    return parts.Aimline(
        target.starts_on, drawn(target.start_value, measure), target.due_on, drawn(target.value, measure)
    )


def _shared(found: Known, measure: Measure) -> Known:
    """The same with its values as sentences take them: shares, where the measure is a percentage."""
    if measure.scale != Scale.PERCENT:
        return found
    before, now = _part(found.verdict.before), _part(found.verdict.now)
    latest, previous = _part(found.verdict.latest), _part(found.verdict.previous)
    verdict = replace(found.verdict, before=before, now=now, latest=latest, previous=previous)
    return replace(found, verdict=verdict)


def _part(percent: float | None) -> float | None:
    return None if percent is None else percent / 100
