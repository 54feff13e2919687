"""How the rows of a theory are kept, moved and tied together. Called by its actions alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from aimline.core.errors import Invalid
from aimline.core.models import Record
from aimline.measures import tasks
from aimline.measures.models import Series, Target
from aimline.theory.checks import may_serve
from aimline.theory.models import Aim, ChangeIdea, Driver, Link

R = TypeVar("R", bound=Record)
N = TypeVar("N", Driver, ChangeIdea)


@dataclass(frozen=True, slots=True)
class Course:
    """The aimline of an aim: which series, from where to where, from when to when."""

    series_id: UUID
    start_value: float
    value: float
    starts_on: date
    due_on: date


def stripped(parts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.strip() if isinstance(value, str) else value for name, value in parts.items()}


def keep(row: R) -> R:
    try:
        row.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise _in_words(error) from error
    row.save(force_insert=True)
    return row


def change(row: R, **facts: Any) -> R:
    try:
        return row.change(**facts)
    except ValidationError as error:
        raise _in_words(error) from error


def _in_words(error: ValidationError) -> Invalid:
    return Invalid(
        _("Not saved. Some of it is missing or too long."),
        fields={name: messages[0] for name, messages in error.message_dict.items()},
    )


def move(row: N, order: list[N], by: int) -> None:
    """Put a row further up or down. Its version stays: where it stands is nothing two people can contradict."""
    here = order.index(row)
    order.insert(min(max(here + by, 0), len(order) - 1), order.pop(here))
    for position, each in enumerate(order):
        each.position = position
    type(row)._default_manager.bulk_update(order, ["position"])


def serve(cause: Driver | ChangeIdea, effects: Mapping[Driver, bool]) -> None:
    """Let a node serve exactly these drivers, each with whether the team is less sure of it."""
    for effect in effects:
        may_serve(cause, effect)
    key = {"driver": cause} if isinstance(cause, Driver) else {"idea": cause}
    held = Link.objects.filter(**key)
    held.exclude(effect__in=_rows(effects)).delete()
    for effect, less_sure in effects.items():
        Link.objects.update_or_create(
            theory=cause.theory, effect=effect, **key, defaults={"less_sure": less_sure}
        )


def _rows(effects: Mapping[Driver, bool]) -> Sequence[Driver]:
    return list(effects)


def course_of(aim: Aim) -> Course | None:
    if not aim.is_measured:
        return None
    return Course(aim.series_id, aim.baseline, aim.goal, aim.baseline_on, aim.by_when)  # type: ignore[arg-type]


def draw_aimline(aim: Aim, before: Course | None) -> None:
    """Let the chart of the aim's series show its aimline. A series has one target; the aim it serves sets it."""
    after = course_of(aim)
    if after == before:
        return
    if before and (after is None or after.series_id != before.series_id):
        _take_back(before)
    if after:
        _set_target(after)
        tasks.refresh(Series.objects.filter(pk=after.series_id))


def _take_back(course: Course) -> None:
    """Remove the aimline an aim had drawn, unless someone has set another one since."""
    gone, _kinds = Target.objects.filter(**asdict(course)).delete()
    if gone:
        tasks.refresh(Series.objects.filter(pk=course.series_id))


def _set_target(course: Course) -> None:
    held = Target.objects.filter(series_id=course.series_id).order_by("-due_on", "-id").first()
    if held:
        held.change(**asdict(course))
    else:
        Target.objects.create(**asdict(course))
