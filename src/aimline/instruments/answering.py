"""Answering: what people without an account write. No right is asked for but the secret that their own device holds.

These writes leave no entry in the audit log: it would say when somebody answered.
"""

from __future__ import annotations

import random
from dataclasses import replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from aimline.core import clock
from aimline.core.errors import Conflict, Invalid, NotAllowed
from aimline.instruments import answers as reading
from aimline.instruments import codes
from aimline.instruments.form import Form, ItemKind
from aimline.instruments.models import REPEATED, Collection, CollectionQuerySet, Edition, Invitation, Response
from aimline.people.models import Person

_dice = random.SystemRandom()
CLOSED = "closed"
ALREADY = "already"
ABOUT = "about"
LONGEST_ABOUT = 120
# As many of what is asked at one time are kept in the memory of one process.
KEPT = 128


def form_of(collection: Collection) -> Form:
    """What is asked here. A picture can tell who took it, so the anonymous promise leaves pictures out."""
    return _form(collection.edition, collection.edition.version, collection.is_anonymous)


@lru_cache(maxsize=KEPT)
def _form(edition: Edition, _version: int, is_anonymous: bool) -> Form:
    form = edition.form
    if not is_anonymous:
        return form
    sections = (
        replace(part, items=tuple(item for item in part.items if item.kind is not ItemKind.PHOTO))
        for part in form.sections
    )
    return replace(form, sections=tuple(part for part in sections if part.items))


def at(code: str) -> Collection | None:
    """The collection at the end of a short link.

    Hundreds come by one link at once. It is read again only when a version says that it changed, or what it asks.
    """
    rows = Collection.objects.filter(code=code).order_by()
    found = next(iter(rows.values_list("id", *_VERSIONS)), None)
    return _collection(*found) if found else None


_VERSIONS = ("version", "unit__version", "edition__version", "edition__instrument__version")


@lru_cache(maxsize=KEPT)
def _collection(id: UUID, *_versions: int) -> Collection:
    return Collection.objects.select_related("unit", "edition__instrument").get(pk=id)


def waiting_for(person: Person) -> CollectionQuerySet:
    """What this person was asked by name and has not answered, or answers again and again, as long as it is open."""
    again = Q(collection__edition__instrument__purpose__in=REPEATED)
    asked = Invitation.objects.filter(Q(answered=False) | again, person=person, declined=False)
    return (
        Collection.objects.open()
        .filter(pk__in=asked.values("collection"))
        .select_related("edition")
        .order_by("closes_on", "name")
    )


def has_answered(collection: Collection, person: Person | None) -> bool:
    """Whether this person, asked by name, answered what is to be answered once."""
    if person is None or collection.edition.instrument.is_repeated:
        return False
    return collection.invitations.filter(person=person, answered=True).exists()


def may_answer(collection: Collection, person: Person | None) -> bool:
    """Whether this link is for the one who holds it: for anyone, or for those who were asked by name."""
    if collection.open_link:
        return True
    return person is not None and collection.invitations.filter(person=person).exists()


def subjects_of(collection: Collection) -> list[str]:
    """What an answer may be about, in the order it is offered; nothing where nobody made a list."""
    return list(_subjects(collection, collection.version))


@lru_cache(maxsize=KEPT)
def _subjects(collection: Collection, _version: int) -> tuple[str, ...]:
    return tuple(collection.subjects.values_list("name", flat=True))


def found(collection: Collection, secret: str) -> Response | None:
    """What this device wrote before."""
    if not secret:
        return None
    rows = Response.objects.filter(collection=collection, key=codes.key_of(secret)).order_by()
    return next(iter(rows), None)


def save(
    collection: Collection,
    person: Person | None,
    *,
    secret: str,
    language: str,
    answers: dict[str, Any],
    about: str | None = None,
) -> Response:
    """Keep what was answered so far; each item by itself, so that two open pages do not undo each other.

    An empty answer takes back an earlier one. What was finished before stays as it is and comes back.
    """
    _may(collection, person)
    with transaction.atomic():
        response = _draft(collection, secret, language)
        if response.finished_on is None:
            _write(response, answers, language, about)
            response.save()
    return response


def finish(
    collection: Collection,
    person: Person | None,
    *,
    secret: str,
    language: str,
    answers: dict[str, Any],
    about: str | None = None,
) -> Response:
    """Hand a response in. The same one again changes nothing and gives the same receipt."""
    _may(collection, person)
    with transaction.atomic():
        response = _draft(collection, secret, language)
        if response.finished_on is None:
            _write(response, answers, language, about)
            _complete(response)
            _hand_in(response, person)
    return response


