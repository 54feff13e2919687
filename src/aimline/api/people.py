"""People: who works on improvement, and where."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from ninja import Field, Query, Router, Schema

from aimline.access.actions import people
from aimline.access.rules import Act, allowed
from aimline.api.door import Request
from aimline.api.shared import NewId, Page, Text, Window, cut, get_allowed, get_unit
from aimline.people.models import Person, Post

router = Router(tags=["people"])


class PostOut(Schema):
    unit_id: UUID
    title: str
    starts_on: date


class PersonOut(Schema):
    """A person with the posts held today. E-mail addresses do not leave this way."""

    id: UUID
    version: int
    name: str
    posts: list[PostOut] = Field(alias="posts_now")


class PersonFilter(Window):
    unit: UUID | None = Field(None, description="People with a post at this unit or below it.")
    q: Text = ""


class PersonIn(Schema):
    id: NewId = None
    unit_id: UUID
    name: Text = Field(min_length=1, max_length=200)
    title: Text = Field(min_length=1, max_length=120)
    email: Text | None = Field(None, max_length=254)
    language: Text = Field("en", pattern="^(en|es)$")


def _people() -> QuerySet[Person]:
    now = Post.objects.current().order_by("starts_on", "pk")
    return Person.objects.filter(is_active=True, is_operator=False).prefetch_related(
        Prefetch("posts", now, to_attr="posts_now")
    )


@router.get("", response=Page[PersonOut])
def list_people(request: Request, wanted: Query[PersonFilter]) -> dict[str, object]:
    """The people this person may see."""
    rows = _people()
    if wanted.unit:
        here = Post.objects.current().filter(unit__path__startswith=get_unit(request, wanted.unit).path)
        rows = rows.filter(pk__in=here.values("person"))
    if wanted.q:
        rows = rows.filter(name__icontains=wanted.q)
    items, following = cut(allowed(request.person, Act.VIEW_PEOPLE, rows), wanted)
    return {"items": items, "next": following}


@router.get("/{uuid:person_id}", response=PersonOut)
def show_person(request: Request, person_id: UUID) -> Person:
    """One person."""
    return get_allowed(request, Act.VIEW_PEOPLE, _people(), person_id)


@router.post("", response={201: PersonOut})
def register_person(request: Request, body: PersonIn) -> Person:
    """Make a person known, with a first post at a unit. A role is given in the browser or on the command line."""
    unit = get_unit(request, body.unit_id)
    made = people.register(unit, request.person, **body.dict(exclude={"unit_id"}))
    return get_allowed(request, Act.VIEW_PEOPLE, _people(), made.pk)


@router.post("/{uuid:person_id}/close", response={204: None})
def close_account(request: Request, person_id: UUID) -> None:
    """Close an account at once; what the person did stays."""
    people.deactivate(get_allowed(request, Act.VIEW_PEOPLE, Person, person_id), request.person)
