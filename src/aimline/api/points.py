"""Points: one value of a series for one period. Those of small groups are named and carry no number."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from aimline.access.rules import Act, allowed
from aimline.api.door import Request
from aimline.api.lines import HiddenPoint, PointOut, point_out, points_out
from aimline.api.measures import readable
from aimline.api.series import SeriesOut, get_series, pick
from aimline.api.shared import Number, Page, Text, Told, Version, Whole, Window, cut, get_unit
from aimline.core.errors import Invalid, NotFound
from aimline.measures import actions, rules
from aimline.measures.frames import line, lines
from aimline.measures.models import ALL, Measure, Point, Series
from aimline.measures.periods import parse_period
from aimline.measures.points import PointRow, Values
from aimline.org.models import Unit

M = TypeVar("M", bound=Model)
router = Router(tags=["points"])
MOST_ROWS = 1000
AnyPoint = PointOut | HiddenPoint


class PointFilter(Window):
    measure: UUID | None = None
    unit: UUID | None = Field(None, description="At this unit and at no other.")
    under: UUID | None = Field(None, description="At this unit or below it.")
    group: Text | None = None
    limit: int = Field(
        20, ge=1, le=50, description="How many series on a page; each comes with all its points."
    )


class SeriesPoints(SeriesOut):
    points: list[AnyPoint]


class PointIn(Schema):
    """A value, or how many of how many. `version` is that of the point you read; 0 where there is none yet."""

    version: Version = 0
    value: Number | None = None
    numerator: Number | None = None
    denominator: Number | None = None
    n: Whole | None = None
    text: Text = Field("", max_length=120)
    flag: Text = Field("", max_length=40)

    def values(self) -> Values:
        return Values(self.value, self.numerator, self.denominator, self.n, self.text, self.flag)


class LeftOut(Schema):
    version: Version
    why: Text = Field(min_length=1, max_length=200)


class Counted(Schema):
    version: Version


class RowIn(Schema):
    unit_id: UUID
    measure_id: UUID
    period: Text = Field(min_length=1, max_length=20)
    group: Text = Field(ALL, min_length=1, max_length=120)
    dimension: Text = Field("", max_length=60)
    value: Number | None = None
    numerator: Number | None = None
    denominator: Number | None = None
    n: Whole | None = None
    text: Text = Field("", max_length=120)
    flag: Text = Field("", max_length=40)

    def values(self) -> Values:
        return Values(self.value, self.numerator, self.denominator, self.n, self.text, self.flag)


class RowsIn(Schema):
    """Rows for a unit and the units below it, all or none. The same rows again change nothing."""

    unit_id: UUID
    rows: list[RowIn] = Field(min_length=1, max_length=MOST_ROWS)


class Written(Told):
    created: int
    updated: int
    unchanged: int


@router.get("/points", response=Page[SeriesPoints])
def list_points(request: Request, wanted: Query[PointFilter]) -> Page[SeriesPoints]:
    """Points of many series, a few series on each page."""
    items, following = cut(pick(request, wanted), wanted)
    found = [
        SeriesPoints(**dict(SeriesOut.model_validate(each.series)), points=points_out(each))
        for each in lines(items, request.person)
    ]
    return Page[SeriesPoints](items=found, next=following)


@router.get("/series/{uuid:series_id}/points", response=list[AnyPoint])
def list_series_points(request: Request, series_id: UUID) -> list[AnyPoint]:
    """The points of one series, first to last."""
    return points_out(line(get_series(request, series_id), request.person))


@router.put("/series/{uuid:series_id}/points/{period}", response=AnyPoint)
def record_point(request: Request, series_id: UUID, period: str, body: PointIn) -> AnyPoint:
    """Write one point by hand. What comes back is as it may be shown."""
    one = get_series(request, series_id)
    made = actions.record_point(
        one, request.person, period=period, values=body.values(), version=body.version
    )
    return _shown(one, made)


@router.post("/series/{uuid:series_id}/points/{period}/leave-out", response=AnyPoint)
def exclude_point(request: Request, series_id: UUID, period: str, body: LeftOut) -> AnyPoint:
    """Leave a point out of centre line, limits and rules, for a reason that everyone can read."""
    one = get_series(request, series_id)
    point = _point(request, one, period)
    return _shown(one, actions.exclude_point(point, request.person, why=body.why, version=body.version))


@router.post("/series/{uuid:series_id}/points/{period}/count-again", response=AnyPoint)
def include_point(request: Request, series_id: UUID, period: str, body: Counted) -> AnyPoint:
    """Let a point count again."""
    one = get_series(request, series_id)
    return _shown(
        one, actions.include_point(_point(request, one, period), request.person, version=body.version)
    )


@router.post("/points", response=Written)
def write_points(request: Request, body: RowsIn) -> dict[str, int]:
    """Write many points at once, at a unit and below it; series that are missing are opened."""
    unit = get_unit(request, body.unit_id)
    loaded = actions.load_points(unit, request.person, rows=_rows(request, body))
    return {"created": loaded.created, "updated": loaded.updated, "unchanged": loaded.unchanged}


def _point(request: Request, one: Series, period: str) -> Point:
    held = allowed(request.person, Act.VIEW_MEASURE, Point.objects.filter(series=one))
    point = (
        held.filter(period=parse_period(period).label)
        .select_related("series__measure", "series__unit")
        .first()
    )
    if point is None:
        raise NotFound
    return point


def _shown(one: Series, point: Point) -> AnyPoint:
    return next(point_out(spot) for spot in line(one).spots if spot.id == point.pk)


def _rows(request: Request, body: RowsIn) -> list[PointRow]:
    """Rows with their units and measures, each checked like a point that is written by hand."""
    units = _known(
        allowed(request.person, Act.VIEW_UNIT, Unit.objects.all()), {row.unit_id for row in body.rows}
    )
    counted = readable(request, Measure.objects.select_related("unit"))
    measures = _known(counted, {row.measure_id for row in body.rows})
    wrong: dict[str, object] = {}
    rows = []
    for number, row in enumerate(body.rows):
        try:
            rows.append(_row(row, units[row.unit_id], measures[row.measure_id]))
        except Invalid as error:
            wrong |= {
                f"rows.{number}.{name}": reason
                for name, reason in (error.fields or {"period": error}).items()
            }
    if wrong:
        raise Invalid(_("Nothing was written, because some rows cannot be used."), fields=wrong)
    return rows


def _row(row: RowIn, unit: Unit, measure: Measure) -> PointRow:
    rules.not_ahead(parse_period(row.period))
    values = rules.checked(row.values(), measure.scale)
    facts = rules.columns(values)
    return PointRow(unit, measure, row.period, row.group.strip() or ALL, row.dimension.strip(), **facts)


def _known(rows: QuerySet[M], ids: set[UUID]) -> dict[UUID, M]:
    found = {row.pk: row for row in rows.filter(pk__in=ids)}
    if ids - found.keys():
        raise NotFound
    return found
