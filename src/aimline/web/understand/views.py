"""Where a place stands: its aims, its charts, the places below it, and who works on them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from aimline.access.rules import Act, can, rights_on
from aimline.measures.frames import Line
from aimline.org.models import Unit
from aimline.people.models import Team
from aimline.reports.drawing import figures, words
from aimline.students.sight import may_see_any
from aimline.web.measures.story import address
from aimline.web.parts import Link, Next
from aimline.web.shell import Request, get_allowed, page
from aimline.web.understand import glance
from aimline_analytics.drawing.parts import Unit as Number

COUNT = Number(share=False)


@require_GET
def here(request: Request) -> HttpResponse:
    """The place we stand at."""
    return _place(request, request.place)


@require_GET
def show(request: Request, place_id: UUID) -> HttpResponse:
    return _place(
        request, get_allowed(request, Act.VIEW_UNIT, Unit.objects.select_related("parent"), place_id)
    )


def _place(request: Request, place: Unit) -> HttpResponse:
    person = request.person
    found = glance.own_lines(person, place)
    children, teams = glance.below(person, place), list(glance.teams(person, place))
    may_define = can(person, Act.EDIT_MEASURE, place)
    return page(
        request,
        "places/show.html",
        place=place,
        eyebrow=_eyebrow(place, children),
        verdict=_verdict(found, children),
        next=_next(found, may_define=may_define),
        tabs=_tabs(place, found, children, teams) + _students(request, place),
        aims=glance.aims(person, place),
        rows=glance.glance(found, glance.widest_gaps(person, place, found)),
        children=children,
        teams=teams,
        may_define=may_define,
        asking=_asking(request, place),
        may_change=can(person, Act.EDIT_UNIT, place),
        stands_here=place.pk == request.place.pk,
    )


def _eyebrow(place: Unit, children: Sequence[glance.Below]) -> list[object]:
    said: list[object] = [place.get_kind_display()]
    if place.parent:
        said.append(place.parent.name)
    if children:
        count = ngettext("%(count)s place below", "%(count)s places below", len(children))
        said.append(count % {"count": figures.number(len(children), COUNT)})
    return said


def _verdict(found: Sequence[Line], children: Sequence[glance.Below]) -> words.Sentence:
    """One sentence: what is getting worse, else what is getting better, else that nothing signals."""
    shown = [line for line in found if line.shown]
    if shown and all(line.verdict.signal == "too_few" for line in shown):
        return words.marked(_("[Too few points to judge]: the rules need about ten on a chart."), {})
    going_on = [line for line in shown if not line.verdict.ended]
    worse = [line for line in going_on if line.verdict.signal == "worse"]
    better = [line for line in going_on if line.verdict.signal == "better"]
    facts = {
        "total": figures.number(len(shown), COUNT),
        "better": figures.number(len(better), COUNT),
        "more": figures.number(len(worse) - 1, COUNT),
        "measure": (worse or better or found)[0].series.measure.name if found else "",
    }
    return words.marked(_told(len(worse), len(better), len(shown)), facts) if shown else _silent(children)


def _told(worse: int, better: int, total: int) -> str:
    if worse > 1 and better:
        return _(
            "[Worse: %(measure)s and %(more)s more], more than chance. "
            "%(better)s of %(total)s charts are getting better."
        )
    if worse > 1:
        return _("[Worse: %(measure)s and %(more)s more], more than chance. No chart is getting better.")
    if worse and better:
        return _("[Worse: %(measure)s], more than chance. %(better)s of %(total)s charts are getting better.")
    if worse:
        return _("[Worse: %(measure)s], more than chance. No chart is getting better.")
    if better:
        return _(
            "[%(better)s of %(total)s charts are getting better], more than chance. None is getting worse."
        )
    return ngettext(
        "[Nothing is moving now]: the latest ups and downs of the one chart are ordinary.",
        "[Nothing is moving now]: the latest ups and downs of all %(total)s charts are ordinary.",
        total,
    )


def _silent(children: Sequence[glance.Below]) -> words.Sentence:
    if children:
        return words.Sentence(
            _("This place counts nothing of its own yet. What the places below it see stands further down."),
            "",
            "",
        )
    return words.Sentence(_("Nothing is counted here yet."), "", "")


def _next(found: Sequence[Line], *, may_define: bool) -> Next | None:
    worse = next((line for line in found if line.verdict.signal == "worse" and not line.verdict.ended), None)
    if worse:
        why = _("Worse: %(measure)s. Look for whom, and since when.") % {"measure": worse.series.measure.name}
        return Next(why, _("Open the chart"), reverse("measures:show", args=[worse.series.pk]))
    if may_define and not found:
        return Next(
            _("What would tell you, within weeks, that a change works?"),
            _("Define a measure"),
            reverse("measures:define"),
        )
    unaimed = next((line for line in found if line.target is None and line.verdict.signal != "too_few"), None)
    if may_define and unaimed:
        why = _("%(measure)s has no goal yet. With one, its chart says whether you are on course.")
        named = why % {"measure": unaimed.series.measure.name}
        return Next(named, _("Set a goal"), reverse("measures:aim", args=[unaimed.series.pk]))
    return None


def _students(request: Request, place: Unit) -> list[Link]:
    """The way to single students, for those who answer for some."""
    if not may_see_any(request.person):
        return []
    return [Link(_("Students"), f"{reverse('students:list')}?place={place.pk}")]


def _asking(request: Request, place: Unit) -> list[Link]:
    """The ways to what was seen and said here, as far as this person may go."""
    held = rights_on(request.person, place, [Act.VIEW_REVIEW, Act.VIEW_UNIT, Act.VIEW_ANSWERS])
    ways = [
        (Act.VIEW_REVIEW, _("Reviews: what is true now, and how we know"), "reviews:list"),
        (Act.VIEW_UNIT, _("Reports of reviews"), "reports:list"),
        (Act.VIEW_ANSWERS, _("What is asked, and what people said"), "collections:list"),
        (Act.VIEW_ANSWERS, _("Instruments"), "instruments:list"),
    ]
    return [Link(label, f"{address(name)}?place={place.pk}") for act, label, name in ways if act in held]


def _tabs(
    place: Unit, found: Sequence[Line], children: Sequence[glance.Below], teams: Sequence[Team]
) -> list[Link]:
    at = f"?place={place.pk}"
    links = [
        Link(_("Overview"), reverse("places:show", args=[place.pk]), current=True),
        Link(_("Measures"), f"{reverse('measures:list')}{at}", count=len(found)),
        Link(_("Aims"), f"{address('theory:aims')}{at}"),
        Link(_("Tests"), f"{address('cycles:list')}{at}"),
    ]
    if children:
        links.append(Link(_("Places"), "#below", count=len(children)))
    if teams:
        links.append(Link(_("Teams"), f"{reverse('people:list')}{at}", count=len(teams)))
    return [link for link in links if link.href != at]
