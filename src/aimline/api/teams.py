"""Teams: who works together at a unit, and in which team role."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Prefetch, QuerySet
from ninja import Field, Query, Router, Schema

from aimline.access.actions import people
from aimline.access.rules import Act, allowed
from aimline.api.door import Request
from aimline.api.shared import NewId, Page, Text, Window, cut, get_allowed, get_unit, here_or_below, ours
from aimline.people.models import Membership, Person, Team, TeamKind, TeamRole

router = Router(tags=["teams"])


class MemberOut(Schema):
    id: UUID
    person_id: UUID
    role: TeamRole


class TeamOut(Schema):
    id: UUID
    version: int
    unit_id: UUID
    name: str
    kind: TeamKind
    members: list[MemberOut] = Field(alias="members_now")


class TeamFilter(Window):
    unit: UUID | None = Field(None, description="Teams of this unit and below it.")


class TeamIn(Schema):
    id: NewId = None
    unit_id: UUID
    name: Text = Field(min_length=1, max_length=120)
    kind: TeamKind


class MemberIn(Schema):
    person_id: UUID
    role: TeamRole = TeamRole.MEMBER


def _teams() -> QuerySet[Team]:
    now = Membership.objects.current().order_by("pk")
    return Team.objects.filter(ended_on=None).prefetch_related(
        Prefetch("memberships", now, to_attr="members_now")
    )


def _team(request: Request, id: UUID) -> Team:
    return get_allowed(request, Act.VIEW_PEOPLE, _teams(), id)


@router.get("", response=Page[TeamOut])
def list_teams(request: Request, wanted: Query[TeamFilter]) -> dict[str, object]:
    """The teams this person may see, with their members."""
    rows = allowed(request.person, Act.VIEW_PEOPLE, here_or_below(request, _teams(), wanted.unit))
    items, following = cut(rows, wanted)
    return {"items": items, "next": following}


@router.get("/{uuid:team_id}", response=TeamOut)
def show_team(request: Request, team_id: UUID) -> Team:
    """One team with its members."""
    return _team(request, team_id)


@router.post("", response={201: TeamOut})
def form_team(request: Request, body: TeamIn) -> Team:
    """Form a team at a unit."""
    unit = get_unit(request, body.unit_id)
    made = people.form_team(unit, request.person, **body.dict(exclude={"unit_id"}))
    return _team(request, ours(made, unit_id=unit.pk).pk)


@router.post("/{uuid:team_id}/members", response={201: MemberOut})
def join_team(request: Request, team_id: UUID, body: MemberIn) -> Membership:
    """Add a person to a team, in a team role."""
    team = get_allowed(request, Act.VIEW_PEOPLE, Team, team_id)
    member = get_allowed(request, Act.VIEW_PEOPLE, Person, body.person_id)
    return people.join(team, request.person, member=member, role=body.role)


@router.delete("/{uuid:team_id}/members/{uuid:member_id}", response={204: None})
def leave_team(request: Request, team_id: UUID, member_id: UUID) -> None:
    """End a person's part in a team."""
    memberships = Membership.objects.current().filter(team=team_id)
    people.leave(get_allowed(request, Act.VIEW_PEOPLE, memberships, member_id), request.person)
