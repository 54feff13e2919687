"""Writes about people: who they are, their posts, teams and consents."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.core import clock
from aimline.core.errors import Conflict, Invalid
from aimline.core.ids import uuid7
from aimline.core.models import once
from aimline.org.models import Unit
from aimline.people.models import Consent, ConsentKind, Membership, Person, Post, Team, TeamKind, TeamRole


@action(Act.EDIT_PEOPLE)
def register(
    unit: Unit,
    person: Person,
    *,
    name: str,
    title: str,
    email: str | None = None,
    language: str = "en",
    id: UUID | None = None,
) -> Person:
    """Make a person known, with a first post at this unit."""
    if made := once(Person, id, posts__unit=unit):
        return made
    newcomer = Person(id=id or uuid7(), name=name, email=email, language=language)
    newcomer.set_unusable_password()
    newcomer.full_clean(exclude=["password"], validate_constraints=False)
    try:
        with transaction.atomic():
            newcomer.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            _("%(email)s already belongs to someone here. Search for them and add a post.")
            % {"email": email},
            code="email_taken",
        ) from error
    Post.objects.create(person=newcomer, unit=unit, title=title)
    return newcomer


@action(Act.EDIT_PEOPLE)
def appoint(
    unit: Unit, person: Person, *, appointee: Person, title: str, starts_on: date | None = None
) -> Post:
    """Give a person a further post at this unit."""
    return Post.objects.create(person=appointee, unit=unit, title=title, starts_on=starts_on or clock.today())


@action(Act.EDIT_PEOPLE)
def end_post(post: Post, person: Person, *, on: date | None = None) -> Post:
    """End a post; what was done in it stays."""
    return post.change(ends_on=on or clock.today())


@action(Act.EDIT_PEOPLE)
def form_team(unit: Unit, person: Person, *, name: str, kind: TeamKind, id: UUID | None = None) -> Team:
    """Form a team at this unit."""
    if made := once(Team, id, unit=unit):
        return made
    if Team.objects.filter(unit=unit, name=name).exists():
        raise Conflict(
            _("There is already a team named %(name)s here.") % {"name": name}, code="team_name_taken"
        )
    return Team.objects.create(id=id or uuid7(), unit=unit, name=name, kind=kind)


@action(Act.EDIT_PEOPLE)
def join(team: Team, person: Person, *, member: Person, role: TeamRole = TeamRole.MEMBER) -> Membership:
    """Add a person to a team, in a team role."""
    membership, _made = Membership.objects.get_or_create(team=team, person=member, role=role, ends_on=None)
    return membership


@action(Act.EDIT_PEOPLE)
def leave(membership: Membership, person: Person) -> Membership:
    """End a person's part in a team."""
    return membership.change(ends_on=clock.today())


@action(Act.EDIT_PEOPLE)
def deactivate(member: Person, person: Person) -> Person:
    """Close an account at once: sessions and tokens stop with the next request."""
    return member.change(is_active=False)


@action(Act.EDIT_SELF)
def settle(member: Person, person: Person, *, name: str, language: str, theme: str) -> Person:
    """Change one's own name, language and colours."""
    return member.change(name=name, language=language, theme=theme)


@action(Act.EDIT_SELF)
def set_password(member: Person, person: Person, *, password: str) -> Person:
    """Set a password that holds: long, and not a common one."""
    try:
        validate_password(password, member)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), fields={"password": error.messages}) from error
    member.set_password(password)
    return member.change()


@action(Act.EDIT_SELF)
def consent(member: Person, person: Person, *, kind: ConsentKind) -> Consent:
    """Record what this person agrees to."""
    given, _made = Consent.objects.get_or_create(person=member, kind=kind, withdrawn_at=None)
    return given


@action(Act.EDIT_SELF)
def withdraw(member: Person, person: Person, *, kind: ConsentKind) -> Person:
    """Take a consent back; that it was given stays on record."""
    member.consents.filter(kind=kind, withdrawn_at=None).update(withdrawn_at=clock.now())
    return member
