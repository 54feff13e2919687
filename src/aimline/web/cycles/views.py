"""Reading tests: the list of a place, one test, its ramp."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from aimline.access.rules import Act, allowed, can, granted_paths
from aimline.cycles.models import Cycle
from aimline.web.cycles import lists
from aimline.web.cycles.detail import Detail, detail
from aimline.web.cycles.words import number_words
from aimline.web.shell import Request, get_allowed, page, paginate
from aimline.web.theory.grounding import warnings


@require_GET
def list_cycles(request: Request) -> HttpResponse:
    here = lists.cycles_at(request.place, request.person)
    mine = request.GET.get("whose") == "mine"
    whose = here.filter(owner=request.person) if mine else here
    stage = request.GET.get("stage", "")
    found = paginate(request, lists.of_stage(whose, stage).in_order_of_need().for_list())
    return page(
        request,
        "cycles/list.html",
        page=found,
        groups=lists.groups(found.object_list, request.person, request.place),
        counts=lists.counts(here),
        stages=lists.stage_links(whose, stage, mine),
        whose=lists.whose_links(stage, mine),
        may_see=request.person.is_operator or bool(granted_paths(request.person, Act.VIEW_CYCLE)),
        may_plan=can(request.person, Act.PLAN_CYCLE, request.place),
    )


@require_GET
def show(request: Request, cycle_id: UUID) -> HttpResponse:
    d = read(request, cycle_id)
    return page(request, "cycles/show.html", d=d, grounds=warnings(request.person, d.cycle.idea))


@require_GET
def ramp(request: Request, cycle_id: UUID) -> HttpResponse:
    cycle = get_allowed(request, Act.VIEW_CYCLE, Cycle.objects.for_page(), cycle_id)
    found = allowed(request.person, Act.VIEW_CYCLE, Cycle.objects.of_idea(cycle).for_list())
    rows = lists.rows(list(found), request.person, request.place)
    return page(
        request, "cycles/ramp.html", cycle=cycle, name=number_words(cycle), **lists.ramp_facts(cycle, rows)
    )


def read(request: Request, cycle_id: UUID, **typed: object) -> Detail:
    """Fetch one test with everything its page shows; `typed` is a form that was refused."""
    cycle = get_allowed(request, Act.VIEW_CYCLE, Cycle.objects.for_page(), cycle_id)
    return detail(cycle, request.person, can(request.person, Act.PLAN_CYCLE, request.place), **typed)
