"""What a load writes, step by step: units, school years, measures, points. All in the one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import models

from aimline.access.actions import units
from aimline.core.models import kind_of
from aimline.imports.case.keeping import keep as keep_framework
from aimline.imports.mapping.model import NewMeasure
from aimline.imports.models import Change
from aimline.imports.places import NewUnit, Place
from aimline.imports.staging import POINTS, Ready, SchoolYear, Staged
from aimline.measures import actions as measures
from aimline.measures import rules
from aimline.measures.models import Measure, Phase, Series
from aimline.measures.points import LoadedPoints, PointRow
from aimline.org.models import Calendar, Unit, UnitKind
from aimline.people.models import Person


def write(unit: Unit, person: Person, staged: Staged) -> list[Change]:
    """Write what was staged; return every row made or altered, none where all of it was held already."""
    if staged.framework:
        return keep_framework(unit, person, staged.framework)
    changes = [_made(row) for row in _make_units(unit, person, staged)]
    changes += [_made(row) for row in _keep_school_years(person, staged)]
    defined = _define_measures(unit, person, staged)
    changes += [_made(row) for row in defined.values()]
    changes += [_made(row) for row in _add_phases(person, staged, defined)]
    rows = [_row(ready, defined) for ready in staged.ready]
    loaded = measures.load_points(unit, person, rows=rows)
    _count(staged, loaded)
    return changes + _points(loaded)


def _made(row: models.Model) -> Change:
    return Change(record_kind=kind_of(row), record_id=row.pk)


def _unit(place: Place) -> Unit:
    if isinstance(place, Unit):
        return place
    if place.made is None:
        raise RuntimeError(f"The unit {place.code} was staged and not made.")
    return place.made


def _make_units(unit: Unit, person: Person, staged: Staged) -> list[Unit]:
    """Make the units that are not held; those above come before those below."""
    made = []
    for new in _in_order(staged.places.new.values()):
        parent = _unit(new.parent) if new.parent else unit
        kind = UnitKind(new.kind or staged.places.create or UnitKind.SCHOOL)
        new.made = units.add(parent, person, name=new.name or new.code, code=new.code, kind=kind)
        made.append(new.made)
        if new.id:
            units.identify(new.made, person, source=staged.source, value=new.id)
    return made


def _in_order(new: Iterable[NewUnit]) -> list[NewUnit]:
    return sorted(new, key=lambda each: _depth(each))


def _depth(new: NewUnit) -> int:
    return 1 + _depth(new.parent) if isinstance(new.parent, NewUnit) else 0


def _keep_school_years(person: Person, staged: Staged) -> list[Calendar]:
    """Keep the school years that are not held; one that is held was set by people here, and stays as it is."""
    made = []
    for year in staged.school_years:
        unit = _unit(year.place)
        tally = staged.report.tally(year.file, "Session")
        if Calendar.objects.filter(
            unit=unit, first_day__lte=year.last_day, last_day__gte=year.first_day
        ).exists():
            tally.unchanged += year.records
            continue
        made.append(_keep(unit, person, year))
        tally.created += year.records
    return made


def _keep(unit: Unit, person: Person, year: SchoolYear) -> Calendar:
    return units.keep_calendar(
        unit,
        person,
        name=year.name,
        first_day=year.first_day,
        last_day=year.last_day,
        terms=year.terms,
        holidays=year.holidays,
    )


def _define_measures(unit: Unit, person: Person, staged: Staged) -> dict[str, Measure]:
    """Define the measures that points need and nobody has defined yet."""
    wanted = {
        ready.measure.code: ready.measure for ready in staged.ready if isinstance(ready.measure, NewMeasure)
    }
    return {code: _define(unit, person, new) for code, new in wanted.items()}


def _define(unit: Unit, person: Person, new: NewMeasure) -> Measure:
    facts: dict[str, Any] = {
        name: getattr(new, name) for name in ("code", "name", "kind", "better", "definition")
    }
    return measures.define_measure(unit, person, scale=new.unit, **{**facts, **new.facts})


def _add_phases(person: Person, staged: Staged, defined: dict[str, Measure]) -> list[Phase]:
    """Start the lines of a measure anew where the mapping says so; a phase that is there already stays."""
    used = {ready.measure.code: ready.measure for ready in staged.ready}
    made = []
    for code, found in used.items():
        measure = defined.get(code) or found
        for phase in staged.phases.get(code, ()):
            if isinstance(measure, Measure) and not _has_phase(measure, phase.starts):
                made.append(
                    measures.add_phase(
                        measure, person, name=phase.name, starts_on=phase.starts, why=phase.why
                    )
                )
    return made


def _has_phase(measure: Measure, starts: date) -> bool:
    return Phase.objects.filter(measure=measure, series=None, starts_on=starts).exists()


def _row(ready: Ready, defined: dict[str, Measure]) -> PointRow:
    candidate, measure = ready.candidate, ready.measure
    return PointRow(
        unit=_unit(ready.place),
        measure=defined[measure.code] if isinstance(measure, NewMeasure) else measure,
        period=candidate.period,
        group=candidate.group,
        dimension=candidate.dimension,
        **rules.columns(candidate.values),
    )


def _count(staged: Staged, loaded: LoadedPoints) -> None:
    for ready, outcome in zip(staged.ready, loaded.outcomes, strict=True):
        tally = staged.report.tally(ready.file or staged.file, POINTS)
        setattr(tally, outcome, getattr(tally, outcome) + 1)


def _points(loaded: LoadedPoints) -> list[Change]:
    return [
        Change(
            record_kind=Series._meta.label,
            record_id=change.series_id,
            period=change.period,
            before=rules.columns(change.before) if change.before else None,
            after=rules.columns(change.after),
        )
        for change in loaded.changes
    ]
