"""What a theory holds: drivers, change ideas, the links between them, and the measures that watch for harm."""

from __future__ import annotations

from uuid import UUID

from ninja import Field, Router, Schema
from pydantic import ConfigDict

from aimline.access.rules import Act, allowed
from aimline.api.door import Request
from aimline.api.measures import get_measure
from aimline.api.shared import NewId, Text, Version, get_allowed, ours
from aimline.api.theories import BalancingOut, DriverOut, IdeaOut, LinkOut, get_theory
from aimline.core.errors import NotFound
from aimline.theory import actions
from aimline.theory.models import BalancingMeasure, ChangeIdea, Driver, DriverLevel, Link, Theory

router = Router(tags=["theories"])


class Serves(Schema):
    """A driver that is served, and whether the team is less sure of that link."""

    driver_id: UUID
    less_sure: bool = False


class DriverIn(Schema):
    id: NewId = None
    level: DriverLevel
    name: Text = Field(min_length=1, max_length=160)
    serves: list[UUID] = Field([], max_length=50)


class DriverChange(Schema):
    model_config = ConfigDict(extra="forbid")

    version: Version
    name: Text = Field("", min_length=1, max_length=160)
    measure_id: UUID | None = None
    less_sure: bool = False
    serves: list[Serves] = Field([], max_length=50)


class IdeaIn(Schema):
    id: NewId = None
    name: Text = Field(min_length=1, max_length=160)
    description: Text = ""
    serves: list[UUID] = Field([], max_length=50)


class IdeaChange(Schema):
    model_config = ConfigDict(extra="forbid")

    version: Version
    name: Text = Field("", min_length=1, max_length=160)
    description: Text = ""
    serves: list[Serves] = Field([], max_length=50)


class MoveIn(Schema):
    """-1 is one up, 1 is one down."""

    by: int = Field(ge=-100, le=100)


class LinkIn(Schema):
    """`cause_id` names a secondary driver or an idea of this theory."""

    cause_id: UUID
    effect_id: UUID
    less_sure: bool = False


class BalancingIn(Schema):
    measure_id: UUID


def _driver(request: Request, theory_id: UUID, id: UUID) -> Driver:
    rows = Driver.objects.filter(theory=theory_id).select_related("theory__unit")
    return get_allowed(request, Act.VIEW_THEORY, rows, id)


def _idea(request: Request, theory_id: UUID, id: UUID) -> ChangeIdea:
    rows = ChangeIdea.objects.filter(theory=theory_id).select_related("theory__unit")
    return get_allowed(request, Act.VIEW_THEORY, rows, id)


def _drivers(request: Request, theory: Theory, ids: list[UUID]) -> list[Driver]:
    rows = Driver.objects.filter(theory=theory, pk__in=ids).select_related("theory__unit")
    found = {row.pk: row for row in allowed(request.person, Act.VIEW_THEORY, rows)}
    if set(ids) - found.keys():
        raise NotFound
    return [found[id] for id in dict.fromkeys(ids)]


def _serves(
    request: Request, theory: Theory, body: DriverChange | IdeaChange
) -> dict[str, dict[Driver, bool]]:
    if "serves" not in body.model_fields_set:
        return {}
    sure = {each.driver_id: each.less_sure for each in body.serves}
    return {"serves": {driver: sure[driver.pk] for driver in _drivers(request, theory, list(sure))}}


@router.post("/{uuid:theory_id}/drivers", response={201: DriverOut})
def add_driver(request: Request, theory_id: UUID, body: DriverIn) -> Driver:
    """Add something that must be true for the aim, or for the primary drivers it serves."""
    theory = get_theory(request, theory_id)
    serves = _drivers(request, theory, body.serves)
    made = actions.add_driver(
        theory, request.person, level=body.level, name=body.name, serves=serves, id=body.id
    )
    return ours(made, theory_id=theory.pk)


@router.patch("/{uuid:theory_id}/drivers/{uuid:driver_id}", response=DriverOut)
def change_driver(request: Request, theory_id: UUID, driver_id: UUID, body: DriverChange) -> Driver:
    """Give a driver another name or measure, or change what it serves and how sure the team is of that."""
    driver = _driver(request, theory_id, driver_id)
    parts = body.dict(exclude_unset=True, exclude={"serves", "measure_id"})
    if "measure_id" in body.model_fields_set:
        parts["measure"] = get_measure(request, body.measure_id) if body.measure_id else None
    parts |= _serves(request, driver.theory, body)
    return actions.change_driver(driver, request.person, **parts)


