"""My week: what signals, what is due, what happened, for the place where one stands."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aimline.access.rules import Act, allowed, granted_paths, rights_on
from aimline.core import clock
from aimline.cycles.models import Cycle
from aimline.measures.frames import Line, lines
from aimline.org.schooldays import school_days
from aimline.theory.models import Aim
from aimline.web.measures import finding
from aimline.web.measures.cards import cards
from aimline.web.parts import Next
from aimline.web.shell import Request, page
from aimline.web.week import words
from aimline.web.week.due import due, next_of
from aimline.web.week.since import moments
from aimline.web.week.trust import shift

PANELS = 6
AIMS = 5


@require_GET
def show(request: Request) -> HttpResponse:
    person, place = request.person, request.place
    seen = finding.seen(person, place)
    counts = finding.count_signals(seen)
    moving = lines(words.worse_first(seen.filter(stands__in=finding.MOVING))[:PANELS])
    waiting = due(person, place)
    may = rights_on(person, place, [Act.PLAN_CYCLE, Act.EDIT_MEASURE, Act.IMPORT, Act.VIEW_SYSTEM])
    works_here = bool(granted_paths(person, Act.VIEW_CYCLE)) or person.is_operator
    running = allowed(person, Act.VIEW_CYCLE, Cycle.objects.running()).filter(
        unit__path__startswith=place.path
    )
    return page(
        request,
        "week/show.html",
        title=words.greeting(person),
        eyebrow=words.today(school_days(place)),
        sentence=words.verdict(moving, len(waiting), place, counted=bool(counts)),
        next=next_of(waiting) or _first(bool(counts), Act.EDIT_MEASURE in may) or _worst(moving, works_here),
        cards=cards(moving, note=lambda line: words.note(line, place)),
        total=sum(counts.values()),
        charts_note=words.charts_note(counts),
        due=waiting,
        moments=moments(person, place) if works_here else [],
        running=list(running.order_by("ends_on", "id").for_list()[:PANELS]) if works_here else [],
        shift=shift(person, place) if Act.IMPORT in may else "",
        aims=words.aims(allowed(person, Act.VIEW_THEORY, Aim.objects.all()), place)[:AIMS],
        works_here=works_here,
        may_plan=Act.PLAN_CYCLE in may,
        is_admin=Act.VIEW_SYSTEM in may,
        day=clock.today(),
    )


def _first(counted: bool, may_define: bool) -> Next | None:
    """The first step of a place that counts nothing yet."""
    if counted or not may_define:
        return None
    why = _("What would tell you, within weeks, that a change works?")
    return Next(why, _("Define a measure"), reverse("measures:define"))


def _worst(moving: list[Line], works_here: bool) -> Next | None:
    worst = next((line for line in moving if line.verdict.signal == "worse"), None)
    if worst is None:
        return Next(_("Nothing waits for you.")) if works_here else None
    why = _("Worse at %(place)s: %(measure)s. Look at it, then ask why.")
    facts = {"measure": worst.series.measure.name, "place": worst.series.unit.name}
    return Next(why % facts, _("Open the chart"), words.chart_address(worst))
