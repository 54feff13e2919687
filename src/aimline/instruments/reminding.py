"""Reminders: on which days, to whom, and what the mail says.

Who was asked by name hears of it only as long as nothing came from them. Where anyone with the link answers, nobody
knows who has; so the one who chose the day gets words that are true for everyone, to hand on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.signing import BadSignature, Signer
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.core import clock
from aimline.core.errors import Invalid
from aimline.instruments.models import Collection, Quiet
from aimline.instruments.promises import promise_sentence
from aimline.org.schooldays import SchoolDays, school_days
from aimline.people.models import Person

MOST = 2
BEFORE_THE_END = timedelta(days=2)
_SATURDAY = 5
_signer = Signer(salt="aimline.instruments.quiet")


def suggested(collection: Collection) -> list[date]:
    """Half way, and two days before the end; each moved back to a day with school."""
    days = school_days(collection.unit)
    half = collection.opens_on + (collection.closes_on - collection.opens_on) / 2
    found = {_at_or_before(days, day) for day in (half, collection.closes_on - BEFORE_THE_END)}
    return sorted(day for day in found if collection.opens_on < day <= collection.closes_on)


def is_school_day(days: SchoolDays, day: date) -> bool:
    """Whether school is in. Where no calendar reaches, Monday to Friday."""
    known = days.days and days.days[0] <= day <= days.days[-1]
    return day in days if known else day.weekday() < _SATURDAY


def check(collection: Collection, chosen: Sequence[date]) -> None:
    """Refuse days on which no reminder may go out."""
    days = school_days(collection.unit)
    for day in chosen:
        facts = {"day": _said(day)}
        if not collection.opens_on < day <= collection.closes_on:
            raise Invalid(_("%(day)s is not after the first day and before the end.") % facts)
        if day < clock.today():
            raise Invalid(_("%(day)s is past.") % facts)
        if not is_school_day(days, day):
            raise Invalid(_("There is no school on %(day)s. Choose a school day.") % facts)
    if len(chosen) > MOST:
        raise Invalid(_("Two reminders are the most: a third one brings anger, not answers."))


def mail_goes_out() -> bool:
    """Whether a mail server is set up. Without one reminders stand in My week alone."""
    return not str(settings.EMAIL_BACKEND).endswith("filebased.EmailBackend")


def wants_mail(person: Person) -> bool:
    return bool(person.email) and person.is_active and not Quiet.objects.filter(person=person).exists()


def to_one(collection: Collection, person: Person) -> EmailMessage:
    """What somebody reads from whom nothing came yet, in their language."""
    with translation.override(person.language):
        minutes = collection.edition.minutes
        asked = ngettext(
            "%(place)s asks you: %(name)s. It takes about %(count)s minute, until %(day)s.",
            "%(place)s asks you: %(name)s. It takes about %(count)s minutes, until %(day)s.",
            minutes,
        )
        said = [
            asked % {**_facts(collection), "count": minutes},
            _address(f"/a/{collection.code}/"),
            promise_sentence(collection),
            _("Do you not want to answer? Say so on that page, and this does not come again."),
        ]
        subject = _("Reminder: %(name)s") % _facts(collection)
        return _mail(person, subject, said)


def to_hand_on(collection: Collection, person: Person) -> EmailMessage:
    """What the one who chose the day gets, where nobody knows who has answered."""
    with translation.override(person.language):
        said = [
            _("Today is the day to say it again: %(name)s. It is open until %(day)s.") % _facts(collection),
            _("Nobody can see who has answered, so these words are for everyone who got the link:"),
            "\n".join(to_everyone(collection)),
            _address(f"/a/{collection.code}/"),
            _("As a page to print: %(address)s")
            % {"address": _address(f"/collections/{collection.pk}/reminder/")},
        ]
        return _mail(person, _("Say it again: %(name)s") % _facts(collection), said)


def to_everyone(collection: Collection) -> list[str]:
    """A reminder that is true for whoever reads it."""
    minutes = collection.edition.minutes
    still = ngettext(
        "%(name)s is open until %(day)s. It takes about %(count)s minute.",
        "%(name)s is open until %(day)s. It takes about %(count)s minutes.",
        minutes,
    )
    return [
        still % {**_facts(collection), "count": minutes},
        _("If you have answered, thank you. Nobody can see who has, so this goes to everyone."),
    ]


def token_of(person: Person) -> str:
    """What a mail carries so that its reader can end such mails without signing in."""
    return _signer.sign(str(person.pk))


def person_of(token: str) -> Person | None:
    try:
        return Person.objects.filter(pk=_signer.unsign(token)).first()
    except BadSignature:
        return None


def be_quiet(person: Person, *, quiet: bool) -> None:
    """Send this person no reminders by mail, or send them again. Whoever holds the token may say so."""
    if quiet:
        Quiet.objects.get_or_create(person=person)
    else:
        Quiet.objects.filter(person=person).delete()


def _mail(person: Person, subject: str, said: Sequence[str]) -> EmailMessage:
    stop = _address(f"/a/reminders/{token_of(person)}/")
    greeting = _("Good day, %(name)s,") % {"name": person.name}
    end = _("No more reminders by e-mail: %(address)s") % {"address": stop}
    return EmailMessage(
        " ".join(subject.split()),
        "\n\n".join([greeting, *said, end]) + "\n",
        to=[str(person.email)],
        headers={
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )


def _facts(collection: Collection) -> dict[str, str]:
    return {
        "place": collection.unit.name,
        "name": collection.name,
        "day": _said(collection.closes_on),
    }


def _said(day: date) -> str:
    # As the pages write it: English without a comma.
    return date_format(day, "j F Y" if translation.get_language() == "en" else "DATE_FORMAT")


def _address(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def _at_or_before(days: SchoolDays, day: date) -> date:
    while not is_school_day(days, day):
        day -= timedelta(days=1)
    return day
