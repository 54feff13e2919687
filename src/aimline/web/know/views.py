"""What we know at a place: the charts that changed more than chance, and how good our predictions are."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from aimline.access.rules import Act, rights_on
from aimline.cycles.judgment import judgment_at
from aimline.measures.frames import Line, lines
from aimline.web.cycles.pictures import judgment_picture
from aimline.web.measures import finding, story
from aimline.web.measures.cards import cards
from aimline.web.shell import Request, page

MOST = 12


@require_GET
def know(request: Request) -> HttpResponse:
    """Charts that signal at this place and below, and predictions scored."""
    every = finding.seen(request.person, request.place)
    counts = finding.count_signals(every)
    moving = every.filter(stands__in=finding.MOVING).order_by("measure__name", "unit__name", "id")
    judgment = judgment_at(request.place, request.person)
    may = rights_on(request.person, request.place, [Act.IMPORT, Act.VIEW_CYCLE])

    def where(line: Line) -> str:
        return "" if line.series.unit_id == request.place.pk else line.series.unit.name

    return page(
        request,
        "know/show.html",
        verdict=story.list_verdict(counts),
        total=sum(counts.values()),
        moving=sum(counts.get(signal, 0) for signal in finding.MOVING),
        most=MOST,
        cards=cards(lines(moving[:MOST]), note=where),
        all_moving=finding.Choice().href(signal="moving"),
        judgment=judgment,
        judgment_picture=judgment_picture(judgment, "judgment"),
        may_import=Act.IMPORT in may,
        works_here=Act.VIEW_CYCLE in may,
        imports=story.address("imports:list"),
    )
