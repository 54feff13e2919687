"""From rows to lines: for each series the points that may be shown, its phases, aimline, notes, chart and verdict.

Everything that draws, lists, exports or words a series starts here, so that all of it hides the same points.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import Q

from aimline.measures import disclosure, rhythms
from aimline.measures.disclosure import Why
from aimline.measures.models import (
    Annotation,
    ChartKind,
    Measure,
    Phase,
    Point,
    Rhythm,
    Scale,
    Series,
    Target,
)
from aimline.org.schooldays import Break, SchoolDays, school_days_of
from aimline.org.small_groups import minimum_groups
from aimline.people.models import Person
from aimline_analytics import Chart, OneSeries, PhaseSpec, Verdict, judge, run_charts, xmr_charts
from aimline_analytics.intervals import wilson_bounds


class Spot(NamedTuple):
    """One period of a line. Without an id it is a gap: school was in and nobody counted.

    A tuple, because a page of charts makes many thousands.
    """

    period: str
    day: date
    id: UUID | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    n: int | None = None
    text: str = ""
    flag: str = ""
    excluded: str = ""
    hidden: Why | None = None
    version: int = 0

    @property
    def is_gap(self) -> bool:
        return self.id is None

    @property
    def students(self) -> int | None:
        if self.n is not None:
            return self.n
        return None if self.denominator is None else int(self.denominator)


@dataclass(frozen=True, slots=True)
class Stage:
    """A phase on this line: at which spot it starts, and where its baseline stops, if it is frozen."""

    phase: Phase
    start: int
    baseline_stop: int | None


@dataclass(frozen=True, eq=False)
class Line:
    """One series, ready to be drawn and worded."""

    series: Series
    spots: tuple[Spot, ...]
    stages: tuple[Stage, ...]
    phases: tuple[Phase, ...]
    target: Target | None
    notes: tuple[Annotation, ...]
    breaks: tuple[Break, ...]
    pace: Rhythm | None
    minimum: int
    chart: Chart
    verdict: Verdict
    expected: tuple[float | None, ...] = field(default=())

    @cached_property
    def shown(self) -> tuple[Spot, ...]:
        return tuple(spot for spot in self.spots if spot.value is not None)

    @cached_property
    def hidden(self) -> tuple[Spot, ...]:
        return tuple(spot for spot in self.spots if spot.hidden)

    @cached_property
    def gaps(self) -> tuple[Spot, ...]:
        return tuple(spot for spot in self.spots if spot.is_gap)

    @property
    def latest(self) -> Spot | None:
        return self.shown[-1] if self.shown else None

    @property
    def why_hidden(self) -> Why | None:
        """The reason for the whole line, where nothing of it may be shown; that of its latest hidden point."""
        return self.hidden[-1].hidden if self.hidden and not self.shown else None


def lines(series: Iterable[Series], reader: Person | None = None) -> list[Line]:
    """Make the lines of these series (from `.for_page()`), in their order and in a bounded number of queries.

    With a `reader` they are as this person may see them; without one, as everybody may.
    """
    rows = list(series)
    found = _gather(rows, reader)
    drafts = [_draft(one, found) for one in rows]
    return [_line(draft, chart, found) for draft, chart in zip(drafts, _charts(drafts), strict=True)]


def line(one: Series, reader: Person | None = None) -> Line:
    return lines([one], reader)[0]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A line before its chart."""

    series: Series
    spots: Sequence[Spot]
    stages: Sequence[Stage]
    phases: Sequence[Phase]
    breaks: tuple[Break, ...]
    pace: Rhythm | None


@dataclass(frozen=True, slots=True)
class _Found:
    spots: Mapping[UUID, list[Spot]]
    phases: Mapping[UUID, list[Phase]]
    notes: Mapping[UUID, list[Annotation]]
    targets: Mapping[UUID, Target]
    school: Mapping[UUID, SchoolDays]
    minimums: Mapping[UUID, int]


_COLUMNS = (
    *(
        "period",
        "starts_on",
        "id",
        "value",
        "numerator",
        "denominator",
        "n",
        "text",
        "flag",
        "low",
        "high",
        "excluded",
        "version",
    ),
    "series_id",
)


