"""What must hold before a measure, a point or a phase is written; the refusals in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from aimline.core import clock
from aimline.core.errors import Invalid, NotFound
from aimline.core.models import Record
from aimline.measures.models import FIRST_PHASE, Annotation, Measure, Phase, Point, Scale, Series
from aimline.measures.periods import Period
from aimline.measures.points import Values

# What may be told of a measure after it is made; its unit and its history stay.
OF_MEASURE = frozenset(
    {
        "code",
        "name",
        "definition",
        "kind",
        "better",
        "scale",
        "chart",
        "rhythm",
        "used_by",
        "if_worse",
        "owner",
        "recipe",
    }
)
OF_PHASE = frozenset({"name", "starts_on", "baseline_until", "why"})
OF_VALUES = tuple(each.name for each in fields(Values))


def of_measure(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name in OF_MEASURE}


def of_phase(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name in OF_PHASE}


def columns(values: Values) -> dict[str, Any]:
    return {name: getattr(values, name) for name in OF_VALUES}


def values_of(point: Point) -> Values:
    return Values(*(getattr(point, name) for name in OF_VALUES))


def cleaned(row: Record) -> None:
    """Turn what the fields refuse into words beside them."""
    try:
        row.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as refused:
        reasons = {name: " ".join(said) for name, said in refused.message_dict.items()}
        raise Invalid(" ".join(reasons.values()), fields=reasons) from refused


def changed(row: Record, facts: Mapping[str, Any]) -> None:
    """Check first, then change: a refusal leaves the row as it was."""
    before = {name: getattr(row, name) for name in facts}
    for name, value in facts.items():
        setattr(row, name, value)
    try:
        if isinstance(row, Measure):
            code_is_free(row)
        cleaned(row)
    except Invalid:
        for name, value in before.items():
            setattr(row, name, value)
        raise
    row.change()


def code_is_free(measure: Measure) -> None:
    if Measure.objects.filter(unit=measure.unit, code=measure.code).exclude(pk=measure.pk).exists():
        taken = _("The code %(code)s already names a measure here.") % {"code": measure.code}
        raise Invalid(taken, fields={"code": taken})


def unit_may_change(measure: Measure, facts: Mapping[str, Any]) -> None:
    if (
        facts.get("scale", measure.scale) != measure.scale
        and Point.objects.filter(series__measure=measure).exists()
    ):
        counted = _(
            "This measure has points already, so its unit cannot change. Define a new measure instead."
        )
        raise Invalid(counted, fields={"scale": counted})


def not_counted(measures: Iterable[Measure]) -> None:
    """What is counted from student rows, or added up from answers, is written by nobody."""
    for measure in measures:
        if measure.is_counted:
            raise Invalid(
                _(
                    "%(measure)s is counted from student data. Nobody writes its numbers: load the data they come "
                    "from, and they are counted again."
                )
                % {"measure": measure.name},
                code="counted",
            )
        if measure.is_asked:
            raise Invalid(
                _(
                    "%(measure)s is what people answered, added up. Nobody writes its numbers: ask again, and close."
                )
                % {"measure": measure.name},
                code="asked",
            )


def not_ahead(when: Period) -> None:
    """A point says what happened."""
    if when.starts_on > clock.today():
        ahead = _("%(period)s has not begun yet. A point says what happened.") % {"period": when.label}
        raise Invalid(ahead, fields={"period": ahead})


def checked(values: Values, scale: str) -> Values:
    """Refuse counts that cannot be, and work the value out from those that can."""
    _counts_can_be(values, scale)
    settled = values.settled(scale)
    if settled.value is None and not settled.text and not settled.flag:
        raise _refused("value", _("Write a number, or how many of how many."))
    if scale == Scale.PERCENT and settled.value is not None and not 0 <= settled.value <= 100:
        raise _refused("value", _("A percentage lies between 0 and 100."))
    return settled


def _counts_can_be(values: Values, scale: str) -> None:
    top, bottom = values.numerator, values.denominator
    if bottom is not None and bottom <= 0:
        raise _refused("denominator", _("Out of how many? Write 1 or more."))
    if (top is None) != (bottom is None) and scale != Scale.COUNT:
        raise _refused(
            "denominator" if bottom is None else "numerator",
            _("Write how many of how many, for example 5 of 10."),
        )
    if scale == Scale.PERCENT and top is not None and bottom is not None and not 0 <= top <= bottom:
        cannot = _("%(top)s of %(bottom)s cannot be. Write how many of how many, for example 5 of 10.")
        raise _refused("numerator", cannot % {"top": f"{top:g}", "bottom": f"{bottom:g}"})


def _refused(field: str, reason: str) -> Invalid:
    return Invalid(reason, fields={field: reason})


def owner(on: Series | Measure) -> dict[str, Any]:
    """Whose chart a phase or a note stands on."""
    if isinstance(on, Measure):
        return {"measure": on, "series": None}
    return {"measure": on.measure, "series": on}


def series_of(on: Series | Measure) -> Iterable[Series]:
    return on.series.all() if isinstance(on, Measure) else [on]


def belongs(row: Phase | Annotation, on: Series | Measure) -> None:
    """What stands on another chart is not this one's to change."""
    own = (
        row.measure_id == on.pk and row.series_id is None
        if isinstance(on, Measure)
        else row.series_id == on.pk
    )
    if not own:
        raise NotFound


def day_is_free(phase: Phase, on: Series | Measure) -> None:
    others = Phase.objects.filter(**owner(on)).exclude(pk=phase.pk)
    if others.filter(starts_on=phase.starts_on).exists():
        raise _refused("starts_on", _("A phase already starts on that day. Change that one instead."))


def baseline_follows(phase: Phase) -> None:
    if phase.baseline_until and phase.starts_on and phase.baseline_until < phase.starts_on:
        early = _("The phase starts on %(start)s, so its baseline cannot end on %(end)s.")
        raise _refused("baseline_until", early % {"start": phase.starts_on, "end": phase.baseline_until})


def phase_at(on: Series | Measure, day: date) -> Phase:
    """The phase that holds a day: the series' own, a copy of the measure's, or the first one, not saved yet."""
    begun = _begun(Phase.objects.filter(**owner(on)), day)
    if isinstance(on, Measure):
        return begun or Phase(name=FIRST_PHASE, **owner(on))
    shared = _begun(Phase.objects.filter(measure=on.measure, series=None), day)
    if begun and (not shared or (begun.starts_on or date.min) >= (shared.starts_on or date.min)):
        return begun
    if shared:
        return Phase(name=shared.name, starts_on=shared.starts_on, why=shared.why, **owner(on))
    return Phase(name=FIRST_PHASE, **owner(on))


def _begun(phases: Iterable[Phase], day: date) -> Phase | None:
    started = [phase for phase in phases if phase.starts_on is None or phase.starts_on <= day]
    return max(started, key=lambda phase: phase.starts_on or date.min, default=None)
