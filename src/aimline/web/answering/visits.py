"""One visit to the end of a short link: what is asked there, in which language, and what this device holds.

The device keeps a secret in a cookie that only these pages get, until it has handed in; then a note that it did, so
that a page that is sent again gives the same receipt. No account and no session is needed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.timezone import get_current_timezone

from aimline.core import clock
from aimline.core.errors import NotFound
from aimline.instruments import answering, codes
from aimline.instruments.form import Form, Item
from aimline.instruments.models import Collection, Purpose, Response
from aimline.people.models import Person
from aimline.web.answering import languages
from aimline.web.answering.widgets import Asking

SECRET, LANGUAGE, DONE, SHARED = "answering", "answering-language", "answered", "answering-shared"
LONGEST_SECRET = 64
SOON = 3600
# What is filled in while one looks, listens or talks, so that everything must be in reach at once.
WHOLE = frozenset({Purpose.OBSERVATION, Purpose.INTERVIEW, Purpose.REVIEW, Purpose.LOG})
# Where nobody but oneself is spoken of, one may always decline.
PERSONAL = frozenset({Purpose.SURVEY, Purpose.REFLECTION})


@dataclass(frozen=True, slots=True)
class Visit:
    collection: Collection
    form: Form
    language: str
    person: Person | None
    secret: str
    draft: Response | None
    # How many answers this device handed in; blank where it has not.
    done: str
    # Several people answer on this device, so that whoever is signed in is not the one who answers.
    shared: bool

    @property
    def whole(self) -> bool:
        return self.collection.edition.instrument.purpose in WHOLE

    @property
    def chrome(self) -> str:
        return languages.chrome_for(self.language)

    @property
    def answers(self) -> dict[str, Any]:
        return dict(self.draft.answers) if self.draft else {}

    @property
    def items(self) -> list[Item]:
        return list(self.form.items())

    @property
    def tongues(self) -> list[languages.Tongue]:
        return languages.tongues(self.form.languages, self.language)

    @property
    def asking(self) -> Asking:
        edition = self.collection.edition
        declines = edition.instrument.purpose in PERSONAL
        return Asking(self.language, self.chrome, edition.minutes, declines, self.whole)

    @property
    def who(self) -> Person | None:
        """The one who is known to answer here."""
        return None if self.shared and self.collection.open_link else self.person

    @property
    def is_for_several(self) -> bool:
        return self.shared or self.collection.edition.instrument.is_repeated

    @property
    def page(self) -> str:
        """What a page carries, so that it is not sent for another's answers. It does not tell the secret."""
        return codes.key_of(f"page {self.secret}")[:12] if self.secret else ""

    def with_secret(self) -> Visit:
        return self if self.secret else self.anew()

    def anew(self) -> Visit:
        return replace(self, secret=codes.secret(), draft=None, done="")


def arrive(request: HttpRequest, code: str) -> Visit:
    collection = answering.at(code)
    if collection is None:
        raise NotFound
    form = answering.form_of(collection)
    secret = request.COOKIES.get(SECRET, "")
    secret = secret if len(secret) <= LONGEST_SECRET else ""
    return Visit(
        collection=collection,
        form=form,
        language=languages.choose(request, form.languages, request.COOKIES.get(LANGUAGE, "")),
        person=getattr(request, "person", None),
        secret=secret,
        draft=answering.found(collection, secret),
        done=_number(request.COOKIES.get(DONE, "")),
        shared="kiosk" in request.GET or SHARED in request.COOKIES,
    )


def keep(response: HttpResponseBase, visit: Visit, **facts: str) -> None:
    """Remember something on this device, for these pages alone and no longer than they are open."""
    for name, value in facts.items():
        response.set_cookie(
            NAMES[name],
            value,
            max_age=_seconds_left(visit.collection),
            path=path_of(visit.collection),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def forget(response: HttpResponseBase, visit: Visit, *names: str) -> None:
    for name in names:
        response.delete_cookie(NAMES[name], path=path_of(visit.collection), samesite="Lax")


NAMES = {"secret": SECRET, "language": LANGUAGE, "done": DONE, "shared": SHARED}


def path_of(collection: Collection) -> str:
    return reverse("answering:start", kwargs={"code": collection.code})


def _seconds_left(collection: Collection) -> int:
    end = datetime.combine(collection.closes_on, time.max, get_current_timezone())
    return max(int((end - clock.now()).total_seconds()), SOON)


def _number(text: str) -> str:
    return text if text.isdecimal() and len(text) < 4 else ""
