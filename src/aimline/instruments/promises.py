"""The promise in words: what everyone who answers reads first, and what it costs those who ask.

A student is spoken to as one speaks to a student, an adult as one speaks to an adult: in Spanish the words differ.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from aimline.instruments.models import Collection, Promise


@dataclass(frozen=True, slots=True)
class Choice:
    """One promise as those who ask choose it: what holds, and what that costs them."""

    promise: Promise
    holds: str
    price: str


def choices() -> list[Choice]:
    return [
        Choice(
            Promise.ANONYMOUS,
            _("No one can tell who gave an answer: not you, not the district, not who runs the server."),
            _("So: no reminder by what was said, no line for one person over time, no follow-up."),
        ),
        Choice(
            Promise.CONFIDENTIAL,
            _("The name is kept with the answer, and no page shows it. Results are shown of many together."),
            _("So: ask people by name. Who runs the server could look, and a court could ask for it."),
        ),
        Choice(
            Promise.NAMED,
            _("You see who said what, one answer at a time."),
            _("So: ask people by name, and expect kinder answers. Not for surveys about teachers."),
        ),
    ]


def promise_sentence(collection: Collection) -> str:
    """What becomes of an answer, as the person who gives it reads it. It follows from the promise alone."""
    told = _to_student(collection) if collection.edition.instrument.for_minors else _to_adult(collection)
    return told % {"place": collection.unit.name}


def what_is_kept(collection: Collection) -> str:
    """What is kept beside the answers: the day, and whether or who; never the hour and never the place."""
    if collection.edition.instrument.for_minors:
        return _kept_of_student(collection)
    return _kept_of_adult(collection)


def _to_student(collection: Collection) -> str:
    if collection.promise == Promise.ANONYMOUS:
        return pgettext("to a student", "No one can find out what you answered. We do not ask your name.")
    if collection.promise == Promise.CONFIDENTIAL:
        return pgettext(
            "to a student",
            "Your name is kept with your answers, but no page shows it. "
            "Teachers and principals only see what many people said together.",
        )
    return pgettext(
        "to a student",
        "Your name stands with your answers. Those who ask at %(place)s read them and see that they are yours.",
    )


def _to_adult(collection: Collection) -> str:
    if collection.promise == Promise.ANONYMOUS:
        return pgettext("to an adult", "No one can find out what you answered. We do not ask your name.")
    if collection.promise == Promise.CONFIDENTIAL:
        return pgettext(
            "to an adult",
            "Your name is kept with your answers, but no page shows it. "
            "Others only see what many people said together.",
        )
    return pgettext(
        "to an adult",
        "Your name stands with your answers. Those who ask at %(place)s read them and see that they are yours.",
    )


def _kept_of_student(collection: Collection) -> str:
    if not collection.is_anonymous:
        return pgettext(
            "to a student", "We keep your name and the day you answer, not the hour and not the place."
        )
    if collection.open_link:
        return pgettext("to a student", "We keep the day you answer, not the hour and not the place.")
    return pgettext(
        "to a student",
        "We keep neither the day nor the hour nor the place. Apart from your answers we keep that you "
        "have answered, so that no reminder comes to you after that.",
    )


def _kept_of_adult(collection: Collection) -> str:
    if not collection.is_anonymous:
        return pgettext(
            "to an adult", "We keep your name and the day you answer, not the hour and not the place."
        )
    if collection.open_link:
        return pgettext("to an adult", "We keep the day you answer, not the hour and not the place.")
    return pgettext(
        "to an adult",
        "We keep neither the day nor the hour nor the place. Apart from your answers we keep that you "
        "have answered, so that no reminder comes to you after that.",
    )