def _gather(rows: Sequence[Series], reader: Person | None) -> _Found:
    ids = [one.pk for one in rows]
    units = [one.unit for one in rows]
    facts: dict[UUID, list[Sequence[Any]]] = defaultdict(list)
    for *row, id in (
        Point.objects.filter(series__in=ids).order_by("starts_on", "period").values_list(*_COLUMNS)
    ):
        facts[id].append(row)
    everyone = {one.pk: [_cell(row) for row in facts[one.pk]] for one in rows if one.is_everyone}
    minimums = minimum_groups(units)
    decided = disclosure.decided(rows, everyone, minimums, reader)
    spots = {
        one.pk: _spots(_as_released(facts[one.pk], decided.released), decided.hidden, one.measure)
        for one in rows
    }
    on_chart = Q(series__in=ids) | Q(series=None, measure__in={one.measure_id for one in rows})
    return _Found(
        spots,
        _by_owner(Phase.objects.filter(on_chart)),
        _by_owner(Annotation.objects.filter(on_chart).select_related("person")),
        # The target that is due last is the one that holds.
        {
            target.series_id: target
            for target in Target.objects.filter(series__in=ids).order_by("due_on", "id")
        },
        school_days_of(units),
        minimums,
    )


def _by_owner(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    """Under the series, or under the measure where all its series are meant."""
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.series_id or row.measure_id].append(row)
    return found


def _cell(facts: Sequence[Any]) -> disclosure.Cell:
    _period, _day, id, _value, _numerator, denominator, n, _text, flag, *_others = facts
    return disclosure.everyone_cell(id, n, denominator, flag)


def _as_released(
    rows: Sequence[Sequence[Any]], released: Mapping[UUID, disclosure.Numbers]
) -> Sequence[Sequence[Any]]:
    """The same rows with the numbers that went out in a release, where one did."""
    return (
        [_released(row, released[row[2]]) if row[2] in released else row for row in rows]
        if released
        else rows
    )


def _released(row: Sequence[Any], said: disclosure.Numbers) -> Sequence[Any]:
    period, day, id, *_numbers, text, flag, _low, _high, excluded, version = row
    return period, day, id, *said, text, flag, None, None, excluded, version


def _spots(rows: Sequence[Sequence[Any]], hidden: Mapping[UUID, Why], measure: Measure) -> list[Spot]:
    """With the range each could be: the one it was kept with, or the one of its counts."""
    if measure.is_asked:
        # A mean over people: what counts of people would give is another range than the one of the results.
        ranges = [(row[9], row[10]) for row in rows]
    elif measure.scale == Scale.PERCENT:
        ranges = _ranges(rows)
    else:
        ranges = [_NO_RANGE] * len(rows)
    return [_spot(row, hidden, *ends) for row, ends in zip(rows, ranges, strict=True)]


def _spot(facts: Sequence[Any], hidden: Mapping[UUID, Why], low: float | None, high: float | None) -> Spot:
    period, day, id, value, numerator, denominator, n, text, flag, _low, _high, excluded, version = facts
    why = hidden.get(id) if hidden else None
    if why:
        return Spot(period, day, id, hidden=why, excluded=excluded, version=version)
    return Spot(
        period, day, id, value, low, high, numerator, denominator, n, text, flag, excluded, None, version
    )


def _draft(one: Series, found: _Found) -> _Draft:
    held = found.spots.get(one.pk, [])
    days = [spot.day for spot in held]
    pace = rhythms.pace(days)
    school = found.school[one.unit_id]
    missing = [Spot(period.label, period.starts_on) for period in rhythms.gaps(days, pace, school)]
    spots = sorted([*held, *missing], key=lambda spot: (spot.day, spot.period)) if missing else held
    phases = _merged(found.phases.get(one.measure.pk, []), found.phases.get(one.pk, []))
    return _Draft(one, spots, _stages(phases, spots), phases, rhythms.breaks(days, pace, school), pace)


