"""Units: the places that improve, in one tree."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from ninja import Field, Query, Router, Schema
from pydantic import ConfigDict

from aimline.access.actions import units
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
    get_unit,
    here_or_below,
    ours,
)
from aimline.org.models import Identifier, Unit, UnitKind

router = Router(tags=["units"])


class UnitOut(Schema):
    id: UUID
    version: int
    parent_id: UUID | None
    kind: UnitKind
    name: str
    short_name: str
    code: str
    ended_on: date | None


class UnitFilter(Window):
    under: UUID | None = Field(None, description="This unit and everything below it.")
    kind: UnitKind | None = None
    code: Text | None = None


class UnitIn(Schema):
    id: NewId = None
    parent_id: UUID
    kind: UnitKind
    name: Text = Field(min_length=1, max_length=200)
    code: Text = Field(min_length=1, max_length=60)


class UnitChange(Schema):
    model_config = ConfigDict(extra="forbid")

    version: Version
    name: Text = Field("", min_length=1, max_length=200)
    short_name: Text = Field("", max_length=60)


class UnitEnd(Schema):
    on: Day | None = None


class IdentifierIn(Schema):
    source: Text = Field(min_length=1, max_length=60)
    value: Text = Field(min_length=1, max_length=120)


class IdentifierOut(Schema):
    unit_id: UUID
    source: str
    value: str


@router.get("", response=Page[UnitOut])
def list_units(request: Request, wanted: Query[UnitFilter]) -> dict[str, object]:
    """The units this person may see."""
    rows = here_or_below(request, Unit.objects.all(), wanted.under, "path")
    facts = {name: value for name in ("kind", "code") if (value := getattr(wanted, name)) is not None}
    items, following = cut(allowed(request.person, Act.VIEW_UNIT, rows.filter(**facts)), wanted)
    return {"items": items, "next": following}


@router.get("/{uuid:unit_id}", response=UnitOut)
def show_unit(request: Request, unit_id: UUID) -> Unit:
    """One unit."""
    return get_unit(request, unit_id)


@router.post("", response={201: UnitOut})
def add_unit(request: Request, body: UnitIn) -> Unit:
    """Add a unit below another."""
    parent = get_unit(request, body.parent_id)
    facts = body.dict(exclude={"parent_id"})
    return ours(units.add(parent, request.person, **facts), parent_id=parent.pk)


@router.patch("/{uuid:unit_id}", response=UnitOut)
def rename_unit(request: Request, unit_id: UUID, body: UnitChange) -> Unit:
    """Give a unit another name; its code, history and data stay."""
    unit = get_unit(request, unit_id)
    facts = {"name": unit.name, "short_name": unit.short_name, **body.dict(exclude_unset=True)}
    return units.rename(unit, request.person, **facts)


@router.post("/{uuid:unit_id}/end", response=UnitOut)
def end_unit(request: Request, unit_id: UUID, body: UnitEnd) -> Unit:
    """Close a unit from a day on. What it did stays to be read."""
    return units.end(get_unit(request, unit_id), request.person, on=body.on)


@router.get("/{uuid:unit_id}/identifiers", response=list[IdentifierOut])
def list_identifiers(request: Request, unit_id: UUID) -> list[Identifier]:
    """The names other systems give this unit."""
    return list(get_unit(request, unit_id).identifiers.order_by("source", "value"))


@router.post("/{uuid:unit_id}/identifiers", response={201: IdentifierOut})
def identify_unit(request: Request, unit_id: UUID, body: IdentifierIn) -> Identifier:
    """Record the name another system gives this unit."""
    return units.identify(get_unit(request, unit_id), request.person, **body.dict())
