"""What waits for this person: answers and predictions asked, tests to study, tests to decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.access.rules import Act, allowed
from aimline.cycles.models import Cycle, CycleQuerySet, Stage
from aimline.instruments import answering
from aimline.instruments.models import Collection
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.reports.drawing import figures
from aimline.web.cycles.next_step import address
from aimline.web.cycles.words import until
from aimline.web.parts import Next

MOST = 6


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to do: what, when, and where it is done."""

    text: str
    when: str
    href: str
    label: str
    is_late: bool = False


def due(person: Person, place: Unit) -> list[Due]:
    asked = allowed(person, Act.PREDICT, Cycle.objects.asking(person)).order_by("starts_on", "id")
    mine: CycleQuerySet = allowed(person, Act.RUN_CYCLE, Cycle.objects.due())
    mine = mine.filter(owner=person) | mine.filter(unit=place)
    waiting = mine.order_by("ends_on", "id")
    tests = [*map(_waiting, waiting[:MOST]), *map(_asked, asked[:MOST])][:MOST]
    return [*tests, *map(_answer, answering.waiting_for(person)[:MOST])]


def next_of(found: Sequence[Due]) -> Next | None:
    if not found:
        return None
    first = found[0]
    return Next(first.text, first.label, first.href)


def _answer(collection: Collection) -> Due:
    minutes = collection.edition.minutes
    facts = {"count": minutes, "day": figures.day_month(collection.closes_on)}
    when = ngettext(
        "about %(count)s minute, until %(day)s", "about %(count)s minutes, until %(day)s", minutes
    )
    return Due(
        _("Answer: %(name)s") % {"name": collection.name},
        when % facts,
        reverse("answering:start", kwargs={"code": collection.code}),
        _("Answer"),
    )


def _asked(cycle: Cycle) -> Due:
    return Due(
        _("Say what you expect: %(title)s") % {"title": cycle.title},
        _("before %(day)s; your prediction counts") % {"day": figures.day_month(cycle.starts_on)},
        reverse("cycles:predict", kwargs={"cycle_id": cycle.pk}),
        _("Predict"),
    )


def _waiting(cycle: Cycle) -> Due:
    title = {"title": cycle.title}
    if cycle.stage == Stage.ACT:
        return Due(
            _("Decide: %(title)s") % title,
            _("studied, waits for a decision"),
            f"{address(cycle)}#decide",
            _("Decide"),
        )
    if cycle.stage == Stage.STUDY:
        return Due(
            _("Study: %(title)s") % title, _("the test is over"), f"{address(cycle)}#study", _("Study it")
        )
    if cycle.stage == Stage.PLAN:
        return Due(
            _("Start or move: %(title)s") % title,
            until(cycle.ends_on),
            address(cycle),
            _("Open the test"),
            True,
        )
    return Due(
        _("Look at what happened: %(title)s") % title,
        until(cycle.ends_on),
        address(cycle),
        _("Open the test"),
        True,
    )
