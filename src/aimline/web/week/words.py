"""My week in words: the greeting, the day, and the one sentence that says what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.core import clock
from aimline.measures.frames import Line
from aimline.measures.models import Series, Signal
from aimline.org.models import Unit
from aimline.org.schooldays import SchoolDays
from aimline.people.models import Person
from aimline.reports.drawing import figures
from aimline.reports.drawing import words as drawn
from aimline.reports.lines import period_of
from aimline.theory.models import Aim
from aimline.theory.sharing import reaches
from aimline.theory.words import aim_sentence

MOVING = (Signal.BETTER, Signal.WORSE, Signal.CHANGED)
NOON, EVENING = 12, 18


@dataclass(frozen=True, slots=True)
class AimLine:
    sentence: str
    href: str
    place: str


def greeting(person: Person) -> str:
    hour = timezone.localtime(clock.now()).hour
    if hour < NOON:
        return _("Good morning, %(name)s") % {"name": person.first_name}
    if hour < EVENING:
        return _("Good afternoon, %(name)s") % {"name": person.first_name}
    return _("Good evening, %(name)s") % {"name": person.first_name}


def today(days: SchoolDays) -> list[str]:
    day = clock.today()
    said = _("%(weekday)s %(date)s") % {
        "weekday": capfirst(date_format(day, "l")),
        "date": figures.full_day(day),
    }
    week = days.week_of(day)
    if week is None:
        return [said]
    return [said, _("school week %(week)s of %(weeks)s") % {"week": week[0], "weeks": week[1]}]


def worse_first(rows: QuerySet[Series]) -> QuerySet[Series]:
    rank = Case(
        When(reading__signal=Signal.WORSE, then=Value(0)),
        When(reading__signal=Signal.CHANGED, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return rows.annotate(need=rank).order_by("need", "measure__name", "unit__name", "id")


def verdict(moving: Sequence[Line], waiting: int, place: Unit, *, counted: bool) -> drawn.Sentence:
    """What moved, by name, and how much waits."""
    if not counted:
        facts = {"place": place.name, "count": str(waiting)}
        first = _("%(place)s counts nothing yet. [Begin with one number that people here would act on.]")
        return drawn.marked(f"{first} {_waits(waiting)}".strip(), facts)
    worse = next((line for line in moving if line.verdict.signal == "worse"), None)
    better = next((line for line in moving if line.verdict.signal == "better"), None)
    facts = {"worse": _named(worse, place), "better": _named(better, place), "count": str(waiting)}
    return drawn.marked(f"{_moved(worse, better)} {_waits(waiting)}".strip(), facts)


def _moved(worse: Line | None, better: Line | None) -> str:
    if worse and better:
        return _("Better: %(better)s. [Worse: %(worse)s.]")
    if worse:
        return _("[Worse: %(worse)s]. That is more than chance.")
    if better:
        return _("[Better: %(better)s]. That is more than chance.")
    return _("[No chart signals.] The ups and downs here are ordinary.")


def _waits(waiting: int) -> str:
    if not waiting:
        return ""
    return ngettext("%(count)s thing waits for you.", "%(count)s things wait for you.", waiting)


def charts_note(counts: Mapping[str, int]) -> str:
    """How many of how many signal, and what the others are."""
    few = counts.get(Signal.TOO_FEW, 0)
    facts = {
        "moving": sum(counts.get(signal, 0) for signal in MOVING),
        "all": sum(counts.values()),
        "few": few,
    }
    if few:
        return _("%(moving)s of %(all)s. %(few)s have too few points to judge; the rest are steady.") % facts
    return _("%(moving)s of %(all)s. The others show only ordinary ups and downs.") % facts


def _named(line: Line | None, place: Unit) -> str:
    if line is None:
        return ""
    facts = {"measure": line.series.measure.name, "place": line.series.unit.name}
    if line.series.unit_id == place.pk:
        return facts["measure"]
    return _("%(measure)s at %(place)s") % facts


def note(line: Line, place: Unit) -> str:
    """For how long it signals, and where, when that is not here."""
    found = line.verdict
    hit = next(
        (one for one in line.chart.hits if one.start == found.run_start and one.rule == found.rule), None
    )
    length = drawn.run_words(hit, period_of(line))[1] if hit else ""
    where = "" if line.series.unit_id == place.pk else line.series.unit.name
    if length and where:
        return _("%(length)s, %(place)s") % {"length": length, "place": where}
    return length or where


def chart_address(line: Line) -> str:
    return reverse("measures:show", args=[line.series.pk])


def aims(rows: QuerySet[Aim], place: Unit) -> list[AimLine]:
    """The aims of this place, then those it is shown, those of the places above, those of the places below."""
    ours = Q(theory__unit__path__startswith=place.path) | reaches(place, "theory__")
    nearness = Case(
        When(theory__unit=place, then=Value(0)),
        When(theory__unit__path__startswith=place.path, then=Value(3)),
        When(theory__unit__path__in=place.paths_above(), then=Value(2)),
        default=Value(1),
        output_field=IntegerField(),
    )
    found = rows.filter(ours, theory__ended_on=None).select_related("theory__unit", "series__measure")
    return [_aim(aim, place) for aim in found.order_by(nearness, "theory__unit__path", "theory__title")]


def _aim(aim: Aim, place: Unit) -> AimLine:
    sentence = aim_sentence(
        what=aim.what,
        whom=aim.for_whom,
        series=aim.series,
        baseline=aim.baseline,
        goal=aim.goal,
        by_when=aim.by_when,
    )
    unit = aim.theory.unit
    return AimLine(sentence, reverse("theory:show", args=[aim.theory_id]), "" if unit == place else unit.name)
