"""Forms that are filled in away from any network: which collections they are for, and how they come home.

A device names each form once and for all. However often the form is sent, it counts once and gets the same receipt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db.models import Q
from django.utils.translation import gettext as _

from aimline.access.rules import Act, allowed
from aimline.core.errors import Conflict, Invalid
from aimline.instruments import answering, codes, pictures
from aimline.instruments import answers as reading
from aimline.instruments.form import ItemKind
from aimline.instruments.models import Collection, CollectionQuerySet, Invitation, Purpose, Response
from aimline.org.models import Unit
from aimline.people.models import Person

# What is filled in while one looks, listens or talks.
OUTSIDE = frozenset({Purpose.OBSERVATION, Purpose.INTERVIEW, Purpose.REVIEW, Purpose.LOG})
OTHER = "other"
PICTURES = "pictures"


@dataclass(frozen=True, slots=True)
class Sent:
    """One form as a device sends it; `submission` is the name the device gave it."""

    submission: UUID
    language: str
    about: str
    answers: dict[str, Any]


def offered(person: Person) -> CollectionQuerySet:
    """What this person may take along: they were asked by name, or it is open to all at a place they work for."""
    asked = Invitation.objects.filter(person=person)
    answered = asked.filter(answered=True)
    near = allowed(person, Act.VIEW_PEOPLE, Unit.objects.current())
    return (
        Collection.objects.open()
        .filter(edition__instrument__purpose__in=OUTSIDE)
        .filter(Q(pk__in=asked.values("collection")) | Q(open_link=True, unit__in=near))
        # A review is answered once; the others as often as there is something to see.
        .exclude(edition__instrument__purpose=Purpose.REVIEW, pk__in=answered.values("collection"))
        .select_related("unit", "edition", "edition__instrument")
        .order_by("closes_on", "name")
    )


def is_taken_along(collection: Collection) -> bool:
    return collection.edition.instrument.purpose in OUTSIDE


def receive(collection: Collection, person: Person, sent: Sent) -> Response:
    """Take a form in, or return what is held of it. Another content under the same name never replaces the first."""
    wanted = _as_kept(collection, sent.answers)
    if lacking := [one for one in attached(collection, wanted) if not is_held(one)]:
        raise Invalid(_("Some pictures have not arrived yet."), code=PICTURES, pictures=lacking)
    secret = f"field {person.pk} {sent.submission}"
    held = answering.found(collection, secret)
    if held is None or held.finished_on is None:
        held = _hand_in(collection, person, secret, sent)
    if (held.answers, held.about) != (wanted, _plain(sent.about)):
        _keep_other(collection, person, secret, sent)
        raise Conflict(
            _("This form arrived before with other answers. Those count; what stands here was not added."),
            code=OTHER,
        )
    return held


def attached(collection: Collection, answers: dict[str, Any]) -> list[str]:
    """The pictures among these answers."""
    asked = [item.key for item in answering.form_of(collection).items() if item.kind is ItemKind.PHOTO]
    given = (answers[key] for key in asked if isinstance(answers.get(key), list))
    return list(dict.fromkeys(one for several in given for one in several))


def is_held(picture: str) -> bool:
    return default_storage.exists(pictures.path_of(picture))


def asks_for_pictures(collection: Collection) -> bool:
    return any(item.kind is ItemKind.PHOTO for item in answering.form_of(collection).items())


def _hand_in(collection: Collection, person: Person, secret: str, sent: Sent) -> Response:
    return answering.finish(
        collection,
        person,
        secret=secret,
        language=sent.language,
        answers=sent.answers,
        about=sent.about,
    )


def _as_kept(collection: Collection, answers: dict[str, Any]) -> dict[str, Any]:
    """The answers as `finish` keeps them."""
    form = answering.form_of(collection)
    kept = reading.checked(form, answers)
    asked = {item.key for item in reading.shown(form, kept)}
    return {key: value for key, value in kept.items() if key in asked}


def _keep_other(collection: Collection, person: Person, secret: str, sent: Sent) -> None:
    """Keep the other content as a draft, which counts nowhere and goes when the collection closes."""
    if not collection.is_open:
        return
    mark = codes.key_of(repr((sorted(sent.answers.items()), sent.about)))
    answering.save(
        collection,
        person,
        secret=f"{secret} {mark}",
        language=sent.language,
        answers=sent.answers,
        about=sent.about,
    )


def _plain(text: str) -> str:
    return text.replace("\x00", "").strip()
