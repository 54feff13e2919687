"""Measures: what is counted, by which exact rule, and for what."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.db.models import Q, QuerySet
from ninja import Field, Query, Router, Schema
from pydantic import ConfigDict

from aimline.access.rules import Act, allowed
from aimline.api.door import Request
from aimline.api.shared import (
    Day,
    NewId,
    Page,
    Text,
    Version,
    Window,
    cut,
    get_if_given,
    get_unit,
    here_or_below,
    ours,
)
from aimline.core.errors import NotFound
from aimline.measures import actions
from aimline.measures.models import Better, ChartKind, Measure, MeasureKind, Rhythm, Scale, Series
from aimline.people.models import Person

router = Router(tags=["measures"])


class MeasureOut(Schema):
    id: UUID
    version: int
    unit_id: UUID
    code: str
    name: str
    definition: str
    kind: MeasureKind
    better: Better | Literal[""]
    scale: Scale
    chart: ChartKind
    rhythm: Rhythm
    used_by: str
    if_worse: str
    owner_id: UUID | None
    ended_on: date | None


class MeasureFilter(Window):
    unit: UUID | None = Field(
        None, description="Measures that can be counted here: of this unit or one above."
    )
    under: UUID | None = Field(None, description="Measures that belong to this unit or a unit below it.")
    kind: MeasureKind | None = None
    code: Text | None = None


class MeasureFacts(Schema):
    """What may be told of a measure; `scale` stays once there are points."""

    model_config = ConfigDict(extra="forbid")

    definition: Text = ""
    better: Better | Literal[""] = ""
    scale: Scale = Scale.PERCENT
    chart: ChartKind = ChartKind.RUN
    rhythm: Rhythm = Rhythm.WEEK
    used_by: Text = Field("", max_length=200)
    if_worse: Text = Field("", max_length=300)
    owner_id: UUID | None = None


class MeasureIn(MeasureFacts):
    id: NewId = None
    unit_id: UUID
    code: Text = Field(min_length=1, max_length=60)
    name: Text = Field(min_length=1, max_length=160)
    kind: MeasureKind


class MeasureChange(MeasureFacts):
    version: Version
    code: Text = Field("", min_length=1, max_length=60)
    name: Text = Field("", min_length=1, max_length=160)
    kind: MeasureKind = MeasureKind.DRIVER


class MeasureEnd(Schema):
    on: Day | None = None


def _facts(request: Request, body: MeasureFacts) -> dict[str, Any]:
    """What was sent and nothing else, with the owner as a person."""
    facts = body.dict(exclude_unset=True, exclude={"unit_id", "owner_id"})
    if "owner_id" in body.model_fields_set:
        facts["owner"] = get_if_given(request, Act.VIEW_PEOPLE, Person, body.owner_id)
    return facts


def get_measure(request: Request, id: UUID) -> Measure:
    measure = readable(request, Measure.objects.select_related("unit")).filter(pk=id).first()
    if measure is None:
        raise NotFound
    return measure


def readable(request: Request, rows: QuerySet[Measure]) -> QuerySet[Measure]:
    """Who sees a line sees what it counts: a school reads its district's measures where it has series of them."""
    own = allowed(request.person, Act.VIEW_MEASURE, rows)
    counted = allowed(request.person, Act.VIEW_MEASURE, Series.objects.all())
    return rows.filter(Q(pk__in=own.values("pk")) | Q(pk__in=counted.values("measure")))


@router.get("", response=Page[MeasureOut])
def list_measures(request: Request, wanted: Query[MeasureFilter]) -> dict[str, object]:
    """The measures this person may see."""
    rows = here_or_below(request, Measure.objects.all(), wanted.under)
    if wanted.unit:
        rows = rows.filter(unit__path__in=get_unit(request, wanted.unit).paths_above())
    facts = {name: value for name in ("kind", "code") if (value := getattr(wanted, name)) is not None}
    items, following = cut(readable(request, rows.filter(**facts)), wanted)
    return {"items": items, "next": following}


@router.get("/{uuid:measure_id}", response=MeasureOut)
def show_measure(request: Request, measure_id: UUID) -> Measure:
    """One measure with its operational definition."""
    return get_measure(request, measure_id)


@router.post("", response={201: MeasureOut})
def define_measure(request: Request, body: MeasureIn) -> Measure:
    """Define a measure at a unit; every unit at or below it may then have series of it."""
    unit = get_unit(request, body.unit_id)
    return ours(actions.define_measure(unit, request.person, **_facts(request, body)), unit_id=unit.pk)


@router.patch("/{uuid:measure_id}", response=MeasureOut)
def change_measure(request: Request, measure_id: UUID, body: MeasureChange) -> Measure:
    """Change what a measure is called, counts or is for."""
    return actions.change_measure(get_measure(request, measure_id), request.person, **_facts(request, body))


@router.post("/{uuid:measure_id}/end", response=MeasureOut)
def end_measure(request: Request, measure_id: UUID, body: MeasureEnd) -> Measure:
    """Stop counting this from a day on; its points stay to be read."""
    return actions.end_measure(get_measure(request, measure_id), request.person, on=body.on)