def decline(collection: Collection, person: Person) -> None:
    """Note that this person does not want to answer: nobody reminds them. The link still lets them in."""
    _may(collection, person)
    collection.invitations.filter(person=person, answered=False).update(declined=True)


def _may(collection: Collection, person: Person | None) -> None:
    if not may_answer(collection, person):
        raise NotAllowed(
            _("This link is for people who were asked by name. Sign in as the person who was asked.")
        )
    if not collection.is_open:
        raise Conflict(
            _("This is not open for answers now. What you wrote on this page was not sent."), code=CLOSED
        )


def _draft(collection: Collection, secret: str, language: str) -> Response:
    response, _is_new = Response.objects.select_for_update().get_or_create(
        collection=collection, key=codes.key_of(secret), defaults={"language": language}
    )
    # With all that is known of it, or each save would look the collection and its questions up anew.
    response.collection = collection
    return response


def _write(response: Response, given: dict[str, Any], language: str, about: str | None) -> None:
    kept = reading.checked(form_of(response.collection), given)
    if about is not None:
        response.about = _about(response.collection, about)
    emptied = given.keys() - kept.keys()
    held = {key: value for key, value in response.answers.items() if key not in emptied}
    response.answers = {**held, **kept}
    response.language = language
    response.saves += 1


def _about(collection: Collection, given: str) -> str:
    about = given.replace("\x00", "").strip()
    if len(about) > LONGEST_ABOUT:
        why = _("Say it in %(most)s characters or fewer.") % {"most": LONGEST_ABOUT}
        raise Invalid(why, fields={ABOUT: why})
    names = subjects_of(collection) if about else []
    if names and about not in names:
        why = _("“%(name)s” is not on the list. Choose what it is about.") % {"name": about}
        raise Invalid(why, fields={ABOUT: why})
    return about


def _complete(response: Response) -> None:
    """Refuse what lacks a required answer; drop answers to items that were not asked in the end."""
    form = form_of(response.collection)
    lacking = {item.key: _("Please answer this one.") for item in reading.missing(form, response.answers)}
    if subjects_of(response.collection) and not response.about:
        lacking = {ABOUT: _("Choose what it is about."), **lacking}
    if lacking:
        raise Invalid(_("Some questions still need an answer. They are marked below."), fields=lacking)
    asked = {item.key for item in reading.shown(form, response.answers)}
    response.answers = {key: value for key, value in response.answers.items() if key in asked}


def _hand_in(response: Response, person: Person | None) -> None:
    collection = response.collection
    if person is not None:
        _tick_off(collection, person)
    response.finished_on = collection.opens_on if collection.keeps_no_day else clock.today()
    if collection.is_anonymous:
        _hide_among_others(response)
    else:
        response.person = person
        response.save()


def _tick_off(collection: Collection, person: Person) -> None:
    """Note that this person answered, so that nobody reminds them; and that nobody answers twice."""
    mine = collection.invitations.filter(person=person)
    again = mine.exists() and not mine.filter(answered=False).update(answered=True, declined=False)
    if again and not collection.edition.instrument.is_repeated:
        raise Conflict(
            _("You have answered this already, perhaps on another device. It counts once."), code=ALREADY
        )


def _hide_among_others(response: Response) -> None:
    """Give the new response the place of a random one, and that one the new place: the order of rows tells nothing."""
    response.saves = 0
    other = _random_place(response)
    if other is None:
        response.save()
        return
    facts = ("key", "about", "language", "answers", "finished_on")
    mine, theirs = ({name: getattr(one, name) for name in facts} for one in (response, other))
    # Two responses may not hold one key, not even for a moment.
    Response.objects.filter(pk=response.pk).update(key=codes.key_of(codes.secret()))
    Response.objects.filter(pk=other.pk).update(**mine, saves=0)
    Response.objects.filter(pk=response.pk).update(**theirs, saves=0)
    response.pk = other.pk


def _random_place(response: Response) -> Response | None:
    """Each finished response with the same chance, or none for the new one's own place."""
    finished = response.collection.responses.finished().order_by("key")
    place = _dice.randrange(finished.count() + 1)
    return finished.select_for_update()[place : place + 1].first()
