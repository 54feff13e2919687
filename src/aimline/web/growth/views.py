"""How much students learned, and where they learned more than expected."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from aimline.access.rules import Act, allowed, rights_on
from aimline.core.errors import NotFound
from aimline.growth.actions import results
from aimline.growth.models import GrowthSummary, Invitation, TeamResult
from aimline.org.models import Unit
from aimline.students.models import RosterLink
from aimline.web.growth import showing
from aimline.web.growth.choosing import Choice, chosen
from aimline.web.shell import Request, get_allowed, page, say

# The work of fewer teachers than this would be the work of one.
FEWEST_TEACHERS = 2
# Growth of places is for all who see measures; that of teams for those who work with them.
_TEAMS = Act.VIEW_CYCLE


@require_GET
def growth(request: Request) -> HttpResponse:
    """How much students of this place and of those below it learned in a year."""
    place = request.place
    below = GrowthSummary.objects.filter(Q(unit=place) | Q(unit__parent=place)).select_related("unit", "run")
    choice = chosen(request, below)
    may = rights_on(request.person, place, [Act.EDIT_MEASURE, _TEAMS])
    may_ask = Act.EDIT_MEASURE in may
    if choice is None:
        return page(request, "growth/none.html", may_ask=may_ask)
    rows = _of_choice(allowed(request.person, Act.VIEW_MEASURE, below), choice)
    here = rows.filter(unit=place)
    places = showing.by_place(_by_name(rows.filter(grade="", dimension=""), place), place)
    subjects, years = choice.chips()
    return page(
        request,
        "growth/show.html",
        choice=choice,
        subjects=subjects,
        years=years,
        here=next((row for row in places if row.is_here and not row.hidden), None),
        places=places,
        grades=showing.by_grade(_in_grades(here.filter(dimension="").exclude(grade="")), place),
        groups=showing.by_group(_in_groups(here.exclude(dimension="")), place),
        may_ask=may_ask,
        works_here=_TEAMS in may,
        has_own=RosterLink.objects.current().filter(person=request.person).exists(),
    )


def _of_choice(rows: QuerySet[GrowthSummary], choice: Choice) -> QuerySet[GrowthSummary]:
    return rows.filter(run=choice.run, subject=choice.subject, school_year=choice.year)


def _by_name(rows: QuerySet[GrowthSummary], place: Unit) -> list[GrowthSummary]:
    """The place itself, then those below it."""
    return sorted(rows, key=lambda row: (row.unit_id != place.pk, row.unit.name))


def _in_grades(rows: QuerySet[GrowthSummary]) -> list[GrowthSummary]:
    return sorted(rows, key=lambda row: (len(row.grade), row.grade))


def _in_groups(rows: QuerySet[GrowthSummary]) -> list[GrowthSummary]:
    return list(rows.order_by("dimension", "group"))


@require_GET
def bright_spots(request: Request) -> HttpResponse:
    """Teams whose students did better than expected, by name; nobody is ranked, and no team is one teacher."""
    place = request.place
    may = rights_on(request.person, place, [_TEAMS, Act.EDIT_MEASURE, Act.ANNOTATE])
    if _TEAMS not in may:
        raise NotFound
    found = TeamResult.objects.filter(unit__path__startswith=place.path).select_related("unit", "run")
    choice = chosen(request, found, _TEAMS)
    if choice is None:
        return page(request, "growth/none.html", may_ask=Act.EDIT_MEASURE in may)
    shown = _of_several(allowed(request.person, _TEAMS, found)).filter(
        run=choice.run, subject=choice.subject, school_year=choice.year
    )
    above = sorted(shown.filter(low__gt=0), key=lambda row: (row.unit.name, len(row.grade), row.grade))
    invited = set(Invitation.objects.filter(team__in=above).values_list("team_id", flat=True))
    teams = showing.teams(above, invited)
    subjects, years = choice.chips()
    return page(
        request,
        "growth/bright_spots.html",
        choice=choice,
        subjects=subjects,
        years=years,
        teams=teams,
        lasting=[team for team in teams if team.persistent],
        judged=shown.count(),
        may_invite=Act.ANNOTATE in may,
    )


def _of_several(rows: QuerySet[TeamResult]) -> QuerySet[TeamResult]:
    """Leave out teams that may be a single teacher."""
    return rows.filter(teachers__gte=FEWEST_TEACHERS)


@require_POST
def invite(request: Request, team_result_id: UUID) -> HttpResponse:
    found = _of_several(TeamResult.objects.select_related("unit"))
    team = get_allowed(request, _TEAMS, found, team_result_id)
    results.invite(team.unit, request.person, team=team, note=request.POST.get("note", "")[:1000])
    say(request, _("The invitation is noted. Nobody has to come: ask in person."))
    address = reverse("growth:bright_spots")
    return HttpResponseRedirect(f"{address}?subject={team.subject}&year={team.school_year}")