def _line(draft: _Draft, chart: Chart, found: _Found) -> Line:
    one, measure = draft.series, draft.series.measure
    target = found.targets.get(one.pk)
    expected = _expected(target, draft.spots)
    notes = [*found.notes.get(measure.pk, []), *found.notes.get(one.pk, [])]
    return Line(
        series=one,
        spots=tuple(draft.spots),
        stages=tuple(draft.stages),
        phases=tuple(draft.phases),
        target=target,
        notes=tuple(sorted(notes, key=lambda note: (note.day, note.created_at), reverse=True)),
        breaks=draft.breaks,
        pace=draft.pace,
        minimum=found.minimums[one.unit_id],
        chart=chart,
        verdict=_verdict(chart, one, target, expected),
        expected=expected,
    )


def _charts(drafts: Sequence[_Draft]) -> list[Chart]:
    """The charts of these lines, all of a kind made together: a page of fifty costs little more than one."""
    kinds = [draft.series.measure.chart == ChartKind.XMR for draft in drafts]
    of_limits = iter(
        xmr_charts([_asked(draft) for draft, limits in zip(drafts, kinds, strict=True) if limits])
    )
    of_runs = iter(
        run_charts([_asked(draft) for draft, limits in zip(drafts, kinds, strict=True) if not limits])
    )
    return [next(of_limits if limits else of_runs) for limits in kinds]


def _asked(draft: _Draft) -> OneSeries:
    return OneSeries(
        [spot.value for spot in draft.spots],
        [PhaseSpec(stage.start, stage.phase.called, stage.baseline_stop) for stage in draft.stages],
        [bool(spot.excluded) for spot in draft.spots],
    )


def _verdict(chart: Chart, one: Series, target: Target | None, expected: Sequence[float | None]) -> Verdict:
    better = one.measure.better
    return judge(
        chart,
        better="up" if better == "up" else "down" if better == "down" else None,
        target=target.value if target else None,
        aimline=expected if target else None,
    )


def _expected(target: Target | None, spots: Sequence[Spot]) -> tuple[float | None, ...]:
    """The aimline at each spot: nothing before it starts or after its day."""
    if target is None:
        return (None,) * len(spots)
    return tuple(target.at(spot.day) for spot in spots)


def _merged(of_measure: Sequence[Phase], of_series: Sequence[Phase]) -> list[Phase]:
    """A series' own phase takes the place of one that starts the measure's lines on the same day."""
    by_day = {phase.starts_on: phase for phase in [*of_measure, *of_series]}
    return sorted(by_day.values(), key=lambda phase: phase.starts_on or date.min)


def _stages(phases: Sequence[Phase], spots: Sequence[Spot]) -> list[Stage]:
    days = [spot.day for spot in spots]
    found: dict[int, Stage] = {}
    for phase in phases:
        start = _first(days, phase.starts_on) if phase.starts_on else 0
        if start < len(days):
            stop = _after(days, phase.baseline_until) if phase.baseline_until else None
            # A baseline without a point cannot be frozen; of two phases that start at one point the later holds.
            found[start] = Stage(phase, start, stop if stop is not None and stop > start else None)
    return [found[start] for start in sorted(found)]


def _first(days: Sequence[date], start: date) -> int:
    return sum(day < start for day in days)


def _after(days: Sequence[date], last: date) -> int:
    return sum(day <= last for day in days)


_NO_RANGE = (None, None)


def _ranges(rows: Sequence[Sequence[Any]]) -> list[tuple[float, float] | tuple[None, None]]:
    """The range each percentage could be (95%), where it is known of how many."""
    sizes = [_size(value, denominator, n) for _, _, _, value, _, denominator, n, *_ in rows]
    if not any(sizes):
        return [_NO_RANGE] * len(rows)
    n = np.array(sizes, dtype=np.float64)
    share = np.array([value or 0.0 for _, _, _, value, *_ in rows], dtype=np.float64) / 100
    low, high = wilson_bounds(np.clip(share, 0, 1) * n, n)
    ends = zip((100 * low).tolist(), (100 * high).tolist(), strict=True)
    return [pair if size else _NO_RANGE for pair, size in zip(ends, sizes, strict=True)]


def _size(value: float | None, denominator: float | None, n: int | None) -> float:
    if value is None or not 0 <= value <= 100:
        return 0
    return (denominator if denominator is not None else n) or 0
