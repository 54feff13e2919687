"""Can the figures be trusted? For those who load data: freshness, what is missing, what cannot be right."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from aimline.access.rules import Act, allowed, can
from aimline.core.errors import NotFound
from aimline.growth.models import Participation
from aimline.org.models import Unit
from aimline.students import quality, queues
from aimline.web.quality.identities import may_decide
from aimline.web.quality.words import problem, row
from aimline.web.shell import Request, page

_MOST = 60


@require_GET
def show(request: Request) -> HttpResponse:
    """The state of the student data of this place and those below it."""
    place = request.place
    if not can(request.person, Act.IMPORT, place):
        raise NotFound
    tested = allowed(
        request.person, Act.VIEW_MEASURE, Participation.objects.filter(unit__path__startswith=place.path)
    )
    rows = list(tested.select_related("unit").order_by("-school_year", "unit__name", "subject"))
    newest = max((one.school_year for one in rows), default=0)
    look = quality.look(place)
    return page(
        request,
        "quality/show.html",
        sources=quality.freshness(place),
        problems=[problem(finding) for finding in look.findings],
        queues=queues.lengths(place) if may_decide(request) else None,
        schools=_named(look.coverage),
        shifted=[row(one) for one in rows if one.shifted and one.school_year >= newest - 1],
        tested=[row(one) for one in rows if one.school_year == newest][:_MOST],
    )


def _named(found: list[quality.Coverage]) -> list[tuple[str, quality.Coverage]]:
    names = {id.hex: name for id, name in Unit.objects.values_list("pk", "name")}
    return sorted(((names.get(one.unit, ""), one) for one in found), key=lambda pair: pair[0])
