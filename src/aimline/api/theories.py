"""Theories of improvement: the aim, what must be true for it, what is tried, and what leads to what."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from ninja import Field, Query, Router, Schema
from pydantic import ConfigDict

from aimline.access.rules import Act, allowed
from aimline.api.door import Request
from aimline.api.shared import (
    Day,
    NewId,
    Number,
    Page,
    Text,
    Version,
    Window,
    cut,
    get_allowed,
    get_if_given,
    get_unit,
    here_or_below,
    ours,
)
from aimline.core.errors import NotFound
from aimline.measures.models import Series
from aimline.people.models import Team
from aimline.theory import actions
from aimline.theory.models import Aim, DriverLevel, Theory

router = Router(tags=["theories"])


class AimOut(Schema):
    """What will improve, for whom, from where to where, by when; and the same as one sentence."""

    id: UUID
    version: int
    sentence: str
    what: str
    for_whom: str
    why: str
    series_id: UUID | None
    baseline: float | None
    goal: float | None
    baseline_on: date | None
    by_when: date | None


class DriverOut(Schema):
    id: UUID
    version: int
    level: DriverLevel
    position: int
    name: str
    measure_id: UUID | None
    less_sure: bool


class IdeaOut(Schema):
    id: UUID
    version: int
    position: int
    name: str
    description: str


class LinkOut(Schema):
    """From a cause (a secondary driver or an idea) to the driver it moves."""

    id: UUID
    cause_id: UUID
    effect_id: UUID
    less_sure: bool


class BalancingOut(Schema):
    id: UUID
    measure_id: UUID


class TheoryRow(Schema):
    id: UUID
    version: int
    unit_id: UUID
    team_id: UUID | None
    title: str
    ended_on: date | None
    aim: AimOut | None = Field(alias="stated")


class TheoryOut(TheoryRow):
    drivers: list[DriverOut]
    ideas: list[IdeaOut]
    links: list[LinkOut]
    balancing: list[BalancingOut]


class TheoryFilter(Window):
    under: UUID | None = Field(None, description="Theories of this unit and below it.")
    open: bool | None = Field(
        None, description="Only those that are worked on, or only those that have ended."
    )


class AimParts(Schema):
    model_config = ConfigDict(extra="forbid")

    why: Text = ""
    series_id: UUID | None = None
    baseline: Number | None = None
    goal: Number | None = None
    baseline_on: Day | None = None
    by_when: Day | None = None


class AimIn(AimParts):
    what: Text = Field(min_length=1, max_length=200)
    for_whom: Text = Field(min_length=1, max_length=200)


class AimChange(AimParts):
    version: Version
    what: Text = Field("", min_length=1, max_length=200)
    for_whom: Text = Field("", min_length=1, max_length=200)


class TheoryIn(Schema):
    id: NewId = None
    unit_id: UUID
    team_id: UUID | None = None
    title: Text = Field(min_length=1, max_length=160)
    aim: AimIn | None = None


class TheoryChange(Schema):
    model_config = ConfigDict(extra="forbid")

    version: Version
    title: Text = Field("", min_length=1, max_length=160)
    team_id: UUID | None = None


class CopyIn(Schema):
    """`unit_id` is the place that takes the theory up."""

    id: NewId = None
    unit_id: UUID


def get_theory(request: Request, id: UUID) -> Theory:
    return get_allowed(request, Act.VIEW_THEORY, _whole(), id)


def _whole() -> QuerySet[Theory]:
    aim = ("aim__series__measure", "aim__series__unit")
    held = ("drivers", "ideas", "links", "balancing")
    return Theory.objects.select_related("unit", *aim).prefetch_related(*held)


def _aim_parts(request: Request, body: AimParts) -> dict[str, Any]:
    parts = body.dict(exclude_unset=True, exclude={"series_id"})
    if "series_id" in body.model_fields_set:
        parts["series"] = get_if_given(
            request, Act.VIEW_MEASURE, Series.objects.select_related("measure", "unit"), body.series_id
        )
    return parts


@router.get("", response=Page[TheoryRow])
def list_theories(request: Request, wanted: Query[TheoryFilter]) -> dict[str, object]:
    """The theories this person may see, with their aims."""
    rows = Theory.objects.select_related("aim__series__measure", "aim__series__unit")
    if wanted.open is not None:
        rows = rows.filter(ended_on__isnull=wanted.open)
    seen = allowed(request.person, Act.VIEW_THEORY, here_or_below(request, rows, wanted.under))
    items, following = cut(seen, wanted)
    return {"items": items, "next": following}


@router.get("/{uuid:theory_id}", response=TheoryOut)
def show_theory(request: Request, theory_id: UUID) -> Theory:
    """One theory with every node and link of its diagram."""
    return get_theory(request, theory_id)


@router.post("", response={201: TheoryOut})
def start_theory(request: Request, body: TheoryIn) -> Theory:
    """Start a theory at a unit, with its aim where that is known."""
    unit = get_unit(request, body.unit_id)
    team = get_if_given(request, Act.VIEW_PEOPLE, Team, body.team_id)
    aim = _aim_parts(request, body.aim) if body.aim else {}
    made = actions.start_theory(unit, request.person, title=body.title, team=team, id=body.id, **aim)
    return get_theory(request, ours(made, unit_id=unit.pk).pk)


@router.patch("/{uuid:theory_id}", response=TheoryOut)
def change_theory(request: Request, theory_id: UUID, body: TheoryChange) -> Theory:
    """Give a theory another title or team."""
    theory = get_theory(request, theory_id)
    team_id = body.team_id if "team_id" in body.model_fields_set else theory.team_id
    team = get_if_given(request, Act.VIEW_PEOPLE, Team, team_id)
    return actions.change_theory(
        theory, request.person, title=body.title or theory.title, team=team, version=body.version
    )


@router.post("/{uuid:theory_id}/end", response=TheoryOut)
def end_theory(request: Request, theory_id: UUID) -> Theory:
    """Stop working on a theory; it stays to be read."""
    return actions.end_theory(get_theory(request, theory_id), request.person)


@router.post("/{uuid:theory_id}/reopen", response=TheoryOut)
def reopen_theory(request: Request, theory_id: UUID) -> Theory:
    """Take up a theory again."""
    return actions.reopen_theory(get_theory(request, theory_id), request.person)


@router.post("/{uuid:theory_id}/copy", response={201: TheoryOut})
def copy_theory(request: Request, theory_id: UUID, body: CopyIn) -> Theory:
    """Start a theory at another unit from this one: its words and links, not its numbers."""
    theory, unit = get_theory(request, theory_id), get_unit(request, body.unit_id)
    made = actions.copy_theory(unit, request.person, theory=theory, id=body.id)
    return get_theory(request, ours(made, unit_id=unit.pk).pk)


@router.post("/{uuid:theory_id}/aim", response={201: AimOut})
def state_aim(request: Request, theory_id: UUID, body: AimIn) -> Aim:
    """Say what will improve, for whom, from where to where, by when."""
    theory = get_theory(request, theory_id)
    return actions.state_aim(theory, request.person, **_aim_parts(request, body))


@router.patch("/{uuid:theory_id}/aim", response=AimOut)
def change_aim(request: Request, theory_id: UUID, body: AimChange) -> Aim:
    """Change parts of an aim. Its aimline on the chart follows."""
    aim = get_theory(request, theory_id).stated
    if aim is None:
        raise NotFound
    return actions.change_aim(aim, request.person, **_aim_parts(request, body))
