"""What waits for this person: answers and predictions asked, tests to study, tests to decide; what reviews ask."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from aimline.access.rules import Act, allowed
from aimline.cycles.models import Cycle, CycleQuerySet, Stage
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.reports.drawing import figures
from aimline.web.cycles.next_step import address
from aimline.web.cycles.words import until
from aimline.web.parts import Next
from aimline.web.week.asking import asked as asked_to_answer
from aimline.web.week.lines import Due
from aimline.web.week.reviewing import asked as asked_by_reviews

MOST = 6


def due(person: Person, place: Unit) -> list[Due]:
    asked = allowed(person, Act.PREDICT, Cycle.objects.asking(person)).order_by("starts_on", "id")
    mine: CycleQuerySet = allowed(person, Act.RUN_CYCLE, Cycle.objects.due())
    mine = mine.filter(owner=person) | mine.filter(unit=place)
    waiting = mine.order_by("ends_on", "id")
    tests = [*map(_waiting, waiting[:MOST]), *map(_asked, asked[:MOST])][:MOST]
    return [*tests, *asked_to_answer(person, place), *asked_by_reviews(person)]


def next_of(found: Sequence[Due]) -> Next | None:
    if not found:
        return None
    first = found[0]
    return Next(first.text, first.label if first.href else "", first.href)


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
