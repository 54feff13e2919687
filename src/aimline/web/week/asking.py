"""What somebody is asked to answer, and what those who ask are to say again today."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.access.rules import Act, allowed
from aimline.core import clock
from aimline.instruments import answering
from aimline.instruments.models import Collection, Reminder
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.reports.drawing import figures
from aimline.web.week.lines import Due

MOST = 6


def asked(person: Person, place: Unit) -> list[Due]:
    waiting = answering.waiting_for(person).prefetch_related("reminders")[:MOST]
    return [*map(_answer, waiting), *map(_say_again, _to_say_again(person, place)[:MOST])]


def _answer(collection: Collection) -> Due:
    minutes = collection.edition.minutes
    facts = {"count": minutes, "day": figures.day_month(collection.closes_on)}
    when = ngettext(
        "about %(count)s minute, until %(day)s", "about %(count)s minutes, until %(day)s", minutes
    )
    reminded = any(one.day <= clock.today() for one in collection.reminders.all())
    title = _("Reminder: answer %(name)s") if reminded else _("Answer: %(name)s")
    return Due(
        title % {"name": collection.name},
        when % facts,
        reverse("answering:start", kwargs={"code": collection.code}),
        _("Answer"),
    )


def _to_say_again(person: Person, place: Unit) -> list[Collection]:
    """Where anyone with the link answers, a reminder is for everyone alike: those who ask say it, on its day."""
    today = Reminder.objects.filter(day=clock.today()).values("collection")
    rows = Collection.objects.open().filter(open_link=True, unit=place, pk__in=today)
    return list(allowed(person, Act.COLLECT, rows))


def _say_again(collection: Collection) -> Due:
    return Due(
        _("Say it again: %(name)s") % {"name": collection.name},
        _("today; nobody can see who has answered"),
        reverse("collections:reminder", args=[collection.pk]),
        _("See the words"),
    )
