"""Series: a measure at one unit, for everyone or for one student group, over time; with its chart and verdict."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from ninja import Field, Query, Router, Schema

from aimline.access.rules import Act, allowed
from aimline.api.door import Request
from aimline.api.lines import LineOut, NoteOut, TargetOut, line_out
from aimline.api.measures import get_measure
from aimline.api.shared import (
    Day,
    NewId,
    Number,
    Page,
    Text,
    Told,
    Version,
    Window,
    cut,
    get_allowed,
    get_if_given,
    get_unit,
    here_or_below,
    ours,
)
from aimline.measures import actions, readings
from aimline.measures.frames import line
from aimline.measures.models import ALL, Annotation, Phase, Series, Signal, Target
from aimline.people.models import Team
from aimline.reports.lines import sentence

router = Router(tags=["series"])


class SeriesOut(Told):
    id: UUID
    measure_id: UUID
    unit_id: UUID
    team_id: UUID | None
    group: str
    dimension: str


class SeriesRow(SeriesOut):
    """A series with what the chart rules last said of it."""

    signal: Signal
    sentence: str


class SeriesDetail(SeriesOut, LineOut):
    """A series with everything its chart shows."""


class SeriesFilter(Window):
    measure: UUID | None = None
    unit: UUID | None = Field(None, description="Series at this unit and at no other.")
    under: UUID | None = Field(None, description="Series at this unit or below it.")
    group: Text | None = None
    signal: Signal | None = Field(None, description="Series whose last verdict was this.")


class SeriesIn(Schema):
    measure_id: UUID
    unit_id: UUID
    team_id: UUID | None = None
    group: Text = Field(ALL, min_length=1, max_length=120)
    dimension: Text = Field("", max_length=60)


class TargetIn(Schema):
    """`version` is that of the target that stands; leave it out where there is none."""

    version: Version | None = None
    starts_on: Day
    start_value: Number
    due_on: Day
    value: Number


class PhaseIn(Schema):
    id: NewId = None
    name: Text = Field(min_length=1, max_length=80)
    starts_on: Day | None = None
    why: Text = Field("", max_length=300)


class PhaseChange(Schema):
    version: Version
    name: Text = Field("", min_length=1, max_length=80)
    starts_on: Day | None = None
    baseline_until: Day | None = None
    why: Text = Field("", max_length=300)


class ChartPhase(Told):
    """A phase as it was set. Without `starts_on` it begins with the first point."""

    id: UUID
    version: int
    name: str
    starts_on: date | None
    baseline_until: date | None
    why: str


class AnnotationIn(Schema):
    id: NewId = None
    day: Day
    text: Text = Field(min_length=1, max_length=200)


def get_series(request: Request, id: UUID) -> Series:
    return get_allowed(request, Act.VIEW_MEASURE, Series.objects.for_page(), id)


def pick(request: Request, wanted: Any) -> Any:
    """The series this person may see, by measure, place and group."""
    rows = here_or_below(request, Series.objects.for_page(), wanted.under)
    names = {"measure": "measure", "unit": "unit", "group": "group"}
    facts = {key: value for name, key in names.items() if (value := getattr(wanted, name)) is not None}
    return allowed(request.person, Act.VIEW_MEASURE, rows.filter(**facts))


@router.get("", response=Page[SeriesRow])
def list_series(request: Request, wanted: Query[SeriesFilter]) -> Page[SeriesRow]:
    """The series this person may see, each with its verdict."""
    rows = pick(request, wanted)
    if wanted.signal:
        rows = rows.filter(reading__signal=wanted.signal)
    items, following = cut(rows, wanted)
    known = readings.current(items)
    return Page[SeriesRow](items=[_row(one, known[one.pk]) for one in items], next=following)


def _row(one: Series, known: readings.Known) -> SeriesRow:
    facts = dict(SeriesOut.model_validate(one))
    return SeriesRow(**facts, signal=Signal(known.verdict.signal), sentence=str(sentence(known, one)))


@router.get("/{uuid:series_id}", response=SeriesDetail)
def show_series(request: Request, series_id: UUID) -> SeriesDetail:
    """One series: points, centre, limits, what the rules found, and the verdict."""
    one = get_series(request, series_id)
    return SeriesDetail(**dict(SeriesOut.model_validate(one)), **dict(line_out(line(one, request.person))))


@router.post("", response={201: SeriesOut})
def open_series(request: Request, body: SeriesIn) -> Series:
    """Start to follow a measure at a unit. The same again finds the series that is there."""
    unit, measure = get_unit(request, body.unit_id), get_measure(request, body.measure_id)
    team = get_if_given(request, Act.VIEW_PEOPLE, Team, body.team_id)
    return actions.open_series(
        unit, request.person, measure=measure, group=body.group, dimension=body.dimension, team=team
    )


@router.put("/{uuid:series_id}/target", response=TargetOut)
def set_target(request: Request, series_id: UUID, body: TargetIn) -> Target:
    """Say how far by when: the aimline runs from the start to the goal."""
    start, goal = (body.starts_on, body.start_value), (body.due_on, body.value)
    one = get_series(request, series_id)
    return actions.set_target(one, request.person, start=start, goal=goal, version=body.version or 0)


@router.get("/{uuid:series_id}/phases", response=list[ChartPhase])
def list_phases(request: Request, series_id: UUID) -> list[Phase]:
    """The phases of this series alone; those of the whole measure show in its chart."""
    return list(get_series(request, series_id).phases.all())


@router.post("/{uuid:series_id}/phases", response={201: ChartPhase})
def add_phase(request: Request, series_id: UUID, body: PhaseIn) -> Phase:
    """Start the line anew from a day on."""
    one = get_series(request, series_id)
    return ours(actions.add_phase(one, request.person, **body.dict()), series_id=one.pk)


@router.patch("/{uuid:series_id}/phases/{uuid:phase_id}", response=ChartPhase)
def change_phase(request: Request, series_id: UUID, phase_id: UUID, body: PhaseChange) -> Phase:
    """Rename or move a phase, or freeze another stretch of it."""
    one = get_series(request, series_id)
    phase = get_allowed(request, Act.VIEW_MEASURE, Phase.objects.filter(series=one), phase_id)
    return actions.change_phase(one, request.person, phase=phase, **body.dict(exclude_unset=True))


@router.delete("/{uuid:series_id}/phases/{uuid:phase_id}", response={204: None})
def remove_phase(request: Request, series_id: UUID, phase_id: UUID) -> None:
    """Let the line run through again."""
    one = get_series(request, series_id)
    phase = get_allowed(request, Act.VIEW_MEASURE, Phase.objects.filter(series=one), phase_id)
    actions.remove_phase(one, request.person, phase=phase)


@router.post("/{uuid:series_id}/annotations", response={201: NoteOut})
def annotate(request: Request, series_id: UUID, body: AnnotationIn) -> Annotation:
    """Put a dated note on the chart."""
    one = get_series(request, series_id)
    return ours(actions.annotate(one, request.person, **body.dict()), series_id=one.pk)


@router.delete("/{uuid:series_id}/annotations/{uuid:annotation_id}", response={204: None})
def remove_annotation(request: Request, series_id: UUID, annotation_id: UUID) -> None:
    """Take a note off the chart."""
    one = get_series(request, series_id)
    note = get_allowed(request, Act.VIEW_MEASURE, Annotation.objects.filter(series=one), annotation_id)
    actions.remove_annotation(one, request.person, annotation=note)
