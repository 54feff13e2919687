"""A line as JSON: its points as they may be shown, what the chart rules made of them, and the verdict in words.

Everything comes from `measures.frames`, which hides small groups before anything is computed: a hidden point has no
number here, and no line, limit or verdict has seen it.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, cast
from uuid import UUID

from aimline.api.shared import Told
from aimline.measures.disclosure import Why
from aimline.measures.frames import Line, Spot
from aimline.measures.models import ChartKind, Rhythm
from aimline.reports.lines import sentence_of, why_hidden
from aimline_analytics import RuleHit, Verdict
from aimline_analytics.results import AgainstAimline, Assurance, Direction, Phase, Rule, Signal


class PointOut(Told):
    """One point. Percentages are 0 to 100; `low` and `high` is the range the value could be (95%)."""

    id: UUID
    version: int
    period: str
    starts_on: date
    value: float | None
    low: float | None
    high: float | None
    numerator: float | None
    denominator: float | None
    n: int | None
    text: str
    flag: str
    excluded: str


class HiddenPoint(Told):
    """A point that speaks of too few students, or that would let another be worked out. There is no number in it."""

    period: str
    hidden: Literal[True] = True
    why: Why


class PhaseOut(Told):
    """A stretch of the line with its own centre and limits."""

    name: str
    first: str
    last: str
    frozen_after: str | None
    centre: float | None
    lower: float | None
    upper: float | None
    n_points: int
    longest_run: int
    longest_allowed: int | None
    crossings: int
    crossings_needed: int | None
    notes: list[str]


class HitOut(Told):
    """A pattern that a rule found: how long, how long it may be by chance, and at which periods."""

    rule: Rule
    direction: Direction
    length: int
    allowed: int | None
    first: str
    last: str
    periods: list[str]


class ChartOut(Told):
    kind: ChartKind
    rule_set: str
    phases: list[PhaseOut]
    hits: list[HitOut]
    notes: list[str]


class VerdictOut(Told):
    """What the last phase says, as facts and as one sentence in the language asked for."""

    sentence: str
    signal: Signal
    rule: Rule | None
    direction: Direction
    since: str | None
    ended: bool
    length: int | None
    allowed: int | None
    before: float | None
    now: float | None
    latest: float | None
    latest_period: str | None
    assurance: Assurance | None
    against_aimline: AgainstAimline
    false_alarm_rate: float
    n_points: int
    rule_set: str
    notes: list[str]


class TargetOut(Told):
    """The aimline: from where to where, from when to when."""

    version: int
    starts_on: date
    start_value: float
    due_on: date
    value: float


class NoteOut(Told):
    id: UUID
    day: date
    text: str


class LineOut(Told):
    """Everything a chart of one series shows."""

    rhythm: Rhythm | None
    smallest_group: int
    hidden: str | None
    points: list[PointOut | HiddenPoint]
    gaps: list[str]
    target: TargetOut | None
    annotations: list[NoteOut]
    chart: ChartOut
    verdict: VerdictOut


def line_out(line: Line) -> LineOut:
    why = line.why_hidden
    return LineOut(
        rhythm=line.pace,
        smallest_group=line.minimum,
        hidden=why_hidden(why, line.minimum) if why else None,
        points=points_out(line),
        gaps=[spot.period for spot in line.gaps],
        target=TargetOut.model_validate(line.target) if line.target else None,
        annotations=[NoteOut(id=note.pk, day=note.day, text=note.text) for note in line.notes],
        chart=_chart(line),
        verdict=_verdict(line, line.verdict),
    )


def points_out(line: Line) -> list[PointOut | HiddenPoint]:
    return [point_out(spot) for spot in line.spots if not spot.is_gap]


def point_out(spot: Spot) -> PointOut | HiddenPoint:
    if spot.hidden:
        return HiddenPoint(period=spot.period, why=spot.hidden)
    return PointOut(
        # A gap has no id, and is told of elsewhere.
        id=cast(UUID, spot.id),
        version=spot.version,
        period=spot.period,
        starts_on=spot.day,
        value=spot.value,
        low=spot.low,
        high=spot.high,
        numerator=spot.numerator,
        denominator=spot.denominator,
        n=spot.n,
        text=spot.text,
        flag=spot.flag,
        excluded=spot.excluded,
    )


def _chart(line: Line) -> ChartOut:
    chart = line.chart
    return ChartOut(
        kind=ChartKind(chart.kind),
        rule_set=chart.rule_set,
        phases=[_phase(line, phase) for phase in chart.phases if phase.stop > phase.start],
        hits=[_hit(line, hit) for hit in chart.hits],
        notes=list(chart.notes),
    )


def _phase(line: Line, phase: Phase) -> PhaseOut:
    return PhaseOut(
        name=phase.name,
        first=line.spots[phase.start].period,
        last=line.spots[phase.stop - 1].period,
        frozen_after=line.spots[phase.baseline_stop - 1].period if phase.frozen else None,
        centre=phase.centre,
        lower=phase.lower,
        upper=phase.upper,
        n_points=phase.n_points,
        longest_run=phase.longest_run,
        longest_allowed=phase.longest_allowed,
        crossings=phase.crossings,
        crossings_needed=phase.crossings_needed,
        notes=list(phase.notes),
    )


def _hit(line: Line, hit: RuleHit) -> HitOut:
    return HitOut(
        rule=hit.rule,
        direction=hit.direction,
        length=hit.length,
        allowed=hit.allowed,
        first=line.spots[hit.start].period,
        last=line.spots[hit.stop - 1].period,
        periods=[line.spots[index].period for index in hit.points],
    )


def _verdict(line: Line, verdict: Verdict) -> VerdictOut:
    return VerdictOut(
        sentence=str(sentence_of(line)),
        signal=verdict.signal,
        rule=verdict.rule,
        direction=verdict.direction,
        since=_period(line, verdict.since),
        ended=verdict.ended,
        length=verdict.length,
        allowed=verdict.allowed,
        before=verdict.before,
        now=verdict.now,
        latest=verdict.latest,
        latest_period=_period(line, verdict.latest_index),
        assurance=verdict.assurance,
        against_aimline=verdict.against_aimline,
        false_alarm_rate=verdict.false_alarm_rate,
        n_points=verdict.n_points,
        rule_set=verdict.rule_set,
        notes=list(verdict.notes),
    )


def _period(line: Line, index: int | None) -> str | None:
    return None if index is None else line.spots[index].period
