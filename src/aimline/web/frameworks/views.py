"""Standards, frameworks and rubrics: what is kept here and above, to be read."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aimline.access.rules import Act, allowed, can
from aimline.core.ids import uuid7
from aimline.frameworks.models import Framework, FrameworkItem, Rubric
from aimline.web.frameworks.grid import grid
from aimline.web.frameworks.tree import tree
from aimline.web.shell import Request, get_allowed, page, paginate

_HERE = Q(ended_on=None)


@require_GET
def list_frameworks(request: Request) -> HttpResponse:
    """What is kept at this place, at those above, whose standards are for all below, and at those below."""
    place = request.place
    near = Q(unit__path__in=place.paths_above()) | Q(unit__path__startswith=place.path)
    rows = allowed(request.person, Act.VIEW_UNIT, Framework.objects.filter(_HERE & near))
    counted = rows.select_related("unit").annotate(
        items_held=Count("items", filter=Q(items__ended_on=None), distinct=True),
        rubrics_held=Count("rubrics", filter=Q(rubrics__ended_on=None), distinct=True),
    )
    return page(
        request,
        "frameworks/list.html",
        frameworks=paginate(request, counted.order_by("title", "identifier")),
        may_load=can(request.person, Act.IMPORT, place),
    )


@require_GET
def show(request: Request, framework_id: UUID) -> HttpResponse:
    framework = get_allowed(request, Act.VIEW_UNIT, Framework.objects.select_related("unit"), framework_id)
    rubrics = allowed(
        request.person, Act.VIEW_UNIT, Rubric.objects.filter(framework=framework, ended_on=None)
    )
    at = _at(request, framework)
    return page(
        request,
        "frameworks/show.html",
        framework=framework,
        at=at,
        tree=tree(request.person, framework, at, request.GET.get("page", ""), opened="open" in request.GET),
        opened="open" in request.GET,
        rubrics=rubrics.annotate(count=Count("criteria", filter=Q(criteria__ended_on=None))),
        facts=_facts(framework),
    )


@require_GET
def rubric(request: Request, rubric_id: UUID) -> HttpResponse:
    found = get_allowed(request, Act.VIEW_UNIT, Rubric.objects.select_related("framework__unit"), rubric_id)
    return page(
        request,
        "frameworks/rubric.html",
        rubric=found,
        framework=found.framework,
        grid=grid(request.person, found),
        form_id=uuid7() if can(request.person, Act.BUILD_INSTRUMENT, request.place) else None,
    )


def _at(request: Request, framework: Framework) -> FrameworkItem | None:
    """The item whose branch is asked for; what is no item of this framework asks for the whole."""
    try:
        asked = UUID(request.GET.get("at", ""))
    except ValueError:
        return None
    items = FrameworkItem.objects.filter(framework=framework, ended_on=None)
    return allowed(request.person, Act.VIEW_UNIT, items).filter(pk=asked).first()


def _facts(framework: Framework) -> list[tuple[object, object]]:
    """What its publisher says of it, as far as it is said."""
    said = (
        (_("Publisher"), framework.publisher or framework.creator),
        (_("Subject"), ", ".join(framework.subjects)),
        (_("Version"), framework.edition),
        (_("State"), framework.adoption),
        (_("In force from"), framework.starts_on),
        (_("In force until"), framework.stops_on),
        (_("Licence"), framework.licence),
        (_("Kept at"), framework.unit.name),
    )
    return [(label, value) for label, value in said if value]
