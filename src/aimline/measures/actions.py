"""Writes about measures: what is counted, where, how far by when, and what is noted on the chart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.core import clock
from aimline.core.errors import Conflict, Invalid
from aimline.core.ids import uuid7
from aimline.core.models import once
from aimline.instruments.models import Instrument
from aimline.measures import asked, loading, rules, tasks
from aimline.measures.models import ALL, Annotation, Measure, MeasureKind, Phase, Point, Series, Target
from aimline.measures.periods import parse_period
from aimline.measures.points import LoadedPoints, PointChange, PointRow, TakenBack, Values
from aimline.org.models import Unit
from aimline.people.models import Person, Team


@action(Act.EDIT_MEASURE)
def define_measure(unit: Unit, person: Person, /, *, id: UUID | None = None, **facts: Any) -> Measure:
    """Define a measure at a unit; every unit at or below it may then have series of it."""
    if made := once(Measure, id, unit=unit):
        return made
    measure = Measure(id=id or uuid7(), unit=unit, **rules.of_measure(facts))
    rules.code_is_free(measure)
    rules.cleaned(measure)
    measure.save(force_insert=True)
    return measure


@action(Act.EDIT_MEASURE)
def change_measure(
    measure: Measure, person: Person, /, *, version: int | None = None, **facts: Any
) -> Measure:
    """Change what a measure is called, counts or is for."""
    measure.expect_version(version)
    new = rules.of_measure(facts)
    rules.unit_may_change(measure, new)
    rules.changed(measure, new)
    tasks.refresh(measure.series.all())
    return measure


@action(Act.EDIT_MEASURE)
def end_measure(measure: Measure, person: Person, *, on: date | None = None) -> Measure:
    """Stop counting this from a day on; its points stay to be read."""
    return measure.change(ended_on=on or clock.today())


@action(Act.EDIT_MEASURE)
def open_series(
    unit: Unit,
    person: Person,
    *,
    measure: Measure,
    group: str = ALL,
    dimension: str = "",
    team: Team | None = None,
) -> Series:
    """Start to follow a measure at a unit, for everyone or for one student group."""
    if not measure.unit.holds(unit):
        raise Invalid(
            _("%(measure)s belongs to another place, so it cannot be counted at %(unit)s.")
            % {"measure": measure.name, "unit": unit.name}
        )
    # A group that is written in two ways would be two lines, and each would give the other away.
    made, is_new = Series.objects.get_or_create(
        measure=measure,
        unit=unit,
        team=team,
        group=group.strip() or ALL,
        defaults={"dimension": dimension.strip()},
    )
    if is_new:
        tasks.refresh([made])
    return made


@action(Act.RECORD_POINTS)
def record_point(
    series: Series, person: Person, *, period: str, values: Values, version: int | None = None
) -> Point:
    """Write one point by hand. Version 0 says: there is none for this period yet."""
    when = parse_period(period)
    rules.not_counted([series.measure])
    rules.not_ahead(when)
    values = rules.checked(values, series.measure.scale)
    held = Point.objects.select_for_update().filter(series=series, period=when.label).first()
    if held is None:
        held = Point(series=series, period=when.label, starts_on=when.starts_on, **rules.columns(values))
        rules.cleaned(held)
        held.save(force_insert=True)
    elif rules.values_of(held) != values:
        if version is not None and version != held.version:
            raise Conflict(
                _("There is a number for %(period)s already. Look at both, then save again to write over it.")
                % {"period": when.label},
                version=held.version,
            )
        held.change(**rules.columns(values))
    tasks.refresh([series])
    return held


@action(Act.IMPORT)
def load_points(unit: Unit, person: Person, *, rows: Sequence[PointRow]) -> LoadedPoints:
    """Keep many points at once, at this unit and below. The same rows again change nothing."""
    rules.not_counted({row.measure.pk: row.measure for row in rows}.values())
    loaded, touched = loading.load(unit, rows)
    tasks.refresh(touched)
    return loaded


@action(Act.EDIT_MEASURE)
def keep_count(
    measure: Measure, person: Person, *, rows: Sequence[PointRow], since: date | None = None
) -> int:
    """Keep what was counted from student rows: points that differ are written, those no longer counted go.

    Points before `since` stay as they are: the rows that they were counted from are no longer there.
    """
    rows = [row for row in rows if since is None or parse_period(row.period).starts_on >= since]
    loaded, touched = loading.load(measure.unit, rows)
    removed, shrunk = loading.keep_only(measure, rows, since)
    touched = [*touched, *shrunk]
    if touched:
        tasks.refresh(touched)
    return loaded.created + loaded.updated + removed


@action(Act.EDIT_MEASURE)
def follow_construct(
    instrument: Instrument, person: Person, *, construct: str, kind: MeasureKind = MeasureKind.DRIVER
) -> Measure:
    """Put what an instrument adds up to on a chart: every collection that has closed, and each one to come."""
    if made := Measure.objects.filter(instrument=instrument, construct=construct).first():
        return made
    measure = asked.measure_of(instrument, construct, kind)
    rules.code_is_free(measure)
    rules.cleaned(measure)
    measure.save(force_insert=True)
    tasks.refresh(asked.keep(measure))
    return measure


@action(Act.IMPORT)
def take_back_points(unit: Unit, person: Person, *, changes: Sequence[PointChange]) -> TakenBack:
    """Undo a load: points it made go, points it wrote over come back; what was changed since stays."""
    taken, touched = loading.take_back(unit, changes)
    tasks.refresh(touched)
    return taken


@action(Act.EDIT_MEASURE)
def exclude_point(point: Point, person: Person, *, why: str, version: int | None = None) -> Point:
    """Leave a point out of centre line, limits and rules, for a reason that everyone can read. It is still drawn."""
    if not why.strip():
        raise Invalid(
            _("Say why this point does not count."), fields={"why": _("Say why this point does not count.")}
        )
    point.expect_version(version)
    point.change(excluded=why.strip())
    tasks.refresh([point.series])
    return point


@action(Act.EDIT_MEASURE)
def include_point(point: Point, person: Person, *, version: int | None = None) -> Point:
    """Let a point count again."""
    point.expect_version(version)
    point.change(excluded="")
    tasks.refresh([point.series])
    return point


@action(Act.EDIT_MEASURE)
def set_target(
    series: Series,
    person: Person,
    *,
    start: tuple[date, float],
    goal: tuple[date, float],
    version: int | None = None,
) -> Target:
    """Say how far by when: the aimline runs from the start to the goal. A series has one; setting it again moves it."""
    facts = {"starts_on": start[0], "start_value": start[1], "due_on": goal[0], "value": goal[1]}
    if goal[0] <= start[0]:
        late = _("The aimline starts on %(start)s, so it cannot end on %(end)s.") % {
            "start": start[0],
            "end": goal[0],
        }
        raise Invalid(late, fields={"due_on": late})
    held = Target.objects.filter(series=series).order_by("-due_on", "-id").first()
    if held:
        held.expect_version(version)
        target = held.change(**facts)
    else:
        target = Target.objects.create(series=series, **facts)
    tasks.refresh([series])
    return target


@action(Act.EDIT_MEASURE)
def add_phase(
    on: Series | Measure,
    person: Person,
    *,
    name: str,
    starts_on: date | None = None,
    why: str = "",
    id: UUID | None = None,
) -> Phase:
    """Start the line anew from a day on: of one series, or of all series of a measure."""
    if made := once(Phase, id, **rules.owner(on)):
        return made
    phase = Phase(id=id or uuid7(), name=name, starts_on=starts_on, why=why, **rules.owner(on))
    rules.day_is_free(phase, on)
    rules.cleaned(phase)
    phase.save(force_insert=True)
    tasks.refresh(rules.series_of(on))
    return phase


@action(Act.EDIT_MEASURE)
def change_phase(
    on: Series | Measure, person: Person, /, *, phase: Phase, version: int | None = None, **facts: Any
) -> Phase:
    """Rename or move a phase, or freeze another stretch of it."""
    rules.belongs(phase, on)
    phase.expect_version(version)
    rules.changed(phase, rules.of_phase(facts))
    rules.day_is_free(phase, on)
    rules.baseline_follows(phase)
    tasks.refresh(rules.series_of(on))
    return phase


@action(Act.EDIT_MEASURE)
def remove_phase(on: Series | Measure, person: Person, *, phase: Phase) -> Series | Measure:
    """Let the line run through again."""
    rules.belongs(phase, on)
    phase.delete()
    tasks.refresh(rules.series_of(on))
    return on


@action(Act.EDIT_MEASURE)
def freeze_baseline(on: Series | Measure, person: Person, *, until: date | None) -> Phase:
    """Freeze centre and limits after a day, in the phase that day lies in; without a day, let them move again."""
    phase = rules.phase_at(on, until or clock.today())
    phase.baseline_until = until
    rules.cleaned(phase)
    phase.save()
    tasks.refresh(rules.series_of(on))
    return phase


@action(Act.ANNOTATE)
def annotate(
    on: Series | Measure, person: Person, *, day: date, text: str, id: UUID | None = None
) -> Annotation:
    """Put a dated note on the chart."""
    if made := once(Annotation, id, **rules.owner(on)):
        return made
    note = Annotation(id=id or uuid7(), day=day, text=text, person=person, **rules.owner(on))
    rules.cleaned(note)
    note.save(force_insert=True)
    return note


@action(Act.ANNOTATE)
def remove_annotation(on: Series | Measure, person: Person, *, annotation: Annotation) -> Series | Measure:
    """Take a note off the chart."""
    rules.belongs(annotation, on)
    annotation.delete()
    return on
