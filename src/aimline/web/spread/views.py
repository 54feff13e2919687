"""Spread: what worked, how far it came, and what others share with us."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from aimline.access.rules import Act, can, granted_paths
from aimline.web.cycles.lists import rows
from aimline.web.shell import Request, page
from aimline.web.spread.ideas import done_at, shared_with, tried

MOST = 300


@require_GET
def list_spread(request: Request) -> HttpResponse:
    person, place = request.person, request.place
    ideas = tried(list(done_at(person, place).for_list()[:MOST]), person, place)
    roots = granted_paths(person, Act.VIEW_CYCLE)
    shared = [] if person.is_operator else list(shared_with(person, roots).for_list()[:MOST])
    return page(
        request,
        "spread/list.html",
        ideas=ideas,
        known=[one for one in ideas if one.is_known and not one.is_stopped],
        adopted=sum(one.adopted > 0 for one in ideas),
        shared=rows(shared, person, place),
        may_see=bool(roots) or person.is_operator,
        may_plan=can(person, Act.PLAN_CYCLE, place),
    )
