"""Whom a place can ask by name: its teams, and the people with a post at it or below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils.translation import ngettext

from aimline.access.rules import Act, allowed
from aimline.instruments.models import Collection
from aimline.people.models import Membership, Person, Post, Team
from aimline.web.collections.forms import PeopleForm
from aimline.web.parts import Option


def people_at(person: Person, collection: Collection) -> QuerySet[Person]:
    """Those with a post at the place or below it who are not asked yet."""
    here = Post.objects.current().filter(unit__path__startswith=collection.unit.path).select_related("unit")
    found = allowed(person, Act.VIEW_PEOPLE, Person.objects.filter(is_active=True, posts__in=here))
    return (
        found.exclude(pk__in=collection.invitations.values("person"))
        .distinct()
        .order_by("name")
        .prefetch_related(Prefetch("posts", here, to_attr="posts_here"))
    )


def teams_at(person: Person, collection: Collection) -> QuerySet[Team]:
    rows = allowed(person, Act.VIEW_PEOPLE, Team.objects.filter(unit=collection.unit, ended_on=None))
    members = Membership.objects.current().select_related("person")
    return rows.order_by("name").prefetch_related(Prefetch("memberships", members, to_attr="members"))


def already(collection: Collection) -> QuerySet[Person]:
    """Those who are asked, by name; never whether they have answered."""
    return Person.objects.filter(pk__in=collection.invitations.values("person")).order_by("name")


def form_facts(person: Person, collection: Collection) -> dict[str, object]:
    """What the form offers: teams with how many are in them, and people under the place they work at."""
    teams = [(str(team.pk), _team(team)) for team in teams_at(person, collection) if _members(team)]
    return {"teams": teams, "groups": _groups(people_at(person, collection))}


def chosen(form: PeopleForm, person: Person, collection: Collection) -> Sequence[Person]:
    """Those ticked, and the members of the teams ticked, each once."""
    ids = {UUID(one) for one in form.chosen}
    ticked = set(form.cleaned_data.get("teams", ()))
    for team in teams_at(person, collection):
        if str(team.pk) in ticked:
            ids |= {member.pk for member in _members(team)}
    found = Person.objects.filter(pk__in=ids).exclude(pk__in=collection.invitations.values("person"))
    return list(allowed(person, Act.VIEW_PEOPLE, found).order_by("name"))


def _members(team: Team) -> list[Person]:
    held: list[Membership] = team.members  # type: ignore[attr-defined]
    return list({member.person.pk: member.person for member in held}.values())


def _team(team: Team) -> Option:
    people = len(_members(team))
    return Option(team.name, ngettext("%(count)s person", "%(count)s people", people) % {"count": people})


def _groups(people: QuerySet[Person]) -> list[tuple[str, list[tuple[str, Option]]]]:
    found: dict[str, list[tuple[str, Option]]] = defaultdict(list)
    for one in people:
        post: Post = one.posts_here[0]  # type: ignore[attr-defined]
        found[post.unit.name].append((str(one.pk), Option(one.name, post.title)))
    return sorted(found.items())