@router.post("/{uuid:theory_id}/drivers/{uuid:driver_id}/move", response=DriverOut)
def move_driver(request: Request, theory_id: UUID, driver_id: UUID, body: MoveIn) -> Driver:
    """Move a driver among those of its level."""
    moved = actions.move_driver(_driver(request, theory_id, driver_id), request.person, by=body.by)
    return _driver(request, theory_id, moved.pk)


@router.delete("/{uuid:theory_id}/drivers/{uuid:driver_id}", response={204: None})
def remove_driver(request: Request, theory_id: UUID, driver_id: UUID, version: Version | None = None) -> None:
    """Take a driver away with its links, unless a tested idea would then serve nothing."""
    actions.remove_driver(_driver(request, theory_id, driver_id), request.person, version=version)


@router.post("/{uuid:theory_id}/ideas", response={201: IdeaOut})
def add_idea(request: Request, theory_id: UUID, body: IdeaIn) -> ChangeIdea:
    """Add a change that can be tested."""
    theory = get_theory(request, theory_id)
    facts = {**body.dict(), "serves": _drivers(request, theory, body.serves)}
    return ours(actions.add_idea(theory, request.person, **facts), theory_id=theory.pk)


@router.patch("/{uuid:theory_id}/ideas/{uuid:idea_id}", response=IdeaOut)
def change_idea(request: Request, theory_id: UUID, idea_id: UUID, body: IdeaChange) -> ChangeIdea:
    """Give an idea another name or description, or change what it serves."""
    idea = _idea(request, theory_id, idea_id)
    parts = body.dict(exclude_unset=True, exclude={"serves"}) | _serves(request, idea.theory, body)
    return actions.change_idea(idea, request.person, **parts)


@router.post("/{uuid:theory_id}/ideas/{uuid:idea_id}/move", response=IdeaOut)
def move_idea(request: Request, theory_id: UUID, idea_id: UUID, body: MoveIn) -> ChangeIdea:
    """Move an idea in the list."""
    moved = actions.move_idea(_idea(request, theory_id, idea_id), request.person, by=body.by)
    return _idea(request, theory_id, moved.pk)


@router.delete("/{uuid:theory_id}/ideas/{uuid:idea_id}", response={204: None})
def remove_idea(request: Request, theory_id: UUID, idea_id: UUID, version: Version | None = None) -> None:
    """Take an idea away, unless it was tested."""
    actions.remove_idea(_idea(request, theory_id, idea_id), request.person, version=version)


@router.put("/{uuid:theory_id}/links", response=LinkOut)
def link(request: Request, theory_id: UUID, body: LinkIn) -> Link:
    """Say that a secondary driver or an idea moves a driver, and whether the team is less sure of it."""
    theory = get_theory(request, theory_id)
    is_idea = theory.ideas.filter(pk=body.cause_id).exists()
    cause = (_idea if is_idea else _driver)(request, theory_id, body.cause_id)
    effect = _driver(request, theory_id, body.effect_id)
    return actions.link(cause, request.person, effect=effect, less_sure=body.less_sure)


@router.delete("/{uuid:theory_id}/links/{uuid:link_id}", response={204: None})
def unlink(request: Request, theory_id: UUID, link_id: UUID) -> None:
    """Take a link away; what it joined stays."""
    links = Link.objects.filter(theory=theory_id).select_related("theory")
    actions.unlink(get_allowed(request, Act.VIEW_THEORY, links, link_id), request.person)


@router.post("/{uuid:theory_id}/balancing", response={201: BalancingOut})
def add_balancing(request: Request, theory_id: UUID, body: BalancingIn) -> BalancingMeasure:
    """Watch a number that would show harm elsewhere while the aim improves."""
    theory, measure = get_theory(request, theory_id), get_measure(request, body.measure_id)
    return actions.add_balancing(theory, request.person, measure=measure)


@router.delete("/{uuid:theory_id}/balancing/{uuid:balancing_id}", response={204: None})
def remove_balancing(request: Request, theory_id: UUID, balancing_id: UUID) -> None:
    """Stop watching a number for harm; the measure itself stays."""
    rows = BalancingMeasure.objects.filter(theory=theory_id).select_related("theory")
    actions.remove_balancing(get_allowed(request, Act.VIEW_THEORY, rows, balancing_id), request.person)
