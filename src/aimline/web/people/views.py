"""Who works at a place: people, their roles, teams."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from aimline.access.actions import grants
from aimline.access.actions import people as acts
from aimline.access.models import Grant
from aimline.access.roles import ROLES, Role
from aimline.access.rules import Act, allowed, can, rights_at
from aimline.people.models import Membership, Person, Post, Team, TeamKind, TeamRole
from aimline.web.people.forms import GrantForm, JoinForm, RegisterForm, TeamForm
from aimline.web.shell import Request, bind, form_page, get_allowed, page, paginate, say


@require_GET
def people(request: Request) -> HttpResponse:
    """People with a post at this place or below it, and the teams of the place."""
    here = Post.objects.current().filter(unit__path__startswith=request.place.path).select_related("unit")
    found = allowed(request.person, Act.VIEW_PEOPLE, Person.objects.filter(is_active=True, posts__in=here))
    if words := request.GET.get("q", "").strip():
        found = found.filter(name__icontains=words)
    rows = found.distinct().order_by("name").prefetch_related(Prefetch("posts", here, to_attr="posts_here"))
    teams = allowed(request.person, Act.VIEW_PEOPLE, Team.objects.filter(unit=request.place, ended_on=None))
    return page(
        request,
        "people/list.html",
        people=paginate(request, rows),
        teams=teams.prefetch_related(Prefetch("memberships", _members(), to_attr="members")),
        words=words,
        may_edit=can(request.person, Act.EDIT_PEOPLE, request.place),
    )


@require_GET
def show(request: Request, person_id: UUID) -> HttpResponse:
    person = get_allowed(request, Act.VIEW_PEOPLE, Person, person_id)
    held = allowed(request.person, Act.GRANT_ROLE, Grant.objects.current().filter(person=person))
    return page(
        request,
        "people/show.html",
        subject=person,
        posts=person.posts.current().select_related("unit"),
        teams=Membership.objects.current().filter(person=person).select_related("team__unit"),
        grants=held.select_related("unit"),
        may_edit=can(request.person, Act.EDIT_PEOPLE, person),
        may_grant=can(request.person, Act.GRANT_ROLE, request.place),
    )


def register(request: Request) -> HttpResponse:
    def save(form: RegisterForm) -> str:
        given = dict(form.cleaned_data)
        role = given.pop("role")
        newcomer = acts.register(request.place, request.person, **{**given, "email": given["email"] or None})
        if role:
            grants.grant(request.place, request.person, to=newcomer, role=Role(role))
        say(request, _("%(name)s is added.") % {"name": newcomer.name})
        return reverse("people:show", args=[newcomer.pk])

    _require(request, Act.EDIT_PEOPLE)
    return form_page(
        request, "people/register.html", bind(request, RegisterForm, roles=_to_give(request)), save
    )


def grant(request: Request, person_id: UUID) -> HttpResponse:
    """Give a person a role at the place we stand at."""
    person = get_allowed(request, Act.VIEW_PEOPLE, Person, person_id)

    def save(form: GrantForm) -> str:
        role = Role(form.cleaned_data["role"])
        grants.grant(
            request.place, request.person, to=person, role=role, ends_on=form.cleaned_data["ends_on"]
        )
        return reverse("people:show", args=[person.pk])

    _require(request, Act.GRANT_ROLE)
    return form_page(
        request, "people/grant.html", bind(request, GrantForm, roles=_to_give(request)), save, subject=person
    )


@require_POST
def end_grant(request: Request, grant_id: UUID) -> HttpResponse:
    row = get_allowed(request, Act.GRANT_ROLE, Grant, grant_id)
    grants.end_grant(row, request.person)
    return HttpResponseRedirect(reverse("people:show", args=[row.person_id]))


@require_POST
def close(request: Request, person_id: UUID) -> HttpResponse:
    person = get_allowed(request, Act.EDIT_PEOPLE, Person, person_id)
    acts.deactivate(person, request.person)
    say(request, _("%(name)s can no longer sign in.") % {"name": person.name})
    return HttpResponseRedirect(reverse("people:list"))


def form_team(request: Request) -> HttpResponse:
    def save(form: TeamForm) -> str:
        given = form.cleaned_data
        acts.form_team(
            request.place, request.person, name=given["name"], kind=TeamKind(given["kind"]), id=given["id"]
        )
        return reverse("people:list")

    _require(request, Act.EDIT_PEOPLE)
    return form_page(request, "people/team.html", bind(request, TeamForm), save)


def join(request: Request, team_id: UUID) -> HttpResponse:
    team = get_allowed(request, Act.EDIT_PEOPLE, Team, team_id)
    candidates = allowed(request.person, Act.VIEW_PEOPLE, Person.objects.filter(is_active=True)).order_by(
        "name"
    )

    def save(form: JoinForm) -> str:
        given = form.cleaned_data
        acts.join(team, request.person, member=given["member"], role=TeamRole(given["role"]))
        return reverse("people:list")

    return form_page(request, "people/join.html", bind(request, JoinForm, people=candidates), save, team=team)


@require_POST
def leave(request: Request, membership_id: UUID) -> HttpResponse:
    membership = get_allowed(request, Act.EDIT_PEOPLE, Membership, membership_id)
    acts.leave(membership, request.person)
    return HttpResponseRedirect(reverse("people:list"))


def _members() -> QuerySet[Membership]:
    return Membership.objects.current().select_related("person").order_by("created_at")


def _to_give(request: Request) -> list[Role]:
    """The roles that this person can give here: none may do more than they may."""
    held = rights_at(request.person, request.place)
    return [role for role in Role if ROLES[role].everywhere <= held]


def _require(request: Request, act: Act) -> None:
    get_allowed(request, act, type(request.place), request.place.pk)
